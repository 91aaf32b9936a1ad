"""Who may do what, written down a second time as a table, so that a slip in the first is seen.

`x` whoever has the role; `s` for a child on the roll of this person's school; `c` for a child allocated to this worker;
`.` nobody. A cell that is not asked for by name is a refusal.
"""

from itertools import product

import pytest

from pep_kernel.may import GRANTS, Resource, Role, Signed, may

COLUMNS = {
    "SW": Role.SOCIAL_WORKER,
    "TM": Role.TEAM_MANAGER,
    "DT": Role.DESIGNATED_TEACHER,
    "PC": Role.PEP_COORDINATOR,
    "VO": Role.VIRTUAL_SCHOOL_OFFICER,
    "SO": Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
    "VH": Role.VIRTUAL_SCHOOL_HEAD,
    "IR": Role.INDEPENDENT_REVIEWING_OFFICER,
    "SF": Role.SCHOOL_FINANCE,
    "AF": Role.AUTHORITY_FINANCE,
    "AU": Role.AUDITOR,
    "AD": Role.ADMINISTRATOR,
    "SV": Role.SERVICE,
}
TABLE = """\
                           SW  TM  DT  PC  VO  SO  VH  IR  SF  AF  AU  AD  SV
import care records        .   .   .   .   .   .   .   .   .   .   .   x   .
ask for contacts           .   .   .   .   .   .   .   .   .   .   .   .   x
read progress of services  .   .   .   .   .   .   .   .   .   .   x   x   x
read child                 c   .   s   x   x   x   x   .   .   .   x   .   .
list children              x   .   x   x   x   x   x   .   .   .   x   .   .
list due dates             .   .   .   x   x   x   x   .   .   .   x   .   .
schedule meeting           c   .   s   x   .   .   .   .   .   .   .   .   .
record meeting             c   .   s   x   x   x   x   .   .   .   .   .   .
read minutes               c   .   s   x   x   x   x   .   .   .   .   .   .
correct meeting            .   .   .   x   .   .   x   .   .   .   .   .   .
record school move         c   .   .   x   .   .   .   .   .   .   .   x   .
record care facts          c   x   .   .   .   .   .   .   .   .   .   x   .
contribute to plan         c   .   s   x   x   x   x   .   .   .   .   .   .
read plan                  c   .   s   x   x   x   x   .   .   .   x   .   .
mark plan complete         .   .   s   .   x   .   .   .   .   .   .   .   .
sign off plan              c   .   .   .   .   .   .   .   .   .   .   .   .
quality assure plan        .   .   .   .   x   x   x   .   .   .   .   .   .
decide premium             .   .   .   .   x   x   x   .   .   .   .   .   .
decide held approval       .   .   .   .   .   .   x   .   .   .   .   .   .
open term envelope         .   .   .   .   .   .   x   .   .   x   .   .   .
release premium            .   .   .   .   .   .   .   .   .   x   .   .   x
read finance               .   .   .   .   x   x   x   .   .   x   x   .   .
read messages              .   .   .   x   .   .   .   .   .   .   x   x   .
read journey               .   .   .   .   .   .   x   .   .   .   x   .   .
"""
THEIRS = Resource(child_ref="child-7", school_urn="900001", social_worker_ref="worker-1")
ANOTHERS = Resource(child_ref="child-8", school_urn="900002", social_worker_ref="worker-2")
NOT_KNOWN = Resource(child_ref="child-9")
HEADINGS, *LINES = TABLE.splitlines()
CELLS = {
    (line[:27].strip(), COLUMNS[heading]): cell
    for line in LINES
    for heading, cell in zip(HEADINGS.split(), line[27:].split(), strict=True)
}


def signed(role: Role) -> Signed:
    """Worker 1, or somebody at school 900001."""
    return Signed("borsetshire", "worker-1", role, school_urn="900001")


def test_the_table_is_about_every_action_and_role() -> None:
    assert CELLS.keys() == set(product(GRANTS, Role))


@pytest.mark.parametrize(("action", "role"), CELLS, ids=" by ".join)
def test_a_person_may_what_the_table_says_and_no_more(action: str, role: Role) -> None:
    answers = [may(signed(role), action, resource).allowed for resource in (THEIRS, ANOTHERS, NOT_KNOWN)]
    expected = {"x": [True, True, True], "s": [True, False, False], "c": [True, False, False], ".": [False] * 3}
    assert answers == expected[CELLS[action, role]]


@pytest.mark.parametrize("role", Role)
def test_an_action_that_nobody_listed_is_nobodys(role: Role) -> None:
    assert not may(signed(role), "delete child", THEIRS).allowed


def test_a_teacher_of_no_school_is_not_taken_for_that_of_a_child_without_school() -> None:
    nowhere = Signed("borsetshire", "teacher-1", Role.DESIGNATED_TEACHER)
    assert not may(nowhere, "read plan", NOT_KNOWN).allowed


def test_a_teacher_moves_with_the_school_and_a_worker_with_the_child() -> None:
    teacher = Signed("borsetshire", "worker-2", Role.DESIGNATED_TEACHER, school_urn="900001")
    assert not may(teacher, "read plan", ANOTHERS).allowed, "the child's social worker's reference is no school"
    worker = Signed("borsetshire", "worker-2", Role.SOCIAL_WORKER, school_urn="900001")
    assert not may(worker, "read plan", THEIRS).allowed, "the school is no allocation"


@pytest.mark.parametrize(
    ("role", "action", "resource", "sentence"),
    [
        (Role.AUDITOR, "quality assure plan", THEIRS, "An auditor may not quality assure plan."),
        (
            Role.VIRTUAL_SCHOOL_HEAD,
            "read journey",
            THEIRS,
            "A virtual school head may read journey.",
        ),
        (
            Role.DESIGNATED_TEACHER,
            "read plan",
            ANOTHERS,
            "For a designated teacher, to read plan needs a child who is on the roll of this person's school.",
        ),
        (
            Role.SOCIAL_WORKER,
            "read plan",
            ANOTHERS,
            "For a social worker, to read plan needs a child who is allocated to this social worker.",
        ),
        (
            Role.SOCIAL_WORKER,
            "read plan",
            THEIRS,
            "For a social worker, to read plan needs a child who is allocated to this social worker.",
        ),
    ],
)
def test_the_answer_says_why(role: Role, action: str, resource: Resource, sentence: str) -> None:
    assert may(signed(role), action, resource).reason == sentence


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SERVICE])
def test_auditors_and_services_decide_nothing_about_a_child(role: Role) -> None:
    deeds = {action for action in GRANTS if not action.startswith(("read", "list", "ask"))} - {"release premium"}
    assert not any(may(signed(role), action, THEIRS).allowed for action in deeds)


def test_who_releases_money_approves_none_and_who_approves_it_releases_none() -> None:
    approve, release = (
        {role for role in Role if may(signed(role), each, THEIRS).allowed}
        for each in ("decide premium", "release premium")
    )
    assert approve
    assert release
    assert approve & release == set()
