"""Where a meeting and its child are decided together: a meeting meets what is due, and its correction opens it again.

Due dates rest on the schools' own streams as well, since a school's number tells whose term dates it keeps. What
happens to a child reaches the child's meetings and carers in the same append.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from pep_kernel.decider import Decided, States
from pep_kernel.may import Role
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from scheduling.domain.carers_follow import unlink
from scheduling.domain.child.commands import (
    AcceptResponsibility,
    CorrectFact,
    EndCareAtEighteen,
    JudgeApplicability,
    Judged,
    NoteMeetingCalledOff,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    OpenTermForChild,
    RecomputeDueDates,
    RecordCareFacts,
    RecordCareFactsOfMany,
    RecordFact,
)
from scheduling.domain.child.plausible import spells_in_words
from scheduling.domain.child.states import Applies, Child
from scheduling.domain.concerns.commands import JudgedConcern
from scheduling.domain.in_one_append import InOneAppend, child_stream, meeting_stream
from scheduling.domain.meeting import acting
from scheduling.domain.meeting.commands import (
    CancelMeeting,
    CorrectMeetingOutcome,
    ProposeMeeting,
    RecordMeeting,
    RescheduleMeeting,
    ScheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingRescheduled,
    MeetingScheduled,
    NextMeetingAgreed,
)
from scheduling.domain.meeting.invitation_commands import ByTheRules, OfTheList
from scheduling.domain.meeting.people import KnownInvitee
from scheduling.domain.meeting.states import Held, Scheduled
from scheduling.domain.meetings_follow import call_off_without_purpose, follow
from scheduling.domain.school.states import Listed, NotListed
from scheduling.domain.what_a_record_arranged import call_off

AGREED = "Agreed at the meeting before."
LONDON = ZoneInfo("Europe/London")
JudgedOfChild = (
    AcceptResponsibility
    | RecordCareFacts
    | RecordFact
    | CorrectFact
    | JudgeApplicability
    | NoteMeetingHeld
    | OpenTermForChild
    | RecomputeDueDates
    | JudgedConcern
)
Told = TypeVar("Told", bound=ByTheRules)

__all__ = ["child_stream", "meeting_stream"]


class RecordMeetingOfChild(Judged):
    """A meeting's record, with what is needed to judge what is due after it. The next meeting gets this id."""

    meeting: RecordMeeting
    next_meeting_id: str


class CorrectMeetingOfChild(Judged):
    """A correction of a meeting's outcome, with what is needed to judge what is due after it."""

    correction: CorrectMeetingOutcome


class ScheduleBlock(Command):
    """Several meetings, about different children, that stand or fall together."""

    meetings: Annotated[tuple[ScheduleMeeting, ...], Field(min_length=1)]


def school_stream(urn: str) -> str:
    return f"school-{urn}"


def judge_child(states: States, command: JudgedOfChild) -> Decided:
    """A command about one child, judged with the calendars of the schools that were loaded beside it."""
    book = InOneAppend(states)
    _judge(book, states, command)
    return book.happened


def _judge(book: InOneAppend, states: States, command: JudgedOfChild) -> None:
    before = book.child(command.child_ref)
    if isinstance(command, RecordCareFacts):
        _must_be_listed(states, command)
    judged = _knowing_schools(states, command)
    told = book.tell_child(command.child_ref, judged)
    follow(book, before, told, judged)
    unlink(book, judged, before, told)


def _must_be_listed(states: States, command: RecordCareFacts) -> None:
    """Nothing could be paid to a school that is not listed, and no term dates be known."""
    for urn in dict.fromkeys(each.school_urn for each in command.record.schooling):
        if isinstance(states.of(school_stream(urn), (Listed, NotListed)), NotListed):
            raise Refusal(f"schooling.school_urn: No school {urn} is listed; take it in first (POST /schools).")


def judge_children(states: States, command: RecordCareFactsOfMany) -> Decided:
    """Several children in one append: each is judged for itself."""
    return [each for record in command.records for each in judge_child(states, record)]


def end_care(states: States, command: EndCareAtEighteen) -> Decided:
    """Nobody tells of it but the birthday; the child's meetings follow as they follow a fact."""
    book = InOneAppend(states)
    before = book.child(command.child_ref)
    told = book.tell_child(command.child_ref, command)
    call_off_without_purpose(book, command.child_ref, before, told)
    return book.happened


def propose_meeting(states: States, command: ProposeMeeting) -> Decided:
    book = InOneAppend(states)
    book.tell_meeting(command.meeting_id, _knowing_whether_first(book, command.child_ref, command))
    return book.happened


