"""After a child is forgotten no money of theirs is asked for, decided or released; what has left has left."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.funding.history import (
    CHILD,
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
    run_of,
)

from funding.domain.approval import claim_act
from funding.domain.claim.commands import (
    AnyClaimCommand,
    DeclinePremium,
    ForgetClaim,
    HoldApprovals,
    LetApprovalsStand,
    ReleaseLines,
    StopClaim,
    WithdrawApprovals,
)
from funding.domain.claim.decider import CLAIM
from funding.domain.claim.events import PPPApprovalHeld, PPPClaimForgotten, PPPClaimStopped, PPPReleased
from funding.domain.forgetting import forgetting
from funding.domain.known_child import ChildInCareKnown, SchoolKnown
from funding.domain.payee import PayeeKnown
from funding.domain.release.release import release_act
from funding.domain.release.selection import Stays, select
from funding.domain.streams import claim_stream, envelope_stream, known_stream, payee_stream
from funding.policies import POLICIES
from funding.projections.claim_line import CLAIM_LINES
from funding.projections.claim_overview import CLAIM_OVERVIEW
from pep_kernel.announcement import Announcement, Said
from pep_kernel.contracts import funding as told
from pep_kernel.contracts.pep_record import PEPCompletionWithdrawn
from pep_kernel.contracts.scheduling import ChildForgotten, SchoolMoved
from pep_kernel.decider import Act
from pep_kernel.forgotten import KnownForgotten, NoteForgotten
from pep_kernel.read_model import ReadModel
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario

ON, REASON = date(2089, 11, 5), "retention_period_ended"
NOTE = NoteForgotten(child_ref=CHILD, on=ON, reason=REASON)
KNOWN = KnownForgotten(child_ref=CHILD, on=ON, reason=REASON)
SENTENCE = "This child's record was removed on 05/11/2089: retention period ended."
WHOSE = {"plan_id": PLAN, "child_ref": CHILD}
ASKED: tuple[AnyClaimCommand, ...] = (
    completed(TUITION, version=2),
    approval("elsa"),
    DeclinePremium(**WHOSE, plan_version=1, line_id="elsa", rule="L-102", reason="In place for all.", on=RUN_DAY),
    HoldApprovals(**WHOSE, plan_version=1),
    LetApprovalsStand(**WHOSE, reason="It has begun.", on=RUN_DAY),
    WithdrawApprovals(**WHOSE, reason="Wait.", on=RUN_DAY),
    StopClaim(**WHOSE, by_plan_id="plan-child-7-2"),
)
LAPTOP = line("laptop", 1, 28_000)
claim = Scenario(CLAIM)


def react(announcement: Announcement) -> Act:
    at = datetime(2089, 11, 5, tzinfo=UTC)
    act = POLICIES[type(announcement)](
        Said(announcement, "camden", "scheduling", 1, UUID(int=1), at, UUID(int=1)), None
    )
    assert act is not None
    return act


def closed(*line_ids: str, pence: int = 0, plan_id: str = PLAN) -> PPPClaimForgotten:
    return PPPClaimForgotten(
        plan_id=plan_id, child_ref=CHILD, on=ON, reason=REASON, line_ids=line_ids, withdrawn_pence=pence
    )


@pytest.fixture
def history() -> History:
    """Of three lines one has been released, one is approved, and nobody has decided about the third."""
    history = History()
    history.do(Act(envelope_of(100_000), (envelope_stream(YEAR, TERM),)))
    history.tell(known_stream(CHILD), ChildInCareKnown(child_ref=CHILD, on=ENTERED_ON))
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON))
    history.tell(payee_stream(SCHOOL), PayeeKnown(urn=SCHOOL, ukprn="10090001", laestab="8559901"))
    history.do(claim_act(completed(TUITION, ELSA, LAPTOP), YEAR, TERM))
    history.do(claim_act(approval("maths"), YEAR, TERM))
    history.do(release_act(run_of("run-1", PLAN), (CHILD,), (SCHOOL,), "2026-04-01.00000000"))
    history.do(claim_act(approval("elsa"), YEAR, TERM))
    return history


def test_it_becomes_known_and_the_claim_is_closed_in_the_same_moment(history: History) -> None:
    act = react(ChildForgotten(child_ref=CHILD, on=ON, reason=REASON))
    assert act == forgetting(NOTE)
    stream = claim_stream(PLAN)
    assert history.do(act) == [(known_stream(CHILD), KNOWN), (stream, closed("elsa", "laptop", pence=11_100))]
    assert history.do(act) == []


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: type(asked).__name__)
def test_nothing_is_asked_or_decided_any_more(history: History, asked: AnyClaimCommand) -> None:
    history.do(forgetting(NOTE))
    with pytest.raises(Refusal, match=SENTENCE):
        history.do(claim_act(asked, YEAR, TERM))
    claim.given(*history.streams[claim_stream(PLAN)]).when(asked).then_refused(SENTENCE, "reg 50")


def test_a_claim_that_comes_to_be_at_the_same_moment_is_not_decided_and_not_released(history: History) -> None:
    """Its plan was completed while the child was being forgotten: nobody closed it."""
    history.tell(known_stream(CHILD), KNOWN)
    with pytest.raises(Refusal, match=SENTENCE):
        history.do(claim_act(approval("laptop"), YEAR, TERM))
    run = run_of("run-2", PLAN)
    act = release_act(run, (CHILD,), (SCHOOL,), "2026-04-01.00000000")
    (left_out,) = select(history.states(act.streams), run).left_out
    assert (left_out.line_id, left_out.reason) == ("elsa", Stays.FORGOTTEN)


def test_no_money_leaves_any_more(history: History) -> None:
    history.do(forgetting(NOTE))
    with pytest.raises(Refusal, match="No approved line can be released today"):
        history.do(release_act(run_of("run-2", PLAN), (CHILD,), (SCHOOL,), "2026-04-01.00000000"))
    assert [event.line_id for event in history.of(PPPReleased)] == ["maths"]
    payments = ReleaseLines(**WHOSE, run_id="run-2", on=RUN_DAY, payments=())
    claim.given(*history.streams[claim_stream(PLAN)]).when(payments).then_refused(SENTENCE)


@pytest.mark.parametrize(
    "announcement",
    [
        SchoolMoved(child_ref=CHILD, on=ON, school_urn="900002"),
        PEPCompletionWithdrawn(plan_id="plan-child-7-2", child_ref=CHILD, plan_version=1, meeting_id="meeting-1"),
    ],
    ids=lambda announcement: type(announcement).__name__,
)
def test_nothing_more_is_taken_in_about_the_child(history: History, announcement: Announcement) -> None:
    history.do(forgetting(NOTE))
    with pytest.raises(Refusal, match=SENTENCE):
        history.do(react(announcement))


def test_a_claim_is_shown_as_forgotten_and_what_has_left_stays_released(history: History) -> None:
    history.do(forgetting(NOTE))
    shown: dict[Any, Any] = {}
    models: tuple[ReadModel[Any], ...] = (CLAIM_OVERVIEW, CLAIM_LINES)
    for model in models:
        for each in history.recorded:
            for key in model.keys(each):
                shown[key] = model.fold(shown.get(key), each, key)
    overview = shown[(PLAN,)]
    assert (overview.standing, overview.approved_pence, overview.released_pence) == ("forgotten", 0, 40_000)
    standings = {key[1]: row.standing for key, row in shown.items() if len(key) == 2}
    assert standings == {"maths": "released", "elsa": "forgotten", "laptop": "forgotten"}


def test_others_hear_of_approvals_that_will_not_be_paid(history: History) -> None:
    forget = ForgetClaim(**WHOSE, on=ON, reason=REASON)
    before = claim.given(*history.streams[claim_stream(PLAN)])
    before.when(forget).then_announced(told.PPPApprovalWithdrawn(**WHOSE, withdrawn_pence=11_100))
    claim.given(before.history[0]).when(forget).then_announced()


def test_where_nothing_was_asked_or_another_plan_took_the_place_there_is_nothing_to_pay() -> None:
    forget = ForgetClaim(**WHOSE, on=ON, reason=REASON)
    claim.when(forget).then_nothing()
    stopped = PPPClaimStopped(**WHOSE, by_plan_id="plan-child-7-2")
    claim.given(stopped).when(forget).then(closed()).when(forget).then_nothing()


def test_a_hold_that_is_folded_after_it_changes_nothing() -> None:
    held = PPPApprovalHeld(**WHOSE, plan_version=1)
    claim.given(closed(), held).when(approval("maths")).then_refused(SENTENCE)
