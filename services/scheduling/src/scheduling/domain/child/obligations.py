"""What meets an obligation, and what opens it again. One never stands for another."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.refusal import Refusal
from scheduling.domain.child import due_dates, verdict
from scheduling.domain.child.commands import (
    MeetObligation,
    NoteMeetingCalledOff,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    ReopenObligations,
)
from scheduling.domain.child.events import (
    ChildEvent,
    MeetingNoted,
    ObligationMet,
    ObligationReopened,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
)
from scheduling.domain.child.states import Arranged, Child, Owed


def met(child: Child, child_ref: str, obligation: Obligation, on: date, by: str) -> list[ChildEvent]:
    """What was done on this day meets everything of its kind that was started by then."""
    started = (due for due in child.owed if due.obligation == obligation and due.trigger_on <= on)
    return [_met(child, child_ref, due, on, by) for due in started]


def _met(child: Child, child_ref: str, due: Owed, on: date, by: str) -> ObligationMet:
    return ObligationMet(
        child_ref=child_ref,
        obligation=due.obligation,
        trigger_on=due.trigger_on,
        on=on,
        by=by,
        marked_complete_on=child.marked.get(by) if due.obligation == "available" else None,
    )


def met_already(child: Child, child_ref: str) -> list[ChildEvent]:
    """What is open although it was done: the fact that had started it was told later, or it was opened again."""
    done = ((due, _done(child, due)) for due in child.owed)
    return [_met(child, child_ref, due, *min(found)) for due, found in done if found]


def _done(child: Child, due: Owed) -> list[tuple[date, str]]:
    """What is known to have been done since the duty began, each with its day. A date that stood then is one too."""
    since = due.trigger_on
    if due.obligation == "convene":
        standing = (each for each in child.arranged if max(each.on, each.for_day) >= since)
        return [(max(each.on, since), each.meeting_id) for each in standing if each.meeting_id not in due.over]
    known = {"hold": child.peps, "complete": child.marked, "available": child.available}.get(due.obligation, {})
    return [(day, by) for by, day in known.items() if day >= since and by not in due.over]


def by_plan(child: Child, command: MeetObligation) -> list[ChildEvent]:
    """When a plan was marked complete is kept: the days in the quality queue are not the school's lateness."""
    happened = met(child, command.child_ref, command.obligation, command.on, command.by)
    if command.obligation != "complete" or child.marked.get(command.by) == command.on:
        return happened
    return [PEPMarkedCompleteKnown(child_ref=command.child_ref, plan_id=command.by, on=command.on), *happened]


def reopened_by_plan(child: Child, command: ReopenObligations) -> list[ChildEvent]:
    """What this plan had met."""
    return reopened(command.child_ref, _met_by(child, command.by), command.by)


def _met_by(child: Child, by: str) -> tuple[Owed, ...]:
    return tuple(due for due in child.asked_for if due.met_by == by)


def meeting_called_off(child: Child, command: NoteMeetingCalledOff) -> list[ChildEvent]:
    """What its date had met is due again. Days that were only proposed had met nothing."""
    ref, meeting = command.child_ref, command.meeting_id
    if all(each.meeting_id != meeting for each in child.arranged):
        return []
    noted = MeetingNoted(child_ref=ref, meeting_id=meeting, became="called_off", on=command.on)
    return [noted, *reopened(ref, _met_by(child, meeting), meeting)]


def reopened(child_ref: str, dues: tuple[Owed, ...], by: str) -> list[ChildEvent]:
    return [
        ObligationReopened(child_ref=child_ref, obligation=due.obligation, trigger_on=due.trigger_on, by=by)
        for due in dues
    ]


def meeting_scheduled(child: Child, command: NoteMeetingScheduled) -> list[ChildEvent]:
    """A date meets "convene". Refuses a day after a meeting was due, unless a reason is given."""
    missed = [due for due in child.open_dues if due.obligation == "hold" and due.due < command.for_day]
    if missed and command.after_due_because is None:
        due = min(each.due for each in missed)
        raise Refusal(f"The meeting is due by {due:%d/%m/%Y}. Choose an earlier day, or say why it must be later.")
    ref, meeting, on, for_day = command.child_ref, command.meeting_id, command.on, command.for_day
    if Arranged(meeting, on, for_day) in child.arranged:
        return []
    return [MeetingNoted(child_ref=ref, meeting_id=meeting, became="arranged", on=on, for_day=for_day)]


def meeting_held(child: Child, command: NoteMeetingHeld) -> list[ChildEvent]:
    """Only a meeting held as a PEP meets "hold" and starts the time for completing (I3).

    A review of progress starts the time in which the PEP meeting must be held after all (L-21). What the same meeting
    had met or started with another outcome, or on another day, is met or started by it no more.
    """
    withdrawn = _no_longer_started(child, command)
    again = reopened(command.child_ref, tuple(_no_longer_held(child, command)), command.meeting_id)
    if command.outcome == "PROGRESS_REVIEW":
        return [*_noted(child, command), *again, *withdrawn, *_started(Trigger.PROGRESS_REVIEW_HELD, child, command)]
    return [*_noted(child, command), *again, *withdrawn, *_started(Trigger.MEETING_HELD, child, command)]


def _noted(child: Child, command: NoteMeetingHeld) -> list[ChildEvent]:
    as_pep = command.outcome == "PEP"
    known = child.peps if as_pep else child.progress_reviews
    if known.get(command.meeting_id) == command.on:
        return []
    became: Literal["held_as_pep", "held_as_progress_review"] = "held_as_pep" if as_pep else "held_as_progress_review"
    return [MeetingNoted(child_ref=command.child_ref, meeting_id=command.meeting_id, became=became, on=command.on)]


def _no_longer_held(child: Child, command: NoteMeetingHeld) -> list[Owed]:
    held = [due for due in _met_by(child, command.meeting_id) if due.obligation == "hold"]
    return [due for due in held if command.outcome == "PROGRESS_REVIEW" or due.met_on != command.on]


def _started(trigger: Trigger, child: Child, command: NoteMeetingHeld) -> list[ChildEvent]:
    """Nothing for a child who was not in care that day, or is not any more, or who had no PEP: it is on record only."""
    return verdict.after(trigger, command.on, child, command, command.meeting_id)


def _no_longer_started(child: Child, command: NoteMeetingHeld) -> list[PEPDueDateWithdrawn]:
    started = [each for each in child.asked_for if each.started_by == command.meeting_id]
    return due_dates.withdrawn(command.child_ref, started, "meeting_outcome_corrected")
