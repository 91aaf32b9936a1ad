"""A PEP that cannot wait: asked for by a person, or by the facts where the authority says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pep_kernel.authority_policy.concerns import ByItself
from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import due_dates
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Applies, Child
from scheduling.domain.concerns import agenda
from scheduling.domain.concerns.commands import AskForUrgentPEP
from scheduling.domain.concerns.events import UrgentPEPRequested


def asked(child: Child, command: AskForUrgentPEP) -> Sequence[ChildEvent]:
    """By a person, for a reason that the authority knows (O-82, O-89, O-90). Asked twice it is asked once."""
    if not isinstance(child.verdict, Applies):
        raise Refusal("No PEP is made for this child, so none can be urgent.")
    if command.reason not in command.rules.in_force(command.on).urgent_peps.on_request:
        raise Refusal(f"This authority holds no urgent PEP because of {command.reason.replace('_', ' ')}.")
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
    if request.reason in child.concerns.urgent:
        return []
    return [request, *due_dates.after(Trigger.URGENT_PEP_REQUESTED, request.on, child, command)]
