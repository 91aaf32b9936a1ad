"""What was said when others had to agree stays with the request, sealed; at its end it says which end that was."""

from datetime import date

from tests.scheduling.test_requests import (
    CORPORATE_PARENTING,
    HEAD,
    HEAD_OF_VIRTUAL_SCHOOL,
    MANAGER,
    MOVES_ON,
    NEW_SCHOOL,
    WORKER,
    agreeing,
    asked,
    asking,
    consulting,
    known,
    request,
)
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, REF, TODAY, of_kind

from pep_kernel.authority_policy.approvals import Consulted
from pep_kernel.decider import Decided, States
from pep_kernel.sealed import PlanText
from scheduling.domain.concerns.events import ApprovalNoted
from scheduling.domain.request.commands import DeclineRequest, RecordConsultation, RecordProfessionalMeeting
from scheduling.domain.request.decider import REQUEST
from scheduling.domain.request.events import (
    ApprovalRequested,
    ConsultationRecorded,
    ProfessionalsMet,
    RequestDeclined,
)
from scheduling.domain.request_of_child import REQUESTS, agree_to_request, ask_for_approval, request_stream


def test_a_request_keeps_why_it_is_made_what_the_child_says_and_what_school_loses_by_it() -> None:
    told = asking(
        "term_time_holiday",
        until=date(2026, 11, 6),
        why="A family wedding.",
        childs_view="I want to go.",
        effect_on_education="Two mocks.",
        professionals_meet=True,
    )
    request.when(told).then(
        ApprovalRequested(
            request_id="r1",
            child_ref=REF,
            on=TODAY,
            decision="term_time_holiday",
            by=WORKER,
            for_day=MOVES_ON,
            until=date(2026, 11, 6),
            why=PlanText.of("A family wedding."),
            childs_view=PlanText.of("I want to go."),
            effect_on_education=PlanText.of("Two mocks."),
            approvers=(HEAD_OF_VIRTUAL_SCHOOL, CORPORATE_PARENTING),
            must_consult=(),
            professionals_meet=True,
        )
    )


def test_what_the_professionals_concluded_is_sealed() -> None:
    met = RecordProfessionalMeeting(request_id="r1", on=TODAY, today=TODAY, conclusion="Stay at Elm.", by=WORKER)
    asked(professionals_meet=True).when(met).then(
        ProfessionalsMet(request_id="r1", child_ref=REF, on=TODAY, conclusion=PlanText.of("Stay at Elm."), by=WORKER)
    )


def test_each_who_must_be_asked_is_waited_for_and_only_until_they_were() -> None:
    waiting = asked("key_stage_4_move", rules=LEICESTERSHIRE, school_urn=NEW_SCHOOL)
    teacher = waiting.given(*waiting.when(consulting(Consulted.DESIGNATED_TEACHER)).then_some(ConsultationRecorded))
    teacher.when(agreeing(HEAD, "nominated_officer")).then_refused("independent reviewing officer")


def test_after_it_was_agreed_to_the_request_is_at_its_end_and_says_so() -> None:
    half = asked().given(*asked().when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).happened)
    whole = half.given(*half.when(agreeing(MANAGER, CORPORATE_PARENTING)).happened)
    whole.when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).then_refused("The request was agreed to")
    no = DeclineRequest(
        request_id="r1", on=TODAY, by=MANAGER, hats=((CORPORATE_PARENTING, MANAGER),), reason="Too far."
    )
    half.when(no).then(
        RequestDeclined(
            request_id="r1",
            child_ref=REF,
            on=TODAY,
            decision="school_change",
            job=CORPORATE_PARENTING,
            by=MANAGER,
            reason=PlanText.of("Too far."),
        )
    )


def test_the_agreement_to_a_placement_stands_on_the_childs_record_with_the_school_it_was_about() -> None:
    log = known()
    log.take(ask_for_approval, asking("out_of_area_placement", school_urn=NEW_SCHOOL))
    jobs = OXFORDSHIRE.file.in_force(TODAY).approval_of("out_of_area_placement")
    assert jobs is not None
    for whom in jobs.consulted:
        log.take(_recorded, consulting(whom))
    happened = [event for job in jobs.approvers for event in log.take(agree_to_request, agreeing(f"the {job}", job))]
    (noted,) = of_kind(ApprovalNoted, happened)
    assert (noted.decision, noted.school_urn) == ("out_of_area_placement", NEW_SCHOOL)


def _recorded(states: States, command: RecordConsultation) -> Decided:
    stream = request_stream("r1")
    return [(stream, event) for event in REQUEST.decide(states.of(stream, REQUESTS), command)]
