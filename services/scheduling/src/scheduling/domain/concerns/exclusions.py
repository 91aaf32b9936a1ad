"""Suspensions and permanent exclusions: told the same day, counted over the year, spoken of at the next PEP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import due_dates
from scheduling.domain.child.events import ChildEvent, SchoolMoved
from scheduling.domain.child.history import value_on
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child
from scheduling.domain.concerns import agenda, suspended_days, urgent
from scheduling.domain.concerns.commands import NotifyPermanentExclusion, NotifySuspension
from scheduling.domain.concerns.events import PermanentExclusionNotified, SuspensionNotified, SuspensionRecounted
from scheduling.domain.concerns.states import Concerns, Suspension


def suspended(child: Child, command: NotifySuspension) -> Sequence[ChildEvent]:
    """Told again with another length it is corrected, and counts once. What was withdrawn may be told again."""
    known = child.concerns.suspension(command.began)
    stands = known is not None and not known.withdrawn
    if known is not None and stands and known.half_days == command.half_days:
        return []
    after = child.concerns.with_suspension(Suspension(command.began, command.half_days))
    later = recounted(child, after, command, command.began, command.notified_on)
    told: list[ChildEvent] = [_suspension(child, after, command), *later]
    if stands:
        return told
    return [
        *told,
        *agenda.added(child, command.child_ref, "suspension", command.began),
        *urgent.by_itself(child, command, "suspension", command.notified_on),
    ]


def _suspension(child: Child, after: Concerns, command: NotifySuspension) -> SuspensionNotified:
    counted = suspended_days.counted(child, after.suspensions, command)[command.began]
    return SuspensionNotified(
        child_ref=command.child_ref,
        notified_on=command.notified_on,
        began=command.began,
        half_days=command.half_days,
        category=PlanText.of(command.category),
        reason=PlanText.of(command.reason),
        by=command.by,
        half_days_in_year=counted.half_days_in_year,
        most_half_days=_most_half_days(command, command.began),
        provision_from=counted.provision_from,
    )


def recounted(
    child: Child, after: Concerns, command: Judged, told_of: date, today: date
) -> Sequence[SuspensionRecounted]:
    """The later suspensions from which something else follows now that another one, of `told_of`, is as in `after`."""
    counted = suspended_days.counted(child, after.suspensions, command)
    return [
        SuspensionRecounted(
            child_ref=command.child_ref,
            on=today,
            began=new.began,
            half_days=new.half_days,
            half_days_in_year=new.half_days_in_year,
            most_half_days=_most_half_days(command, new.began),
            provision_from=new.provision_from,
        )
        for known, new in zip(after.suspensions, counted.values(), strict=True)
        if known.began > told_of and not known.withdrawn and new != known
    ]


def _most_half_days(command: Judged, on: date) -> int:
    return 2 * command.rules.in_force(on).exclusions.most_days_a_year


def excluded(child: Child, command: NotifyPermanentExclusion) -> Sequence[ChildEvent]:
    """The child is at no school from that day on, unless another had taken the child in already (O-14, O-15)."""
    if command.on in child.concerns.excluded_on:
        return []
    if command.on > command.notified_on:
        raise Refusal("An exclusion that has not begun cannot be recorded yet.")
    exclusion = PermanentExclusionNotified(
        child_ref=command.child_ref,
        notified_on=command.notified_on,
        on=command.on,
        category=PlanText.of(command.category),
        reason=PlanText.of(command.reason),
        by=command.by,
        provision_from=_provision_from(child, command),
    )
    return [
        exclusion,
        *_off_roll(child, command),
        *agenda.added(child, command.child_ref, "permanent_exclusion", command.on),
        *urgent.by_itself(child, command, "permanent_exclusion", command.notified_on),
    ]


def _provision_from(child: Child, command: NotifyPermanentExclusion) -> date | None:
    policy = command.rules.in_force(command.on)
    _about, calendar = due_dates.counting_for(child, command.on, policy, command)
    return suspended_days.nth_school_day(command.on, policy.exclusions.provision_from_day, calendar)


def _off_roll(child: Child, command: NotifyPermanentExclusion) -> Sequence[ChildEvent]:
    if value_on(child.schools, command.on) is None:
        return []
    return [SchoolMoved(child_ref=command.child_ref, on=command.on)]
