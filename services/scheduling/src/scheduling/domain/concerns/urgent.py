"""A PEP that cannot wait: asked for by a person, or by the facts where the authority says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from pep_kernel.authority_policy.concerns import ByItself, UrgentReason
from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts.scheduling import WithdrawnBecause
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import due_dates
from scheduling.domain.child.events import ChildEvent, Withdrawn
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Applies, Child, Due
from scheduling.domain.concerns import agenda
from scheduling.domain.concerns.commands import AskForUrgentPEP, Withdrawal
from scheduling.domain.concerns.events import UrgentPEPRequested, UrgentPEPWithdrawn
from scheduling.domain.concerns.states import UrgentPEP

BECAUSE_OF: Mapping[UrgentReason, str] = {
    "persistent_absence": "persistent absence",
    "suspension": "a suspension",
    "permanent_exclusion": "a permanent exclusion",
    "behaviour_of_greater_concern": "behaviour of greater concern",
    "wrong_provision": "provision that may be wrong",
    "placement_change": "a change of placement",
}
URGENT = Trigger.URGENT_PEP_REQUESTED
WITHDRAWN: Mapping[WithdrawnBecause, Withdrawn] = {
    "told_by_mistake": "fact_corrected",
    "cancelled": "cause_withdrawn",
    "overturned": "cause_withdrawn",
}
"""Why what was due for it is due no more: what never was counts in no figures."""


def asked(child: Child, command: AskForUrgentPEP) -> Sequence[ChildEvent]:
    """By a person, for a reason that the authority knows (O-82, O-89, O-90). Asked twice it is asked once."""
    if not isinstance(child.verdict, Applies):
        raise Refusal("No PEP is made for this child, so none can be urgent.")
    if command.reason not in command.rules.in_force(command.on).urgent_peps.on_request:
        raise Refusal(f"By this authority's rules no urgent PEP is held because of {BECAUSE_OF[command.reason]}.")
    request = UrgentPEPRequested(
        child_ref=command.child_ref,
        on=command.on,
        reason=command.reason,
        by=command.by,
        what=PlanText.of(command.what),
    )
    return [*_requested(child, command, request), *agenda.added(child, command.child_ref, command.reason, command.on)]


def by_itself(child: Child, command: Judged, reason: ByItself, on: date) -> Sequence[ChildEvent]:
    """Because of what the facts show, where the authority says so (O-77)."""
    if not isinstance(child.verdict, Applies) or reason not in command.rules.in_force(on).urgent_peps.automatic:
        return []
    return _requested(child, command, UrgentPEPRequested(child_ref=command.child_ref, on=on, reason=reason))


def _requested(child: Child, command: Judged, request: UrgentPEPRequested) -> Sequence[ChildEvent]:
    if any(each.reason == request.reason for each in child.concerns.waiting):
        return []
    return [request, *due_dates.after(URGENT, request.on, child, command)]


def no_longer(child: Child, command: Withdrawal, reason: ByItself, began: date) -> Sequence[ChildEvent]:
    """The one that the facts had asked for by themselves, unless something else asks for it still.

    Nothing is done with a meeting that was arranged already: whoever arranged it decides.
    """
    asked = next((each for each in child.concerns.waiting if each.reason == reason and not each.by_person), None)
    if asked is None or child.concerns.waits(reason, beside=agenda.named(reason, began)):
        return []
    on = command.withdrawn_on
    withdrawn = UrgentPEPWithdrawn(child_ref=command.child_ref, on=on, requested_on=asked.on, reason=reason)
    return [withdrawn, *_not_due(child, command, asked)]


def _not_due(child: Child, command: Withdrawal, asked: UrgentPEP) -> Sequence[ChildEvent]:
    """What was due sooner because of it is due as it would have been without it."""
    if any(each.on == asked.on and each != asked for each in child.concerns.waiting):
        return []
    owed = [each for each in child.owed if (each.trigger, each.trigger_on) == (URGENT, asked.on)]
    gone = [due for due in child.dues if due in owed]
    without = replace(child, dues=tuple(due for due in child.dues if due not in gone))
    return [
        *due_dates.withdrawn(command.child_ref, owed, WITHDRAWN[command.because]),
        *(each for due in gone for each in _as_before(without, command, due)),
    ]


def _as_before(child: Child, command: Withdrawal, due: Due) -> Sequence[ChildEvent]:
    if due.in_place_of is None:
        return []
    counted = due_dates.after(due.in_place_of, due.trigger_on, child, command)
    return [each for each in counted if each.obligation == due.obligation]
