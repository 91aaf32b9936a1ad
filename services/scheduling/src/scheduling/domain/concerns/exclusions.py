"""Suspensions and permanent exclusions: told the same day, counted over the year, spoken of at the next PEP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pep_kernel.calendars import TermDatesMissing, Unit, due_date, school_year
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import due_dates
from scheduling.domain.child.events import ChildEvent, SchoolMoved
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.concerns import agenda, urgent
from scheduling.domain.concerns.commands import NotifyPermanentExclusion, NotifySuspension
from scheduling.domain.concerns.events import PermanentExclusionNotified, SuspensionNotified
from scheduling.domain.concerns.states import Suspension


def suspended(child: Child, command: NotifySuspension) -> Sequence[ChildEvent]:
    """Told again with another length it is corrected, and counts once."""
    if Suspension(command.began, command.half_days) in child.concerns.suspensions:
        return []
    if any(each.began == command.began for each in child.concerns.suspensions):
        return [_suspension(child, command)]
    return [
        _suspension(child, command),
        *agenda.added(child, command.child_ref, "suspension", command.began),
        *urgent.by_itself(child, command, "suspension", command.notified_on),
    ]


def _suspension(child: Child, command: NotifySuspension) -> SuspensionNotified:
    rule = command.rules.in_force(command.began).exclusions
    year = school_year(command.began)
    before = sum(
        each.half_days
        for each in child.concerns.suspensions
        if school_year(each.began) == year and each.began != command.began
    )
    return SuspensionNotified(
        child_ref=command.child_ref,
        notified_on=command.notified_on,
        began=command.began,
        half_days=command.half_days,
        category=PlanText.of(command.category),
        reason=PlanText.of(command.reason),
        by=command.by,
        half_days_in_year=before + command.half_days,
        most_half_days=2 * rule.most_days_a_year,
        provision_from=_provision_from(child, command, command.began, rule.provision_from_day, command.half_days),
    )


def _provision_from(
    child: Child, command: NotifySuspension | NotifyPermanentExclusion, began: date, nth: int, half_days: int | None
) -> date | None:
    """The n-th school day, the first day being day 1; none for a suspension that is over by then."""
    if half_days is not None and half_days <= 2 * (nth - 1):
        return None
    try:
        _about, calendar = due_dates.counting_for(child, began, command.rules.in_force(began), command)
        return due_date(began - timedelta(days=1), nth, Unit.SCHOOL, calendar).due
    except TermDatesMissing:
        return None


def excluded(child: Child, command: NotifyPermanentExclusion) -> Sequence[ChildEvent]:
    """The child is at no school from that day on, unless another had taken the child in already (O-14, O-15)."""
    if command.on in child.concerns.excluded_on:
        return []
    if command.on > command.notified_on:
        raise Refusal("An exclusion that has not begun cannot be recorded yet.")
    rule = command.rules.in_force(command.on).exclusions
    exclusion = PermanentExclusionNotified(
        child_ref=command.child_ref,
        notified_on=command.notified_on,
        on=command.on,
        category=PlanText.of(command.category),
        reason=PlanText.of(command.reason),
        by=command.by,
        provision_from=_provision_from(child, command, command.on, rule.provision_from_day, None),
    )
    return [
        exclusion,
        *_off_roll(child, command),
        *agenda.added(child, command.child_ref, "permanent_exclusion", command.on),
        *urgent.by_itself(child, command, "permanent_exclusion", command.notified_on),
    ]


def _off_roll(child: Child, command: NotifyPermanentExclusion) -> Sequence[ChildEvent]:
    if value_on(child.schools, command.on) is None:
        return []
    return [SchoolMoved(child_ref=command.child_ref, on=command.on)]
