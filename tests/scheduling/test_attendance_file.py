"""A file of marks as a provider writes it: read by its columns, checked row by row, a child a record."""

from pathlib import Path

import pytest

from scheduling.attendance_feed.reading import CHILDRENS_MARKS, Preview, read_marks
from scheduling.domain.attendance.marks import AttendanceRecord
from scheduling.ssda903.staging import Stage

REF = "a2b4c6d7e3f5g2h4i6j7k3l5m2"
HEAD = "DATE,CHILD,SESSION,CODE\n"


def read(tmp_path: Path, *texts: str) -> tuple[Preview, list[AttendanceRecord], list[tuple[str, int, str, str]]]:
    """The preview, the records, and what was found: severity, line, column, reason."""
    paths = [tmp_path / f"marks-{number}.csv" for number, _ in enumerate(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    stage, rows = Stage(), 0

    def advance(count: int) -> None:
        nonlocal rows
        rows += count

    try:
        preview = read_marks(stage, paths, advance)
        records = [
            AttendanceRecord.model_validate_json(each) for some in stage.batches(CHILDRENS_MARKS, 9) for each in some
        ]
        found = [(each.severity.value, each.line, each.column, each.reason) for each in stage.findings()]
    finally:
        stage.close()
    assert rows == sum(len([line for line in text.splitlines()[1:] if line]) for text in texts if "SESSION" in text)
    return preview, records, found


def test_the_rows_of_a_child_become_one_record_whatever_their_order_and_files(tmp_path: Path) -> None:
    first = HEAD + "22/09/2026,7,PM,\\\n21/09/2026,7,am,/\n21/09/2026,8,AM,i\n"
    second = f"CODE,SESSION,REF,DATE\nN,AM,{REF},2026-09-21\n"
    third = HEAD + "21/09/2026,7,PM,O\n"
    preview, records, found = read(tmp_path, first, second, third)
    assert found == []
    assert [(each.child_id, each.child_ref) for each in records] == [("7", None), ("8", None), (None, REF)]
    assert [day.written() for day in records[0].days] == ["2026-09-21 / O", "2026-09-22 - \\"]
    assert dict(preview.rows()) == {
        "children": 3,
        "children left out": 0,
        "days": 4,
        "sessions possible": 5,
        "sessions missed": 3,
        "fatal": 0,
        "errors": 0,
        "warnings": 0,
    }


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("31/02/2026,7,AM,/", "DATE", "there is no such day; write DD/MM/YYYY"),
        (",7,AM,/", "DATE", "must not be empty"),
        ("21/09/2006,7,AM,/", "DATE", "is before 01/04/2011"),
        ("21/09/2026,7,XM,/", "SESSION", "is not a known code"),
        ("21/09/2026,7,AM,H", "CODE", "the code H was not in use on 21/09/2026"),
        ("21/09/2026,7,AM,", "CODE", "must not be empty"),
        ("21/09/2026,,AM,/", "CHILD", "must not be empty"),
        ("21/09/2026,7,AM", "", "the row has 3 cells, the first line 4"),
    ],
)
def test_a_row_with_an_error_is_named_and_keeps_its_child_out(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    preview, records, found = read(tmp_path, f"{HEAD}21/09/2026,7,PM,/\n{row}\n21/09/2026,8,AM,/\n")
    assert found == [("error", 3, column, reason)]
    assert "8" in [each.child_id for each in records]
    assert (preview.errors, preview.children_left_out) == (1, 1)


def test_the_same_mark_twice_is_a_warning_and_two_different_ones_are_an_error(tmp_path: Path) -> None:
    twice = "21/09/2026,7,AM,/\n21/09/2026,7,AM,/\n"
    _, records, found = read(tmp_path, HEAD + twice)
    assert found == [("warning", 3, "CODE", "repeats line 2 of marks-0.csv")]
    assert len(records) == 1
    _, records, found = read(tmp_path, HEAD + "21/09/2026,7,AM,/\n21/09/2026,7,AM,N\n")
    assert found == [("error", 3, "CODE", "differs from line 2 of marks-0.csv, which has the same session")]
    assert records == []


def test_a_reference_has_a_shape_and_a_file_without_a_child_cannot_be_used(tmp_path: Path) -> None:
    _, _, found = read(tmp_path, "DATE,REF,SESSION,CODE\n21/09/2026,Robin,AM,/\n")
    assert found == [("error", 2, "REF", "has not the shape of such a reference")]
    preview, _, found = read(tmp_path, "DATE,PUPIL,MARK\n21/09/2026,7,/\n")
    assert found == [("fatal", 1, "", "which table this is cannot be told from its columns")]
    assert preview.fatal == 1


def test_a_school_names_its_children_by_pupil_number(tmp_path: Path) -> None:
    head = "DATE,UPN,SESSION,CODE\n"
    _, records, found = read(tmp_path, head + "21/09/2026,P207000016049,AM,/\n21/09/2026,P207000016049,PM,\\\n")
    assert found == []
    assert [(each.upn, each.child_id, each.child_ref) for each in records] == [("P207000016049", None, None)]
    _, records, found = read(tmp_path, head + "21/09/2026,Q207000016049,AM,/\n")
    assert found == [("warning", 2, "UPN", "the check letter should be P; check the number with the school")]
    assert [each.upn for each in records] == ["Q207000016049"]


@pytest.mark.parametrize("upn", ["p207000016049", "P20700001604", "I207000016049", "Robin"])
def test_what_has_not_the_shape_of_a_pupil_number_keeps_its_child_out(tmp_path: Path, upn: str) -> None:
    _, records, found = read(tmp_path, f"DATE,UPN,SESSION,CODE\n21/09/2026,{upn},AM,/\n")
    assert found == [("error", 2, "UPN", "has not the shape of a unique pupil number")]
    assert records == []


def test_more_than_a_school_year_of_one_child_is_told(tmp_path: Path) -> None:
    days = [f"{day:02}/{month:02}/2026,7,AM,/" for month in range(1, 10) for day in range(1, 26)]
    _, records, found = read(tmp_path, HEAD + "\n".join(days) + "\n")
    assert records == []
    assert [each[3] for each in found] == ["has more than 200 days of one child; send a school year at a time"]
