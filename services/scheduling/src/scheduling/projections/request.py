"""`request` and `consultation`: what was asked for, who has agreed, whom somebody asked, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.request.events import (
    ApprovalRequested,
    ConsultationRecorded,
    OfRequest,
    PlacementApproved,
    ProfessionalsMet,
    RequestAgreed,
    RequestDeclined,
    RequestWithdrawn,
    SchoolChangeApproved,
    TermTimeHolidayDecided,
)


@dataclass(frozen=True, slots=True)
class RequestOverview:
    """One request. `state` is waiting, agreed, declined or withdrawn; `agreed` are the jobs that have said yes."""

    request_id: str
    child_ref: str
    decision: str
    state: str
    asked_by: str
    asked_on: date
    for_day: date
    why: PlanText
    approvers: tuple[str, ...]
    until: date | None = None
    school_urn: str | None = None
    childs_view: PlanText | None = None
    effect_on_education: PlanText | None = None
    agreed: tuple[str, ...] = ()
    must_consult: tuple[str, ...] = ()
    professionals_meet: bool = False
    professionals_met_on: date | None = None
    decided_on: date | None = None
    declined_because: PlanText | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.request_id,),) if isinstance(event, OfRequest) else ()


def _fold(row: RequestOverview | None, recorded: Recorded, _key: Key) -> RequestOverview | None:
    match row, recorded.event:
        case _, ApprovalRequested() as asked:
            return _asked(asked)
        case RequestOverview(), ConsultationRecorded(consulted=consulted):
            return replace(row, must_consult=tuple(each for each in row.must_consult if each != consulted))
        case RequestOverview(), ProfessionalsMet(on=on):
            return replace(row, professionals_meet=False, professionals_met_on=on)
        case RequestOverview(), RequestAgreed(job=job):
            return replace(row, agreed=(*row.agreed, job))
        case RequestOverview(), SchoolChangeApproved() | PlacementApproved() | TermTimeHolidayDecided(agreed=True):
            return replace(row, state="agreed", decided_on=recorded.event.on)
        case RequestOverview(), RequestDeclined(on=on, reason=reason):
            return replace(row, state="declined", decided_on=on, declined_because=reason)
        case RequestOverview(), RequestWithdrawn(on=on):
            return replace(row, state="withdrawn", decided_on=on)
        case _:
            return row


def _asked(asked: ApprovalRequested) -> RequestOverview:
    return RequestOverview(
        request_id=asked.request_id,
        child_ref=asked.child_ref,
        decision=asked.decision,
        state="waiting",
        asked_by=asked.by,
        asked_on=asked.on,
        for_day=asked.for_day,
        until=asked.until,
        school_urn=asked.school_urn,
        why=asked.why,
        childs_view=asked.childs_view,
        effect_on_education=asked.effect_on_education,
        approvers=asked.approvers,
        must_consult=asked.must_consult,
        professionals_meet=asked.professionals_meet,
    )


REQUESTS = ReadModel("request", RequestOverview, ("request_id",), _keys, _fold)


@dataclass(frozen=True, slots=True)
class Consultation:
    """Somebody was asked about a request on a day, and answered."""

    request_id: str
    consulted: str
    asked_on: date
    child_ref: str
    answer: PlanText
    by: str


def _asked_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.request_id, event.consulted, event.on),) if isinstance(event, ConsultationRecorded) else ()


def _asked_fold(row: Consultation | None, recorded: Recorded, _key: Key) -> Consultation | None:
    match recorded.event:
        case ConsultationRecorded() as event:
            return Consultation(event.request_id, event.consulted, event.on, event.child_ref, event.answer, event.by)
        case _:
            return row


CONSULTATIONS = ReadModel(
    "consultation", Consultation, ("request_id", "consulted", "asked_on"), _asked_keys, _asked_fold
)
