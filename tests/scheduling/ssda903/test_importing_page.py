"""The page on importing names the tables and columns that are really read."""

from pathlib import Path

import pytest

from scheduling.ssda903.tables import NOT_USED, TABLES, Table

PAGE = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("` "): [frozenset(cell.split()) for cell in cells[1:]]
    for line in PAGE.splitlines()
    if len(cells := line.strip("|").split("|")) == 3
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_tables_columns_are_on_the_page(table: Table) -> None:
    assert ROWS[table.name] == [frozenset(table.required), frozenset(table.optional)]


@pytest.mark.parametrize("table", NOT_USED, ids=lambda table: table.name)
def test_a_table_that_is_not_read_is_on_the_page(table: Table) -> None:
    assert f"`{table.name}`" in PAGE
