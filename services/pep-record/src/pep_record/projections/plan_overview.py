"""Where each plan stands. The child's school and social worker are in `known_child`: they change without the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from pep_kernel.may import Role, with_member
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.events import (
    CarerViewsRecorded,
    DelegateApprovedByDT,
    EPEPOpened,
    PEPCompleted,
    PEPCompletionWithdrawn,
    PEPForgotten,
    PEPMarkedComplete,
    PEPReturned,
    PEPSuperseded,
    PlanEvent,
    PupilViewsRecorded,
    SectionContributed,
    SignedOffBySW,
    TargetSet,
)

DRAFT = "draft"
IN_QUALITY_ASSURANCE = "in_quality_assurance"
RETURNED = "returned"
COMPLETED = "completed"
WITHDRAWN = "completion_withdrawn"
SUPERSEDED = "superseded"
FORGOTTEN = "forgotten"
_OF_A_PLAN = get_args(PlanEvent)


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """One plan. `plan_version` is the version that is being written, judged, or was approved.

    `by_delegate` names the sections and targets that a delegate wrote and the designated teacher has not approved.
    """

    plan_id: str
    child_ref: str
    number: int
    school_year: int
    term: str
    opened_on: date
    state: str = DRAFT
    plan_version: int = 1
    supersedes: str | None = None
    superseded_by: str | None = None
    meeting_id: str | None = None
    marked_complete_by: str | None = None
    marked_complete_on: date | None = None
    social_worker_agrees: bool = False
    warnings: tuple[str, ...] = ()
    return_reason: PlanText | None = None
    completed_on: date | None = None
    by_delegate: tuple[str, ...] = ()


def keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.envelope.stream,),) if isinstance(recorded.event, _OF_A_PLAN) else ()


def fold(row: PlanOverview | None, recorded: Recorded, _key: Key) -> PlanOverview | None:
    match row, recorded.event:
        case _, EPEPOpened() as event:
            return _opened(event)
        case PlanOverview(), PEPMarkedComplete() as event:
            return _marked_complete(row, event)
        case PlanOverview(), SignedOffBySW():
            return replace(row, social_worker_agrees=True)
        case PlanOverview(), PEPReturned(plan_version=version, reason=reason):
            return replace(_next_version(row, version), state=RETURNED, return_reason=reason)
        case PlanOverview(), PEPCompleted(on=on):
            return replace(row, state=COMPLETED, completed_on=on)
        case PlanOverview(state="superseded"), PEPCompletionWithdrawn():
            return replace(row, completed_on=None)
        case PlanOverview(), PEPCompletionWithdrawn(plan_version=version):
            return replace(_next_version(row, version), state=WITHDRAWN, completed_on=None)
        case PlanOverview(), PEPSuperseded(by_plan_id=by_plan_id):
            return replace(row, state=SUPERSEDED, superseded_by=by_plan_id)
        case PlanOverview(), PEPForgotten():
            return replace(row, state=FORGOTTEN)
        case PlanOverview(), SectionContributed(section=part, role=role) | TargetSet(target_id=part, role=role):
            return replace(row, by_delegate=with_member(row.by_delegate, part, role == Role.DELEGATE))
        case PlanOverview(), CarerViewsRecorded() | PupilViewsRecorded():
            return row
        case PlanOverview(), DelegateApprovedByDT():
            return replace(row, by_delegate=())
        case _:
            raise TypeError(f"a plan that was not opened cannot have {type(recorded.event).__name__}")


def _opened(event: EPEPOpened) -> PlanOverview:
    return PlanOverview(
        plan_id=event.plan_id,
        child_ref=event.child_ref,
        number=event.number,
        school_year=event.school_year,
        term=event.term,
        opened_on=event.on,
        supersedes=event.supersedes,
    )


def _marked_complete(row: PlanOverview, event: PEPMarkedComplete) -> PlanOverview:
    return replace(
        row,
        state=IN_QUALITY_ASSURANCE,
        plan_version=event.plan_version,
        meeting_id=event.meeting_id,
        marked_complete_by=event.by,
        marked_complete_on=event.on,
        warnings=event.warnings,
        return_reason=None,
    )


def _next_version(row: PlanOverview, version: int) -> PlanOverview:
    return replace(row, plan_version=version + 1, social_worker_agrees=False, meeting_id=None)


PLAN_OVERVIEW = ReadModel("plan_overview", PlanOverview, ("plan_id",), keys, fold)
