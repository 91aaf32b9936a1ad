"""The money lines of one plan: asked for after quality assurance, decided within limits, never decided twice."""

from datetime import date

import pytest
from tests.funding.history import CHILD, COMPLETED_ON, ELSA, PLAN, TUITION, approval, completed, line

from funding.domain.claim.commands import (
    DeclinePremium,
    HoldApprovals,
    LetApprovalsStand,
    LinePayment,
    ReleaseLines,
    StopClaim,
    WithdrawApprovals,
)
from funding.domain.claim.decider import CLAIM
from funding.domain.claim.events import (
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimStopped,
    PPPDeclined,
    PPPReferred,
    PPPReleased,
    PPPRequested,
    RequestedLine,
)
from funding.domain.claim.evolve import evolve
from funding.domain.claim.states import Superseded
from pep_kernel.authority_policy.funding import Eligibility
from pep_kernel.contracts import funding as told
from pep_kernel.contracts.pep_record import PremiumLine
from pep_kernel.message import Command
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText

ON = date(2026, 11, 9)
RUN_DAY = date(2026, 11, 16)
MATHS_LINE = RequestedLine("maths", "tuition", 10, 4000, 40000)
ELSA_LINE = RequestedLine("elsa", "tuition", 6, 1850, 11100)

requested = PPPRequested(
    plan_id=PLAN,
    child_ref=CHILD,
    plan_version=1,
    school_year=2026,
    term="autumn",
    financial_year="2026-27",
    on=COMPLETED_ON,
    lines=(MATHS_LINE, ELSA_LINE),
)


def approved(line_id: str, pence: int) -> PPPApproved:
    return PPPApproved(
        plan_id=PLAN, child_ref=CHILD, line_id=line_id, approved_pence=pence, financial_year="2026-27", on=ON
    )


def declined(line_id: str, rule: str, on: date = COMPLETED_ON, reason: PlanText | None = None) -> PPPDeclined:
    return PPPDeclined(plan_id=PLAN, child_ref=CHILD, line_id=line_id, rule=rule, on=on, reason=reason)


def withdrawn(*line_ids: str, pence: int, because: str, reason: PlanText | None = None) -> PPPApprovalWithdrawn:
    return PPPApprovalWithdrawn(
        plan_id=PLAN,
        child_ref=CHILD,
        line_ids=line_ids,
        withdrawn_pence=pence,
        because=because,  # type: ignore[arg-type]  # one of three words, as the test says
        reason=reason,
    )


def held(version: int = 1) -> PPPApprovalHeld:
    return PPPApprovalHeld(plan_id=PLAN, child_ref=CHILD, plan_version=version)


