"""What people are shown, after each thing that can happen."""

from typing import Any

import msgspec
import pytest
from tests.funding.history import (
    CHILD,
    COMPLETED_ON,
    ELSA,
    ENTERED_ON,
    PLAN,
    RUN_DAY,
    SCHOOL,
    TERM,
    TUITION,
    YEAR,
    History,
    approval,
    completed,
    envelope_of,
    line,
    recorded,
    run_of,
)

from funding.domain.approval import claim_act
from funding.domain.claim.commands import HoldApprovals, LetApprovalsStand, StopClaim, WithdrawApprovals
from funding.domain.claim.events import PPPApproved, PPPDeclined, PPPReleased, PPPRequested
from funding.domain.known_child import ChildInCareKnown, SchoolKnown
from funding.domain.payee import PayeeKnown
from funding.domain.release.commands import TakeFile
from funding.domain.release.release import release_act
from funding.domain.streams import envelope_stream, known_stream, payee_stream, release_stream
from funding.projections import READ_MODELS
from funding.projections.child_schools import CHILD_SCHOOLS, ChildSchools
from funding.projections.claim_line import CLAIM_LINES, ClaimLine
from funding.projections.claim_overview import CLAIM_OVERVIEW, ClaimOverview
from funding.projections.envelope import ENVELOPES, TermEnvelope
from funding.projections.payee import PAYEES, Payee
from funding.projections.release_run import RELEASE_RUNS, ReleaseRun
from pep_kernel.authority_policy.funding import Eligibility
from pep_kernel.decider import Act
from pep_kernel.message import Event, Recorded, System
from pep_kernel.read_model import Key, ReadModel

HOLD = HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=1)
STOP = StopClaim(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")


def rows(model: ReadModel[Any], history: History) -> dict[Key, Any]:
    """The table, folded from the beginning."""
    table: dict[Key, Any] = {}
    for each in history.recorded:
        for key in model.keys(each):
            table[key] = model.fold(table.get(key), each, key)
    return {key: row for key, row in table.items() if row is not None}


@pytest.fixture
def history() -> History:
    """£511.00 asked for, maths approved, in a child's first PEP."""
    history = History()
    history.tell(known_stream(CHILD), ChildInCareKnown(child_ref=CHILD, on=ENTERED_ON))
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON))
    history.tell(payee_stream(SCHOOL), PayeeKnown(urn=SCHOOL, ukprn="10090001", laestab="8559901"))
    history.do(Act(envelope_of(631_200), (envelope_stream(YEAR, TERM),)))
    history.do(claim_act(completed(TUITION, ELSA), YEAR, TERM))
    history.do(claim_act(approval("maths"), YEAR, TERM))
    return history


def overview(history: History) -> ClaimOverview:
    row: ClaimOverview = rows(CLAIM_OVERVIEW, history)[(PLAN,)]
    return row


def lines(history: History) -> dict[str, ClaimLine]:
    return {key[1]: row for key, row in rows(CLAIM_LINES, history).items()}


def release(history: History) -> None:
    history.do(release_act(run_of("run-1", PLAN), (CHILD,), (SCHOOL,), "2026-04-01.00000000"))


def test_a_claim_says_what_was_asked_and_approved(history: History) -> None:
    assert overview(history) == ClaimOverview(
        PLAN, CHILD, 1, COMPLETED_ON, 2026, "autumn", "2026-27", "open", 51_100, approved_pence=40_000
    )


def test_a_released_line_moves_from_approved_to_released(history: History) -> None:
    release(history)
    assert (overview(history).approved_pence, overview(history).released_pence) == (0, 40_000)
    maths = lines(history)["maths"]
    assert (maths.standing, maths.run_id, maths.payee_urn) == ("released", "run-1", SCHOOL)


def test_a_line_says_who_decided_and_when(history: History) -> None:
    maths, elsa = lines(history)["maths"], lines(history)["elsa"]
    assert (maths.standing, maths.decided_by, maths.decided_on) == ("approved", "officer-1", approval("maths").on)
    assert (elsa.standing, elsa.decided_by, elsa.line_pence) == ("awaiting", None, 11_100)


def test_a_line_that_policy_declined_was_decided_by_nobody() -> None:
    history = History()
    uniform, counselling = line("uniform", 1, 8500, Eligibility.DECLINE), line("talks", 2, 5000, Eligibility.ASK)
    history.do(claim_act(completed(uniform, counselling), YEAR, TERM))
    table: dict[Key, Any] = {}
    for each in history.recorded:
        by_policy = msgspec.structs.replace(each.envelope, actor=System("request_premium"))
        for key in CLAIM_LINES.keys(each):
            table[key] = CLAIM_LINES.fold(table.get(key), type(each)(each.event, by_policy, 1, each.recorded_at), key)
    declined, asked = table[(PLAN, "uniform")], table[(PLAN, "talks")]
    assert (declined.standing, declined.rule, declined.decided_by) == ("declined", "L-93", None)
    assert (asked.standing, asked.rule) == ("awaiting", "L-93")


