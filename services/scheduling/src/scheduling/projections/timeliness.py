"""`timeliness_of_child` and `team_of_worker`: what figures for the annual report are counted from.

What became of each obligation stands with the school and social worker who had the child when it was met, when its day
had passed or when it was withdrawn, whichever came first. While it is open, it is theirs who have the child now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import msgspec
from msgspec.structs import replace as changed

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child.events import (
    LateBecause,
    LateReasonRecorded,
    ObligationMet,
    ObligationReopened,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
    PEPOverdue,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.meeting.events import (
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingRescheduled,
    MeetingScheduled,
)
from scheduling.domain.person.events import StaffMemberAdded

Seen = Literal["meeting_arranged_after_the_day", "meeting_was_review_of_progress", "in_quality_assurance"]
LateReason = Seen | LateBecause


class Duty(msgspec.Struct, frozen=True, omit_defaults=True):
    """One obligation and what became of it. `charged` says that school and worker are settled.

    `late_because` is what was seen of its meetings; `told_because` what somebody said of it last. `marked_complete_on`
    is when the plan came into the quality queue that makes it available.
    """

    obligation: Obligation
    trigger_on: date
    due: date
    state: Literal["open", "met", "withdrawn"] = "open"
    met_on: date | None = None
    charged: bool = False
    school_urn: str | None = None
    social_worker_ref: str | None = None
    late_because: tuple[Seen, ...] = ()
    told_because: LateBecause | None = None
    marked_complete_on: date | None = None

    @property
    def reasons(self) -> tuple[LateReason, ...]:
        """All that is known of why it was late. Who marked the plan complete by its day did not make it late."""
        queued = self.marked_complete_on is not None and self.marked_complete_on <= self.due
        seen = (*self.late_because, "in_quality_assurance") if queued else self.late_because
        return seen if self.told_because is None else (*seen, self.told_because)

    def days_in_queue(self, today: date) -> int:
        """How long the plan waited for quality assurance, or has waited by today."""
        if self.marked_complete_on is None or self.state == "withdrawn":
            return 0
        return max(0, ((self.met_on or today) - self.marked_complete_on).days)


@dataclass(frozen=True, slots=True)
class TimelinessOfChild:
    """Every obligation of one child, each as JSON, and who has the child now."""

    child_ref: str
    school_urn: str | None = None
    school_since: date | None = None
    social_worker_ref: str | None = None
    social_worker_since: date | None = None
    duties: tuple[str, ...] = ()

    def every_duty(self) -> list[Duty]:
        """Those that are open are their school's and worker's who have the child now."""
        return [_charged_to(self, duty) for duty in map(_decoded, self.duties)]


_decode = msgspec.json.Decoder(Duty).decode


def _decoded(entry: str) -> Duty:
    return _decode(entry)


def _encoded(duty: Duty) -> str:
    return msgspec.json.encode(duty).decode()


_OfOne = (
    PEPDueDateSet
    | PEPDueDateRestored
    | PEPDueDateRevised
    | PEPDueDateWithdrawn
    | ObligationMet
    | ObligationReopened
    | PEPOverdue
    | LateReasonRecorded
)
_OfMeetings = MeetingScheduled | MeetingRescheduled | MeetingHeld | MeetingOutcomeCorrected
_ABOUT = (_OfOne, SchoolMoved, SocialWorkerAllocated, PEPMarkedCompleteKnown, _OfMeetings)
NEVER_SO = frozenset({"fact_corrected", "meeting_outcome_corrected"})


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(found: TimelinessOfChild | None, recorded: Recorded, key: Key) -> TimelinessOfChild | None:
    row = found or TimelinessOfChild(*key)
    if isinstance(recorded.event, _OfOne):
        return _of_duty(row, recorded.event)
    if isinstance(recorded.event, _OfMeetings):
        return _of_meeting(row, recorded.event)
    match recorded.event:
        case SchoolMoved(on=on, school_urn=urn) if row.school_since is None or on >= row.school_since:
            return replace(row, school_urn=urn, school_since=on)
        case SocialWorkerAllocated(on=on, social_worker_ref=worker) if (
            row.social_worker_since is None or on >= row.social_worker_since
        ):
            return replace(row, social_worker_ref=worker, social_worker_since=on)
        case PEPMarkedCompleteKnown(on=on):
            return _each(row, lambda duty: changed(duty, marked_complete_on=on) if _is_queued(duty, on) else duty)
        case _:
            return found


def _is_queued(duty: Duty, on: date) -> bool:
    """Whether a plan that was marked complete on this day will meet it once it is available."""
    return (duty.obligation, duty.state) == ("available", "open") and duty.trigger_on <= on


def _of_duty(row: TimelinessOfChild, event: _OfOne) -> TimelinessOfChild:
    match event:
        case PEPDueDateSet():
            return replace(row, duties=(*_others(row, event), _encoded(_new(event))))
        case PEPDueDateRestored():
            return _restored(row, event)
        case PEPDueDateRevised(due=due):
            return _with(row, event, lambda duty: changed(duty, due=due, charged=False))
        case PEPDueDateWithdrawn(because=because) if because in NEVER_SO:
            return replace(row, duties=tuple(_others(row, event)))  # what had started it was not so: nothing was due
        case PEPDueDateWithdrawn():
            return _with(row, event, lambda duty: changed(_charged_to(row, duty), state="withdrawn"))
        case ObligationMet():
            return _with(row, event, lambda duty: _met(_charged_to(row, duty), event))
        case ObligationReopened(obligation="complete"):
            return _each(_with(row, event, _opened_again), _out_of_the_queue)
        case ObligationReopened():
            return _with(row, event, _opened_again)
        case PEPOverdue():
            return _with(row, event, lambda duty: _charged_to(row, duty))
        case LateReasonRecorded(because=because):
            return _with(row, event, lambda duty: changed(duty, told_because=because))


def _of_meeting(row: TimelinessOfChild, event: _OfMeetings) -> TimelinessOfChild:
    match event:
        case MeetingScheduled(at=at, after_due_because=reason) | MeetingRescheduled(at=at, after_due_because=reason):
            return row if reason is None else _late(row, "meeting_arranged_after_the_day", _open_before(at.date()))
        case MeetingHeld(outcome="PROGRESS_REVIEW"):
            return _late(row, "meeting_was_review_of_progress", _open_before(date.max))
        case MeetingOutcomeCorrected(outcome_stands=True):
            return row
        case MeetingOutcomeCorrected(outcome="PROGRESS_REVIEW", on=on, was_on=was_on):
            return _late(row, "meeting_was_review_of_progress", lambda duty: duty.met_on == (was_on or on))
        case MeetingOutcomeCorrected():
            return _each(row, _without_review)
        case _:
            return row


def _restored(row: TimelinessOfChild, event: PEPDueDateRestored) -> TimelinessOfChild:
    """What was late before it was withdrawn stays with those who had the child then."""
    before = [_decoded(each) for each in row.duties]
    known = next((duty for duty in before if _is_of(duty, event)), _new(event))
    again = changed(known, state="open", charged=known.charged and event.overdue)
    return replace(row, duties=(*_others(row, event), _encoded(again)))


def _new(event: PEPDueDateSet | PEPDueDateRestored) -> Duty:
    return Duty(obligation=event.obligation, trigger_on=event.trigger_on, due=event.due)


def _is_of(duty: Duty, event: _OfOne) -> bool:
    return (duty.obligation, duty.trigger_on) == (event.obligation, event.trigger_on)


def _others(row: TimelinessOfChild, event: _OfOne) -> list[str]:
    return [each for each in row.duties if not _is_of(_decoded(each), event)]


def _with(row: TimelinessOfChild, event: _OfOne, change: Callable[[Duty], Duty]) -> TimelinessOfChild:
    return _each(row, lambda duty: change(duty) if _is_of(duty, event) else duty)


def _each(row: TimelinessOfChild, change: Callable[[Duty], Duty]) -> TimelinessOfChild:
    return replace(row, duties=tuple(_encoded(change(_decoded(each))) for each in row.duties))


def _charged_to(row: TimelinessOfChild, duty: Duty) -> Duty:
    if duty.charged:
        return duty
    return changed(duty, charged=True, school_urn=row.school_urn, social_worker_ref=row.social_worker_ref)


def _met(duty: Duty, event: ObligationMet) -> Duty:
    marked = event.marked_complete_on or duty.marked_complete_on
    return changed(duty, state="met", met_on=event.on, marked_complete_on=marked)


def _out_of_the_queue(duty: Duty) -> Duty:
    """The plan is written again: whoever has it is its school."""
    return changed(duty, marked_complete_on=None) if duty.state == "open" else duty


def _opened_again(duty: Duty) -> Duty:
    """What was done in time is nobody's fault yet; what was late stays with those who had the child then."""
    in_time = duty.met_on is not None and duty.met_on <= duty.due
    open_again = changed(duty, state="open", met_on=None, charged=duty.charged and not in_time)
    return _out_of_the_queue(open_again)


