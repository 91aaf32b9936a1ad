"""What may be told or asked about a child between two meetings, what is known then, and what others hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.sealed import PlanText
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.states import Child
from scheduling.domain.concerns import absence, approvals, exclusions, reviews, urgent, withdrawing
from scheduling.domain.concerns.commands import (
    AskForUrgentPEP,
    ConcernCommand,
    JudgeAbsence,
    NoteApproval,
    NotifyPermanentExclusion,
    NotifySuspension,
    RaiseSafeguardingConcern,
    SchedulePathwayPlan,
    ScheduleReview,
    WithdrawPermanentExclusion,
    WithdrawSuspension,
)
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    AgendaItemReopened,
    AgendaItemTaken,
    AgendaItemWithdrawn,
    ApprovalNoted,
    ConcernEvent,
    LACReviewScheduled,
    NoApprovalRecorded,
    PathwayPlanScheduled,
    PermanentExclusionNotified,
    PermanentExclusionWithdrawn,
    PersistentAbsenceRecovered,
    PersistentAbsenceRiskDetected,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
    SafeguardingConcernRaised,
    SuspensionNotified,
    SuspensionRecounted,
    SuspensionWithdrawn,
    UrgentPEPRequested,
    UrgentPEPWithdrawn,
)
from scheduling.domain.concerns.states import (
    AgendaItem,
    ApprovedMove,
    Concerns,
    Suspension,
    UnapprovedMove,
    UrgentPEP,
)


def decide(child: Child, command: ConcernCommand) -> Sequence[ChildEvent]:
    match command:
        case AskForUrgentPEP():
            return urgent.asked(child, command)
        case JudgeAbsence():
            return absence.judged(child, command)
        case NotifySuspension():
            return exclusions.suspended(child, command)
        case NotifyPermanentExclusion():
            return exclusions.excluded(child, command)
        case WithdrawSuspension():
            return withdrawing.suspension(child, command)
        case WithdrawPermanentExclusion():
            return withdrawing.permanent_exclusion(child, command)
        case RaiseSafeguardingConcern(child_ref=ref, on=on, what=what, by=by):
            return [SafeguardingConcernRaised(child_ref=ref, on=on, by=by, what=PlanText.of(what))]
        case NoteApproval():
            return approvals.noted(child, command)
        case ScheduleReview():
            return reviews.review(child, command)
        case SchedulePathwayPlan():
            return reviews.pathway_plan(child, command)
        case _:
            assert_never(command)


def evolve(concerns: Concerns, event: ConcernEvent) -> Concerns:
    match event:
        case UrgentPEPRequested(reason=reason, on=on, by=by):
            return replace(concerns, urgent=(*concerns.urgent, UrgentPEP(reason, on, by_person=by is not None)))
        case UrgentPEPWithdrawn(reason=reason):
            others = (each for each in concerns.urgent if each.held_at is not None or each.reason != reason)
            return replace(concerns, urgent=tuple(others))
        case PersistentAbsenceRiskDetected():
            return replace(concerns, absence_at_risk=True)
        case PersistentAbsenceRecovered():
            return replace(concerns, absence_at_risk=False)
        case SuspensionNotified() | SuspensionRecounted():
            return concerns.with_suspension(_suspension(event))
        case SuspensionWithdrawn(began=began, half_days_served=served):
            return concerns.with_suspension(Suspension(began, served, withdrawn=True))
        case PermanentExclusionNotified(on=on):
            not_so = concerns.not_excluded_on - {on}
            return replace(concerns, excluded_on=concerns.excluded_on | {on}, not_excluded_on=not_so)
        case PermanentExclusionWithdrawn(on=on):
            not_so = concerns.not_excluded_on | {on}
            return replace(concerns, excluded_on=concerns.excluded_on - {on}, not_excluded_on=not_so)
        case SafeguardingConcernRaised():
            return concerns
        case ApprovalNoted(decision=decision, on=on, school_urn=urn, for_day=day):
            return replace(concerns, approved=(*concerns.approved, ApprovedMove(decision, on, urn, day)))
        case NoApprovalRecorded(on=on, decision=decision, school_urn=urn, emergency=emergency):
            moved = UnapprovedMove(on, decision, urn, emergency)
            return replace(concerns, unapproved=(*concerns.unapproved, moved))
        case AgendaItemAdded(item=item, about=about, on=on):
            return replace(concerns, agenda=(*concerns.agenda, AgendaItem(item, about, on)))
        case AgendaItemTaken(item=item, meeting_id=meeting_id, on=on):
            return concerns.with_pep_meeting(item, meeting_id, on)
        case AgendaItemReopened(item=item, meeting_id=meeting_id):
            return concerns.without_pep_meeting(item, meeting_id)
        case AgendaItemWithdrawn(item=item):
            return replace(concerns, agenda=tuple(each for each in concerns.agenda if each.item != item))
        case LACReviewScheduled(on=on):
            return replace(concerns, review_on=on)
        case PathwayPlanScheduled(on=on):
            return replace(concerns, pathway_plan_on=on)
        case PlanBecameAvailable(plan_id=plan_id):
            return replace(concerns, plans=concerns.plans | {plan_id})
        case PlanNoLongerAvailable(plan_id=plan_id):
            return replace(concerns, plans=concerns.plans - {plan_id})
        case _:
            assert_never(event)


def _suspension(event: SuspensionNotified | SuspensionRecounted) -> Suspension:
    return Suspension(
        began=event.began,
        half_days=event.half_days,
        half_days_in_year=event.half_days_in_year,
        provision_from=event.provision_from,
    )


def announce(event: ConcernEvent, social_worker_ref: str | None) -> Announcement | None:
    """Who must be told the same day (T51): the social worker by reference, the head of the Virtual School by job."""
    match event:
        case UrgentPEPRequested(child_ref=ref, on=on, reason=reason):
            return said.UrgentPEPRequested(child_ref=ref, on=on, reason=reason, social_worker_ref=social_worker_ref)
        case PersistentAbsenceRiskDetected(child_ref=ref, on=on):
            return said.PersistentAbsenceRiskDetected(child_ref=ref, on=on, social_worker_ref=social_worker_ref)
        case PersistentAbsenceRecovered(child_ref=ref, on=on):
            return said.PersistentAbsenceRecovered(child_ref=ref, on=on)
        case SuspensionNotified():
            return said.SuspensionNotified(
                child_ref=event.child_ref,
                on=event.notified_on,
                began=event.began,
                half_days=event.half_days,
                too_many=event.half_days_in_year > event.most_half_days,
                provision_from=event.provision_from,
                social_worker_ref=social_worker_ref,
            )
        case PermanentExclusionNotified(child_ref=ref, notified_on=notified_on, on=on, provision_from=provision):
            return said.PermanentExclusionNotified(
                child_ref=ref,
                on=notified_on,
                began=on,
                provision_from=provision,
                social_worker_ref=social_worker_ref,
            )
        case SuspensionWithdrawn():
            return said.SuspensionWithdrawn(
                child_ref=event.child_ref,
                on=event.withdrawn_on,
                began=event.began,
                because=event.because,
                social_worker_ref=social_worker_ref,
            )
        case SuspensionRecounted():
            return said.SuspensionRecounted(
                child_ref=event.child_ref,
                on=event.on,
                began=event.began,
                half_days=event.half_days,
                too_many=event.half_days_in_year > event.most_half_days,
                provision_from=event.provision_from,
                social_worker_ref=social_worker_ref,
            )
        case PermanentExclusionWithdrawn():
            return said.PermanentExclusionWithdrawn(
                child_ref=event.child_ref,
                on=event.withdrawn_on,
                began=event.on,
                back_on=event.back_on,
                because=event.because,
                social_worker_ref=social_worker_ref,
            )
        case UrgentPEPWithdrawn(child_ref=ref, on=on, requested_on=requested_on, reason=reason):
            return said.UrgentPEPWithdrawn(
                child_ref=ref,
                on=on,
                requested_on=requested_on,
                reason=reason,
                social_worker_ref=social_worker_ref,
            )
        case SafeguardingConcernRaised(child_ref=ref, on=on):
            return said.SafeguardingConcernRaised(child_ref=ref, on=on, social_worker_ref=social_worker_ref)
        case NoApprovalRecorded(child_ref=ref, on=on, decision=decision, emergency=emergency):
            return said.NoApprovalRecorded(
                child_ref=ref, on=on, decision=decision, emergency=emergency, social_worker_ref=social_worker_ref
            )
        case AgendaItemAdded(child_ref=ref, item=item, about=about, on=on):
            return said.AgendaItemAdded(child_ref=ref, item=item, about=about, on=on)
        case AgendaItemTaken(child_ref=ref, item=item, meeting_id=meeting_id, on=on):
            return said.AgendaItemTaken(child_ref=ref, item=item, meeting_id=meeting_id, on=on)
        case AgendaItemReopened(child_ref=ref, item=item):
            return said.AgendaItemReopened(child_ref=ref, item=item)
        case AgendaItemWithdrawn(child_ref=ref, item=item):
            return said.AgendaItemWithdrawn(child_ref=ref, item=item)
        case LACReviewScheduled(child_ref=ref, on=on, school_expected=expected):
            return said.LACReviewScheduled(child_ref=ref, on=on, school_expected=expected)
        case PathwayPlanScheduled(child_ref=ref, on=on):
            return said.PathwayPlanScheduled(child_ref=ref, on=on)
        case _:
            return None
