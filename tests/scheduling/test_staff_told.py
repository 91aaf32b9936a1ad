"""Who has another job, or has left: nobody stands in for the old one any more, and they for nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.scheduling.test_absence import AWAY, BACK, DEPUTY, FIRST, LAST, absent, command, events, granted, works

from pep_kernel.decider import AnyDecider, States
from pep_kernel.may import Role, stands_in_for
from pep_kernel.scenario import Scenario
from scheduling.domain.calendar_feed.decider import CALENDAR_FEED, CalendarFeedOpened, CalendarFeedWithdrawn
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember, EndRole
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import (
    GrantEnded,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffAbsent,
    StaffMemberAdded,
    StaffReturned,
)
from scheduling.domain.staff_told import TellOfStaff, streams_of, tell_of_staff
from scheduling.domain.standing_in import record_absence

BY = "admin"
HERE = (works(AWAY, Role.DESIGNATED_TEACHER, "999101"), works(DEPUTY, Role.DELEGATE, "999101"))
STANDS_IN = (*HERE, absent, granted(stands_in_for(AWAY)))
over = (
    StaffReturned(person_ref=AWAY, on=BACK, absent_on=FIRST, by=BY),
    GrantEnded(person_ref=DEPUTY, what=stands_in_for(AWAY), since=FIRST, on=BACK, by=BY),
)


def states(*happened: Any) -> States:
    streams: dict[str, list[Any]] = {}
    for event in happened:
        category = "calendar" if isinstance(event, CalendarFeedOpened) else "person"
        streams.setdefault(f"{category}-{event.person_ref}", []).append(event)
    deciders: dict[str, AnyDecider] = {"person": PERSON, "calendar": CALENDAR_FEED}
    return States(deciders, {name: deciders[name.partition("-")[0]].fold(each) for name, each in streams.items()})


def told(ref: str, role: Role = Role.DESIGNATED_TEACHER, urn: str = "999101", on: date = BACK) -> TellOfStaff:
    record = StaffRecord(staff_id="3", name="Alex Sample", email="alex@example.org", role=role, school_urn=urn)
    return TellOfStaff(told=AddStaffMember(person_ref=ref, record=record, digest="d2", by=BY), on=on, by=BY)


def left(ref: str) -> TellOfStaff:
    return TellOfStaff(told=EndRole(person_ref=ref, on=BACK, by=BY), on=BACK, by=BY)


@pytest.mark.parametrize(
    "changed",
    [
        told(AWAY, urn="999102"),
        told(AWAY, Role.VIRTUAL_SCHOOL_HEAD),
        told(DEPUTY, Role.DELEGATE, "999102"),
        told(DEPUTY, Role.SCHOOL_FINANCE),
    ],
)
def test_a_deputy_follows_nobody_into_another_job_and_takes_no_job_along(changed: TellOfStaff) -> None:
    *ended, last = events(tell_of_staff(states(*STANDS_IN), changed))
    assert tuple(ended) == over
    assert isinstance(last, StaffMemberAdded)


@pytest.mark.parametrize(("ref", "role"), [(AWAY, Role.DESIGNATED_TEACHER), (DEPUTY, Role.DELEGATE)])
def test_a_new_name_or_limit_leaves_the_deputy_in_place(ref: str, role: Role) -> None:
    (told_only,) = events(tell_of_staff(states(*STANDS_IN), told(ref, role)))
    assert isinstance(told_only, StaffMemberAdded)


def test_what_is_over_already_is_not_ended_again_and_what_is_to_come_is() -> None:
    later = LAST + timedelta(days=1)
    (only,) = events(tell_of_staff(states(*STANDS_IN), told(AWAY, urn="999102", on=later)))
    assert isinstance(only, StaffMemberAdded)
    before = FIRST - timedelta(days=1)
    returned, *_ = events(tell_of_staff(states(*STANDS_IN), told(AWAY, urn="999102", on=before)))
    assert returned == StaffReturned(person_ref=AWAY, on=before, absent_on=FIRST, by=BY)
    on_the_last = events(tell_of_staff(states(*STANDS_IN), told(AWAY, urn="999102", on=LAST)))
    assert len(on_the_last) == 3


def test_whoever_leaves_stands_in_for_nobody_and_nobody_for_them_and_the_calendar_closes() -> None:
    opened = CalendarFeedOpened(person_ref=DEPUTY, on=FIRST, sha256="0" * 64)
    withdrawn = CalendarFeedWithdrawn(person_ref=DEPUTY, on=BACK)
    gone = RoleEnded(person_ref=DEPUTY, on=BACK)
    decided = tell_of_staff(states(*STANDS_IN, opened), left(DEPUTY))
    assert events(decided) == [*over, gone, withdrawn]
    assert [stream for stream, _ in decided] == [
        *(f"person-{ref}" for ref in (AWAY, DEPUTY, DEPUTY)),
        f"calendar-{DEPUTY}",
    ]
    assert events(tell_of_staff(states(*STANDS_IN, opened), left(AWAY))) == [
        *over,
        RoleEnded(person_ref=AWAY, on=BACK),
    ]
    assert events(tell_of_staff(states(*STANDS_IN, *over, gone), left(DEPUTY))) == []


def test_of_two_whose_deputy_somebody_is_both_have_none_any_more_and_another_deputy_stays() -> None:
    other = StaffAbsent(
        person_ref=AWAY, on=date(2026, 12, 7), until=date(2026, 12, 11), deputy_ref="third" + "a" * 20, by=BY
    )
    assert events(tell_of_staff(states(*STANDS_IN, other), left(DEPUTY)))[:-1] == list(over)
    both = events(tell_of_staff(states(*STANDS_IN, other), left(AWAY)))
    assert both == [
        *over,
        StaffReturned(person_ref=AWAY, on=BACK, absent_on=other.on, by=BY),
        RoleEnded(person_ref=AWAY, on=BACK),
    ], "the third of them does not work here any more"


def test_whose_grant_names_somebody_who_is_not_here_any_more_has_nothing_to_end() -> None:
    deputy = (HERE[1], granted(stands_in_for("nobody" + "a" * 18)))
    assert events(tell_of_staff(states(*deputy), left(DEPUTY))) == [RoleEnded(person_ref=DEPUTY, on=BACK)]


def test_all_streams_that_may_change_are_named() -> None:
    person = PERSON.fold([HERE[0], absent, RoleGranted(**{**_grant("b"), "person_ref": AWAY})])
    assert streams_of(AWAY, person) == (
        *(f"person-{AWAY}", f"calendar-{AWAY}", f"person-{'b' * 24}", f"person-{DEPUTY}"),
    )
    assert streams_of("c", PERSON.fold([PupilAccountOpened(child_ref="c")])) == ("person-c", "calendar-c")


def _grant(letter: str) -> dict[str, Any]:
    what = stands_in_for(letter * 24)
    return {"person_ref": AWAY, "what": what, "on": FIRST, "by": BY, "until": LAST, "since": FIRST}


def test_a_child_who_signs_in_stands_in_for_nobody() -> None:
    pupil = States({"person": PERSON}, {f"person-{DEPUTY}": PERSON.fold([PupilAccountOpened(child_ref=DEPUTY)])})
    with pytest.raises(Exception, match="Only somebody who works here"):
        record_absence(pupil, command)


@pytest.mark.parametrize(("days", "refused"), [(366, False), (367, True)])
def test_an_absence_is_recorded_for_a_year_at_most(days: int, refused: bool) -> None:
    outcome = Scenario(PERSON).given(HERE[0]).when(command.model_copy(update={"until": FIRST + timedelta(days=days)}))
    if refused:
        outcome.then_refused("until: an absence is recorded for a year at most")
    else:
        outcome.then_some(StaffAbsent)
