"""A list is one query: its conditions, its order, and the place from where it goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from pep_kernel.may import Condition
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_runtime.paged_rows import MOST_ROWS, NoPlace, Wanted, Within, place_of_row, query
from pep_runtime.projector import Table


def nothing(_recorded: Recorded) -> Iterable[Key]:
    return ()


def unchanged(row: Any, _recorded: Recorded, _key: Key) -> Any:
    return row


@dataclass(frozen=True, slots=True)
class Jar:
    """What a list of jars shows."""

    name: str
    shelf: int
    filled_at: datetime
    opened_on: date | None


JARS = Table(ReadModel("jars", Jar, ("name", "shelf"), nothing, unchanged, ("filled_at", "opened_on", "shelf")))
MORNING = datetime.fromisoformat("2026-09-14T10:00:00+01:00")
JAR = Jar("plum", 3, MORNING, date(2026, 9, 21))


def asked(**wanted: Any) -> tuple[str, list[Any]]:
    return query(JARS, "anytown", Wanted(**wanted))


def test_a_list_asks_within_one_authority_by_key_for_one_row_more_than_a_page() -> None:
    sql = "select * from jars where authority = $1 order by name, shelf limit $2"
    assert asked() == (sql, ["anytown", 51])
    assert asked(limit=5_000) == (sql, ["anytown", MOST_ROWS + 1])


def test_columns_equal_a_value_one_of_several_or_nothing_at_all() -> None:
    where = {"name": "plum", "shelf": (1, 2), "opened_on": None}
    sql, arguments = asked(where=where)
    assert "where authority = $1 and name = $2 and shelf = any ($3) and opened_on is null order by" in sql
    assert arguments[1:3] == ["plum", [1, 2]]


def test_a_range_has_a_first_value_and_one_that_is_not_in_it_and_either_may_be_open() -> None:
    sql, arguments = asked(where={"opened_on": Within(date(2026, 9, 1), date(2026, 10, 1))})
    assert "opened_on is not null and opened_on >= $2 and opened_on < $3 order" in sql
    assert arguments[1:3] == [date(2026, 9, 1), date(2026, 10, 1)]
    assert "opened_on is not null and opened_on < $2 order" in asked(where={"opened_on": Within(before=MORNING)})[0]
    assert "opened_on is not null and opened_on >= $2 order" in asked(where={"opened_on": Within(MORNING)})[0]


def test_a_condition_of_ones_own_stands_beside_the_others() -> None:
    only = Condition("shelf > {least}", {"least": 2})
    sql, arguments = asked(where={"name": "plum"}, only=only)
    assert "name = $2 and (shelf > $3) order by" in sql
    assert arguments == ["anytown", "plum", 2, 51]


def test_the_next_page_begins_behind_the_last_row_by_its_key() -> None:
    after = place_of_row(JARS, Wanted(), JAR)
    assert after == "plum~3"
    sql, arguments = asked(after=after)
    assert "(name, shelf) > ($2::text, $3::bigint) order by name, shelf" in sql
    assert arguments == ["anytown", "plum", 3, 51]


def test_a_sorted_list_goes_on_behind_the_value_and_then_the_key() -> None:
    after = place_of_row(JARS, Wanted(by="filled_at"), JAR)
    sql, arguments = asked(by="filled_at", after=after)
    assert "(filled_at, name, shelf) > ($2::timestamptz, $3::text, $4::bigint) order by filled_at, name, shelf" in sql
    assert arguments[1:4] == [MORNING, "plum", 3]
    assert "order by shelf, name" in asked(by="shelf")[0], "a column of the key stands once"


def test_rows_without_a_value_come_last() -> None:
    behind_one = asked(by="opened_on", after=place_of_row(JARS, Wanted(by="opened_on"), JAR))[0]
    assert "((opened_on, name, shelf) > ($2::date, $3::text, $4::bigint) or opened_on is null)" in behind_one
    closed = Jar("fig", 1, MORNING, None)
    sql, arguments = asked(by="opened_on", after=place_of_row(JARS, Wanted(by="opened_on"), closed))
    assert "(opened_on is null and (name, shelf) > ($2::text, $3::bigint))" in sql
    assert arguments == ["anytown", "fig", 1, 51]


@pytest.mark.parametrize(
    ("by", "after"),
    [
        (None, ""),
        (None, "plum"),
        (None, "plum~3~4"),
        (None, "plum~three"),
        (None, f"plum~{2**63}"),
        ("opened_on", "soon~plum~3"),
        ("filled_at", "~plum~3"),
        ("filled_at", "2026-09-14T10:00:00~plum~3"),
    ],
)
def test_what_no_page_ended_with_is_no_place(by: str | None, after: str) -> None:
    with pytest.raises(NoPlace):
        asked(by=by, after=after)


def test_a_column_that_is_not_there_or_not_for_sorting_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no column colour"):
        asked(where={"colour": "green"})
    with pytest.raises(ValueError, match="not sorted by name"):
        asked(by="name")
