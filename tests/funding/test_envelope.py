"""A term's money: opened once, taken by approvals, given back by withdrawals."""

import pytest
from tests.funding.history import COMPLETED_ON, PLAN, envelope_of

from funding.domain.envelope.commands import CommitSpending, GiveBackSpending
from funding.domain.envelope.decider import ENVELOPE
from funding.domain.envelope.events import SpendingCommitted, SpendingGivenBack, TermEnvelopeOpened
from pep_kernel.message import Command
from pep_kernel.scenario import Scenario

opened = TermEnvelopeOpened(financial_year="2026-27", term="autumn", amount_pence=631_200, on=envelope_of(631_200).on)
BACK = GiveBackSpending(plan_id=PLAN, amount_pence=51_100)
envelope = Scenario(ENVELOPE)


def commit(pence: int, may_exceed: bool = False) -> CommitSpending:
    return CommitSpending(plan_id=PLAN, amount_pence=pence, may_exceed=may_exceed, on=COMPLETED_ON)


def committed(pence: int, over: int = 0) -> SpendingCommitted:
    return SpendingCommitted(plan_id=PLAN, amount_pence=pence, on=COMPLETED_ON, over_pence=over)


def test_an_envelope_is_opened_once() -> None:
    envelope.when(envelope_of(631_200)).then(opened).when(envelope_of(631_200)).then_nothing()
    envelope.given(opened).when(envelope_of(1)).then_refused("This term's envelope is open, with £6,312.00.")


@pytest.mark.parametrize("command", [commit(1), BACK])
def test_an_envelope_that_nobody_opened_has_nothing_in_it(command: Command) -> None:
    envelope.when(command).then_refused("No envelope is open for this term")


def test_approvals_take_what_there_is_to_the_last_penny() -> None:
    emptied = envelope.given(opened).when(commit(631_200)).then(committed(631_200))
    emptied.when(commit(1)).then_refused("£0.01 is more than the £0.00 left in the term's envelope")


def test_the_head_may_let_an_approval_take_more_and_it_is_written_down() -> None:
    over = envelope.given(opened, committed(631_000)).when(commit(300, may_exceed=True)).then(committed(300, 100))
    over.when(commit(1)).then_refused("£0.01 is more than the £0.00 left")


def test_what_is_withdrawn_can_be_approved_again() -> None:
    back = envelope.given(opened, committed(631_200)).when(BACK)
    there = back.then(SpendingGivenBack(plan_id=PLAN, amount_pence=51_100))
    there.when(commit(51_100)).then(committed(51_100))
