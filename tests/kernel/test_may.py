"""Who may do what, written down a second time as a table, so that a slip in the first is seen.

`x` whoever has the role; otherwise a letter for what the person must be to the child (see `HOLDS_FOR`); `.` nobody.
The same table is what docs/access.md shows.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from tools.access import PAGE, matrix, page

from pep_kernel.authority_policy.approvals import Approver
from pep_kernel.may import (
    ACTS,
    DUAL_APPROVAL,
    FIELDS,
    GRANTS,
    LOOKING,
    NO_AUTHOR_ASSURES,
    NOT_STAFF,
    Condition,
    Permission,
    Resource,
    Role,
    Shown,
    Signed,
    acts_as,
    as_granted,
    broken_rule,
    child_resource,
    fields,
    granted_on,
    may,
    stands_in_for,
    stood_in_for,
    whose,
    with_glass,
    with_member,
)
from pep_kernel.may.decision import RESTRICTED

COLUMNS = {
    "SW": Role.SOCIAL_WORKER,
    "PA": Role.PERSONAL_ADVISER,
    "TM": Role.TEAM_MANAGER,
    "DT": Role.DESIGNATED_TEACHER,
    "DG": Role.DELEGATE,
    "PC": Role.PEP_COORDINATOR,
    "VO": Role.VIRTUAL_SCHOOL_OFFICER,
    "SO": Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
    "VH": Role.VIRTUAL_SCHOOL_HEAD,
    "IR": Role.INDEPENDENT_REVIEWING_OFFICER,
    "CM": Role.CORPORATE_PARENTING_MANAGER,
    "NO": Role.NOMINATED_OFFICER,
    "DC": Role.DIRECTOR_OF_CHILDRENS_SERVICES,
    "CA": Role.CARER,
    "PU": Role.PUPIL,
    "SF": Role.SCHOOL_FINANCE,
    "AF": Role.AUTHORITY_FINANCE,
    "AU": Role.AUDITOR,
    "AD": Role.ADMINISTRATOR,
    "SV": Role.SERVICE,
}
TABLE = """\
                           SW  PA  TM  DT  DG  PC  VO  SO  VH  IR  CM  NO  DC  CA  PU  SF  AF  AU  AD  SV
