"""Claim and envelope change together: what is approved is taken from the term's money, what is withdrawn goes back."""

from datetime import date

import pytest
from tests.funding.history import (
    CHILD,
    COMPLETED_ON,
    ELSA,
    PLAN,
    ROUTES,
    TERM,
    TUITION,
    YEAR,
    History,
    approval,
    completed,
    envelope_of,
)

from funding.domain.approval import claim_act
from funding.domain.approval_limit import approval_limit_pence, may_exceed_envelope
from funding.domain.claim.commands import HoldApprovals, StopClaim, WithdrawApprovals
from funding.domain.claim.events import PPPApprovalWithdrawn, PPPApproved, PPPClaimStopped, PPPRequested
from funding.domain.envelope.events import SpendingCommitted, SpendingGivenBack
from funding.domain.streams import claim_stream, envelope_stream
from pep_kernel.authority_policy.funding import ApprovalLimits, BestValue, Envelope, FundingPolicy, Grant
from pep_kernel.decider import Act
from pep_kernel.may import Role, Signed, granted_on
from pep_kernel.refusal import Refusal

ENVELOPE = envelope_stream(YEAR, TERM)
HOLD = HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=1)


def with_envelope(pence: int) -> History:
    history = History()
    history.do(Act(envelope_of(pence), (ENVELOPE,)))
    history.do(claim_act(completed(TUITION, ELSA), YEAR, TERM))
    return history


def test_an_approval_writes_the_claim_and_the_envelope_at_once() -> None:
    decided = with_envelope(100_000).do(claim_act(approval("maths", "elsa"), YEAR, TERM))
    assert [(stream, type(event)) for stream, event in decided] == [
        (claim_stream(PLAN), PPPApproved),
        (claim_stream(PLAN), PPPApproved),
        (ENVELOPE, SpendingCommitted),
    ]
    assert decided[-1][1].amount_pence == 51_100


def test_what_the_envelope_cannot_bear_is_not_approved_in_the_claim_either() -> None:
    history = with_envelope(50_000)
    with pytest.raises(Refusal, match="left in the term's envelope"):
        history.do(claim_act(approval("maths", "elsa"), YEAR, TERM))
    assert history.of(PPPApproved) == []
    over = approval("maths", "elsa").model_copy(update={"may_exceed": True})
    assert history.do(claim_act(over, YEAR, TERM))[-1][1].over_pence == 1_100


def test_without_an_envelope_nothing_is_approved() -> None:
    history = History()
    history.do(claim_act(completed(TUITION), YEAR, TERM))
    with pytest.raises(Refusal, match="No envelope is open"):
        history.do(claim_act(approval("maths"), YEAR, TERM))


def test_asking_needs_no_envelope() -> None:
    assert [type(event) for _, event in History().do(claim_act(completed(TUITION), YEAR, TERM))] == [PPPRequested]


def test_what_the_head_takes_back_goes_back_to_the_envelope() -> None:
    history = with_envelope(51_100)
    history.do(claim_act(approval("maths"), YEAR, TERM))
    history.do(claim_act(HOLD, YEAR, TERM))
    take_back = WithdrawApprovals(plan_id=PLAN, child_ref=CHILD, reason="Wait for a PEP meeting.", on=COMPLETED_ON)
    decided = history.do(claim_act(take_back, YEAR, TERM))
    assert [(stream, type(event)) for stream, event in decided] == [
        (claim_stream(PLAN), PPPApprovalWithdrawn),
        (ENVELOPE, SpendingGivenBack),
    ]
    history.do(claim_act(completed(TUITION, ELSA, version=2), YEAR, TERM))
    assert history.do(claim_act(approval("maths", "elsa", version=2), YEAR, TERM))[-1][1].amount_pence == 51_100


