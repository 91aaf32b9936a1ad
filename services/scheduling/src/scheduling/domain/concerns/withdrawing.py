"""A suspension or permanent exclusion that does not stand, and what follows: sums, agenda, urgent PEP, the roll.

Nothing is rewritten: that it was told, and what was done because of it, stays in the story.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child.events import ChildEvent, SchoolMoved
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.concerns import agenda, urgent
from scheduling.domain.concerns.commands import WithdrawPermanentExclusion, WithdrawSuspension
from scheduling.domain.concerns.events import PermanentExclusionWithdrawn, SuspensionWithdrawn
from scheduling.domain.concerns.exclusions import recounted
from scheduling.domain.concerns.states import Suspension


def suspension(child: Child, command: WithdrawSuspension) -> Sequence[ChildEvent]:
    """What was served of it before counts in the year, and joins others, all the same."""
    known = child.concerns.suspension(command.began)
    if known is None:
        raise Refusal(f"No suspension from {command.began:%d/%m/%Y} is on record.")
    if known.withdrawn:
        return []
    served = command.half_days_served
    if served > known.half_days:
        raise Refusal(f"The suspension was one of {known.half_days / 2:g} days: no more of it can have been served.")
    withdrawn = SuspensionWithdrawn(
        child_ref=command.child_ref,
        withdrawn_on=command.withdrawn_on,
        began=command.began,
        because=command.because,
        reason=PlanText.of(command.reason),
        by=command.by,
        half_days_served=served,
    )
    after = child.concerns.with_suspension(Suspension(command.began, served, withdrawn=True))
    return [
        withdrawn,
        *recounted(child, after, command, command.began, command.withdrawn_on),
        *agenda.withdrawn(child, command.child_ref, "suspension", command.began),
        *urgent.no_longer(child, command, "suspension", command.began),
    ]


def permanent_exclusion(child: Child, command: WithdrawPermanentExclusion) -> Sequence[ChildEvent]:
    """The child is back at the school from the told day. No PEP is asked for anew: it is the school from before."""
    if command.on in child.concerns.not_excluded_on:
        return []
    if command.on not in child.concerns.excluded_on:
        raise Refusal(f"No permanent exclusion from {command.on:%d/%m/%Y} is on record.")
    if command.back_on < command.on:
        raise Refusal("A child cannot be back at school before the exclusion began.")
    withdrawn = PermanentExclusionWithdrawn(
        child_ref=command.child_ref,
        withdrawn_on=command.withdrawn_on,
        on=command.on,
        back_on=command.back_on,
        because=command.because,
        reason=PlanText.of(command.reason),
        by=command.by,
    )
    return [
        withdrawn,
        *_on_roll(child, command),
        *agenda.withdrawn(child, command.child_ref, "permanent_exclusion", command.on),
        *urgent.no_longer(child, command, "permanent_exclusion", command.on),
    ]


def _on_roll(child: Child, command: WithdrawPermanentExclusion) -> Sequence[ChildEvent]:
    """Unless another school has taken the child in by then: a move back from there is told as a move."""
    back_on, urn = command.back_on, school_before(child, command.on)
    if urn is None or value_on(child.schools, back_on) is not None or not child.in_care_on(back_on):
        return []
    return [SchoolMoved(child_ref=command.child_ref, on=back_on, school_urn=urn)]


def school_before(child: Child, excluded_on: date) -> str | None:
    """The school whose roll the child was on until the exclusion."""
    return value_on(child.schools, excluded_on - timedelta(days=1))