import care records        .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .
grant role                 .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .
ask for contacts           .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x
read progress of services  .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   x   x
read child                 c   y   .   s   d   x   x   x   x   .   .   .   .   h   o   .   .   x   .   .
list children              x   x   .   x   x   x   x   x   x   .   .   .   .   x   x   .   .   x   .   .
list due dates             x   x   .   x   x   x   x   x   x   .   .   .   .   .   .   .   .   x   .   .
list flags                 x   x   .   x   .   x   x   x   x   x   .   .   .   .   .   .   .   x   .   .
let flag be                .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
list feeds                 .   .   .   .   .   x   x   x   x   .   .   .   .   .   .   .   .   x   x   .
use calendar feed          x   x   x   x   x   x   x   x   x   x   x   x   x   x   .   x   x   .   x   .
read timeliness            .   .   x   .   .   x   x   x   x   .   .   .   .   .   .   .   .   x   .   .
read due rules             x   x   x   x   x   x   x   x   x   x   x   x   x   .   .   x   x   x   x   .
recompute due dates        .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   x   .
record late reason         c   y   .   s   d   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
list meetings              x   x   .   x   x   x   x   x   x   .   .   .   .   x   .   .   .   x   .   .
schedule meeting           c   y   .   s   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
answer invitation          x   x   x   x   x   x   x   x   x   x   .   .   .   x   .   .   .   .   .   .
answer for invitee         c   y   .   s   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
decide proceeding          c   y   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
send officer               .   .   .   .   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
give reply link            c   y   .   s   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
record meeting             c   y   .   s   d   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
read minutes               c   y   .   s   d   x   x   x   x   .   .   .   .   h   o   .   .   .   .   .
correct meeting            .   .   .   .   .   x   .   .   x   .   .   .   .   .   .   .   .   .   .   .
record school move         c   y   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   x   .
record care facts          c   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .
keep teacher register      .   .   .   .   .   x   x   x   x   .   .   .   .   .   .   .   .   .   x   .
ask for approval           c   y   x   .   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
record consultation        c   y   x   .   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
decide request             .   .   x   .   .   .   .   .   x   x   x   x   x   .   .   .   .   .   .   .
read request               c   y   x   .   .   x   x   x   x   x   x   x   x   .   .   .   .   x   .   .
list requests              x   x   x   .   .   x   x   x   x   x   x   x   x   .   .   .   .   x   .   .
ask for urgent PEP         c   y   .   s   .   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
raise concern              c   y   .   s   d   x   x   x   x   .   .   .   .   h   .   .   .   .   .   .
read raised concerns       c   y   x   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
notify exclusion           c   y   .   s   .   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .
import attendance          .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .
read concerns              c   y   .   s   d   x   x   x   x   x   .   .   .   .   .   .   .   x   .   .
record review dates        c   y   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   x   .
list reviews               x   x   .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   x   .   .
read readiness             c   y   .   .   .   x   x   x   x   x   .   .   .   .   .   .   .   x   .   .
name delegate              .   .   .   s   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
restrict record            .   .   x   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
break glass                x   x   x   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .
read broken glass          .   .   x   .   .   .   .   .   x   .   .   .   .   .   .   .   .   x   .   .
contribute to plan         c   y   .   s   d   x   x   x   x   .   .   .   .   .   .   .   .   .   .   .
read plan                  c   y   .   s   d   x   x   x   x   .   .   .   .   .   .   .   .   x   .   .
read completed plan        c   y   .   s   d   x   x   x   x   .   .   .   .   h   o   .   .   x   .   .
give views                 .   .   .   .   .   .   .   .   .   .   .   .   .   h   o   .   .   .   .   .
approve delegate's work    .   .   .   s   .   .   n   n   n   .   .   .   .   .   .   .   .   .   .   .
mark plan complete         .   .   .   s   .   .   n   n   n   .   .   .   .   .   .   .   .   .   .   .
sign off plan              c   y   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
quality assure plan        .   .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
decide premium             .   .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   .   .   .   .
decide held approval       .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
open term envelope         .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   x   .   .   .
release premium            .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   x
read finance               .   .   .   .   .   .   x   x   x   .   .   .   .   .   .   .   x   x   .   .
read messages              .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .   x   x   .
read record keeping        .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   x   x   .
hold record                .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   x   .
forget record              .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   x   .
export record              .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   .   .   .
read journey               .   .   .   .   .   .   .   .   x   .   .   .   .   .   .   .   .   x   .   .
"""
ME = "person-1"
CHILDREN = {
    "theirs in every way": Resource(
        child_ref=ME,
        school_urn="900001",
        social_worker_ref=ME,
        year_group=12,
        delegates=frozenset({ME}),
        carers=frozenset({ME}),
    ),
    "allocated, in Year 11": Resource(
        child_ref="child-2", school_urn="900002", social_worker_ref=ME, year_group=11, delegates=frozenset({ME})
    ),
    "at their school": Resource(child_ref="child-3", school_urn="900001", social_worker_ref="person-2", year_group=13),
    "at no school": Resource(child_ref="child-4", social_worker_ref="person-2", carers=frozenset({"person-2"})),
    "another's": Resource(child_ref="child-5", school_urn="900002", social_worker_ref="person-2", year_group=12),
}
HOLDS_FOR = {
    "x": set(CHILDREN),
    "c": {"theirs in every way", "allocated, in Year 11"},
    "y": {"theirs in every way"},
    "s": {"theirs in every way", "at their school"},
    "d": {"theirs in every way"},
    "n": {"at no school"},
    "h": {"theirs in every way"},
    "o": {"theirs in every way"},
    ".": set(),
}
HEADINGS, *LINES = TABLE.splitlines()
CELLS = {
    (line[:27].strip(), COLUMNS[heading]): cell
    for line in LINES
    for heading, cell in zip(HEADINGS.split(), line[27:].split(), strict=True)
}
NOON = datetime.fromisoformat("2026-11-23T12:00:00+00:00")


def signed(role: Role, *granted: str, school_urn: str | None = "900001") -> Signed:
    """Person 1, at school 900001."""
    return Signed("borsetshire", ME, role, school_urn=school_urn, granted=frozenset(granted))


def test_the_table_is_about_every_action_and_role() -> None:
    assert CELLS.keys() == set(product(GRANTS, Role))


def test_the_page_for_people_shows_this_table_and_is_up_to_date() -> None:
    assert matrix().splitlines() == TABLE.splitlines()
    assert PAGE.read_text() == page(), "Write it anew: `.venv/bin/python -m tools.access`."


@pytest.mark.rule("L-37", "O-12", "O-15", "O-21", "O-93")
@pytest.mark.parametrize(("action", "role"), CELLS, ids=" by ".join)
def test_a_person_may_what_the_table_says_and_no_more(action: str, role: Role) -> None:
    allowed = {name for name, child in CHILDREN.items() if may(signed(role), action, child).allowed}
    assert allowed == HOLDS_FOR[CELLS[action, role]]


@pytest.mark.parametrize(("action", "role"), CELLS, ids=" by ".join)
def test_a_restricted_record_needs_one_more_permission_whoever_asks(action: str, role: Role) -> None:
    for name, child in CHILDREN.items():
        restricted = replace(child, restricted=True)
        assert not may(signed(role), action, restricted).allowed
        named = may(signed(role, Permission.RESTRICTED_RECORDS), action, restricted).allowed
        assert named == (name in HOLDS_FOR[CELLS[action, role]])


@pytest.mark.parametrize(("action", "role"), CELLS, ids=" by ".join)
def test_broken_glass_lets_look_and_never_write(action: str, role: Role) -> None:
    broken = replace(CHILDREN["another's"], glass_broken_by=frozenset({ME}))
    without = may(signed(role), action, CHILDREN["another's"]).allowed
    assert may(signed(role), action, broken).allowed == (without or action in LOOKING)
    assert not may(signed(role), action, replace(broken, restricted=True)).allowed


@pytest.mark.parametrize("role", Role)
def test_an_action_that_nobody_listed_is_nobodys(role: Role) -> None:
    assert not may(signed(role), "delete child", CHILDREN["theirs in every way"]).allowed


def test_a_teacher_of_no_school_is_not_taken_for_that_of_a_child_without_school() -> None:
    nowhere = signed(Role.DESIGNATED_TEACHER, school_urn=None)
    assert not may(nowhere, "read plan", CHILDREN["at no school"]).allowed


def test_what_is_not_about_a_child_is_not_about_a_child_without_school() -> None:
    assert not may(signed(Role.VIRTUAL_SCHOOL_OFFICER), "mark plan complete", Resource()).allowed


@pytest.mark.rule("O-21", "O-22")
def test_a_delegate_writes_and_attends_and_does_not_complete_or_name_others() -> None:
    mine = CHILDREN["theirs in every way"]
    allowed = {action for action in GRANTS if may(signed(Role.DELEGATE), action, mine).allowed}
    assert {"contribute to plan", "record meeting"} <= allowed
    assert allowed.isdisjoint({"mark plan complete", "sign off plan", "name delegate", "schedule meeting"})


def test_a_delegates_access_ends_when_the_child_leaves_the_school() -> None:
    moved = replace(CHILDREN["theirs in every way"], school_urn="900002")
    assert not may(signed(Role.DELEGATE), "read plan", moved).allowed


@pytest.mark.parametrize(
    ("role", "action", "child", "sentence"),
    [
        (
            Role.AUDITOR,
            "quality assure plan",
            "another's",
            "An auditor may not quality assure a plan.",
        ),
        (Role.SOCIAL_WORKER, "decide request", "another's", "A social worker may not decide about this request."),
        (
            Role.DIRECTOR_OF_CHILDRENS_SERVICES,
            "list children",
            "another's",
            "A director of children's services may not list children.",
        ),
        (Role.PUPIL, "fly", "another's", "A pupil may not fly."),
        (Role.VIRTUAL_SCHOOL_HEAD, "read journey", "another's", "A virtual school head may read a child's journey."),
        (
            Role.DESIGNATED_TEACHER,
            "read plan",
            "another's",
            "A designated teacher may read a plan only for a child who is on the roll of this person's school.",
        ),
        (
            Role.SOCIAL_WORKER,
            "read plan",
            "another's",
            "A social worker may read a plan only for a child who is allocated to this social worker.",
        ),
        (
            Role.PERSONAL_ADVISER,
            "read plan",
            "allocated, in Year 11",
            "A personal adviser may read a plan only for a child in Year 12 or 13 who is allocated to this adviser.",
        ),
    ],
)
def test_the_answer_says_why_in_a_sentence(role: Role, action: str, child: str, sentence: str) -> None:
    assert may(signed(role), action, CHILDREN[child]).reason == sentence


def test_only_acts_that_exist_are_put_into_words() -> None:
    assert ACTS.keys() - GRANTS.keys() == set()


def test_a_granted_role_counts_beside_the_own_one_and_the_answer_says_in_which() -> None:
    both = signed(Role.SOCIAL_WORKER, Role.PEP_COORDINATOR)
    assert may(both, "read plan", CHILDREN["another's"]).role is Role.PEP_COORDINATOR
    assert may(both, "sign off plan", CHILDREN["theirs in every way"]).role is Role.SOCIAL_WORKER
    assert not may(both, "sign off plan", CHILDREN["another's"]).allowed
    acting = both.acting_as(Role.PEP_COORDINATOR)
    assert set(acting.roles) == set(both.roles)
    assert acting.role is Role.PEP_COORDINATOR


def test_a_grant_holds_to_the_end_of_its_last_day() -> None:
    granted = (as_granted(Role.AUDITOR, date(2026, 12, 31)), as_granted(Permission.RESTRICTED_RECORDS, None))
    assert granted_on(granted, date(2026, 12, 31)) == {"auditor", "restricted_records"}
    assert granted_on(granted, date(2027, 1, 1)) == {"restricted_records"}


def test_a_grant_may_begin_later_and_whoever_stands_in_sees_the_absent_workers_children_then() -> None:
    grant = as_granted(stands_in_for("away"), date(2026, 11, 13), date(2026, 11, 2))
    assert grant == "stands_in_for:away from 2026-11-02 until 2026-11-13"
    assert [granted_on([grant], date(2026, 11, day)) for day in (1, 14)] == [frozenset(), frozenset()]
    assert stood_in_for(granted_on([grant, "auditor"], date(2026, 11, 13))) == ("away",)
    absent = Signed("anytown", "away", Role.SOCIAL_WORKER)
    deputy = Signed("anytown", ME, Role.SOCIAL_WORKER, in_place_of=(absent,))
    assert deputy.roles == (Role.SOCIAL_WORKER,)
    assert may(deputy, "record care facts", Resource(social_worker_ref="away")).allowed
    assert not may(deputy, "record care facts", Resource(social_worker_ref="other")).allowed
    assert not may(deputy, "record care facts", Resource()).allowed


ABSENT = "person-2"
STANDS_IN = [
    (Role.SOCIAL_WORKER, Role.SOCIAL_WORKER, "900001"),
    (Role.PERSONAL_ADVISER, Role.PERSONAL_ADVISER, "900001"),
    (Role.DESIGNATED_TEACHER, Role.DELEGATE, "900002"),
    (Role.DESIGNATED_TEACHER, Role.SCHOOL_FINANCE, "900002"),
    (Role.VIRTUAL_SCHOOL_HEAD, Role.PEP_COORDINATOR, None),
]


@pytest.mark.rule("L-10", "L-37", "O-12", "O-21", "O-22", "O-93")
@pytest.mark.parametrize(("absent_role", "deputys", "absent_school"), STANDS_IN)
@pytest.mark.parametrize("action", GRANTS)
def test_a_deputy_may_what_either_of_the_two_may_for_their_own_children_and_nothing_more(
    action: str, absent_role: Role, deputys: Role, absent_school: str | None
) -> None:
    """Each child and action as if both had asked, whoever the deputy is to the child and wherever they work."""
    absent = Signed("borsetshire", ABSENT, absent_role, absent_school)
    deputy = replace(signed(deputys), in_place_of=(absent,))
    for name, child in CHILDREN.items():
        either = may(signed(deputys), action, child).allowed or may(absent, action, child).allowed
        decision = may(deputy, action, child)
        assert decision.allowed is either, name
        acting = deputy.acting_as(decision.role, decision.as_whom)
        assert (acting.person_ref, acting.role) == (ME, decision.role)
        assert may(acting, action, child).allowed is either, "also when it is asked again in that role"


def test_what_is_granted_to_the_absent_person_and_glass_that_they_broke_stays_theirs() -> None:
    theirs = replace(CHILDREN["another's"], restricted=True)
    absent = signed(Role.SOCIAL_WORKER, Permission.RESTRICTED_RECORDS)
    absent = replace(absent, person_ref=ABSENT)
    assert may(absent, "read plan", theirs).allowed
    deputy = replace(signed(Role.SOCIAL_WORKER), in_place_of=(replace(absent, granted=frozenset()),))
    assert may(deputy, "read plan", replace(theirs, restricted=False)).allowed
    assert may(deputy, "read plan", theirs).reason == RESTRICTED
    broken = replace(CHILDREN["at their school"], social_worker_ref=None, glass_broken_by=frozenset({ABSENT}))
    assert not may(deputy, "read plan", broken).allowed


def test_a_deputy_who_acts_for_somebody_acts_at_that_persons_school_and_to_their_limit() -> None:
    """Somebody who has moved to another school meanwhile is no designated teacher there."""
    absent = Signed("borsetshire", ABSENT, Role.DESIGNATED_TEACHER, "900002", approval_limit_pence=500)
    mover = replace(signed(Role.DELEGATE, Role.AUDITOR, Permission.RESTRICTED_RECORDS), in_place_of=(absent,))
    decision = may(mover, "mark plan complete", CHILDREN["another's"])
    acting = mover.acting_as(decision.role, decision.as_whom)
    assert (decision.allowed, acting.school_urn, acting.approval_limit_pence) == (True, "900002", 500)
    assert not may(acting, "mark plan complete", CHILDREN["at their school"]).allowed
    assert set(acting.roles) == set(mover.roles)
    assert Permission.RESTRICTED_RECORDS in acting.granted


@pytest.mark.rule("O-15", "O-24")
def test_nobody_quality_assures_what_they_wrote() -> None:
    theirs = replace(CHILDREN["another's"], authors=frozenset({ME}))
    decision = may(signed(Role.VIRTUAL_SCHOOL_OFFICER), "quality assure plan", theirs)
    assert (decision.allowed, decision.reason) == (False, NO_AUTHOR_ASSURES.sentence)
    assert may(signed(Role.VIRTUAL_SCHOOL_OFFICER), "read plan", theirs).allowed


def test_nobody_grants_anything_to_themselves() -> None:
    assert not may(signed(Role.ADMINISTRATOR), "grant role", Resource(person_ref=ME)).allowed
    assert may(signed(Role.ADMINISTRATOR), "grant role", Resource(person_ref="person-2")).allowed


def test_every_job_whose_agreement_policy_may_ask_for_may_decide_a_request() -> None:
    assert set(GRANTS["decide request"]) == {Role(each) for each in Approver}


@pytest.mark.rule("O-80", "O-91")
@pytest.mark.parametrize(
    ("requested_by", "approved_by", "may_approve"),
    [("person-2", None, True), ("person-2", "person-3", True), (ME, None, False), ("person-2", ME, False)],
)
def test_two_approvals_are_two_peoples_and_neither_is_whoever_asked(
    requested_by: str, approved_by: str | None, may_approve: bool
) -> None:
    request = Resource(requested_by=requested_by, approved_by=approved_by)
    assert (broken_rule(DUAL_APPROVAL, ME, request) is None) == may_approve


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SERVICE])
def test_auditors_and_services_decide_nothing_about_a_child(role: Role) -> None:
    deeds = {action for action in GRANTS if not action.startswith(("read", "list", "ask"))} - {"release premium"}
    assert not any(may(signed(role), action, CHILDREN["theirs in every way"]).allowed for action in deeds)


def test_who_releases_money_approves_none_and_who_approves_it_releases_none() -> None:
    approve, release = (
        {role for role in Role if may(signed(role), each, CHILDREN["another's"]).allowed}
        for each in ("decide premium", "release premium")
    )
    assert approve
    assert release
    assert approve & release == set()


NEVER_SHOWN = {
    Role.DESIGNATED_TEACHER: {Shown.CARERS_CONTACT, Shown.FINANCE},
    Role.DELEGATE: {
        Shown.CARE,
        Shown.CARERS_CONTACT,
        Shown.THIRD_PARTY,
        Shown.ADULTS_MINUTES,
        Shown.PROFESSIONALS_MINUTES,
    },
    Role.CARER: {
        Shown.PROFESSIONALS_MINUTES,
        Shown.ASSURANCE,
        Shown.THIRD_PARTY,
        Shown.CARE,
        Shown.COSTS,
        Shown.LATENESS,
    },
    Role.PUPIL: set(Shown) - {Shown.IDENTITY, Shown.PLAN},
    Role.SCHOOL_FINANCE: set(Shown) - {Shown.FINANCE},
    Role.AUTHORITY_FINANCE: set(Shown) - {Shown.FINANCE},
    Role.ADMINISTRATOR: set(Shown),
}


@pytest.mark.rule("L-33", "L-37")
@pytest.mark.scenario("T25", "T26")
@pytest.mark.parametrize("role", NEVER_SHOWN)
def test_what_a_role_must_never_see_it_is_not_shown(role: Role) -> None:
    assert FIELDS[role].isdisjoint(NEVER_SHOWN[role])


def test_every_role_has_its_fields_and_whoever_may_not_is_shown_nothing() -> None:
    assert FIELDS.keys() == set(Role)
    worker = signed(Role.SOCIAL_WORKER)
    assert fields(worker, "read child", CHILDREN["theirs in every way"]) == FIELDS[Role.SOCIAL_WORKER]
    assert fields(worker, "read child", CHILDREN["another's"]) == frozenset()


@pytest.mark.rule("O-12", "O-15", "O-21")
@pytest.mark.parametrize(
    ("role", "has_school", "year_group", "stands_in_for"),
    [
        (Role.PERSONAL_ADVISER, True, 12, Role.SOCIAL_WORKER),
        (Role.PERSONAL_ADVISER, True, 11, None),
        (Role.PERSONAL_ADVISER, True, None, None),
        (Role.DELEGATE, True, 7, Role.DESIGNATED_TEACHER),
        (Role.VIRTUAL_SCHOOL_OFFICER, False, 7, Role.DESIGNATED_TEACHER),
        (Role.VIRTUAL_SCHOOL_OFFICER, True, 7, None),
        (Role.PEP_COORDINATOR, False, 7, None),
        (Role.SOCIAL_WORKER, False, 12, None),
    ],
)
def test_who_does_whose_work(role: Role, has_school: bool, year_group: int | None, stands_in_for: Role | None) -> None:
    also = {stands_in_for} if stands_in_for else set()
    assert acts_as(role, has_school=has_school, year_group=year_group) == {role} | also


class Row:
    """A child's row as services keep it."""

    child_ref, school_urn, social_worker_ref = "child-1", "900001", "person-2"
    delegates, restricted = ("person-3",), False
    born_in_school_year: int | None = 2009
    glass: tuple[str, ...] = ()
    closes_on: date | None = None