@pytest.mark.scenario("T62")
def test_a_superseded_plan_gives_its_room_back() -> None:
    history = with_envelope(51_100)
    history.do(claim_act(approval("maths"), YEAR, TERM))
    stop = StopClaim(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")
    decided = history.do(claim_act(stop, YEAR, TERM))
    assert [type(event) for _, event in decided] == [PPPApprovalWithdrawn, PPPClaimStopped, SpendingGivenBack]


POLICY = FundingPolicy(
    categories=(),
    approval_limits=ApprovalLimits(
        effective_from=COMPLETED_ON,
        source=("our choice",),
        limits_pence={Role.VIRTUAL_SCHOOL_OFFICER: 30_000},
        without_limit=(Role.VIRTUAL_SCHOOL_HEAD,),
    ),
    grant=Grant(effective_from=COMPLETED_ON, source=("our choice",), amount_pence=263_000, held_back_percent=20),
    envelope=Envelope(effective_from=COMPLETED_ON, source=("our choice",), head_may_override=True),
    payment_routes=ROUTES,
    best_value=BestValue(effective_from=COMPLETED_ON, source=("our choice",), impact_reviewed="premium_only"),
)
NO_OVERRIDE = POLICY.model_copy(update={"envelope": POLICY.envelope.model_copy(update={"head_may_override": False})})


@pytest.mark.parametrize(
    ("role", "own_limit", "limit"),
    [
        (Role.VIRTUAL_SCHOOL_OFFICER, 0, 30_000),
        (Role.VIRTUAL_SCHOOL_OFFICER, 50_000, 50_000),
        (Role.VIRTUAL_SCHOOL_HEAD, 50_000, None),
        (Role.PEP_COORDINATOR, 0, 0),
    ],
)
def test_a_persons_own_limit_goes_before_the_roles_and_the_head_has_none(
    role: Role, own_limit: int, limit: int | None
) -> None:
    assert approval_limit_pence(Signed("camden", "person-1", role, None, own_limit), POLICY) == limit


GRANTED = "virtual_school_head from 2026-11-09 until 2026-11-13"
DAYS = [(date(2026, 11, 8), 10_000, False), (date(2026, 11, 13), None, True), (date(2026, 11, 14), 10_000, False)]


@pytest.mark.parametrize(("day", "limit", "may"), DAYS)
def test_whoever_is_granted_the_heads_role_approves_as_the_head_on_those_days_only(
    day: date, limit: int | None, may: bool
) -> None:
    granted = granted_on((GRANTED,), day)
    deputy = Signed("camden", "person-1", Role.VIRTUAL_SCHOOL_OFFICER, None, 10_000, granted)
    assert (approval_limit_pence(deputy, POLICY), may_exceed_envelope(deputy, POLICY)) == (limit, may)


def test_a_deputys_own_limit_does_not_go_before_that_of_the_absent_persons_role() -> None:
    granted = frozenset({Role.VIRTUAL_SCHOOL_OFFICER.value})
    deputy = Signed("camden", "person-1", Role.PEP_COORDINATOR, None, 5_000, granted)
    assert approval_limit_pence(deputy, POLICY) == 30_000


@pytest.mark.parametrize(("absent_limit", "limit"), [(20_000, 20_000), (50_000, 50_000), (0, 30_000), (2_000, 5_000)])
def test_a_deputy_approves_to_the_limit_of_the_absent_person_rather_than_to_that_of_the_role(
    absent_limit: int, limit: int
) -> None:
    absent = Signed("camden", "person-2", Role.VIRTUAL_SCHOOL_OFFICER, None, absent_limit)
    deputy = Signed("camden", "person-1", Role.VIRTUAL_SCHOOL_OFFICER, None, 5_000, in_place_of=(absent,))
    assert approval_limit_pence(deputy, POLICY) == limit
    coordinator = Signed("camden", "person-1", Role.PEP_COORDINATOR, in_place_of=(absent,))
    acting = coordinator.acting_as(Role.VIRTUAL_SCHOOL_OFFICER, absent)
    assert approval_limit_pence(acting, POLICY) == (absent_limit or 30_000)
    assert not may_exceed_envelope(acting, POLICY)


def test_the_deputy_of_the_absent_head_has_no_limit_and_may_exceed_the_envelope() -> None:
    absent = Signed("camden", "person-2", Role.VIRTUAL_SCHOOL_HEAD)
    deputy = Signed("camden", "person-1", Role.VIRTUAL_SCHOOL_OFFICER, None, 10_000, in_place_of=(absent,))
    assert (approval_limit_pence(deputy, POLICY), may_exceed_envelope(deputy, POLICY)) == (None, True)


@pytest.mark.parametrize(
    ("role", "policy", "may"),
    [
        (Role.VIRTUAL_SCHOOL_HEAD, POLICY, True),
        (Role.VIRTUAL_SCHOOL_HEAD, NO_OVERRIDE, False),
        (Role.VIRTUAL_SCHOOL_OFFICER, POLICY, False),
    ],
)
def test_only_the_head_goes_beyond_the_envelope_and_only_where_policy_lets_them(
    role: Role, policy: FundingPolicy, may: bool
) -> None:
    assert may_exceed_envelope(Signed("camden", "person-1", role), policy) is may
