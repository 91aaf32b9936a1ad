"""Read models: rows that are folded from a service's own journal, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pep_kernel.message import Recorded

Row = TypeVar("Row")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ReadModel(Generic[Row]):
    """A table whose rows are frozen dataclasses; its columns are their fields, with the authority before them.

    `keys(recorded)` names the rows that an event concerns (values of the `key` columns); `fold(row, recorded, key)`
    gives the row afterwards, or None for no row. Both are pure. Lists may be sorted by the key, and by the columns
    `sorted_by`: each of them has an index.
    """

    table: str
    row: type[Row]
    key: tuple[str, ...]
    keys: Callable[[Recorded], Iterable[Key]]
    fold: Callable[[Row | None, Recorded, Key], Row | None]
    sorted_by: tuple[str, ...] = ()


def rows_after(model: ReadModel[Row], history: Iterable[Recorded]) -> list[Row]:
    """The rows that these events make, from the first one on; in the order in which their keys came up."""
    rows: dict[Key, Row | None] = {}
    for recorded in history:
        for key in model.keys(recorded):
            rows[key] = model.fold(rows.get(key), recorded, key)
    return [row for row in rows.values() if row is not None]
