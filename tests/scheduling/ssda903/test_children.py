"""What all the tables together say of one child."""

from datetime import date

import pytest
from tests.scheduling.ssda903.conftest import A_CHILD, ENTERED, EPISODES, HEADER, Read

from scheduling.domain.child.care_record import (
    ChildName,
    LastPep,
    Schooling,
    Unaccompanied,
)

PEOPLE = "CHILD,GIVEN_NAME,FAMILY_NAME,PREFERRED_NAME,LANGUAGE,SOCIAL_WORKER\n"
EDUCATION = "CHILD,SCHOOL_URN,ENTERED,LEFT,YEAR_GROUP,SEN,ROLL_STATUS\n"
STAFF = "STAFF_ID,NAME,EMAIL,ROLE\nworker-1,Ada Allocated,ada@somewhere.example,social_worker\n"
SCHOOLS = "URN,NAME,PHASE,AUTHORITY\n900101,Thistledown,primary,Somewhere\n"
SOCIAL_WORKERS = "CHILD,SW_ID,SW_DECOM,SW_DEC\n"


def test_a_return_alone_is_enough(read: Read) -> None:
    child = read(header=A_CHILD, episodes=ENTERED).child
    assert (child.date_of_birth, child.sex, child.upn) == (date(2015, 5, 4), "F", "P207000016049")
    assert (child.name, child.schooling, child.social_workers, child.last_pep) == (None, (), (), None)


def test_the_authoritys_own_tables_add_name_school_and_social_worker(read: Read) -> None:
    result = read(
        header=A_CHILD,
        episodes=ENTERED,
        people=PEOPLE + "child-7,Acorn,Exampleton,Corny,Welsh,worker-1\n",
        education=EDUCATION
        + "child-7,900101,02/09/2024,,R,K,C\n"
        + "child-7,ey900110,01/09/2022,10/07/2024,N2,N,\n"
        + "child-7,900101,01/09/2021,02/09/2021,1,E,M\n",
        schools=SCHOOLS + "EY900110,Little Acorns,early_years,Somewhere\n",
        staff=STAFF,
    )
    assert result.findings == []
    assert result.child.name == ChildName(given="Acorn", family="Exampleton", preferred="Corny", language="Welsh")
    assert [each.school_urn for each in result.child.schooling] == ["900101", "EY900110", "900101"]
    assert result.child.schooling[-1] == Schooling(
        school_urn="900101", entered=date(2024, 9, 2), year_group=0, special_educational_needs="support"
    )
    assert (result.child.social_workers, result.child.social_worker) == ((), "worker-1")


def test_the_table_of_social_workers_is_believed_before_the_people_table(read: Read) -> None:
    result = read(
        header=A_CHILD,
        episodes=ENTERED,
        people=PEOPLE + "child-7,Acorn,Exampleton,,,worker-9\n",
        workers=SOCIAL_WORKERS + "child-7,worker-1,21/09/2026,\nchild-7,worker-0,01/07/2026,20/09/2026\n",
    )
    assert result.findings == []
    assert [each.staff_id for each in result.child.social_workers] == ["worker-0", "worker-1"]
    assert result.child.social_worker is None


def test_a_dash_takes_back_what_was_told_before_and_an_empty_cell_does_not(read: Read) -> None:
    header = HEADER + "child-7,F,04/05/2015,WBRI,-,,\n"
    result = read(header=header, episodes=ENTERED, people=PEOPLE + "child-7,Acorn,Exampleton,-,,\n")
    assert result.findings == []
    assert (result.child.upn, result.child.name) == (None, ChildName(given="Acorn", family="Exampleton"))
    assert result.child.taken_back == ("upn", "preferred_name")


def test_a_child_alone_in_the_country_reviews_and_the_last_pep(read: Read) -> None:
    result = read(
        header=A_CHILD,
        episodes=ENTERED,
        uasc="CHILD,SEX,DOB,DUC\nchild-7,F,04/05/2015,01/09/2026\n",
        reviews="CHILD,DOB,REVIEW,REVIEW_CODE\nchild-7,04/05/2015,05/05/2026,PN1\nchild-7,04/05/2015,04/11/2025,PN1\n",
        last_pep="CHILD,LAST_PEP,NEXT_AGREED,NEXT_REVIEW\nchild-7,16/06/2026,13/10/2026,\n",
    )
    assert result.findings == []
    assert result.child.unaccompanied == Unaccompanied(until=date(2026, 9, 1))
    assert result.child.reviews == (date(2025, 11, 4), date(2026, 5, 5))
    assert result.child.last_pep == LastPep(held=date(2026, 6, 16), next_agreed=date(2026, 10, 13))


