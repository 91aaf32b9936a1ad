"""What of a child cannot wait for the next meeting: urgent PEPs, exclusions, moves nobody agreed to."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_runtime.http import Caller, Desk
from scheduling.domain.attendance.marks import JudgedDay
from scheduling.domain.child.judged import Judged
from scheduling.domain.concerns.commands import (
    AskForUrgentPEP,
    NotifyPermanentExclusion,
    NotifySuspension,
    RaiseSafeguardingConcern,
    WithdrawPermanentExclusion,
    WithdrawSuspension,
)
from scheduling.domain.concerns.withdrawing import school_before
from scheduling.domain.in_one_append import MEETINGS_TOO
from scheduling.domain.meeting_of_child import child_stream, judge_child
from scheduling.entrypoints.concern_shapes import (
    AgendaItemShown,
    AttendanceShown,
    ConcernsShown,
    ExclusionShown,
    ExclusionWithdrawalBody,
    PermanentExclusionBody,
    SafeguardingBody,
    SafeguardingPage,
    SafeguardingShown,
    SuspensionBody,
    SuspensionWithdrawalBody,
    UrgentPEPBody,
    UrgentPEPShown,
)
from scheduling.entrypoints.flag_shapes import flag_shown
from scheduling.entrypoints.followed import teachers_of
from scheduling.entrypoints.judging import judging, known_child, rules_of_day, with_schools
from scheduling.entrypoints.permitted import permitted_child
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.projections.attendance import ATTENDANCE_OF_YEARS
from scheduling.projections.concern import (
    AGENDA_ITEMS,
    EXCLUSIONS,
    SAFEGUARDING_CONCERNS,
    URGENT_PEPS,
    Exclusion,
)
from scheduling.projections.fact_flag import FACT_FLAGS

router = APIRouter(tags=["concerns"])
READ, NOTIFY = "read concerns", "notify exclusion"
SHOWN = 200


@router.post("/children/{child_ref}/urgent-peps", status_code=204, summary="Ask for a PEP meeting at once")
async def ask_for_urgent_pep(child_ref: str, body: UrgentPEPBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "ask for urgent PEP")
    by = caller.signed.person_ref
    told = judging(caller, child_ref)
    await _judge(caller, AskForUrgentPEP(**told, on=caller.today, reason=body.reason, what=body.what, by=by))


@router.post("/children/{child_ref}/suspensions", status_code=204, summary="Record that the school suspended a child")
async def notify_suspension(child_ref: str, body: SuspensionBody, caller: Caller) -> None:
    """Told again with another length it is corrected. Who must know hears of it at once."""
    await permitted_child(caller, child_ref, NOTIFY)
    rules_of_day(caller, "began", body.began)
    command = NotifySuspension(
        **judging(caller, child_ref),
        notified_on=caller.today,
        began=body.began,
        half_days=round(body.days * 2),
        category=body.category,
        reason=body.reason,
        by=caller.signed.person_ref,
    )
    await _judge(caller, command)


@router.post(
    "/children/{child_ref}/suspensions/{began}/withdrawal",
    status_code=204,
    summary="Record that a suspension does not stand",
)
async def withdraw_suspension(child_ref: str, began: JudgedDay, body: SuspensionWithdrawalBody, caller: Caller) -> None:
    """The sums of the year, the agenda and an urgent PEP that rested on it alone follow."""
    await permitted_child(caller, child_ref, NOTIFY)
    command = WithdrawSuspension(
        **judging(caller, child_ref),
        withdrawn_on=caller.today,
        began=began,
        because=body.because,
        half_days_served=round(body.days_served * 2),
        reason=body.reason,
        by=caller.signed.person_ref,
    )
    await _judge(caller, command)


@router.post(
    "/children/{child_ref}/permanent-exclusions", status_code=204, summary="Record that a child was excluded for good"
)
async def notify_permanent_exclusion(child_ref: str, body: PermanentExclusionBody, caller: Caller) -> None:
    """From that day the child is at no school, and the Virtual School stands in for the designated teacher."""
    await permitted_child(caller, child_ref, NOTIFY)
    rules_of_day(caller, "on", body.on)
    command = NotifyPermanentExclusion(
        **judging(caller, child_ref),
        notified_on=caller.today,
        on=body.on,
        category=body.category,
        reason=body.reason,
        by=caller.signed.person_ref,
    )
    await _judge(caller, command)


@router.post(
    "/children/{child_ref}/permanent-exclusions/{on}/withdrawal",
    status_code=204,
    summary="Record that an exclusion for good does not stand",
)
async def withdraw_permanent_exclusion(
    child_ref: str, on: JudgedDay, body: ExclusionWithdrawalBody, caller: Caller
) -> None:
    """The child is on the roll of the same school again from the told day, unless another had taken the child in."""
    await permitted_child(caller, child_ref, NOTIFY)
    school = school_before(await known_child(caller, child_ref), on)
    command = WithdrawPermanentExclusion(
        **judging(caller, child_ref),
        teachers=await teachers_of(caller, (school,)),
        withdrawn_on=caller.today,
        on=on,
        back_on=body.back_on,
        because=body.because,
        reason=body.reason,
        by=caller.signed.person_ref,
    )
    await _judge(caller, command)


@router.post(
    "/children/{child_ref}/safeguarding-concerns",
    status_code=204,
    summary="Tell the social worker of a concern at once",
)
async def raise_safeguarding_concern(child_ref: str, body: SafeguardingBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "raise concern")
    by = caller.signed.person_ref
    command = RaiseSafeguardingConcern(child_ref=child_ref, on=caller.today, what=body.what, by=by)
    await caller.do(Act(command, (child_stream(child_ref),), child_ref=child_ref))


@router.get("/children/{child_ref}/safeguarding-concerns", summary="What somebody was worried about")
async def list_safeguarding_concerns(
    child_ref: str, caller: Caller, after: After = None, limit: Limit = 50
) -> SafeguardingPage:
    await permitted_child(caller, child_ref, "read raised concerns")
    page = await caller.rows(SAFEGUARDING_CONCERNS, {"child_ref": child_ref}, after=after, limit=limit)
    items = [
        SafeguardingShown(raised_on=each.raised_on, by=each.by, what=await caller.open(each.what))
        for each in page.items
    ]
    return SafeguardingPage(items=items, next=page.next)


async def _judge(caller: Desk, command: Judged) -> None:
    """With every school that the child was at: days are counted in those of the school of that time."""
    streams = await with_schools(caller, command.child_ref)
    version = caller.rules.version_on(caller.today)
    await caller.do(Act(command, streams, judge_child, command.child_ref, **MEETINGS_TOO, policy_version=version))


@router.get("/children/{child_ref}/concerns", summary="What of a child must not wait or be forgotten")
async def show_concerns(child_ref: str, caller: Caller) -> ConcernsShown:
    await permitted_child(caller, child_ref, READ)
    where = {"child_ref": child_ref}
    agenda = await caller.rows(AGENDA_ITEMS, where, limit=SHOWN)
    urgent = await caller.rows(URGENT_PEPS, where, limit=SHOWN)
    exclusions = await caller.rows(EXCLUSIONS, where, limit=SHOWN)
    moves = await caller.rows(FACT_FLAGS, {**where, "lacks": "approval"}, limit=SHOWN)
    years = await caller.rows(ATTENDANCE_OF_YEARS, where, limit=SHOWN)
    return ConcernsShown(
        agenda=[AgendaItemShown.model_validate(each) for each in agenda.items],
        urgent_peps=[
            UrgentPEPShown(
                asked_on=each.asked_on,
                reason=each.reason,
                by=each.by,
                what=await caller.open(each.what),
                withdrawn_on=each.withdrawn_on,
            )
            for each in urgent.items
        ],
        exclusions=[await _exclusion(caller, each) for each in exclusions.items],
        moves_without_approval=[
            await flag_shown(caller, each) for each in moves.items if each.because != "fact_corrected"
        ],
        attendance=[AttendanceShown.model_validate(each) for each in years.items],
    )


async def _exclusion(caller: Desk, each: Exclusion) -> ExclusionShown:
    return ExclusionShown(
        began=each.began,
        permanent=each.permanent,
        notified_on=each.notified_on,
        category=await caller.open(each.category),
        reason=await caller.open(each.reason),
        days=_days(each.half_days),
        days_in_year=_days(each.half_days_in_year),
        most_days_a_year=_days(each.most_half_days),
        provision_from=each.provision_from,
        withdrawn_on=each.withdrawn_on,
        withdrawn_because=each.withdrawn_because,
        withdrawn_reason=await caller.open(each.withdrawn_reason),
        days_served=_days(each.half_days_served),
        back_on=each.back_on,
    )


def _days(half_days: int | None) -> float | None:
    return None if half_days is None else half_days / 2