def test_a_hold_is_shown_until_the_head_has_decided(history: History) -> None:
    history.do(claim_act(HOLD, YEAR, TERM))
    assert overview(history).standing == "held"
    history.do(
        claim_act(LetApprovalsStand(plan_id=PLAN, child_ref=CHILD, reason="It has begun.", on=RUN_DAY), YEAR, TERM)
    )
    assert (overview(history).standing, overview(history).approved_pence) == ("open", 40_000)


def test_withdrawn_approvals_are_shown_with_the_room_given_back(history: History) -> None:
    history.do(claim_act(HOLD, YEAR, TERM))
    history.do(claim_act(WithdrawApprovals(plan_id=PLAN, child_ref=CHILD, reason="Wait.", on=RUN_DAY), YEAR, TERM))
    second = HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=2)
    history.do(claim_act(second, YEAR, TERM))
    assert (overview(history).standing, overview(history).approved_pence) == ("withdrawn", 0)
    assert lines(history)["maths"].standing == "withdrawn"
    assert rows(ENVELOPES, history)[(envelope_stream(YEAR, TERM),)].committed_pence == 0


def test_a_newer_version_drops_lines_and_keeps_what_has_left(history: History) -> None:
    release(history)
    history.do(claim_act(completed(TUITION, line("laptop", 1, 28_000), version=2), YEAR, TERM))
    assert {name: row.standing for name, row in lines(history).items()} == {"maths": "released", "laptop": "awaiting"}
    assert (overview(history).requested_pence, overview(history).released_pence) == (28_000, 40_000)


@pytest.mark.scenario("T62")
def test_a_superseded_claim_is_shown_as_such(history: History) -> None:
    history.do(claim_act(STOP, YEAR, TERM))
    assert (overview(history).standing, overview(history).approved_pence) == ("superseded", 0)


def test_an_envelope_says_what_is_taken(history: History) -> None:
    envelope = envelope_stream(YEAR, TERM)
    assert rows(ENVELOPES, history) == {(envelope,): TermEnvelope(envelope, YEAR, "autumn", 631_200, 40_000)}


def test_a_run_says_what_it_relied_on_what_it_left_and_its_file(history: History) -> None:
    history.do(claim_act(completed(TUITION, plan_id="plan-child-8-1", child_ref="child-8"), YEAR, TERM))
    history.do(claim_act(approval("maths", plan_id="plan-child-8-1"), YEAR, TERM))
    both = run_of("run-1", PLAN, "plan-child-8-1")
    history.do(release_act(both, (CHILD, "child-8"), (SCHOOL,), "2026-04-01.00000000"))
    (run,) = rows(RELEASE_RUNS, history).values()
    assert isinstance(run, ReleaseRun)
    assert run.relied_on == ("pep-record 17", "scheduling 41")
    assert run.left_out == ("plan-child-8-1 maths The child is not known to be in care today.",)
    assert (run.file_name, run.line_count, run.total_pence) == ("ppp-run-1.csv", 1, 40_000)


def test_a_run_says_who_took_its_file_each_person_once(history: History) -> None:
    release(history)
    for _ in range(2):
        history.do(Act(TakeFile(run_id="run-1"), (release_stream("run-1"),)))
    (run,) = rows(RELEASE_RUNS, history).values()
    assert run.taken_by == ("officer-1",)
    taken = history.recorded[-1]
    by_timer = Recorded(
        taken.event, msgspec.structs.replace(taken.envelope, actor=System("timer")), 1, taken.recorded_at
    )
    after = RELEASE_RUNS.fold(run, by_timer, ("run-1",))
    assert after == run


def test_schools_are_shown_as_payees_and_as_the_childs(history: History) -> None:
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn="900002", on=RUN_DAY))
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=RUN_DAY))
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=None, on=RUN_DAY))
    assert rows(PAYEES, history) == {(SCHOOL,): Payee(SCHOOL, "10090001", "8559901")}
    assert rows(CHILD_SCHOOLS, history) == {(CHILD,): ChildSchools(CHILD, (SCHOOL, "900002"))}


def test_a_table_looks_only_at_the_events_that_concern_it(history: History) -> None:
    release(history)
    history.do(claim_act(STOP, YEAR, TERM))
    for model in READ_MODELS:
        foreign = [each for each in history.recorded if not list(model.keys(each))]
        assert all(model.fold(None, each, ("x",)) is None for each in foreign)


@pytest.mark.parametrize(
    "event",
    [
        PPPApproved(plan_id=PLAN, child_ref=CHILD, line_id="a", approved_pence=1, financial_year=YEAR, on=RUN_DAY),
        PPPDeclined(plan_id=PLAN, child_ref=CHILD, line_id="a", rule="L-101", on=RUN_DAY),
    ],
)
def test_what_is_said_of_a_line_that_nobody_asked_for_makes_no_row(event: Event) -> None:
    each = recorded(event)
    for model in (CLAIM_OVERVIEW, CLAIM_LINES):
        assert [model.fold(None, each, key) for key in model.keys(each)] == [None]


def test_every_event_of_a_claim_finds_its_claim(history: History) -> None:
    release(history)
    for kind in (PPPRequested, PPPApproved, PPPReleased):
        (event,) = history.of(kind)
        assert list(CLAIM_OVERVIEW.keys(recorded(event))) == [(PLAN,)]
