"""A read model's rows as columns of a table, and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

import pytest

from pep_kernel.may import Role
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Identity, PlanText
from pep_runtime.projector import Table


def nothing(_recorded: Recorded) -> Iterable[Key]:
    return ()


def unchanged(row: Any, _recorded: Recorded, _key: Key) -> Any:
    return row


class Colour(StrEnum):
    """Of marbles."""

    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Marbles:
    """Every kind of field that a row may have."""

    jar: str
    place: int
    colour: Colour
    state: Literal["open", "closed"]
    full: bool
    filled_on: date
    filled_at: datetime | None
    owner: Identity
    note: PlanText | None
    fillers: tuple[str, ...]


MARBLES = Table(ReadModel("marbles", Marbles, ("jar", "place"), nothing, unchanged))
AT = datetime.fromisoformat("2026-09-14T10:00:00+01:00")
ROW = Marbles(
    "jar-1", 2, Colour.GREEN, "open", True, date(2026, 9, 14), AT, Identity(token="a"), PlanText(token="b"), ("c", "d")
)


def test_a_row_is_stored_and_comes_back() -> None:
    values = MARBLES.values(ROW)
    assert values == ["jar-1", 2, "green", "open", True, date(2026, 9, 14), AT, "a", "b", ["c", "d"]]
    assert MARBLES.row(dict(zip(MARBLES.columns, values, strict=True))) == ROW


def test_what_is_not_known_stays_unknown() -> None:
    unknown = Marbles("jar-1", 2, Colour.GREEN, "open", True, date(2026, 9, 14), None, Identity(token="a"), None, ())
    values = MARBLES.values(unknown)
    assert values[6:] == [None, "a", None, []]
    assert MARBLES.row(dict(zip(MARBLES.columns, values, strict=True))) == unknown


def test_a_row_is_found_written_and_removed_within_its_authority() -> None:
    assert MARBLES.upsert.startswith("insert into marbles (authority, jar, place,")
    assert "on conflict (authority, jar, place) do update set colour = excluded.colour" in MARBLES.upsert
    assert MARBLES.delete == "delete from marbles where authority = $1 and jar = $2 and place = $3"
    assert "unnest($2::text[], $3::bigint[]) as k (jar, place)" in MARBLES.fetch
    assert MARBLES.fetch.endswith("where t.authority = $1")


@dataclass(frozen=True, slots=True)
class Listed:
    """A row that is nothing but its key."""

    role: Role


def test_a_row_that_is_only_a_key_is_not_changed() -> None:
    assert Table(ReadModel("listed", Listed, ("role",), nothing, unchanged)).upsert.endswith("do nothing")


@dataclass(frozen=True, slots=True)
class Weighed:
    """A row with a field that no column is made for."""

    jar: str
    weight: float


@dataclass(frozen=True, slots=True)
class Mixed:
    """A row with a field of two kinds."""

    jar: str
    place: int | str


@pytest.mark.parametrize(("row", "error"), [(Weighed, TypeError), (Mixed, ValueError)])
def test_a_field_that_no_column_holds_is_refused_when_the_service_is_wired(row: type, error: type[Exception]) -> None:
    with pytest.raises(error):
        Table(ReadModel("wrong", row, ("jar",), nothing, unchanged))
