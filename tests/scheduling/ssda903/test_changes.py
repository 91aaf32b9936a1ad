"""The file of daily changes, as an authority's care system writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.scheduling.ssda903.conftest import A_CHILD, Read

from scheduling.domain.child import told
from scheduling.domain.child.told import CareChange
from scheduling.ssda903.changes import CHANGES_OF_CARE, VALUES, day_in, read_changes
from scheduling.ssda903.staging import Stage

FIRST = (
    "CHILD,FACT,ON,VALUE,PLACEMENT,EMERGENCY,AREA,CHANGES_SCHOOL,FOSTERING_ALLOWANCE,"
    "DOB,SEX,GIVEN_NAME,FAMILY_NAME,UPN,PLACE_PROVIDER\n"
)
ReadRows = Callable[..., tuple[list[CareChange], list[tuple[str, str]]]]


@pytest.fixture
def read_rows(tmp_path: Path, stage: Stage) -> ReadRows:
    """`read_rows("7,review_held,02/11/2026")`: what can be taken in, and the findings as (column, reason)."""

    def write_and_read(*rows: str, first: str = FIRST) -> tuple[list[CareChange], list[tuple[str, str]]]:
        path = tmp_path / "changes-2026-11-02.csv"
        width = first.count(",")
        path.write_text(first + "".join(row + "," * (width - row.count(",")) + "\n" for row in rows))
        read_changes(stage, path, lambda _count: None)
        bodies = [body for batch in stage.batches(CHANGES_OF_CARE, 100) for body in batch]
        return [CareChange.model_validate_json(body) for body in bodies], [
            (each.column, each.reason) for each in stage.findings()
        ]

    return write_and_read


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ("left_care,02/11/2026,E4A", told.LeftCareTold(on=date(2026, 11, 2), reason="E4A")),
        (
            "placement,02/11/2026,U4,,Y,D,N,Y,,,,,,pr1",
            told.PlacementTold(
                on=date(2026, 11, 2),
                placement="U4",
                emergency=True,
                area="at_a_distance",
                provider="PR1",
                fostering_allowance=True,
            ),
        ),
        ("legal_status,02/11/2026,c1", told.LegalStatusTold(on=date(2026, 11, 2), legal_status="C1")),
        ("school,02/11/2026,999101", told.SchoolTold(on=date(2026, 11, 2), school_urn="999101")),
        ("school,02/11/2026,", told.SchoolTold(on=date(2026, 11, 2), school_urn=None)),
        ("school,02/11/2026,999101,,Y", told.SchoolTold(on=date(2026, 11, 2), school_urn="999101", emergency=True)),
        ("school_move_planned,04/01/2027,", told.SchoolMovePlannedTold(on=date(2027, 1, 4))),
        ("removed_from_roll,02/11/2026", told.RemovedFromRollTold(on=date(2026, 11, 2))),
        ("social_worker,02/11/2026,sw-1", told.SocialWorkerTold(on=date(2026, 11, 2), staff_id="sw-1")),
        ("reviewing_officer,02/11/2026,r-1", told.ReviewingOfficerTold(on=date(2026, 11, 2), staff_id="r-1")),
        ("review_held,02/11/2026", told.ReviewHeldTold(on=date(2026, 11, 2))),
        ("review_scheduled,04/01/2027", told.ReviewScheduledTold(on=date(2027, 1, 4))),
        ("fostering_allowance,02/11/2026,n", told.FosteringAllowanceTold(on=date(2026, 11, 2), paid=False)),
        ("sibling,02/11/2026,8", told.SiblingTold(on=date(2026, 11, 2), sibling_child_id="8")),
        ("not_sibling,02/11/2026,8", told.SiblingTold(on=date(2026, 11, 2), sibling_child_id="8", linked=False)),
        ("year_group,02/11/2026,R", told.YearGroupTold(on=date(2026, 11, 2), year_group=0)),
        (
            "special_educational_needs,02/11/2026,E",
            told.SpecialNeedsTold(on=date(2026, 11, 2), special_educational_needs="plan"),
        ),
        (
            "school_notified,02/11/2026,30/10/2026",
            told.SchoolNotifiedTold(on=date(2026, 11, 2), placement_on=date(2026, 10, 30)),
        ),
        (
            "responsibility_transferred,02/11/2026,leicestershire",
            told.ResponsibilityTransferredTold(on=date(2026, 11, 2), to_authority="leicestershire"),
        ),
    ],
)
def test_each_fact_reads_its_value(read_rows: ReadRows, row: str, fact: told.Fact) -> None:
    (change,), findings = read_rows(f"7,{row}")
    assert (change.child_id, change.fact, findings) == ("7", fact, [])


def test_a_child_who_enters_care_comes_as_a_short_record(read_rows: ReadRows) -> None:
    (change,), findings = read_rows("7,entered_care,02/11/2026,C2,U1,,,,,04/05/2015,F,Robin,Example,P207000016049")
    assert findings == []
    assert change.entry is not None
    assert (change.entry.date_of_birth, change.entry.upn) == (date(2015, 5, 4), "P207000016049")
    assert [spell.began for spell in change.entry.spells] == [date(2026, 11, 2)]
    assert change.entry.name is not None


def test_what_a_row_of_entering_care_says_of_the_first_placement_is_a_fact_after_it(read_rows: ReadRows) -> None:
    entered = "7,entered_care,02/11/2026,C2,U1,Y,O,,Y,05/11/2014,F,,,,PR1"
    changes, findings = read_rows(entered, "8,review_held,02/11/2026")
    assert [change.child_id for change in changes] == ["7", "7", "8"]
    assert changes[0].entry is not None
    assert changes[1].told == told.PlacementTold(
        on=date(2026, 11, 2),
        placement="U1",
        emergency=True,
        area="out_of_area",
        provider="PR1",
        fostering_allowance=True,
    )
    assert findings == []


def test_facts_are_sent_in_the_order_of_their_days(read_rows: ReadRows) -> None:
    changes, _ = read_rows("7,review_held,03/11/2026", "7,review_held,02/11/2026", "8,review_held,02/11/2026")
    assert [(change.child_id, change.told.on.day) for change in changes] == [("7", 2), ("8", 2), ("7", 3)]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("7,divorced,02/11/2026", "FACT", "is not a known fact"),
        ("7,review_held,31/11/2026", "ON", "there is no such day"),
        ("7,review_held,", "ON", "must not be empty"),
        (",review_held,02/11/2026", "CHILD", "must not be empty"),
        ("7,placement,02/11/2026,P2", "VALUE", "placement is not a code of the return of that year"),
        ("7,placement,02/11/2026,U4,,X", "EMERGENCY", "is not a known code"),
        ("7,left_care,02/11/2026,X1", "VALUE", "reason is not a code of the return"),
        ("7,legal_status,02/11/2026,", "VALUE", "must not be empty"),
        ("7,school,02/11/2026,12", "VALUE", "String should match pattern"),
        ("7,entered_care,02/11/2026,C2,U1", "DOB", "must not be empty"),
        ("7,entered_care,02/11/2026,C2,U1,X,,,,05/11/2014,F", "EMERGENCY", "is not a known code"),
        ("7,entered_care,02/11/2026,C2,U1,,,,,03/11/2026,F", "FACT", "spells: 02/11/2026 is before the child was born"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_by_its_column(
    read_rows: ReadRows, row: str, column: str, reason: str
) -> None:
    changes, findings = read_rows(row)
    assert changes == []
    assert any(where == column and why.startswith(reason) for where, why in findings), findings


def test_another_table_is_no_file_of_changes_and_the_other_way_round(read_rows: ReadRows, read: Read) -> None:
    assert read_rows(first=A_CHILD) == ([], [("", "is not a file of changes")])
    result = read(changes=FIRST + "7,review_held,02/11/2026" + "," * 11 + "\n", header=A_CHILD)
    assert ("fatal", "", "is taken in by `pep import changes`") in result.faults


def test_a_file_that_is_not_there_and_a_broken_row_are_told(read_rows: ReadRows, stage: Stage, tmp_path: Path) -> None:
    assert read_changes(stage, tmp_path / "none.csv", lambda _count: None) == 0
    changes, _ = read_rows("7,review_held,02/11/2026" + "," * 20)
    assert changes == []


def test_the_day_of_a_file_stands_in_its_name() -> None:
    assert day_in("changes-2026-11-02.csv") == date(2026, 11, 2)
    assert [day_in(name) for name in ("changes.csv", "changes-2026-02-31.csv", "12026-11-023.csv")] == [None] * 3


def test_the_page_on_importing_names_every_fact() -> None:
    page = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
    assert [fact for fact in (*VALUES, "entered_care") if f"`{fact}`" not in page] == []
