"""The page on importing names the tables and columns that are really read."""

from pathlib import Path

import pytest

from scheduling.attendance_feed.rows import OF_A_FEED
from scheduling.domain.attendance.codes import CODES
from scheduling.ssda903.tables import NOT_USED, TABLES, Table

PAGE = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("` "): [frozenset(cell.split()) for cell in cells[1:]]
    for line in PAGE.splitlines()
    if len(cells := line.strip("|").split("|")) == 3
}


@pytest.mark.parametrize("table", [*TABLES, *OF_A_FEED], ids=lambda table: table.name)
def test_a_tables_columns_are_on_the_page(table: Table) -> None:
    assert ROWS[table.name] == [frozenset(table.required), frozenset(table.optional)]


def test_what_each_code_of_a_mark_counts_as_is_on_the_page() -> None:
    _, rows = PAGE.split("| counts as | codes |")
    told = rows.split("\n\n")[0].replace("Y1 to Y7", "Y1 Y2 Y3 Y4 Y5 Y6 Y7").splitlines()[2:]
    codes = {code: kind.value for code, kind in CODES.items()}
    shown = {code: line.split("|")[1].strip() for line in told for code in line.split("|")[2].split()}
    assert shown == {code: "no possible session" if kind == "not counted" else kind for code, kind in codes.items()}


@pytest.mark.parametrize("table", NOT_USED, ids=lambda table: table.name)
def test_a_table_that_is_not_read_is_on_the_page(table: Table) -> None:
    assert f"`{table.name}`" in PAGE
