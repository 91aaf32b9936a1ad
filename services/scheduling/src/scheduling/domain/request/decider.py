"""A request waits until all who must agree have, each a different person in a different job; one "no" ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from pep_kernel.announcement import Announcement
from pep_kernel.authority_policy.approvals import Decision, DualApproval, OfficersApproval
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.may import DUAL_APPROVAL, Resource, broken_rule, job_in_words
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.request.commands import (
    AgreeToRequest,
    AskForApproval,
    DecideRequest,
    DeclineRequest,
    RecordConsultation,
    RecordProfessionalMeeting,
    RequestCommand,
    WithdrawRequest,
)
from scheduling.domain.request.events import (
    ApprovalRequested,
    ConsultationRecorded,
    PlacementApproved,
    ProfessionalsMet,
    RequestAgreed,
    RequestDeclined,
    RequestEvent,
    RequestWithdrawn,
    SchoolChangeApproved,
    TermTimeHolidayDecided,
)
from scheduling.domain.request.states import Ended, NotAsked, Request, Waiting


def decide(request: Request, command: RequestCommand) -> Sequence[RequestEvent]:
    match request, command:
        case NotAsked(), AskForApproval(approval=(DualApproval() | OfficersApproval()) as approval):
            return [_requested(command, approval)]
        case NotAsked(), AskForApproval():
            raise Refusal(f"This authority asks nobody to agree to {DECISIONS[command.decision]}.")
        case NotAsked(), _:
            raise Refusal("No such request has been made.")
        case Ended(how=how), _:
            raise Refusal(f"The request was {how}. Make a new one.")
        case Waiting(), RecordConsultation() | RecordProfessionalMeeting() if command.on > command.today:
            raise Refusal("What is still to come cannot be recorded.")
        case Waiting(), RecordConsultation():
            return [_consulted(request, command)]
        case Waiting(), RecordProfessionalMeeting():
            return [_met(request, command)]
        case Waiting(), AgreeToRequest():
            return _agreed(request, command)
        case Waiting(), DeclineRequest():
            return _declined(request, command)
        case Waiting(), WithdrawRequest(on=on, by=by):
            return [RequestWithdrawn(**_about(request, on), decision=request.decision, by=by)]
        case Waiting(), AskForApproval():
            raise Refusal("This request has been made already.")


IN_THEIR_PLACE = " What a deputy decides in somebody's place counts as theirs."
DECISIONS: Mapping[Decision, str] = {
    "school_change": "a change of school",
    "term_time_holiday": "a holiday in term time",
    "placement_change": "a change of placement",
    "key_stage_4_move": "a move in Year 10 or 11",
    "out_of_area_placement": "a placement outside the area",
    "placement_at_a_distance": "a placement at a distance",
}


def _the(jobs: Iterable[str]) -> str:
    """`the virtual school head and the corporate parenting manager`."""
    return " and ".join(f"the {job_in_words(job)}" for job in jobs)


def _about(request: Waiting, on: date) -> dict[str, Any]:
    return {"request_id": request.request_id, "child_ref": request.child_ref, "on": on}


def _requested(command: AskForApproval, approval: DualApproval | OfficersApproval) -> ApprovalRequested:
    return ApprovalRequested(
        request_id=command.request_id,
        child_ref=command.child_ref,
        on=command.on,
        decision=command.decision,
        by=command.by,
        for_day=command.for_day,
        until=command.until,
        school_urn=command.school_urn,
        why=PlanText.of(command.why),
        childs_view=PlanText.optional(command.childs_view),
        effect_on_education=PlanText.optional(command.effect_on_education),
        approvers=tuple(each.value for each in approval.approvers),
        must_consult=tuple(each.value for each in approval.consulted),
        professionals_meet=command.professionals_meet,
    )


def _consulted(request: Waiting, command: RecordConsultation) -> ConsultationRecorded:
    answer = PlanText.of(command.answer)
    who = command.consulted.value
    return ConsultationRecorded(**_about(request, command.on), consulted=who, answer=answer, by=command.by)


def _met(request: Waiting, command: RecordProfessionalMeeting) -> ProfessionalsMet:
    return ProfessionalsMet(**_about(request, command.on), conclusion=PlanText.of(command.conclusion), by=command.by)


def _agreed(request: Waiting, command: AgreeToRequest) -> Sequence[RequestEvent]:
    waited_for = _waited_for(request, command)
    if not waited_for and any((job, command.by) in request.agreed for job, _ in command.hats):
        return []
    job, whose = _must_be_theirs(request, command)
    _must_be_two_people(request, command.by, whose)
    _must_have_been_prepared(request)
    in_place_of = whose if whose != command.by else None
    agreed = RequestAgreed(**_about(request, command.on), job=job, by=command.by, in_place_of=in_place_of)
    others = [each for each in request.still_to_agree if each != job]
    return [agreed] if others else [agreed, _approved(request, command.on)]


def deciding_job(request: Request, command: DecideRequest) -> str:
    """In which of their jobs they decide; the first, where the request waits for none of them."""
    waited_for = _waited_for(request, command) if isinstance(request, Waiting) else []
    return (waited_for or command.hats)[0][0]


def _waited_for(request: Waiting, command: DecideRequest) -> list[tuple[str, str]]:
    return [hat for hat in command.hats if hat[0] in request.still_to_agree]


def _must_be_theirs(request: Waiting, command: DecideRequest) -> tuple[str, str]:
    """The job in which they decide, and whose it is."""
    theirs = [job for job, _ in command.hats if job in request.approvers]
    if not theirs:
        raise Refusal(f"Only {_the(request.approvers)} may decide about this request.")
    if waited_for := _waited_for(request, command):
        return waited_for[0]
    raise Refusal(f"The agreement of {_the(theirs[:1])} is there; that of {_the(request.still_to_agree)} is not.")


def _must_be_two_people(request: Waiting, by: str, whose: str) -> None:
    """Nobody agrees to what they asked for, and each person once, also by or as a deputy (O-80, O-91)."""
    for person, earlier in product(dict.fromkeys((by, whose)), (None, *request.counted)):
        broken = broken_rule(DUAL_APPROVAL, person, Resource(requested_by=request.asked_by, approved_by=earlier))
        if broken is not None:
            raise Refusal(f"{broken.sentence}{IN_THEIR_PLACE if whose != by else ''}", *broken.source)


def _must_have_been_prepared(request: Waiting) -> None:
    if request.must_consult:
        whom = _the(sorted(request.must_consult))
        raise Refusal(f"Before anybody agrees to this, {whom} must be asked, and the answer recorded.")
    if request.professionals_meet:
        raise Refusal("Professionals meet about a planned change of placement before this is agreed to.", "O-89")


def _approved(request: Waiting, on: date) -> RequestEvent:
    about = _about(request, on)
    match request:
        case Waiting(decision="school_change", school_urn=str() as urn, for_day=day):
            return SchoolChangeApproved(**about, school_urn=urn, for_day=day)
        case Waiting(decision="term_time_holiday"):
            return _holiday(request, on, agreed=True)
        case _:
            return PlacementApproved(
                **about, decision=request.decision, for_day=request.for_day, school_urn=request.school_urn
            )


def _holiday(request: Waiting, on: date, *, agreed: bool) -> TermTimeHolidayDecided:
    last = request.until or request.for_day
    return TermTimeHolidayDecided(**_about(request, on), agreed=agreed, first_day=request.for_day, last_day=last)


def _declined(request: Waiting, command: DeclineRequest) -> Sequence[RequestEvent]:
    job, _whose = _must_be_theirs(request, command)
    declined = RequestDeclined(
        **_about(request, command.on),
        decision=request.decision,
        job=job,
        by=command.by,
        reason=PlanText.of(command.reason),
    )
    holiday = request.decision == "term_time_holiday"
    return [declined, _holiday(request, command.on, agreed=False)] if holiday else [declined]


def evolve(request: Request, event: RequestEvent) -> Request:
    match request, event:
        case _, ApprovalRequested():
            return Waiting(
                request_id=event.request_id,
                child_ref=event.child_ref,
                decision=event.decision,
                asked_by=event.by,
                for_day=event.for_day,
                until=event.until,
                school_urn=event.school_urn,
                approvers=event.approvers,
                must_consult=frozenset(event.must_consult),
                professionals_meet=event.professionals_meet,
            )
        case Waiting(), ConsultationRecorded(consulted=consulted):
            return replace(request, must_consult=request.must_consult - {consulted})
        case Waiting(), ProfessionalsMet():
            return replace(request, professionals_meet=False)
        case Waiting(), RequestAgreed(job=job, by=by, in_place_of=whose):
            counted = tuple(dict.fromkeys((*request.counted, by, whose or by)))
            return replace(request, agreed=(*request.agreed, (job, by)), counted=counted)
        case _, SchoolChangeApproved() | PlacementApproved() | TermTimeHolidayDecided(agreed=True):
            return Ended("agreed to")
        case _, RequestDeclined() | TermTimeHolidayDecided():
            return Ended("declined")
        case _, RequestWithdrawn():
            return Ended("withdrawn")
        case _, ConsultationRecorded() | ProfessionalsMet() | RequestAgreed():
            return request


def announce(_request: Request, event: RequestEvent) -> Announcement | None:
    about = {"request_id": event.request_id, "child_ref": event.child_ref, "on": event.on}
    match event:
        case ApprovalRequested(decision=decision, approvers=approvers):
            return said.ApprovalRequested(**about, decision=decision, approvers=approvers)
        case SchoolChangeApproved(school_urn=urn):
            return said.SchoolChangeApproved(**about, school_urn=urn)
        case TermTimeHolidayDecided(agreed=agreed, first_day=first, last_day=last):
            return said.TermTimeHolidayDecided(**about, agreed=agreed, first_day=first, last_day=last)
        case PlacementApproved(decision=decision):
            return said.PlacementApproved(**about, decision=decision)
        case RequestDeclined(decision=decision):
            return said.RequestDeclined(**about, decision=decision)
        case RequestWithdrawn(decision=decision):
            return said.RequestWithdrawn(**about, decision=decision)
        case ConsultationRecorded() | ProfessionalsMet() | RequestAgreed():
            return None


REQUEST: Decider[Request, RequestCommand, RequestEvent] = Decider(NotAsked(), decide, evolve, announce)