def schedule_meeting(states: States, command: ScheduleMeeting) -> Decided:
    book = InOneAppend(states)
    _schedule(book, command)
    return book.happened


def schedule_block(states: States, command: ScheduleBlock) -> Decided:
    """All of them or none: the first that is refused is told with its time."""
    book = InOneAppend(states)
    for meeting in command.meetings:
        try:
            _schedule(book, meeting)
        except Refusal as refusal:
            when = f"{meeting.at:%d/%m/%Y at %H:%M}"
            raise Refusal(f"The meeting on {when}: {refusal.sentence} None was arranged.", *refusal.rules) from None
    return book.happened


def _schedule(book: InOneAppend, command: ScheduleMeeting) -> None:
    told = book.tell_meeting(command.meeting_id, _knowing_whether_first(book, command.child_ref, command))
    for _, event in told:
        if isinstance(event, MeetingScheduled):
            _note_date(book, event, command.at.date(), command.after_due_because)


def _note_date(
    book: InOneAppend, event: MeetingScheduled | MeetingRescheduled, for_day: date, because: str | None
) -> None:
    note = NoteMeetingScheduled(
        child_ref=event.child_ref,
        meeting_id=event.meeting_id,
        on=event.on,
        for_day=for_day,
        after_due_because=because,
    )
    book.tell_child(event.child_ref, note)


def reschedule_meeting(states: States, command: RescheduleMeeting) -> Decided:
    book = InOneAppend(states)
    told = book.tell_meeting(command.meeting_id, _of_known_child(book, command))
    for _, event in told:
        if isinstance(event, MeetingRescheduled):
            _note_date(book, event, command.at.date(), command.after_due_because)
    return book.happened


def cancel_meeting(states: States, command: CancelMeeting) -> Decided:
    """What its date had met is due again."""
    book = InOneAppend(states)
    told = book.tell_meeting(command.meeting_id, _of_known_child(book, command))
    for off in [event for _, event in told if isinstance(event, MeetingCancelled)]:
        book.tell_child(
            off.child_ref, NoteMeetingCalledOff(child_ref=off.child_ref, meeting_id=off.meeting_id, on=off.on)
        )
    return book.happened


def change_list(states: States, command: OfTheList) -> Decided:
    """A change of the list of those invited: who may invite whom depends on whether it is the child's first meeting."""
    book = InOneAppend(states)
    book.tell_meeting(command.meeting_id, _of_known_child(book, command))
    return book.happened


def send_details(states: States, command: SendDetails) -> Decided:
    """Whether short notice may be waived rests on what was asked for the child."""
    book = InOneAppend(states)
    child_ref = getattr(book.meeting(command.meeting_id), "child_ref", None)
    urgent = child_ref is not None and is_urgent(book, child_ref)
    book.tell_meeting(command.meeting_id, command.model_copy(update={"urgent": urgent}))
    return book.happened


def acting_role(states: States, command: ByTheRules) -> Role:
    """In which of the roles in which they may, the authority's rules let them: the log keeps it."""
    book = InOneAppend(states)
    return acting.role_of(book.meeting(command.meeting_id), _of_known_child(book, command))


def acting_role_of_block(states: States, command: ScheduleBlock) -> Role:
    return acting_role(states, command.meetings[0])


def _of_known_child(book: InOneAppend, command: Told) -> Told:
    child_ref = getattr(book.meeting(command.meeting_id), "child_ref", getattr(command, "child_ref", None))
    return command if child_ref is None else _knowing_whether_first(book, child_ref, command)


def _knowing_whether_first(book: InOneAppend, child_ref: str, command: Told) -> Told:
    return command.model_copy(update={"first": is_first(book, child_ref), "urgent": is_urgent(book, child_ref)})


def is_urgent(book: InOneAppend, child_ref: str) -> bool:
    """An urgent PEP was asked for, and no PEP meeting was held since."""
    return bool(book.child(child_ref).concerns.urgent)


def is_first(book: InOneAppend, child_ref: str) -> bool:
    """No PEP meeting was held since the child entered care, or came to a school that asks for a first one (O-13)."""
    child = book.child(child_ref)
    held = [each.on for each in book.meetings_of(child_ref) if isinstance(each, Held) and each.outcome == "PEP"]
    before = [child.last_pep] if child.last_pep else []
    since = _asked_since(child)
    return since is None or not any(day >= since for day in (*held, *before))


def _asked_since(child: Child) -> date | None:
    began = child.running.began if child.running else None
    match child.verdict:
        case Applies(since=since) if began is not None and any(since == day > began for day, _ in child.schools):
            return since
        case _:
            return began