maths_approved, elsa_approved = approved("maths", 40000), approved("elsa", 11100)
maths_released = PPPReleased(
    plan_id=PLAN,
    child_ref=CHILD,
    line_id="maths",
    released_pence=40000,
    payee_urn="900001",
    payee_ukprn="10090001",
    payment_route="journal",
    financial_year="2026-27",
    term="autumn",
    run_id="run-1",
    line_number=1,
    on=RUN_DAY,
)
stopped = PPPClaimStopped(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")
HOLD = HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=1)
STOP = StopClaim(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")
STAND = LetApprovalsStand(plan_id=PLAN, child_ref=CHILD, reason="The tuition has begun.", on=ON)
WITHDRAW = WithdrawApprovals(plan_id=PLAN, child_ref=CHILD, reason="Wait for a PEP meeting.", on=ON)
DECLINE = DeclinePremium(
    plan_id=PLAN,
    child_ref=CHILD,
    plan_version=1,
    line_id="elsa",
    rule="L-102",
    reason="In place for all pupils.",
    on=ON,
)
RELEASE = ReleaseLines(
    plan_id=PLAN,
    child_ref=CHILD,
    run_id="run-1",
    on=RUN_DAY,
    payments=(
        LinePayment(
            line_id="maths", line_number=1, payee_urn="900001", payee_ukprn="10090001", payment_route="journal"
        ),
    ),
)
stands = PPPApprovalStands(
    plan_id=PLAN, child_ref=CHILD, plan_version=1, on=ON, reason=PlanText.of("The tuition has begun.")
)
claim = Scenario(CLAIM)


@pytest.mark.rule("L-74")
def test_a_completed_plan_asks_for_its_lines() -> None:
    claim.when(completed(TUITION, ELSA)).then(requested)


@pytest.mark.scenario("T40")
def test_a_completion_that_is_told_twice_asks_once() -> None:
    claim.given(requested).when(completed(TUITION, ELSA)).then_nothing()


@pytest.mark.scenario("T39")
@pytest.mark.rule("L-74", "L-75")
@pytest.mark.parametrize("command", [approval("maths"), DECLINE, RELEASE, STAND, WITHDRAW])
def test_nothing_is_decided_or_released_before_quality_assurance(command: Command) -> None:
    claim.when(command).then_refused("before quality assurance has completed the plan", "L-74")


def test_what_policy_does_not_pay_for_is_declined_at_once_with_the_rule() -> None:
    uniform = line("uniform", 1, 8500, Eligibility.DECLINE)
    happened = claim.when(completed(uniform)).then_some(PPPRequested, PPPDeclined)
    assert happened[1] == declined("uniform", "L-93")


def test_where_policy_asks_a_person_the_line_waits_with_the_rule() -> None:
    counselling = line("counselling", 4, 5000, Eligibility.ASK)
    after = claim.when(completed(counselling)).then(
        replace_lines(requested, RequestedLine("counselling", "tuition", 4, 5000, 20000)),
        PPPReferred(plan_id=PLAN, child_ref=CHILD, line_id="counselling", rule="L-93"),
    )
    after.when(approval("counselling")).then(approved("counselling", 20000))


def replace_lines(
    event: PPPRequested, *lines: RequestedLine, version: int = 1, replaced: tuple[str, ...] = ()
) -> PPPRequested:
    return PPPRequested(
        plan_id=event.plan_id,
        child_ref=event.child_ref,
        plan_version=version,
        school_year=event.school_year,
        term=event.term,
        financial_year=event.financial_year,
        on=event.on,
        lines=lines,
        replaced=replaced,
    )


@pytest.mark.rule("L-73")
def test_a_line_whose_costing_does_not_add_up_is_declined() -> None:
    wrong = TUITION.model_copy(update={"line_pence": 45000})
    happened = claim.when(completed(wrong)).then_some(PPPRequested, PPPDeclined)
    assert happened[1] == declined("maths", "L-73")


def test_lines_are_approved_for_exactly_what_they_cost() -> None:
    claim.given(requested).when(approval("maths", "elsa")).then(maths_approved, elsa_approved)


def test_a_line_named_twice_is_approved_once() -> None:
    claim.given(requested).when(approval("maths", "maths")).then(maths_approved)


def test_up_to_the_limit_is_within_it() -> None:
    claim.given(requested).when(approval("maths", limit=40000)).then(maths_approved)


def test_line_by_line_does_not_get_round_the_limit_for_a_plan() -> None:
    some = claim.given(requested, maths_approved)
    some.when(approval("elsa", limit=40000)).then_refused("This makes £511.00 for the plan; you may approve £400.00")
    some.given(maths_released).when(approval("elsa", limit=40000)).then_refused("This makes £511.00 for the plan")


def test_a_decision_names_the_version_that_was_seen() -> None:
    claim.given(requested).when(approval("maths", version=2)).then_refused("The claim is about version 1")


@pytest.mark.parametrize(
    ("history", "line_id", "sentence"),
    [
        ((), "piano", "Line piano is not in version 1"),
        ((declined("maths", "L-101"),), "maths", "declined under L-101"),
        ((maths_approved,), "maths", "was decided before"),
        ((maths_approved, maths_released), "maths", "was decided before"),
    ],
)
def test_only_a_line_that_awaits_a_decision_can_be_approved(
    history: tuple[PPPApproved, ...], line_id: str, sentence: str
) -> None:
    claim.given(requested, *history).when(approval(line_id)).then_refused(sentence)


@pytest.mark.rule("L-102")
def test_a_person_declines_a_line_with_the_rule_and_in_their_own_words() -> None:
    reason = PlanText.of("In place for all pupils.")
    claim.given(requested).when(DECLINE).then(declined("elsa", "L-102", ON, reason))


@pytest.mark.rule("L-75")
def test_only_approved_lines_are_released() -> None:
    claim.given(requested, maths_approved).when(RELEASE).then(maths_released)
    claim.given(requested).when(RELEASE).then_refused("Not approved, or released before: maths", "L-75")


@pytest.mark.scenario("T40")
def test_a_line_is_released_once() -> None:
    claim.given(requested, maths_approved, maths_released).when(RELEASE).then_refused("released before: maths")


def test_a_withdrawn_completion_holds_everything_until_the_head_decides() -> None:
    in_doubt = claim.given(requested, maths_approved).when(HOLD).then(held())
    for command in (approval("elsa"), DECLINE, RELEASE):
        in_doubt.when(command).then_refused("the head of the Virtual School decides")
    in_doubt.when(HOLD).then_nothing()


def test_the_head_lets_the_money_stand() -> None:
    after = claim.given(requested, maths_approved, held()).when(STAND).then(stands)
    after.when(RELEASE).then(maths_released)
    after.when(HOLD).then_nothing()


def test_the_head_takes_the_money_back() -> None:
    reason = PlanText.of("Wait for a PEP meeting.")
    after = claim.given(requested, maths_approved, held()).when(WITHDRAW)
    back = after.then(withdrawn("maths", pence=40000, because="head_decided", reason=reason))
    for command in (approval("elsa"), DECLINE, RELEASE):
        back.when(command).then_refused("must be completed again first")
    back.when(completed(TUITION)).then_nothing()


def test_the_heads_decision_is_kept_even_if_nothing_was_approved() -> None:
    claim.given(requested, held()).when(WITHDRAW).then_some(PPPApprovalWithdrawn)


@pytest.mark.parametrize("command", [STAND, WITHDRAW])
def test_there_is_nothing_to_decide_where_nothing_is_held(command: Command) -> None:
    claim.given(requested).when(command).then_refused("Nothing of this plan is held")
    withdrawn_by_head = withdrawn(pence=0, because="head_decided")
    claim.given(requested, held(), withdrawn_by_head).when(command).then_refused("Nothing of this plan is held")


def test_a_newer_version_takes_back_what_has_not_left_and_asks_anew() -> None:
    both = claim.given(requested, maths_approved, maths_released, elsa_approved)
    both.when(completed(TUITION, line("laptop", 1, 28000), version=2)).then(
        withdrawn("elsa", pence=11100, because="newer_version"),
        replace_lines(requested, RequestedLine("laptop", "tuition", 1, 28000, 28000), version=2, replaced=("elsa",)),
    )


def test_a_line_that_has_left_is_not_asked_for_by_a_newer_version() -> None:
    newer = replace_lines(requested, ELSA_LINE, version=2)
    again = claim.given(requested, maths_approved, maths_released, newer)
    again.when(approval("maths", version=2)).then_refused("was decided before")
    again.when(approval("elsa", version=2)).then(elsa_approved)


def test_a_newer_version_opens_a_claim_that_was_held_or_withdrawn() -> None:
    newer = replace_lines(requested, MATHS_LINE, version=2, replaced=("elsa",))
    claim.given(requested, held()).when(completed(TUITION, version=2)).then(newer)
    taken_back = claim.given(requested, held(), withdrawn(pence=0, because="head_decided"))
    taken_back.when(completed(TUITION, version=2)).then(newer).when(approval("maths", version=2)).then(maths_approved)


def test_a_withdrawal_of_an_older_version_changes_nothing() -> None:
    claim.given(replace_lines(requested, MATHS_LINE, version=2)).when(HOLD).then_nothing()


def test_a_withdrawal_heard_before_its_completion_is_remembered() -> None:
    early = claim.when(HOLD).then(held())
    early.when(completed(TUITION)).then_nothing()
    early.when(completed(TUITION, ELSA, version=2)).then_some(PPPRequested)


def test_a_withdrawal_of_a_version_not_heard_of_yet_is_remembered_too() -> None:
    hold_second = HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=2)
    claim.given(requested, held()).when(hold_second).then(held(2)).when(completed(TUITION, version=2)).then_nothing()
    taken_back = claim.given(requested, held(), withdrawn(pence=0, because="head_decided"))
    after = taken_back.when(hold_second).then(held(2))
    after.when(completed(TUITION, version=2)).then_nothing()
    after.when(STAND).then_refused("Nothing of this plan is held")