def test_a_row_becomes_what_permission_looks_at_as_it_is_now() -> None:
    row = Row()
    row.glass = with_glass((), ME, NOON)
    assert child_resource(row, NOON) == Resource(
        child_ref="child-1",
        school_urn="900001",
        social_worker_ref="person-2",
        year_group=12,
        delegates=frozenset({"person-3"}),
    ), "what was broken until noon is whole at noon"
    assert child_resource(row, NOON.replace(hour=11)).glass_broken_by == {ME}
    row.born_in_school_year = None
    assert child_resource(row, NOON).year_group is None


@pytest.mark.parametrize(("days", "closed"), [(-1, True), (0, True), (1, False)])
def test_the_record_of_a_child_who_left_care_is_closed_from_a_day_on(days: int, closed: bool) -> None:
    row = Row()
    row.closes_on = NOON.date() + timedelta(days=days)
    assert child_resource(row, NOON).closed == closed


@pytest.mark.parametrize(
    "signed",
    [
        Signed("anytown", ME, Role.SOCIAL_WORKER),
        Signed("anytown", ME, Role.PERSONAL_ADVISER),
        Signed("anytown", ME, Role.DESIGNATED_TEACHER, "900001"),
        Signed("anytown", ME, Role.DELEGATE, "900001"),
        Signed("anytown", ME, Role.CARER),
    ],
    ids=lambda signed: signed.role.value,
)
def test_who_was_around_a_child_reads_nothing_of_a_closed_record(signed: Signed) -> None:
    child = Resource(
        child_ref="child-1",
        school_urn="900001",
        social_worker_ref=ME,
        year_group=12,
        delegates=frozenset({ME}),
        carers=frozenset({ME}),
    )
    closed = replace(child, closed=True)
    for action in ("read child", "read minutes", "read completed plan"):
        assert (may(signed, action, child).allowed, may(signed, action, closed).allowed) == (True, False)
    glass = replace(closed, glass_broken_by=frozenset({ME}))
    assert may(signed, "read child", glass).allowed


