"""The rule books as a simulated year asks them: the few commands that it needs, each told in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import reduce
from zoneinfo import ZoneInfo

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import SchoolTerm, TermDatesMissing, Unit
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.may import Role
from pep_kernel.message import Event
from scheduling.domain.child.care_record import CareRecord
from scheduling.domain.child.commands import (
    ChildCommand,
    EndCareAtEighteen,
    FlagOverdue,
    JudgeApplicability,
    MeetObligation,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    OpenTermForChild,
    RecordCareFacts,
    RecordFact,
)
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import Fact, LeftCareTold, SchoolTold
from scheduling.domain.meeting.commands import RecordMeeting, ScheduleMeeting
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import MeetingEvent, MeetingHeld
from scheduling.domain.meeting.people import Attendee, GuestInvitee, PupilAttended
from scheduling.domain.rules import SchedulingRules

AFTERNOON = time(14, tzinfo=ZoneInfo("Europe/London"))
WORKER = "w" * 26
REASON = "Nobody was free before."
RETURNED_HOME = "E4A"
NURSE = GuestInvitee(name="Kim Sample", email="kim.sample@example.org", capacity=Capacity.NURSE)


@dataclass(frozen=True, slots=True)
class Told:
    """The child as it is afterwards, and what happened."""

    child: Child
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Core:
    """The rule books under one authority's rules."""

    rules: SchedulingRules

    def facts(self, ref: str, record: CareRecord, today: date) -> Told:
        """The child becomes known."""
        workers = {each.staff_id: WORKER for each in record.social_workers}
        command = RecordCareFacts(**self._judging(ref), record=record, digests={}, workers=workers, today=today)
        return _told(Child(), command)

    def moved(self, ref: str, child: Child, born: date, school_urn: str, on: date) -> Told:
        return self._fact(ref, child, born, SchoolTold(on=on, school_urn=school_urn))

    def left(self, ref: str, child: Child, born: date, on: date) -> Told:
        return self._fact(ref, child, born, LeftCareTold(on=on, reason=RETURNED_HOME))

    def grown_up(self, ref: str, child: Child, birthday: date) -> Told:
        return _told(child, EndCareAtEighteen(child_ref=ref, birthday=birthday, today=birthday, rules=self.rules.file))

    def older(self, ref: str, child: Child, born: date, today: date) -> Told:
        """A birthday or a new school year came; nothing happens to a child who has a PEP already."""
        return _told(child, JudgeApplicability(**self._judging(ref), date_of_birth=born, today=today))

    def term_opened(self, ref: str, child: Child, term: SchoolTerm) -> Told:
        """Whether the child owes a meeting in this term; nothing happens if it was looked at before."""
        named = {"school_year": term.school_year, "term": term.term, "opened_on": term.first}
        return _told(child, OpenTermForChild(**self._judging(ref), **named))

    def _fact(self, ref: str, child: Child, born: date, fact: Fact) -> Told:
        """A fact that is told on its day."""
        about = {**self._judging(ref), "date_of_birth": born, "today": fact.on, "by": WORKER}
        return _told(child, RecordFact(**about, fact=fact))

    def done(self, ref: str, child: Child, obligation: Obligation, on: date) -> Told:
        return _told(child, MeetObligation(child_ref=ref, obligation=obligation, on=on, by=f"plan-{ref}"))

    def passed(self, ref: str, child: Child, obligation: Obligation, since: date, today: date) -> Told:
        """The day of an obligation has passed; nothing happens if it was met."""
        return _told(child, FlagOverdue(child_ref=ref, obligation=obligation, trigger_on=since, today=today))

    def arranged(self, ref: str, child: Child, meeting_id: str, on: date, day: date) -> Told:
        """A meeting has a date; if it comes after the day that it was due by, a reason is given."""
        missed = any(due.obligation == "hold" and due.due < day for due in child.open_dues)
        reason = REASON if missed else None
        meeting = self._schedule(ref, meeting_id, on, day, reason)
        note = NoteMeetingScheduled(child_ref=ref, meeting_id=meeting_id, on=on, for_day=day, after_due_because=reason)
        told = _told(child, note)
        return replace(told, events=[*meeting, *told.events])

    def held(self, ref: str, child: Child, meeting_id: str, day: date, *, represented: bool) -> Told:
        """The meeting took place; whether somebody of the authority came decides what it was."""
        policy = self.rules.file.in_force(day)
        before = self._schedule(ref, meeting_id, day, day, None)
        guests = (Attendee(capacity=Capacity.SOCIAL_WORKER),) if represented else ()
        record = RecordMeeting(
            meeting_id=meeting_id,
            on=day,
            recorded_on=day,
            chair=Attendee(capacity=Capacity.DESIGNATED_TEACHER),
            attendees=guests,
            pupil=PupilAttended(),
            minutes="Words.",
            year_group=8,
            policy=policy,
            by=WORKER,
            by_role=Role.DESIGNATED_TEACHER,
        )
        meeting = MEETING.decide(MEETING.fold(before), record)
        (outcome,) = (event.outcome for event in meeting if isinstance(event, MeetingHeld))
        told = _told(child, NoteMeetingHeld(**self._judging(ref), meeting_id=meeting_id, on=day, outcome=outcome))
        return replace(told, events=[*meeting, *told.events])

    def _schedule(self, ref: str, meeting_id: str, on: date, day: date, reason: str | None) -> Sequence[MeetingEvent]:
        policy = self.rules.file.in_force(on)
        command = ScheduleMeeting(
            meeting_id=meeting_id,
            child_ref=ref,
            on=on,
            at=datetime.combine(day, AFTERNOON),
            venue="A meeting room",
            invitees=(NURSE,),
            by=WORKER,
            by_role=policy.convener.first_meeting[0],
            policy=policy,
            year_group=8,
            after_due_because=reason,
        )
        return MEETING.decide(MEETING.initial, command)

    def term_on(self, day: date) -> SchoolTerm | None:
        """The term of the authority's own schools; none in the holidays."""
        return self.rules.calendar_for(None, None).term_on(day)

    def terms_opening(self, year: int) -> list[SchoolTerm]:
        """The terms that begin in this calendar year, as far as their dates are known."""
        return [term for term in self.rules.calendar_for(None, None).whole_terms() if term.first.year == year]

    def works_on(self, day: date) -> bool:
        """Whether the authority's offices work on this day."""
        return self.rules.calendar_for(None, None).is_working_day(day)

    def school_on(self, day: date) -> bool:
        """Whether the authority's schools teach on this day; no where no term dates reach it."""
        try:
            return self.rules.calendar_for(None, None).why_not_counted(day, Unit.SCHOOL) is None
        except TermDatesMissing:
            return False

    def _judging(self, ref: str) -> dict[str, object]:
        return {"child_ref": ref, "rules": self.rules.file, "calendar_for": self.rules.calendar_for}


def _told(child: Child, command: ChildCommand) -> Told:
    events = CHILD.decide(child, command)
    return Told(reduce(CHILD.evolve, events, child), events)
