"""Lists, a page at a time: which rows of a read model are wanted, in which order, and from where on.

A page ends with a place: the values of its last row by which the list is sorted. The next page begins behind it,
whatever was added or taken away meanwhile. A column that may sort a list is named by its read model and has an index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pep_kernel.may import Condition
from pep_runtime.projector import Table

MOST_ROWS = 200
_NOTHING = ""  # how a place tells that the row has no value there
_MOST_WHOLE = 2**63


class NoPlace(ValueError):
    """An `after` that no page has ended with."""


@dataclass(frozen=True, slots=True)
class Within:
    """Values from `first` on and before `before`; what is None is open. A row without a value is never within."""

    first: Any = None
    before: Any = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows whose columns equal `where` (a tuple or list: one of; `Within`: between) and that fulfil `only`.

    They are sorted by the column `by`, those without a value last, and then by key.
    """

    where: Mapping[str, Any] = field(default_factory=dict)
    only: Condition | None = None
    by: str | None = None
    after: str | None = None
    limit: int = 50

    @property
    def most(self) -> int:
        return min(self.limit, MOST_ROWS)


@dataclass(slots=True)
class _Query:
    """Conditions, and the arguments that stand in them as `$1`, `$2` …"""

    arguments: list[Any]
    conditions: list[str]

    def place(self, value: Any) -> str:
        self.arguments.append(value)
        return f"${len(self.arguments)}"


def query(table: Table, authority: str, wanted: Wanted) -> tuple[str, list[Any]]:
    """The query and its arguments; it asks for one row more than a page has. Raises `NoPlace`.

    Raises `ValueError` for a column that is not there, or by which no list is sorted.
    """
    asked = _Query([authority], ["authority = $1"])
    for column, value in wanted.where.items():
        _of_column(asked, table, column, value)
    if wanted.only is not None:
        condition, arguments = wanted.only.placed(len(asked.arguments) + 1)
        asked.conditions.append(f"({condition})")
        asked.arguments.extend(arguments)
    order = _order(table, wanted)
    if wanted.after is not None:
        _behind(asked, table, wanted, _read_place(table, order, wanted.after))
    limit = asked.place(wanted.most + 1)
    where = " and ".join(asked.conditions)
    return f"select * from {table.model.table} where {where} order by {', '.join(order)} limit {limit}", asked.arguments


def place_of_row(table: Table, wanted: Wanted, row: Any) -> str:
    """Where a page ends whose last row is this one."""
    return "~".join(_told(getattr(row, name)) for name in _order(table, wanted))


def _of_column(asked: _Query, table: Table, column: str, value: Any) -> None:
    if column not in table.columns:
        raise ValueError(f"{table.model.table} has no column {column}")
    match value:
        case None:
            asked.conditions.append(f"{column} is null")
        case list() | tuple():
            asked.conditions.append(f"{column} = any ({asked.place(list(value))})")
        case Within(first=first, before=before):
            asked.conditions.append(f"{column} is not null")
            asked.conditions += [f"{column} >= {asked.place(first)}"] if first is not None else []
            asked.conditions += [f"{column} < {asked.place(before)}"] if before is not None else []
        case _:
            asked.conditions.append(f"{column} = {asked.place(value)}")


def _order(table: Table, wanted: Wanted) -> tuple[str, ...]:
    if wanted.by is None:
        return table.model.key
    if wanted.by not in table.model.sorted_by:
        raise ValueError(f"{table.model.table} is not sorted by {wanted.by}")
    return (wanted.by, *(name for name in table.model.key if name != wanted.by))


def _behind(asked: _Query, table: Table, wanted: Wanted, place: Mapping[str, Any]) -> None:
    by = wanted.by
    values = {
        name: f"{asked.place(value)}::{table.type_of(name)}" for name, value in place.items() if value is not None
    }
    row = f"({', '.join(values)}) > ({', '.join(values.values())})"
    if by is None or not table.may_be_empty(by):
        asked.conditions.append(row)
    elif by in values:
        asked.conditions.append(f"({row} or {by} is null)")
    else:
        asked.conditions.append(f"({by} is null and {row})")


def _read_place(table: Table, order: Sequence[str], after: str) -> dict[str, Any]:
    parts = after.split("~")
    if len(parts) != len(order):
        raise NoPlace(after)
    return {name: _read(table, name, part) for name, part in zip(order, parts, strict=True)}


def _read(table: Table, name: str, part: str) -> Any:
    if part == _NOTHING and table.may_be_empty(name):
        return None
    try:
        return _READ[table.type_of(name)](part)
    except (KeyError, ValueError) as error:
        raise NoPlace(part) from error


def _told(value: Any) -> str:
    return _NOTHING if value is None else str(value)


def _whole(part: str) -> int:
    number = int(part)
    if abs(number) >= _MOST_WHOLE:
        raise ValueError(part)
    return number


def _instant(part: str) -> datetime:
    instant = datetime.fromisoformat(part)
    if instant.tzinfo is None:
        raise ValueError(part)
    return instant


_READ: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "bigint": _whole,
    "date": date.fromisoformat,
    "timestamptz": _instant,
}