@pytest.mark.scenario("T64")
def test_the_day_of_going_live_is_carried_by_every_record(read: Read) -> None:
    result = read(cut_over=date(2026, 8, 31), header=A_CHILD, episodes=ENTERED)
    assert result.child.cut_over == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("upn", "kept", "reason"),
    [
        ("Q207000016049", "Q207000016049", "the check letter should be P"),
        ("UN3", None, "says why no number is known"),
        ("P2070000", None, "has not the shape"),
    ],
)
def test_a_wrong_pupil_number_warns_and_keeps_nobody_out(read: Read, upn: str, kept: str | None, reason: str) -> None:
    result = read(header=HEADER + f"child-7,F,04/05/2015,WBRI,{upn},,\n", episodes=ENTERED)
    (finding,) = result.findings
    assert (finding.severity, finding.column, result.child.upn) == ("warning", "UPN", kept)
    assert reason in finding.reason


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("child-7,X,04/05/2015,,,,", "SEX", "is not a known code"),
        ("child-7,,04/05/2015,,,,", "SEX", "must not be empty"),
        ("child-7,F,31/06/2015,,,,", "DOB", "there is no such day"),
        ("child-7,F,31/12/1899,,,,", "DOB", "is not between 1900 and 2100"),
        ("child-7,F,01/01/2101,,,,", "DOB", "is not between 1900 and 2100"),
        ("child-7,F,,,,,", "DOB", "must not be empty"),
        ("child-7,F,22/09/2026,,,,", "DOB", "entered care on 21/09/2026, before birth"),
    ],
)
def test_a_wrong_header_keeps_the_child_out(read: Read, row: str, column: str, reason: str) -> None:
    result = read(header=HEADER + row + "\n", episodes=ENTERED)
    assert result.children == []
    (finding,) = result.findings
    assert (finding.severity, finding.column) == ("error", column)
    assert reason in finding.reason


def test_sex_as_a_figure_is_read_and_warns_since_2024(read: Read) -> None:
    result = read(header=HEADER + "child-7,2,04/05/2015,,,,\n", episodes=ENTERED)
    assert result.child.sex == "F"
    assert result.findings[0].reason == "1 and 2 were the codes until 2023/24; read as F"


def test_sex_as_a_figure_was_right_until_2024(read: Read) -> None:
    result = read(header=HEADER + "child-7,1,04/05/2015,,,,\n", episodes=EPISODES + "child-7,21/09/2023,S,C2,N1,U6,,\n")
    assert result.findings == []
    assert result.child.sex == "M"


def test_a_repeated_header_row_warns(read: Read) -> None:
    result = read(header=A_CHILD + A_CHILD.removeprefix(HEADER), episodes=ENTERED)
    assert result.faults == [("warning", "CHILD", "repeats line 2 of header.csv")]
    assert len(result.children) == 1


def test_two_header_rows_that_differ_are_an_error(read: Read) -> None:
    result = read(header=A_CHILD + "child-7,M,04/05/2015,WBRI,,,\n", episodes=ENTERED)
    assert result.children == []
    assert result.preview.errors == 1


def test_a_child_without_episode_is_left_out_with_a_warning(read: Read) -> None:
    result = read(header=A_CHILD + "child-8,M,04/05/2014,,,,\n", episodes=ENTERED)
    assert result.faults == [("warning", "CHILD", "the child has no episode, so is left out")]


def test_a_name_of_a_child_who_is_not_in_the_return_is_left_out_with_a_warning(read: Read) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, people=PEOPLE + "child-9,Bramble,Exampleton,,,\n")
    assert result.faults == [
        ("warning", "CHILD", "no child with this number is in the header table, so it is left out")
    ]


