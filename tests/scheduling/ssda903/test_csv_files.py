"""Files as they come: what real exports do, and the ways in which a file can be no use."""

import codecs
from pathlib import Path

import pytest
from tests.scheduling.ssda903.conftest import A_CHILD, ENTERED, HEADER, Read

from scheduling.ssda903.reading import read_files
from scheduling.ssda903.staging import Stage
from scheduling.ssda903.tables import NOT_USED, TABLES, Table, table_of


def test_the_simplest_files_are_clean(read: Read) -> None:
    result = read(header=A_CHILD, episodes=ENTERED)
    assert result.findings == []
    assert result.child.child_id == "child-7"


def test_a_byte_order_mark_and_windows_line_endings_are_fine(read: Read) -> None:
    result = read(header=codecs.BOM_UTF8 + A_CHILD.replace("\n", "\r\n").encode(), episodes=ENTERED)
    assert result.findings == []
    assert len(result.children) == 1


def test_a_quoted_comma_does_not_part_a_cell(read: Read) -> None:
    people = 'CHILD,GIVEN_NAME,FAMILY_NAME\nchild-7,"Acorn, called Corny",Exampleton\n'
    name = read(header=A_CHILD, episodes=ENTERED, people=people).child.name
    assert name is not None
    assert name.given == "Acorn, called Corny"


def test_names_of_columns_may_be_small_and_stand_in_any_order(read: Read) -> None:
    result = read(header="dob, child ,Sex\n04/05/2015,child-7,F\n", episodes=ENTERED)
    assert result.findings == []


def test_blank_lines_are_passed_over(read: Read) -> None:
    assert read(header=A_CHILD + "\n,,,,,,\n", episodes=ENTERED).findings == []


def test_a_column_that_no_table_has_is_a_warning(read: Read) -> None:
    header = "CHILD,SEX,DOB,ETHNIC,SHOE_SIZE\nchild-7,F,04/05/2015,WBRI,37\n"
    assert read(header=header, episodes=ENTERED).faults == [
        ("warning", "SHOE_SIZE", "the table header has no such column")
    ]


@pytest.mark.parametrize("table", NOT_USED, ids=lambda table: table.name)
def test_a_table_of_the_return_that_is_not_needed_is_a_warning(read: Read, table: Table) -> None:
    content = ",".join(table.columns) + "\nchild-7,04/05/2015" + "," * (len(table.columns) - 2) + "\n"
    result = read(header=A_CHILD, episodes=ENTERED, more=content)
    assert result.faults == [("warning", "", "this table is not needed and was not read")]
    assert result.findings[0].value == table.name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_known_by_its_columns_whether_the_optional_ones_are_there_or_not(table: Table) -> None:
    assert table_of(frozenset(table.required)) is table
    assert table_of(frozenset(table.columns)) is table


MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "an empty file": ("", "the file is empty"),
    "a first line of nothing": ("\n", "the file is empty"),
    "a file in another encoding": (A_CHILD.encode("utf-16"), "not UTF-8"),
    "another encoding further down": (A_CHILD.encode() + b"child-8,F,04/05/2015,Zo\xeb,,,\n", "not UTF-8"),
    "another encoding far down": (HEADER.encode() + b",,,,,,\n" * 3000 + b"child-8,F,,Zo\xeb,,,\n", "not UTF-8"),
    "a table that cannot be told": ("NAME,COLOUR\nAcorn,green\n", "which table this is cannot be told"),
    "a needed column that is missing": ("CHILD,SEX,ETHNIC,UPN\nchild-7,F,WBRI,\n", "lacks the column DOB"),
    "a column that is there twice": ("CHILD,SEX,DOB,DOB\nchild-7,F,04/05/2015,\n", "the column DOB is there twice"),
    "a row with too few cells": (HEADER + "child-7,F\n", "the row has 2 cells, the first line 7"),
    "a row with too many cells": (HEADER + "child-7,F,04/05/2015,WBRI,,,,,\n", "the row has 9 cells"),
    "a quotation mark that never ends": (HEADER + '"child-7,F,04/05/2015,WBRI,,,\n', "is not CSV"),
    "a first line whose quotation mark never ends": ('"CHILD,SEX,DOB\n', "is not CSV"),
    "text after a quotation mark": (HEADER + '"child-7"x,F,04/05/2015,WBRI,,,\n', "is not CSV"),
    "a NUL character": (HEADER + "child-7,F,04/05/2015,WB\0RI,,,\n", "NUL"),
    "a cell as long as a book": (HEADER + f"child-7,F,04/05/2015,{'x' * 201},,,\n", "a cell is longer than 200 "),
    "a row without a child": (HEADER + ",F,04/05/2015,WBRI,,,\n", "must not be empty"),
    "a number longer than any number": (HEADER + f"{'7' * 41},F,04/05/2015,,,,\n", "is longer than 40 characters"),
    "semicolons instead of commas": (A_CHILD.replace(",", ";"), "which table this is cannot be told"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_file_is_told_with_its_name_and_line_and_takes_nobody_in(read: Read, case: str) -> None:
    content, reason = MALFORMED[case]
    result = read(header=content, episodes=ENTERED)
    worst = result.findings[0]
    assert reason in " ".join(each.reason for each in result.findings)
    assert worst.severity in ("fatal", "error")
    assert not result.preview.is_clean


@pytest.mark.parametrize("row", ["child-7,30/09/2026\n", "child-7,30/09/2026,P,C2,N1,U1,,,,,\n"])
def test_a_ragged_episode_keeps_its_child_out_rather_than_taking_in_half_a_history(read: Read, row: str) -> None:
    result = read(header=A_CHILD, episodes=ENTERED + row)
    assert result.children == []
    assert (result.findings[0].file, result.findings[0].line) == ("episodes.csv", 3)


def test_a_row_too_short_to_name_its_child_is_an_error(read: Read) -> None:
    people = "GIVEN_NAME,FAMILY_NAME,CHILD\nAcorn\n"
    result = read(header=A_CHILD, episodes=ENTERED, people=people)
    assert result.faults == [("error", "", "the row has 1 cells, the first line 3")]


def test_a_file_that_is_not_there_is_told(tmp_path: Path, stage: Stage) -> None:
    preview = read_files(stage, [tmp_path / "header.csv"], None, lambda _count: None)
    (finding,) = stage.findings()
    assert preview.fatal == 1
    assert finding.reason == "the file cannot be opened: No such file or directory"
