"""Who must agree before a child changes school, goes on holiday in term time or is placed, and that two are two."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import school_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    OXFORDSHIRE,
    REF,
    TODAY,
    episode,
    of_kind,
    rules_of,
    spell,
    told,
)
from tests.scheduling.worked_examples import WORKER as ALLOCATED

from pep_kernel.authority_policy.approvals import Consulted, Decision
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import AnyDecider, States, category
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.decider import CHILD
from scheduling.domain.concerns.events import ApprovalNoted, NoApprovalRecorded
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.request.commands import (
    AgreeToRequest,
    AskForApproval,
    DeclineRequest,
    RecordConsultation,
    RecordProfessionalMeeting,
    WithdrawRequest,
)
from scheduling.domain.request.decider import REQUEST
from scheduling.domain.request.events import (
    ApprovalRequested,
    ConsultationRecorded,
    PlacementApproved,
    ProfessionalsMet,
    RequestAgreed,
    RequestDeclined,
    RequestWithdrawn,
    SchoolChangeApproved,
    TermTimeHolidayDecided,
)
from scheduling.domain.request.states import NotAsked
from scheduling.domain.request_of_child import REQUESTS, agree_to_request, ask_for_approval, request_stream
from scheduling.domain.rules import SchedulingRules

request = Scenario(REQUEST)
BOOK: AnyDecider = CHILD
WORKER, HEAD, MANAGER, OFFICER, DIRECTOR = "worker", "head", "manager", "officer", "director"
DIRECTOR_OF_SERVICES = "director_of_childrens_services"
HEAD_OF_VIRTUAL_SCHOOL, CORPORATE_PARENTING, NOMINATED = (
    "virtual_school_head",
    "corporate_parenting_manager",
    "nominated_officer",
)
MOVES_ON = date(2026, 11, 2)
NEW_SCHOOL = "999102"


def asking(decision: Decision = "school_change", rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> AskForApproval:
    asked = {
        "request_id": "r1",
        "child_ref": REF,
        "on": TODAY,
        "decision": decision,
        "by": WORKER,
        "for_day": MOVES_ON,
        "why": "…",
        "approval": rules.file.in_force(TODAY).approval_of(decision),
    }
    school = {"school_urn": NEW_SCHOOL} if decision == "school_change" else {}
    return AskForApproval(**{**asked, **school, **more})


def agreeing(by: str, job: str, on: date = TODAY) -> AgreeToRequest:
    return AgreeToRequest(request_id="r1", on=on, by=by, hats=((job, by),))


def consulting(whom: Consulted, on: date = TODAY) -> RecordConsultation:
    return RecordConsultation(request_id="r1", on=on, today=TODAY, consulted=whom, answer="…", by=WORKER)


def asked(decision: Decision = "school_change", **more: Any) -> Scenario:
    happened = request.when(asking(decision, **more)).then_some(ApprovalRequested)
    return request.given(*happened)


@pytest.mark.rule("O-91")
def test_a_change_of_school_is_approved_only_when_the_second_of_two_jobs_has_agreed() -> None:
    outcome = request.when(asking())
    outcome.then_announced(
        said.ApprovalRequested(
            request_id="r1",
            child_ref=REF,
            on=TODAY,
            decision="school_change",
            approvers=(HEAD_OF_VIRTUAL_SCHOOL, CORPORATE_PARENTING),
        )
    )
    first = asked().when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL))
    first.then_announced()
    (agreed,) = first.then_some(RequestAgreed)
    second = asked().given(agreed).when(agreeing(MANAGER, CORPORATE_PARENTING))
    second.then_some(RequestAgreed, SchoolChangeApproved)
    second.then_announced(said.SchoolChangeApproved(request_id="r1", child_ref=REF, on=TODAY, school_urn=NEW_SCHOOL))


@pytest.mark.rule("O-80")
def test_a_holiday_in_term_time_is_decided_by_two_or_by_one_no() -> None:
    waiting = asked("term_time_holiday", until=date(2026, 11, 6))
    (agreed,) = waiting.when(agreeing(MANAGER, CORPORATE_PARENTING)).then_some(RequestAgreed)
    last = waiting.given(agreed).when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL))
    decided = {"request_id": "r1", "child_ref": REF, "on": TODAY, "first_day": MOVES_ON, "last_day": date(2026, 11, 6)}
    last.then_announced(said.TermTimeHolidayDecided(**decided, agreed=True))
    no = DeclineRequest(request_id="r1", on=TODAY, by=HEAD, hats=((HEAD_OF_VIRTUAL_SCHOOL, HEAD),), reason="The mocks.")
    declined = waiting.given(agreed).when(no)
    declined.then_announced(
        said.RequestDeclined(request_id="r1", child_ref=REF, on=TODAY, decision="term_time_holiday"),
        said.TermTimeHolidayDecided(**decided, agreed=False),
    )
    ended = waiting.given(*declined.then_some(RequestDeclined, TermTimeHolidayDecided))
    ended.when(agreeing(MANAGER, CORPORATE_PARENTING)).then_refused("was declined")


@pytest.mark.rule("O-80", "O-91")
def test_nobody_agrees_to_their_own_request_nor_twice_nor_in_two_jobs() -> None:
    waiting = asked(by=HEAD)
    waiting.when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).then_refused("what they asked for themselves", "O-80", "O-91")
    half = asked().given(RequestAgreed(request_id="r1", child_ref=REF, on=TODAY, job=HEAD_OF_VIRTUAL_SCHOOL, by=HEAD))
    half.when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).then_nothing()
    half.when(agreeing(HEAD, CORPORATE_PARENTING)).then_refused("somebody else than the first", "O-80", "O-91")
    half.when(agreeing("another head", HEAD_OF_VIRTUAL_SCHOOL)).then_refused(
        "The agreement of the virtual school head is there; that of the corporate parenting manager is not."
    )


def test_only_those_whose_job_it_is_decide() -> None:
    asked().when(agreeing(OFFICER, "team_manager")).then_refused(
        "Only the virtual school head and the corporate parenting manager may decide about this request."
    )
    no = DeclineRequest(request_id="r1", on=TODAY, by=OFFICER, hats=(("team_manager", OFFICER),), reason="…")
    asked().when(no).then_refused("may decide about this request.")


def test_where_no_authority_asks_for_it_nobody_is_asked() -> None:
    request.when(asking(rules=LEICESTERSHIRE)).then_refused("asks nobody to agree to a change of school.")


@pytest.mark.scenario("T53")
@pytest.mark.rule("reg 10")
def test_a_move_in_year_10_waits_for_the_nominated_officer_after_teacher_and_reviewing_officer_were_asked() -> None:
    waiting = asked("key_stage_4_move", rules=LEICESTERSHIRE, school_urn=NEW_SCHOOL)
    waiting.when(agreeing(OFFICER, NOMINATED)).then_refused(
        "the designated teacher and the independent reviewing officer must be asked"
    )
    heard = waiting.given(
        *waiting.when(consulting(Consulted.DESIGNATED_TEACHER)).then_some(ConsultationRecorded),
        *waiting.when(consulting(Consulted.INDEPENDENT_REVIEWING_OFFICER)).then_some(ConsultationRecorded),
        *waiting.when(consulting(Consulted.CHILD)).then_some(ConsultationRecorded),
    )
    agreed = heard.when(agreeing(OFFICER, NOMINATED))
    _, approved = agreed.then_some(RequestAgreed, PlacementApproved)
    assert approved == PlacementApproved(
        request_id="r1",
        child_ref=REF,
        on=TODAY,
        decision="key_stage_4_move",
        for_day=MOVES_ON,
        school_urn=NEW_SCHOOL,
    )
    agreed.then_announced(said.PlacementApproved(request_id="r1", child_ref=REF, on=TODAY, decision="key_stage_4_move"))


def test_a_consultation_tells_who_was_asked_when_and_the_sealed_answer() -> None:
    waiting = asked("out_of_area_placement")
    waiting.when(consulting(Consulted.AREA_AUTHORITY, MONDAY)).then(
        ConsultationRecorded(
            request_id="r1", child_ref=REF, on=MONDAY, consulted="area_authority", answer=PlanText.of("…"), by=WORKER
        )
    )
    waiting.when(consulting(Consulted.CHILD, MOVES_ON)).then_refused("still to come")


@pytest.mark.rule("O-89")
def test_professionals_meet_before_a_change_of_school_that_a_planned_placement_brings() -> None:
    waiting = asked(professionals_meet=True)
    waiting.when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).then_refused("Professionals meet", "O-89")
    meeting = RecordProfessionalMeeting(request_id="r1", on=TODAY, today=TODAY, conclusion="…", by=WORKER)
    met = waiting.given(*waiting.when(meeting).then_some(ProfessionalsMet))
    met.when(agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)).then_some(RequestAgreed)
    early = meeting.model_copy(update={"on": MOVES_ON})
    waiting.when(early).then_refused("still to come")


def test_a_request_is_made_once_and_can_be_withdrawn() -> None:
    waiting = asked()
    waiting.when(asking()).then_refused("made already")
    withdrawing = WithdrawRequest(request_id="r1", on=TODAY, by=WORKER)
    withdrawn = waiting.when(withdrawing)
    withdrawn.then_announced(said.RequestWithdrawn(request_id="r1", child_ref=REF, on=TODAY, decision="school_change"))
    waiting.given(*withdrawn.then_some(RequestWithdrawn)).when(withdrawing).then_refused("was withdrawn")
    request.when(withdrawing).then_refused("No such request")


def test_a_change_of_school_that_is_declined_says_why_in_sealed_words() -> None:
    no = DeclineRequest(
        request_id="r1", on=TODAY, by=MANAGER, hats=((CORPORATE_PARENTING, MANAGER),), reason="Too far."
    )
    (declined,) = asked().when(no).then_some(RequestDeclined)
    assert isinstance(declined, RequestDeclined)
    assert declined.reason == PlanText.of("Too far.")


def test_history_is_trusted_even_where_it_says_something_of_no_request() -> None:
    met = ProfessionalsMet(request_id="r1", child_ref=REF, on=TODAY, conclusion=PlanText.of("…"), by=WORKER)
    assert REQUEST.fold((met,)) == NotAsked()


DECIDERS: dict[str, AnyDecider] = {"child": CHILD, "request": REQUEST}


class Log:
    """Streams in memory."""

    def __init__(self, *of_child: Event) -> None:
        self._states: dict[str, Any] = {child_stream(REF): BOOK.fold(of_child)}

    def take(self, together: Any, command: Any) -> list[Event]:
        decided = together(States(DECIDERS, self._states), command)
        for stream, event in decided:
            decider = DECIDERS[category(stream)]
            self._states[stream] = decider.evolve(self._states.get(stream, decider.initial), event)
        return [event for _stream, event in decided]

    def move(self, on: date, rules: SchedulingRules, urn: str = NEW_SCHOOL, **more: Any) -> list[NoApprovalRecorded]:
        """What is missed when the child moves."""
        stream = child_stream(REF)
        happened = BOOK.decide(self._states[stream], school_told(rules, on, urn, **more))
        for event in happened:
            self._states[stream] = BOOK.evolve(self._states[stream], event)
        return of_kind(NoApprovalRecorded, happened)


def known(rules: SchedulingRules = OXFORDSHIRE, **changes: Any) -> Log:
    return Log(*Scenario(CHILD).when(told(rules, **changes)).happened)


@pytest.mark.rule("O-91")
def test_what_was_agreed_stands_on_the_childs_record_in_the_same_append_and_covers_one_move() -> None:
    log = known()
    log.take(ask_for_approval, asking())
    assert log.take(agree_to_request, agreeing(HEAD, HEAD_OF_VIRTUAL_SCHOOL)) == [
        RequestAgreed(request_id="r1", child_ref=REF, on=TODAY, job=HEAD_OF_VIRTUAL_SCHOOL, by=HEAD)
    ]
    *_, noted = log.take(agree_to_request, agreeing(MANAGER, CORPORATE_PARENTING))
    assert noted == ApprovalNoted(
        child_ref=REF, request_id="r1", decision="school_change", on=TODAY, school_urn=NEW_SCHOOL, for_day=MOVES_ON
    )
    assert log.move(MOVES_ON, OXFORDSHIRE) == []
    away, back = date(2026, 11, 16), date(2026, 11, 30)
    assert [each.on for each in log.move(away, OXFORDSHIRE, "999101")] == [away]
    assert [each.on for each in log.move(back, OXFORDSHIRE)] == [back]


@pytest.mark.parametrize(("decision", "more"), [("term_time_holiday", {}), ("out_of_area_placement", {})])
def test_every_agreement_is_noted_with_its_kind(decision: Decision, more: dict[str, Any]) -> None:
    log = known()
    log.take(ask_for_approval, asking(decision, **more))
    for whom in (Consulted.DESIGNATED_TEACHER, Consulted.INDEPENDENT_REVIEWING_OFFICER):
        log.take(lambda states, ask: [(request_stream("r1"), each) for each in _alone(states, ask)], consulting(whom))
    jobs = OXFORDSHIRE.file.in_force(TODAY).approval_of(decision)
    assert jobs is not None
    for job in jobs.approvers:
        happened = log.take(agree_to_request, agreeing(f"the {job}", job))
    assert of_kind(ApprovalNoted, happened) == [
        ApprovalNoted(child_ref=REF, request_id="r1", decision=decision, on=TODAY, for_day=MOVES_ON)
    ]


def _alone(states: States, command: Any) -> Any:
    return REQUEST.decide(states.of(request_stream("r1"), REQUESTS), command)


def test_nothing_is_asked_for_a_child_who_is_not_in_care() -> None:
    with pytest.raises(Refusal, match="not in care"):
        Log().take(ask_for_approval, asking())


@pytest.mark.rule("O-91")
@pytest.mark.scenario("T53")
def test_a_move_without_approval_is_recorded_and_said_once_and_an_emergency_is_told_as_one() -> None:
    log = known()
    (missing,) = log.move(MOVES_ON, OXFORDSHIRE)
    assert missing == NoApprovalRecorded(child_ref=REF, on=MOVES_ON, decision="school_change", school_urn=NEW_SCHOOL)
    assert log.move(MOVES_ON, OXFORDSHIRE) == []
    (urgent,) = known().move(MOVES_ON, OXFORDSHIRE, emergency=True)
    assert urgent.emergency


@pytest.mark.scenario("T53")
@pytest.mark.rule("reg 10")
def test_in_year_10_a_move_without_the_nominated_officer_is_said_in_every_county() -> None:
    year_10: dict[str, Any] = {"date_of_birth": date(2011, 11, 5)}
    missing = known(LEICESTERSHIRE, **year_10).move(MOVES_ON, LEICESTERSHIRE)
    assert [each.decision for each in missing] == ["key_stage_4_move"]
    assert known(LEICESTERSHIRE).move(MOVES_ON, LEICESTERSHIRE) == []
    both = known(**year_10).move(MOVES_ON, OXFORDSHIRE)
    assert [each.decision for each in both] == ["school_change", "key_stage_4_move"]


def moving_up(into: int) -> date:
    """The birthday of a child who is in this year group from September 2027 on."""
    return date(2027 - 5 - into, 11, 5)


@pytest.mark.rule("O-91")
@pytest.mark.parametrize(
    ("into", "on", "asks"),
    [
        (7, date(2027, 8, 31), True),  # still in Year 6
        (7, date(2027, 9, 1), False),
        (7, date(2027, 9, 30), False),
        (7, date(2027, 10, 1), True),
        (7, date(2028, 1, 10), True),  # in the middle of Year 7
        (3, date(2027, 9, 2), False),  # from infant to junior school
        (8, date(2027, 9, 2), True),
        (5, date(2027, 9, 2), True),
    ],
)
def test_the_move_from_primary_to_secondary_school_needs_no_approval_and_every_other_does(
    into: int, on: date, asks: bool
) -> None:
    missing = known(date_of_birth=moving_up(into)).move(on, OXFORDSHIRE)
    assert [each.decision for each in missing] == (["school_change"] if asks else [])


@pytest.mark.rule("O-91")
def test_a_second_new_school_in_the_same_september_is_a_change_like_any_other() -> None:
    log = known(date_of_birth=moving_up(7))
    assert log.move(date(2027, 9, 2), OXFORDSHIRE) == []
    assert [each.on for each in log.move(date(2027, 9, 20), OXFORDSHIRE, "999103")] == [date(2027, 9, 20)]
    began_year_7_on_the_second = known()
    moved = began_year_7_on_the_second.move(date(2026, 9, 25), OXFORDSHIRE)
    assert [each.on for each in moved] == [date(2026, 9, 25)]


def test_a_school_that_has_a_new_number_in_september_was_no_change_before_it() -> None:
    log = known(date_of_birth=moving_up(7))
    academy = {"predecessors": {"999104": "999101"}}
    assert log.move(date(2027, 9, 1), OXFORDSHIRE, "999104", **academy) == []
    assert log.move(date(2027, 9, 3), OXFORDSHIRE, NEW_SCHOOL, **academy) == []


@pytest.mark.parametrize(
    ("into", "decisions"),
    [
        (5, []),  # from first to middle school
        (7, ["school_change"]),
        (9, []),  # from middle to upper school
        (10, ["school_change", "key_stage_4_move"]),
    ],
)
def test_where_there_are_middle_schools_children_move_up_in_other_years(into: int, decisions: list[str]) -> None:
    nonesuch = rules_of("nonesuch")
    missing = known(nonesuch, date_of_birth=moving_up(into)).move(date(2027, 9, 2), nonesuch)
    assert [each.decision for each in missing] == decisions


def test_the_law_on_moves_in_year_10_knows_no_exception_for_september() -> None:
    missing = known(LEICESTERSHIRE, date_of_birth=moving_up(10)).move(date(2027, 9, 2), LEICESTERSHIRE)
    assert [each.decision for each in missing] == ["key_stage_4_move"]


@pytest.mark.scenario("T53")
@pytest.mark.rule("reg 11")
def test_a_placement_at_a_distance_waits_for_the_director_after_the_other_area_was_asked() -> None:
    waiting = asked("placement_at_a_distance")
    heard = waiting.given(
        *waiting.when(consulting(Consulted.DESIGNATED_TEACHER)).then_some(ConsultationRecorded),
        *waiting.when(consulting(Consulted.INDEPENDENT_REVIEWING_OFFICER)).then_some(ConsultationRecorded),
    )
    heard.when(agreeing(DIRECTOR, DIRECTOR_OF_SERVICES)).then_refused("area authority")
    ready = heard.given(*heard.when(consulting(Consulted.AREA_AUTHORITY)).then_some(ConsultationRecorded))
    ready.when(agreeing(OFFICER, NOMINATED)).then_refused("director of children's services")
    ready.when(agreeing(DIRECTOR, DIRECTOR_OF_SERVICES)).then_some(RequestAgreed, PlacementApproved)


def test_a_change_of_placement_without_approval_is_said_where_the_authority_wants_one() -> None:
    nonesuch = rules_of("nonesuch")
    moved = spell(MONDAY, episode(MONDAY), episode(date(2026, 9, 24), "K2", reason_new="P"))
    happened = (
        Scenario(CHILD).given(*Scenario(CHILD).when(told(nonesuch)).happened).when(told(nonesuch, spells=(moved,)))
    )
    assert of_kind(NoApprovalRecorded, happened.happened) == [
        NoApprovalRecorded(child_ref=REF, on=date(2026, 9, 24), decision="placement_change")
    ]
    in_oxfordshire = Scenario(CHILD).when(told(spells=(moved,)))
    assert of_kind(NoApprovalRecorded, in_oxfordshire.happened) == []


def test_the_alert_names_the_decision_and_the_childs_worker() -> None:
    move = school_told(OXFORDSHIRE, MOVES_ON, NEW_SCHOOL)
    outcome = Scenario(CHILD).given(*Scenario(CHILD).when(told()).happened).when(move)
    state, alerts = BOOK.fold(outcome.before.history), []
    for event in outcome.happened:
        state = BOOK.evolve(state, event)
        alerts.append(BOOK.announce(state, event))
    assert alerts[-1] == said.NoApprovalRecorded(
        child_ref=REF, on=MOVES_ON, decision="school_change", social_worker_ref=ALLOCATED
    )
