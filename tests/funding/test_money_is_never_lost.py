"""Whatever is told, repeated, told late or asked by people in whatever order: no penny leaves that must not."""

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.funding.history import (
    COMPLETED_ON,
    ENTERED_ON,
    RUN_DAY,
    TERM,
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
    HoldApprovals,
    JudgedLine,
    LetApprovalsStand,
    StopClaim,
    WithdrawApprovals,
)
from funding.domain.claim.events import (
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPClaimStopped,
    PPPReleased,
    PPPRequested,
)
from funding.domain.envelope.decider import Opened
from funding.domain.envelope.events import SpendingCommitted
from funding.domain.forgetting import forgetting
from funding.domain.known_child import ChildInCareKnown, ChildOutOfCareKnown, SchoolKnown
from funding.domain.payee import PayeeKnown
from funding.domain.release.events import FinanceFileMade
from funding.domain.release.release import release_act
from funding.domain.streams import claim_stream, envelope_stream, known_stream, payee_stream
from funding.projections.claim_overview import CLAIM_OVERVIEW
from pep_kernel.authority_policy.funding import Eligibility
from pep_kernel.decider import Act
from pep_kernel.forgotten import NoteForgotten
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal

CHILDREN = {"plan-child-7-1": "child-7", "plan-child-8-1": "child-8"}
SCHOOLS = ("900001", "900002")
ENVELOPE = envelope_stream(YEAR, TERM)
AMOUNT = 120_000
LINE_IDS = ("maths", "elsa", "laptop")
plans = st.sampled_from(sorted(CHILDREN))
versions = st.sampled_from([1, 1, 1, 2, 3])
some_lines = st.lists(st.sampled_from(LINE_IDS), min_size=1, max_size=3, unique=True)
days = st.dates(date(2026, 10, 1), date(2026, 12, 18))


def costed(line_id: str) -> JudgedLine:
    """A laptop is declined by policy; the others are not."""
    quantity, unit_pence = {"maths": (10, 4_000), "elsa": (6, 1_850), "laptop": (1, 28_000)}[line_id]
    eligibility = Eligibility.DECLINE if line_id == "laptop" else Eligibility.ALLOW
    return line(line_id, quantity, unit_pence, eligibility)