def test_the_child_and_the_virtual_school_go_on_reading_a_closed_record() -> None:
    closed = Resource(child_ref=ME, closed=True)
    for role in (Role.PUPIL, Role.PEP_COORDINATOR, Role.VIRTUAL_SCHOOL_HEAD, Role.AUDITOR):
        assert may(Signed("anytown", ME, role), "read child", closed).allowed


def test_glass_that_is_broken_again_is_broken_to_the_later_end() -> None:
    later = NOON.replace(hour=14)
    twice = with_glass(with_glass(with_glass((), "person-2", NOON), ME, NOON), ME, later)
    assert [entry.partition(" ")[0] for entry in twice] == ["person-2", ME]
    assert twice[-1].endswith(later.isoformat())


def test_nobody_is_made_a_carer_or_a_service_by_a_list_of_staff() -> None:
    assert {Role.CARER, Role.PUPIL, Role.SERVICE} == NOT_STAFF


def test_a_list_asks_for_what_the_role_needs_and_names_only_the_arguments_that_it_uses() -> None:
    worker = whose(signed(Role.SOCIAL_WORKER), "record meeting", NOON)
    while_open = "(closes_on is null or $3 < closes_on)"
    assert worker.placed(2) == (f"(({while_open} and social_worker_ref = $2)) and not restricted", [ME, NOON.date()])
    named = whose(signed(Role.PEP_COORDINATOR, Permission.RESTRICTED_RECORDS), "record meeting", NOON)
    assert named.placed(2) == ("(true)", [])
    assert whose(signed(Role.ADMINISTRATOR), "record meeting", NOON).sql == "(false) and not restricted"
    assert "unnest(glass)" in whose(signed(Role.TEAM_MANAGER), "read plan", NOON).sql
    about = "(authority, child_ref) in (select authority, child_ref from known_child where (true))"
    assert named.about("known_child").sql == about