def record_meeting(states: States, command: RecordMeetingOfChild) -> Decided:
    book = InOneAppend(states)
    before = book.meeting(command.meeting.meeting_id)
    _was_in_care(book, command.child_ref, command.meeting.on)
    told = book.tell_meeting(command.meeting.meeting_id, command.meeting)
    _with_outcome(book, states, command, told)
    for _, event in told:
        if isinstance(event, NextMeetingAgreed) and isinstance(before, Scheduled):
            _next_meeting(book, before, event, command)
    return book.happened


def correct_meeting(states: States, command: CorrectMeetingOfChild) -> Decided:
    """What its day or outcome had brought about is as it should have been."""
    book, correction = InOneAppend(states), command.correction
    if correction.held_on is not None:
        _was_in_care(book, command.child_ref, correction.held_on)
    told = book.tell_meeting(correction.meeting_id, correction)
    _with_outcome(book, states, command, told)
    if any(isinstance(event, MeetingOutcomeCorrected) and not event.outcome_stands for _, event in told):
        call_off(book, command.child_ref, correction.meeting_id, correction.on)
    return book.happened


def _was_in_care(book: InOneAppend, child_ref: str, on: date) -> None:
    """On the day on which care ended it may still have been held."""
    spells = book.child(child_ref).spells
    if spells and not any(each.began <= on <= (each.ended or date.max) for each in spells):
        raise Refusal(f"on: {on:%d/%m/%Y} is no day on which the child was in care: {spells_in_words(spells)}.")


def _with_outcome(book: InOneAppend, states: States, command: Judged, happened: Decided) -> None:
    for _, event in happened:
        if isinstance(event, MeetingHeld | MeetingOutcomeCorrected):
            _judge(book, states, _note(command, event))


def _note(command: Judged, event: MeetingHeld | MeetingOutcomeCorrected) -> NoteMeetingHeld:
    return NoteMeetingHeld(
        child_ref=event.child_ref,
        rules=command.rules,
        calendar_for=command.calendar_for,
        meeting_id=event.meeting_id,
        on=event.on,
        outcome=event.outcome,
        outcome_stands=isinstance(event, MeetingOutcomeCorrected) and event.outcome_stands,
    )


def _next_meeting(
    book: InOneAppend, before: Scheduled, agreed: NextMeetingAgreed, command: RecordMeetingOfChild
) -> None:
    """The day stands, or is proposed to those who were invited and whom the records know (L-12).

    Without a time it is the hour of this meeting, by the clock on the wall. Family and guests are asked anew, and
    nobody is asked about whom nobody has decided (L-10).
    """
    record = command.meeting
    at = datetime.combine(agreed.next_on, _time(agreed, before), LONDON)
    known = [each for each in before.invitees if each.person_ref and each.capacity != "family"]
    decided = tuple(each.ref for each in known if not each.awaits_approval)
    if agreed.next_on < record.recorded_on:
        return
    asked = {
        "meeting_id": command.next_meeting_id,
        "child_ref": before.child_ref,
        "on": record.recorded_on,
        "by": record.by,
        "by_role": record.by_role,
        "also_as": record.also_as,
        "year_group_now": record.year_group,
        "policy": record.policy,
        "rearranges": before.meeting_id if _is_review(book, before) else None,
        "agreed_at": before.meeting_id,
    }
    venue = record.next_meeting.venue if record.next_meeting else None
    if agreed.stands and venue is not None:
        invitees = [KnownInvitee(person_ref=each.ref, capacity=each.capacity) for each in known]
        more = {"at": at, "venue": venue, "invitees": invitees, "year_group": record.year_group}
        _schedule(book, ScheduleMeeting(**asked, **more, details="later", after_due_because=AGREED))
    elif decided:
        book.tell_meeting(command.next_meeting_id, ProposeMeeting(**asked, dates=(at,), asked=decided))


def _is_review(book: InOneAppend, before: Scheduled) -> bool:
    after = book.meeting(before.meeting_id)
    return isinstance(after, Held) and after.outcome == "PROGRESS_REVIEW"


def _time(agreed: NextMeetingAgreed, before: Scheduled) -> time:
    return time.fromisoformat(agreed.next_time) if agreed.next_time else before.at.astimezone(LONDON).time()


def _knowing_schools(states: States, command: JudgedOfChild) -> JudgedOfChild:
    schools = [states.of(stream, (Listed, NotListed)) for stream in states.streams("school")]
    listed = [school for school in schools if isinstance(school, Listed)]
    laestabs = {school.urn: school.laestab for school in listed if school.laestab}
    before = {school.urn: school.predecessor_urn for school in listed if school.predecessor_urn}
    return command.model_copy(update={"laestabs": laestabs, "predecessors": before})