class Money(RuleBasedStateMachine):
    """Two children's plans, one envelope of £1,200.00, two schools."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History()
        self.runs = 0

    @initialize()
    def a_term_begins(self) -> None:
        self.history.do(Act(envelope_of(AMOUNT), (ENVELOPE,)))
        for urn in SCHOOLS:
            self.history.tell(payee_stream(urn), PayeeKnown(urn=urn, ukprn=f"1009{urn[-4:]}", laestab="8559901"))
        for ref in CHILDREN.values():
            self.history.tell(known_stream(ref), ChildInCareKnown(child_ref=ref, on=ENTERED_ON))
            self.history.tell(known_stream(ref), SchoolKnown(child_ref=ref, school_urn=SCHOOLS[0], on=ENTERED_ON))
        for plan in CHILDREN:
            self.a_version_is_completed(plan, 1, list(LINE_IDS))

    @rule(plan=plans, version=versions, lines=some_lines)
    def a_version_is_completed(self, plan: str, version: int, lines: list[str]) -> None:
        told = completed(*map(costed, lines), plan_id=plan, child_ref=CHILDREN[plan], version=version)
        self.ask(told)

    @rule(plan=plans, version=versions)
    def a_completion_is_withdrawn(self, plan: str, version: int) -> None:
        self.ask(HoldApprovals(plan_id=plan, child_ref=CHILDREN[plan], plan_version=version))

    @rule(plan=plans)
    def another_plan_takes_its_place(self, plan: str) -> None:
        self.ask(StopClaim(plan_id=plan, child_ref=CHILDREN[plan], by_plan_id="plan-other"))

    @rule(plan=plans, version=versions, lines=some_lines, limit=st.sampled_from([None, 45_000]), exceed=st.booleans())
    def somebody_approves(self, plan: str, version: int, lines: list[str], limit: int | None, exceed: bool) -> None:
        command = approval(*lines, plan_id=plan, version=version, limit=limit)
        self.ask(command.model_copy(update={"may_exceed": exceed}))

    @rule(plan=plans, version=versions, line_id=st.sampled_from(LINE_IDS))
    def somebody_declines(self, plan: str, version: int, line_id: str) -> None:
        reason = "In place for all pupils."
        self.ask(
            DeclinePremium(
                plan_id=plan,
                child_ref=CHILDREN[plan],
                plan_version=version,
                line_id=line_id,
                rule="L-102",
                reason=reason,
                on=COMPLETED_ON,
            )
        )

    @rule(plan=st.sampled_from([*sorted(CHILDREN), *[None] * 6]))
    def a_child_is_forgotten(self, plan: str | None) -> None:
        """Seldom: afterwards nothing happens to the child's money any more."""
        if plan:
            note = NoteForgotten(child_ref=CHILDREN[plan], on=RUN_DAY, reason="retention_period_ended")
            self.try_act(forgetting(note))

    @rule(plan=plans)
    def the_head_lets_it_stand(self, plan: str) -> None:
        self.ask(LetApprovalsStand(plan_id=plan, child_ref=CHILDREN[plan], reason="It has begun.", on=RUN_DAY))

    @rule(plan=plans)
    def the_head_takes_it_back(self, plan: str) -> None:
        self.ask(
            WithdrawApprovals(plan_id=plan, child_ref=CHILDREN[plan], reason="Wait for a PEP meeting.", on=RUN_DAY)
        )

    @rule(plan=plans, urn=st.sampled_from([*SCHOOLS, None, "leaves care"]), on=days)
    def a_child_moves_or_leaves(self, plan: str, urn: str | None, on: date) -> None:
        ref = CHILDREN[plan]
        left, moved = ChildOutOfCareKnown(child_ref=ref, on=on), SchoolKnown(child_ref=ref, school_urn=urn, on=on)
        self.history.tell(known_stream(ref), left if urn == "leaves care" else moved)

    @rule(lines=some_lines)
    def all_goes_well(self, lines: list[str]) -> None:
        """Without it, chance would seldom come as far as money that leaves."""
        for plan in CHILDREN:
            version = max(event.plan_version for event in self.events_of(plan) if isinstance(event, PPPRequested))
            for line_id in lines:
                self.ask(approval(line_id, plan_id=plan, version=version))
        self.money_is_released(repeat=False, on=RUN_DAY)

    @rule(repeat=st.booleans(), on=days)
    def money_is_released(self, repeat: bool, on: date) -> None:
        self.runs += 0 if repeat and self.runs else 1
        run = run_of(f"run-{self.runs}", *CHILDREN, on=on)
        self.try_act(release_act(run, CHILDREN.values(), SCHOOLS, "2026-04-01.00000000"))

    def ask(self, command: AnyClaimCommand) -> None:
        self.try_act(claim_act(command, YEAR, TERM))

    def try_act(self, act: Act) -> None:
        with suppress(Refusal):
            self.history.do(act)

    def events_of(self, plan: str) -> list[Event]:
        return self.history.streams.get(claim_stream(plan), [])

    @invariant()
    def every_line_leaves_at_most_once_and_for_what_was_approved(self) -> None:
        released: Counter[tuple[str, str]] = Counter()
        approved: dict[tuple[str, str], int] = {}
        for event in self.history.of(object):
            if isinstance(event, PPPApproved):
                approved[event.plan_id, event.line_id] = event.approved_pence
            elif isinstance(event, PPPReleased):
                released[event.plan_id, event.line_id] += 1
                assert event.released_pence == approved[event.plan_id, event.line_id]
                assert event.released_pence == costed(event.line_id).line_pence
        assert max(released.values(), default=1) == 1

    @invariant()
    def nothing_is_approved_or_leaves_without_a_completion_that_stands(self) -> None:
        for plan in CHILDREN:
            may_move = False
            for event in self.events_of(plan):
                match event:
                    case PPPRequested() | PPPApprovalStands():
                        may_move = True
                    case PPPApprovalHeld() | PPPApprovalWithdrawn() | PPPClaimStopped() | PPPClaimForgotten():
                        may_move = False
                    case PPPApproved() | PPPReleased():
                        assert may_move
                    case _:
                        pass

    @invariant()
    def the_envelope_is_what_approvals_have_taken(self) -> None:
        taken = sum(event.approved_pence for event in self.history.of(PPPApproved))
        taken -= sum(event.withdrawn_pence for event in self.history.of(PPPApprovalWithdrawn))
        over = sum(event.over_pence for event in self.history.of(SpendingCommitted))
        envelope = self.history.states((ENVELOPE,)).of(ENVELOPE, Opened) if self.history.recorded else Opened(AMOUNT)
        assert 0 <= envelope.committed_pence == taken <= AMOUNT + over

    @invariant()
    def lines_are_numbered_without_a_gap_and_files_add_up(self) -> None:
        released = self.history.of(PPPReleased)
        assert [event.line_number for event in released] == list(range(1, len(released) + 1))
        files = self.history.of(FinanceFileMade)
        assert sum(made.line_count for made in files) == len(released)
        assert sum(made.total_pence for made in files) == sum(event.released_pence for event in released)
        assert len({made.run_id for made in files}) == len(files)

    @invariant()
    def what_is_shown_is_what_happened(self) -> None:
        table: dict[Any, Any] = {}
        for each in self.history.recorded:
            for key in CLAIM_OVERVIEW.keys(each):
                table[key] = CLAIM_OVERVIEW.fold(table.get(key), each, key)
        for (plan,), row in table.items():
            if row is not None:
                left = sum(event.released_pence for event in self.history.of(PPPReleased) if event.plan_id == plan)
                assert (row.released_pence, row.approved_pence >= 0) == (left, True)


TestMoneyIsNeverLost = Money.TestCase
TestMoneyIsNeverLost.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
