"""What was withdrawn because care, or the PEP, had ended, and is due as it was where that turns out to be wrong.

A leaving or a status that was told by mistake interrupts nothing: what was due is due still, by the same day, and stays
overdue and told of. What an interruption that was real had ended stays ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child.due_dates import LAST_PEP
from scheduling.domain.child.events import ObligationReopened, PEPDueDateRestored, PEPDueDateWithdrawn
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.school_identity import is_another_school
from scheduling.domain.child.states import Child, DoesNotApply, Due, SetAside

STARTED_BEFORE = (Trigger.TERM_OPENED, LAST_PEP)
"""What may have been started by a day before the child needed a PEP."""


def restored(child: Child, command: Judged, since: date) -> list[PEPDueDateRestored]:
    """What is due again for a child to whom a PEP applies without a break `since` then."""
    return [
        _event(command.child_ref, each.due)
        for each in child.set_aside
        if _lasts(each, since) and _still_started(child, command, each.due) and not _is_known(child, each.due)
    ]


def notices(child: Child, command: Judged, since: date) -> list[PEPDueDateRestored]:
    """The school must be told where a child in care `since` then lives, without a PEP too."""
    return [each for each in restored(child, command, since) if each.obligation == "notify"]


def not_arranged(child: Child, command: Judged, since: date) -> list[ObligationReopened]:
    """What the date of a meeting had met that was called off because care, or the PEP, was said to have ended."""
    known = {*child.peps, *child.progress_reviews, *(each.meeting_id for each in child.arranged)}
    return [
        ObligationReopened(child_ref=command.child_ref, obligation="convene", trigger_on=due.trigger_on, by=due.met_by)
        for due in child.dues
        if due.obligation == "convene" and due.trigger_on >= since and due.met_by and due.met_by not in known
    ]


def _event(child_ref: str, due: Due) -> PEPDueDateRestored:
    return PEPDueDateRestored(
        child_ref=child_ref,
        obligation=due.obligation,
        trigger=due.trigger,
        trigger_on=due.trigger_on,
        due=due.due,
        overdue=due.overdue,
        escalated=due.escalated,
    )


def _lasts(each: SetAside, since: date) -> bool:
    return since <= (each.on if each.due.trigger in STARTED_BEFORE else each.due.trigger_on)


def _is_known(child: Child, due: Due) -> bool:
    return any((each.obligation, each.trigger_on) == (due.obligation, due.trigger_on) for each in child.dues)


def _still_started(child: Child, command: Judged, due: Due) -> bool:
    """Whether what started it was not taken back meanwhile."""
    on = due.trigger_on
    match due.trigger:
        case Trigger.ENTERED_CARE:
            return all((each.fact, each.on) != ("entered_care", on) for each in child.corrections)
        case Trigger.EMERGENCY_PLACEMENT_MADE:
            return on in child.circumstances.emergencies
        case Trigger.SCHOOL_MOVED:
            return any(day == on and is_another_school(child, command, on, urn) for day, urn in child.schools)
        case Trigger.REVIEW_HELD:
            return on in child.reviews
        case Trigger.MEETING_HELD:
            return due.started_by in child.peps
        case Trigger.PROGRESS_REVIEW_HELD:
            return due.started_by in child.progress_reviews
        case Trigger.URGENT_PEP_REQUESTED:
            return any(urgent.on == on for urgent in child.concerns.urgent)
        case _:
            return True


def with_these(child: Child, again: Sequence[PEPDueDateRestored]) -> Child:
    """The child to whom these are due again."""
    return reduce(restore, again, child)


# How the state keeps it


def kept(child: Child, event: PEPDueDateWithdrawn) -> tuple[SetAside, ...]:
    """With what is withdrawn now, if nothing but the end of care or of the PEP is the reason."""
    on = _ended_on(child)
    gone = [due for due in child.dues if (due.obligation, due.trigger_on) == (event.obligation, event.trigger_on)]
    return (*child.set_aside, *(SetAside(due, on) for due in gone if on is not None))


def restore(child: Child, event: PEPDueDateRestored) -> Child:
    named = (event.obligation, event.trigger_on)
    back = [each for each in child.set_aside if (each.due.obligation, each.due.trigger_on) == named]
    others = tuple(each for each in child.set_aside if each not in back)
    return replace(child, dues=(*child.dues, *(each.due for each in back[-1:])), set_aside=others)


def _ended_on(child: Child) -> date | None:
    if child.running is None:
        return max((spell.ended for spell in child.spells if spell.ended is not None), default=None)
    return child.verdict.on if isinstance(child.verdict, DoesNotApply) else None
