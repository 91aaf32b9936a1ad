"""Staff, carers and schools."""

from datetime import date

import pytest
from tests.scheduling.ssda903.conftest import Read

from pep_kernel.may import Role
from scheduling.domain.child.care_record import CarerRecord, PupilRecord, SchoolRecord, StaffRecord

STAFF = "STAFF_ID,NAME,EMAIL,ROLE,SCHOOL_URN,TEAM,APPROVAL_LIMIT\n"
CARERS = "CARER_ID,NAME,EMAIL,TELEPHONE,CHILD\n"
PUPILS = "CHILD,PUPIL_SIGN_IN\n"
SCHOOLS = "URN,UKPRN,LAESTAB,NAME,PHASE,AUTHORITY\n"


def test_a_member_of_staff_with_a_limit_in_pounds(read: Read) -> None:
    result = read(
        staff=STAFF + 'v-1,Kit Checkwell,kit@somewhere.example,Virtual School Officer,,Virtual School,"£1,600.50"\n'
    )
    assert result.staff == [
        StaffRecord(
            staff_id="v-1",
            name="Kit Checkwell",
            email="kit@somewhere.example",
            role=Role.VIRTUAL_SCHOOL_OFFICER,
            team="Virtual School",
            approval_limit_pence=160050,
        )
    ]
    assert result.findings == []


def test_who_has_left_is_told_with_the_day(read: Read) -> None:
    header = STAFF.replace("\n", ",LEFT\n")
    days = ("31/08/2026", "", "soon")
    rows = (f"v-{row},Kit,kit@x.example,auditor,,,,{day}\n" for row, day in enumerate(days))
    result = read(staff=header + "".join(rows))
    assert [each.left for each in result.staff] == [date(2026, 8, 31), None]
    assert [(each.column, each.value) for each in result.findings] == [("LEFT", "soon")]


@pytest.mark.parametrize(
    ("row", "severity", "column"),
    [
        ("v-1,Kit,kit@x.example,wizard,,,", "error", "ROLE"),
        ("v-1,Kit,kit@x.example,service,,,", "error", "ROLE"),
        ("v-1,Kit,kit at x,social_worker,,,", "error", "EMAIL"),
        ("v-1,Kit,,social_worker,,,", "error", "EMAIL"),
        ("v-1,,kit@x.example,social_worker,,,", "error", "NAME"),
        ("v-1,Kit,kit@x.example,social_worker,12,,", "error", "SCHOOL_URN"),
        ("v-1,Kit,kit@x.example,social_worker,,,a lot", "error", "APPROVAL_LIMIT"),
        ("v-1,Kit,kit@x.example,social_worker,,,-5", "error", "APPROVAL_LIMIT"),
        ("v-1,Kit,kit@x.example,social_worker,,,NaN", "error", "APPROVAL_LIMIT"),
        ("v-1,Kit,kit@x.example,social_worker,,,5.005", "error", "APPROVAL_LIMIT"),
        (",Kit,kit@x.example,social_worker,,,", "error", "STAFF_ID"),
        ("v-1,Kit,kit@x.example,designated_teacher,,,", "warning", "SCHOOL_URN"),
    ],
)
def test_what_is_wrong_with_a_member_of_staff(read: Read, row: str, severity: str, column: str) -> None:
    result = read(staff=STAFF + row + "\n")
    assert [(each.severity, each.column) for each in result.findings] == [(severity, column)]
    assert bool(result.staff) == (severity == "warning")


def test_a_carer_of_no_child_any_more_has_one_row_without_a_child(read: Read) -> None:
    result = read(carers=CARERS + "k-1,Una Hearthside,,,\n")
    assert [(each.carer_id, each.child_ids) for each in result.carers] == [("k-1", ())]
    assert result.findings == []


def test_a_carer_has_a_row_for_each_child(read: Read) -> None:
    row = "k-1,Una Hearthside,una@carers.example,01632 960101"
    result = read(carers=CARERS + f"{row},child-7\n{row},child-8\n")
    assert result.carers == [
        CarerRecord(
            carer_id="k-1",
            name="Una Hearthside",
            email="una@carers.example",
            telephone="01632 960101",
            child_ids=("child-7", "child-8"),
        )
    ]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ("k-1,Una,una@carers.example,,child-7\nk-1,Vic,una@carers.example,,child-8\n", "NAME"),
        ("k-1,,una@carers.example,,child-7\n", "NAME"),
        ("k-1,Una,una,,child-7\n", "EMAIL"),
        ("k-1,Una,,,\nk-1,Una,,,child-7\n", "CHILD"),
    ],
)
def test_what_is_wrong_with_a_carer(read: Read, rows: str, column: str) -> None:
    result = read(carers=CARERS + rows)
    assert result.carers == []
    assert [each.column for each in result.findings] == [column]


def test_a_carer_without_an_address_is_fine(read: Read) -> None:
    (carer,) = read(carers=CARERS + "k-1,Una,,,child-7\n").carers
    assert carer.email is None


def test_a_child_may_sign_in_where_the_table_says_so(read: Read) -> None:
    result = read(pupils=PUPILS + "child-7,Y\nchild-8,n\n")
    assert result.pupils == [
        PupilRecord(child_id="child-7", may_sign_in=True),
        PupilRecord(child_id="child-8", may_sign_in=False),
    ]
    assert (result.preview.pupils, result.findings) == (2, [])


@pytest.mark.parametrize(("rows", "column"), [("child-7,perhaps\n", "PUPIL_SIGN_IN"), (",Y\n", "CHILD")])
def test_what_is_wrong_with_a_childs_account(read: Read, rows: str, column: str) -> None:
    result = read(pupils=PUPILS + rows)
    assert (result.pupils, [each.column for each in result.findings]) == ([], [column])


def test_a_school_with_its_numbers_written_either_way(read: Read) -> None:
    result = read(schools=SCHOOLS + "900101,10990101,855/9101,Thistledown,Primary,Somewhere\n")
    assert result.schools == [
        SchoolRecord(
            urn="900101",
            ukprn="10990101",
            laestab="8559101",
            name="Thistledown",
            phase="primary",
            authority="Somewhere",
        )
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("9001,10990101,8559101,Thistledown,primary,Somewhere", "URN"),
        ("900101,1099,8559101,Thistledown,primary,Somewhere", "UKPRN"),
        ("900101,10990101,855,Thistledown,primary,Somewhere", "LAESTAB"),
        ("900101,10990101,8559101,,primary,Somewhere", "NAME"),
        ("900101,10990101,8559101,Thistledown,castle,Somewhere", "PHASE"),
        ("900101,10990101,8559101,Thistledown,primary,", "AUTHORITY"),
        (",10990101,8559101,Thistledown,primary,Somewhere", "URN"),
    ],
)
def test_what_is_wrong_with_a_school(read: Read, row: str, column: str) -> None:
    result = read(schools=SCHOOLS + row + "\n")
    assert result.schools == []
    assert [(each.severity, each.column) for each in result.findings] == [("error", column)]


def test_a_school_that_stands_there_twice_and_differs_is_an_error(read: Read) -> None:
    row = "900101,10990101,8559101,Thistledown,primary,Somewhere\n"
    result = read(schools=SCHOOLS + row + row.replace("Thistledown", "Windmill"))
    assert result.schools == []
