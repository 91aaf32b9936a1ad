"""Who sees and writes a plan beside the social worker and the school: delegates, advisers, whoever broke the glass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.pep_record.streams import Streams
from tests.pep_record.test_policies import react
from tests.pep_record.test_projections import child
from tests.pep_record.worked_examples import (
    CHILD,
    HELD,
    LEICESTERSHIRE,
    OXFORDSHIRE,
    TODAY,
    TUITION,
    contribute,
    mark_complete,
    opened,
    set_target,
    written,
)

from pep_kernel.announcement import Announcement
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildLeftCare,
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    RecordRestricted,
    RecordUnrestricted,
    SchoolMoved,
)
from pep_kernel.may import Role, Signed, as_granted, child_resource, granted_on, may, stands_in_for, stood_in_for
from pep_kernel.message import Event
from pep_kernel.scenario import Scenario
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.events import (
    BrokenGlassKnown,
    DelegateKnown,
    RestrictionKnown,
    SchoolKnown,
    SocialWorkerKnown,
)
from pep_record.domain.plan.commands import FactsOfChild, Subject
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import SectionContributed

UNTIL = datetime(2026, 10, 9, 15, tzinfo=UTC)
draft = Scenario(PLAN).given(opened())
YEAR_12 = FactsOfChild(has_school=True, born_in_school_year=2009)
named = DelegateKnown(child_ref=CHILD, on=TODAY, person_ref="delegate-1", named=True)
ended = DelegateKnown(child_ref=CHILD, on=TODAY, person_ref="delegate-1", named=False)
restricted = RestrictionKnown(child_ref=CHILD, on=TODAY, restricted=True)
opened_again = RestrictionKnown(child_ref=CHILD, on=TODAY, restricted=False)


@pytest.mark.parametrize(
    ("announcement", "known"),
    [
        (DelegateNamed(child_ref=CHILD, on=TODAY, person_ref="delegate-1"), named),
        (DelegateEnded(child_ref=CHILD, on=TODAY, person_ref="delegate-1"), ended),
        (RecordRestricted(child_ref=CHILD, on=TODAY), restricted),
        (RecordUnrestricted(child_ref=CHILD, on=TODAY), opened_again),
    ],
)
def test_what_changes_access_becomes_known(announcement: Announcement, known: Event) -> None:
    assert Streams().decided(react(announcement)) == [(f"known-{CHILD}", known)]


def test_broken_glass_becomes_known_with_its_end() -> None:
    told = GlassBroken(child_ref=CHILD, person_ref="duty-1", until=UNTIL, social_worker_ref="worker-1")
    ((_, known),) = Streams().decided(react(told))
    assert isinstance(known, BrokenGlassKnown)
    assert (known.person_ref, known.until) == ("duty-1", UNTIL)


def test_a_childs_row_says_who_may_come_near_it_now() -> None:
    glass = BrokenGlassKnown(child_ref=CHILD, on=TODAY, person_ref="duty-1", until=UNTIL)
    row = child(named, restricted, glass)
    now = child_resource(row, UNTIL - timedelta(seconds=1))
    assert (now.delegates, now.restricted, now.glass_broken_by) == (
        frozenset({"delegate-1"}),
        True,
        frozenset({"duty-1"}),
    )
    row = child(named, restricted, glass, ended, opened_again)
    later = child_resource(row, UNTIL)
    assert (later.delegates, later.restricted, later.glass_broken_by) == (frozenset(), False, frozenset())


@pytest.mark.rule("O-12")
def test_a_personal_adviser_writes_as_the_social_worker_in_year_12_and_13_and_not_before() -> None:
    grown = contribute("social_care", Role.PERSONAL_ADVISER, OXFORDSHIRE, YEAR_12)
    draft.when(grown).then_some(SectionContributed)
    draft.when(contribute("social_care", Role.PERSONAL_ADVISER, OXFORDSHIRE, HELD)).then_refused("is written by")
    unknown = contribute("social_care", Role.PERSONAL_ADVISER, OXFORDSHIRE, FactsOfChild(has_school=True))
    draft.when(unknown).then_refused("is written by")


@pytest.mark.rule("L-30", "O-12")
def test_a_personal_adviser_costs_nothing() -> None:
    costed = set_target(Subject.MATHS, TUITION, role=Role.PERSONAL_ADVISER)
    draft.when(costed).then_refused("costed by the school")


@pytest.mark.rule("L-05", "O-21")
def test_a_delegate_writes_for_the_school_and_does_not_mark_the_plan_complete() -> None:
    draft.when(contribute("school_view", Role.DELEGATE, OXFORDSHIRE)).then_some(SectionContributed)
    draft.when(contribute("social_care", Role.DELEGATE, OXFORDSHIRE)).then_refused("is written by")
    draft.given(*written(LEICESTERSHIRE)).when(mark_complete(LEICESTERSHIRE, role=Role.DELEGATE)).then_refused(
        "The designated teacher marks"
    )


def test_what_is_known_of_access_changes_nothing_that_plans_rest_on() -> None:
    assert KNOWN.fold([named, restricted, opened_again, ended]) == KNOWN.fold([])


def test_the_pupil_is_on_the_roll_of_the_school_under_its_new_number() -> None:
    (_, moved), *_ = Streams().decided(
        react(SchoolMoved(child_ref=CHILD, on=TODAY, school_urn="900005", renumbered=True))
    )
    before = SchoolKnown(child_ref=CHILD, on=date(2026, 9, 21), school_urn="900001")
    known = child_resource(child(before, moved), UNTIL)
    for urn, allowed in (("900005", True), ("900001", False)):
        teacher = Signed("leicestershire", "teacher-1", Role.DESIGNATED_TEACHER, urn)
        assert may(teacher, "contribute to plan", known).allowed is allowed


DAYS = [(date(2026, 10, 4), False), (date(2026, 10, 5), True), (date(2026, 10, 9), True), (date(2026, 10, 10), False)]


@pytest.mark.parametrize(("day", "allowed"), DAYS)
@pytest.mark.parametrize(
    ("deputy", "absent", "action"),
    [
        (
            Signed("leicestershire", "d", Role.SOCIAL_WORKER),
            Signed("leicestershire", "worker-1", Role.SOCIAL_WORKER),
            "sign off plan",
        ),
        (
            Signed("leicestershire", "d", Role.DELEGATE, "900001"),
            Signed("leicestershire", "teacher-1", Role.DESIGNATED_TEACHER, "900001"),
            "mark plan complete",
        ),
        (
            Signed("leicestershire", "d", Role.PEP_COORDINATOR),
            Signed("leicestershire", "officer-1", Role.VIRTUAL_SCHOOL_OFFICER),
            "quality assure plan",
        ),
    ],
)
def test_a_deputy_does_what_the_absent_person_does_on_those_days_only(
    deputy: Signed, absent: Signed, action: str, day: date, allowed: bool
) -> None:
    told = as_granted(stands_in_for(absent.person_ref), date(2026, 10, 9), date(2026, 10, 5))
    school = SchoolKnown(child_ref=CHILD, on=date(2026, 9, 21), school_urn="900001")
    worker = SocialWorkerKnown(child_ref=CHILD, on=date(2026, 9, 21), social_worker_ref="worker-1")
    known = child_resource(child(school, worker), UNTIL)
    away = {absent.person_ref: absent}
    on_that_day = tuple(away[ref] for ref in stood_in_for(granted_on((told,), day)))
    assert may(replace(deputy, in_place_of=on_that_day), action, known).allowed is allowed


def test_the_plan_of_a_child_who_left_care_closes_to_those_around_the_child_on_the_day_that_was_said() -> None:
    teacher = Signed("leicestershire", "teacher-1", Role.DESIGNATED_TEACHER, "900001")
    school = SchoolKnown(child_ref=CHILD, on=date(2026, 9, 21), school_urn="900001")
    today = UNTIL.date()

    def allowed(*announcements: Announcement) -> bool:
        streams = Streams()
        for announcement in announcements:
            streams = streams.after(react(announcement))
        happened = [event for stream in streams.history.values() for event in stream]
        return may(teacher, "read completed plan", child_resource(child(school, *happened), UNTIL)).allowed

    entered = ChildEnteredCare(child_ref=CHILD, on=date(2026, 9, 21), born_in_school_year=2015, school_urn="900001")
    left = ChildLeftCare(child_ref=CHILD, on=today, ended="returned_home", closes_on=today + timedelta(days=1))
    assert allowed(entered, left)
    assert not allowed(entered, left.model_copy(update={"closes_on": today}))
    assert not allowed(entered, left.model_copy(update={"closes_on": None}))
    assert not allowed(entered, left, left.model_copy(update={"closes_on": today, "ended": "adopted"}))
    assert not allowed(entered, CareResponsibilityTransferred(child_ref=CHILD, on=today))
    assert allowed(entered, left.model_copy(update={"closes_on": today}), entered.model_copy(update={"on": today}))
