"""What the list of staff says of somebody, and what ends with the job that they had.

Who stands in for somebody does the work of the job that this person had when the absence was recorded, as the colleague
they were themselves. When either of them has another role, works at another school or has left, nobody stands in any
more, in the same append: an administrator records the absence again, and it is judged anew. Whoever has left has no
calendar at a secret address any more either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pep_kernel.decider import Decided, States
from pep_kernel.may import stands_in_for, stood_in_for
from pep_kernel.message import Command, Event
from scheduling.domain.calendar_feed.decider import CALENDAR_FEED, FEEDS, WithdrawCalendarFeed
from scheduling.domain.person.commands import AddStaffMember, EndGrant, EndRole
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import PersonEvent, StaffMemberAdded, StaffReturned
from scheduling.domain.person.states import PERSON_STATES, Absence, Person, Staff
from scheduling.domain.standing_in import person_stream


class TellOfStaff(Command):
    """The person works here like this, or not any more, as somebody told on this day."""

    told: AddStaffMember | EndRole
    on: date
    by: str


def calendar_stream(person_ref: str) -> str:
    return f"calendar-{person_ref}"


def streams_of(person_ref: str, person: Person) -> tuple[str, ...]:
    """All that may change with what is told of somebody who is known like this."""
    others: set[str] = set()
    if isinstance(person, Staff):
        others = {*_stood_in_for(person), *(absence.deputy_ref for absence in person.absences)}
    return (person_stream(person_ref), calendar_stream(person_ref), *map(person_stream, sorted(others)))


def tell_of_staff(states: States, command: TellOfStaff) -> Decided:
    """What ended with the old job, and what was told."""
    ref = command.told.person_ref
    before = states.of(person_stream(ref), PERSON_STATES)
    told = PERSON.decide(before, command.told)
    ended = _nobody_stands_in(states, before, command) if isinstance(before, Staff) and _left(before, told) else ()
    return [*ended, *((person_stream(ref), event) for event in told), *_calendar_withdrawn(states, command)]


def _left(before: Staff, told: Sequence[PersonEvent]) -> bool:
    """Whether the job is another one, or none, by what was told."""
    jobs = ((event.role, event.school_urn) if isinstance(event, StaffMemberAdded) else None for event in told)
    return any(job != before.job for job in jobs)


def _nobody_stands_in(states: States, before: Staff, command: TellOfStaff) -> Iterator[tuple[str, Event]]:
    """Neither for this person nor this person for others, from this day."""
    ref = command.told.person_ref
    for absent_ref, absence in (*((ref, each) for each in before.absences), *_as_deputy(states, ref, before)):
        if command.on <= absence.until:
            yield from _over(states, absent_ref, absence, command)


def _as_deputy(states: States, ref: str, deputy: Staff) -> Iterator[tuple[str, Absence]]:
    for absent_ref in _stood_in_for(deputy):
        absent = states.of(person_stream(absent_ref), PERSON_STATES)
        absences = absent.absences if isinstance(absent, Staff) else ()
        yield from ((absent_ref, absence) for absence in absences if absence.deputy_ref == ref)


def _over(states: States, absent_ref: str, absence: Absence, command: TellOfStaff) -> Iterator[tuple[str, Event]]:
    """The absence as it was recorded, and what its deputy was granted."""
    on, by, deputy = command.on, command.by, absence.deputy_ref
    yield person_stream(absent_ref), StaffReturned(person_ref=absent_ref, on=on, absent_on=absence.on, by=by)
    end = EndGrant(person_ref=deputy, what=stands_in_for(absent_ref), since=absence.on, on=on, by=by)
    granted_to = states.of(person_stream(deputy), PERSON_STATES)
    if isinstance(granted_to, Staff):
        yield from ((person_stream(deputy), event) for event in PERSON.decide(granted_to, end))


def _calendar_withdrawn(states: States, command: TellOfStaff) -> Iterator[tuple[str, Event]]:
    if isinstance(command.told, EndRole):
        stream = calendar_stream(command.told.person_ref)
        withdraw = WithdrawCalendarFeed(person_ref=command.told.person_ref, on=command.on)
        yield from ((stream, event) for event in CALENDAR_FEED.decide(states.of(stream, FEEDS), withdraw))


def _stood_in_for(deputy: Staff) -> tuple[str, ...]:
    return stood_in_for({what for what, _until, _since in deputy.granted})