def test_a_deputys_list_holds_the_own_children_and_those_of_each_absent_person_at_that_persons_school() -> None:
    absent = Signed("borsetshire", ABSENT, Role.DESIGNATED_TEACHER, "900002")
    deputy = replace(signed(Role.DESIGNATED_TEACHER), in_place_of=(absent,))
    sql, arguments = whose(deputy, "record meeting", NOON).placed(2)
    own, absents = (f"((closes_on is null or ${at + 1} < closes_on) and school_urn = ${at})" for at in (2, 4))
    assert sql == f"(({own}) or ({absents})) and not restricted"
    assert [each for each in arguments if isinstance(each, str)] == ["900001", "900002"]


def test_two_conditions_hold_at_once_and_each_keeps_its_own_arguments() -> None:
    here = Condition("school_urn = {school}", {"school": "900001"})
    there = Condition("school_urn <> {school} and true = {yes}", {"school": "900002", "yes": True})
    sql, arguments = (here & there & here).placed(1)
    assert sql == "((school_urn = $1) and (school_urn <> $2 and true = $3)) and (school_urn = $4)"
    assert arguments == ["900001", "900002", True, "900001"]


def test_members_come_and_go_in_a_fixed_order() -> None:
    assert with_member(("b",), "a", True) == ("a", "b") == with_member(("a", "b"), "a", True)
    assert with_member(("a", "b"), "a", False) == ("b",)