@pytest.mark.parametrize(
    ("row", "severity", "column", "reason"),
    [
        ("900101,02/09/2024,01/09/2024,5,N,C", "error", "LEFT", "leaves the school before entering"),
        ("900101,02/09/2024,,5,Z,C", "error", "SEN", "is not a known code"),
        ("900101,02/09/2024,,5,N,Z", "error", "ROLL_STATUS", "is not a known code"),
        ("900101,,,5,N,C", "error", "ENTERED", "must not be empty"),
        (",02/09/2024,,5,N,C", "error", "SCHOOL_URN", "must not be empty"),
        ("12,02/09/2024,,5,N,C", "error", "SCHOOL_URN", "has not the shape"),
        ("900101,02/09/2024,,99,N,C", "warning", "YEAR_GROUP", "is not a year group"),
        ("900101,02/09/2024,,5,N,S", "warning", "ROLL_STATUS", "is not the child's main school"),
        ("900999,02/09/2024,,5,N,C", "warning", "SCHOOL_URN", "no school with this number"),
    ],
)
def test_what_is_wrong_with_a_childs_schooling(read: Read, row: str, severity: str, column: str, reason: str) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, education=EDUCATION + f"child-7,{row}\n", schools=SCHOOLS)
    (finding,) = result.findings
    assert (finding.severity, finding.column) == (severity, column)
    assert reason in finding.reason
    assert bool(result.children) == (severity == "warning")


@pytest.mark.parametrize(
    ("row", "severity", "column"),
    [
        ("worker-1,21/09/2026,01/09/2026", "error", "SW_DEC"),
        ("worker-1,,", "error", "SW_DECOM"),
        (f"{'w' * 41},21/09/2026,", "error", "SW_ID"),
        ("worker-9,21/09/2026,", "warning", "SW_ID"),
    ],
)
def test_what_is_wrong_with_a_social_workers_time(read: Read, row: str, severity: str, column: str) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, workers=SOCIAL_WORKERS + f"child-7,{row}\n", staff=STAFF)
    assert (result.findings[0].severity, result.findings[0].column) == (severity, column)


def test_a_social_worker_of_the_people_table_with_an_endless_number_is_an_error(read: Read) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, people=PEOPLE + f"child-7,Acorn,Exampleton,,,{'w' * 41}\n")
    assert result.faults == [("error", "SOCIAL_WORKER", "is longer than 40 characters")]
    assert result.children == []


def test_a_social_worker_of_the_people_table_who_is_not_on_the_staff_warns(read: Read) -> None:
    people = PEOPLE + "child-7,Acorn,Exampleton,,,worker-9\n"
    result = read(header=A_CHILD, episodes=ENTERED, people=people, staff=STAFF)
    assert result.faults == [("warning", "SOCIAL_WORKER", "nobody with this number is in the staff table")]


def test_a_person_without_a_name_is_an_error(read: Read) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, people=PEOPLE + "child-7,,Exampleton,,,\n")
    assert result.faults == [("error", "GIVEN_NAME", "must not be empty")]


@pytest.mark.parametrize(
    ("table", "rows", "column"),
    [
        ("workers", SOCIAL_WORKERS + "child-7,worker-1,08/01/1990,\n", "SW_DECOM"),
        ("reviews", "CHILD,REVIEW\nchild-7,08/01/1990\n", "REVIEW"),
        ("last_pep", "CHILD,LAST_PEP\nchild-7,08/01/1990\n", "LAST_PEP"),
    ],
)
def test_nothing_happened_to_a_child_who_was_not_born_yet(read: Read, table: str, rows: str, column: str) -> None:
    result = read(header=A_CHILD, episodes=ENTERED, **{table: rows})
    ((_severity, found, reason),) = [(each.severity, each.column, each.reason) for each in result.findings]
    assert (found, reason) == (column, "the child was not born yet")


def test_a_last_pep_needs_its_day(read: Read) -> None:
    last_pep = "CHILD,LAST_PEP,NEXT_AGREED,NEXT_REVIEW\nchild-7,,13/10/2026,\n"
    result = read(header=A_CHILD, episodes=ENTERED, last_pep=last_pep)
    assert result.faults == [("error", "LAST_PEP", "must not be empty")]


def test_the_error_of_one_child_keeps_no_other_out(read: Read) -> None:
    header = A_CHILD + "child-8,M,04/05/2014,,,,\n"
    result = read(header=header, episodes=ENTERED + "child-8,21/09/2026,S,C9,N1,U6,,\n")
    assert [each.child_id for each in result.children] == ["child-7"]
    assert result.preview.children_left_out == 1