def _late(row: TimelinessOfChild, reason: Seen, concerns: Callable[[Duty], bool]) -> TimelinessOfChild:
    """Noted of the meeting that is to be held: why it was, or will be, too late."""

    def noted(duty: Duty) -> Duty:
        if duty.obligation != "hold" or reason in duty.late_because or not concerns(duty):
            return duty
        return changed(duty, late_because=(*duty.late_because, reason))

    return _each(row, noted)


def _without_review(duty: Duty) -> Duty:
    others = tuple(each for each in duty.late_because if each != "meeting_was_review_of_progress")
    return changed(duty, late_because=others) if duty.state == "open" else duty


def _open_before(day: date) -> Callable[[Duty], bool]:
    return lambda duty: duty.state == "open" and duty.due < day


TIMELINESS = ReadModel("timeliness_of_child", TimelinessOfChild, ("child_ref",), _keys, _fold)


@dataclass(frozen=True, slots=True)
class TeamOfWorker:
    """In which team somebody works, or worked last."""

    person_ref: str
    team: str


def _worker_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case StaffMemberAdded(person_ref=ref):
            return ((ref,),)
        case _:
            return ()


def _team(_row: TeamOfWorker | None, recorded: Recorded, _key: Key) -> TeamOfWorker | None:
    match recorded.event:
        case StaffMemberAdded(person_ref=ref, team=str() as team):
            return TeamOfWorker(ref, team)
        case _:
            return None


TEAMS = ReadModel("team_of_worker", TeamOfWorker, ("person_ref",), _worker_keys, _team)