@pytest.mark.scenario("T62")
def test_a_superseded_plans_unreleased_money_stops() -> None:
    over = claim.given(requested, maths_approved, elsa_approved, maths_released).when(STOP)
    gone = over.then(withdrawn("elsa", pence=11100, because="plan_superseded"), stopped)
    for command in (approval("elsa"), RELEASE, STAND, DECLINE):
        gone.when(command).then_refused("Another plan took this one's place")
    for said in (STOP, HOLD, completed(TUITION, version=2)):
        gone.when(said).then_nothing()


@pytest.mark.scenario("T62")
def test_a_plan_superseded_before_it_was_completed_never_gets_money() -> None:
    claim.when(STOP).then(stopped).when(completed(TUITION)).then_nothing()
    claim.given(requested).when(STOP).then(stopped)


def test_history_that_goes_on_after_the_end_changes_nothing() -> None:
    assert evolve(Superseded(), held()) == Superseded()


@pytest.mark.rule("L-92")
def test_a_plans_money_is_for_one_child() -> None:
    sibling = completed(TUITION, child_ref="child-8", version=2)
    claim.given(requested).when(sibling).then_refused("for the one child whose plan it is", "L-92")


def test_others_hear_references_and_pence() -> None:
    plan = {"plan_id": PLAN, "child_ref": CHILD}
    maths = PremiumLine(line_id="maths", category="tuition", quantity=10, unit_pence=4000, line_pence=40000)
    claim.when(completed(TUITION)).then_announced(
        told.PPPRequested(**plan, plan_version=1, financial_year="2026-27", lines=(maths,))
    )
    claim.given(requested).when(approval("maths")).then_announced(
        told.PPPApproved(**plan, line_id="maths", approved_pence=40000, financial_year="2026-27")
    )
    claim.given(requested).when(DECLINE).then_announced(told.PPPDeclined(**plan, line_id="elsa", rule="L-102"))
    claim.given(requested).when(HOLD).then_announced(told.PPPApprovalHeld(**plan, reason="completion_withdrawn"))
    claim.given(requested, held()).when(STAND).then_announced(told.PPPApprovalStands(**plan, plan_version=1))
    claim.given(requested, maths_approved, held()).when(WITHDRAW).then_announced(
        told.PPPApprovalWithdrawn(**plan, withdrawn_pence=40000)
    )
    claim.given(requested, maths_approved).when(RELEASE).then_announced(
        told.PPPReleased(
            **plan,
            line_id="maths",
            released_pence=40000,
            payee_urn="900001",
            financial_year="2026-27",
            run_id="run-1",
            line_number=1,
            on=RUN_DAY,
        )
    )


def test_others_do_not_hear_of_what_only_we_need() -> None:
    claim.when(STOP).then_announced()
    referred = line("counselling", 4, 5000, Eligibility.ASK)
    asked = PremiumLine(line_id="counselling", category="tuition", quantity=4, unit_pence=5000, line_pence=20000)
    claim.when(completed(referred)).then_announced(
        told.PPPRequested(plan_id=PLAN, child_ref=CHILD, plan_version=1, financial_year="2026-27", lines=(asked,))
    )
