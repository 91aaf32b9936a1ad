"""Scheduling says, pep-record assures, funding pays, and anything may be late, repeated, returned, revoked or moved.

The real rules and policies of pep-record and funding, and a scheduling that says what chance tells it. Every release is
judged by what scheduling and pep-record know themselves at that moment, not by what funding has heard of it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.funding.history import ROUTES, envelope_of
from tests.pep_record.worked_examples import OFFICER, OTHER_OFFICER, TEACHER, TUITION_LINE, section, target
from tests.road.in_memory import InMemory, Publisher

from funding.domain.approval import claim_act
from funding.domain.claim.commands import ApprovePremium, LetApprovalsStand, WithdrawApprovals
from funding.domain.claim.events import PPPApprovalStands, PPPApproved, PPPReleased
from funding.domain.claim.states import Claimed
from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.release import release_act
from funding.domain.streams import claim_stream, envelope_stream
from funding.main import PARTS as FUNDING
from pep_kernel.contracts import scheduling as says
from pep_kernel.decider import Act
from pep_kernel.may import Role
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from pep_record.domain.names import child_of
from pep_record.domain.plan.commands import ApprovePlan, MarkComplete, ReturnPlan, Subject
from pep_record.domain.plan.events import PEPCompleted, SectionContributed, SignedOffBySW
from pep_record.domain.plan.states import Completed, Draft, InQualityAssurance, Superseded
from pep_record.domain.resting_on_facts import resting_on_facts
from pep_record.main import PARTS as PEP_RECORD
from pep_runtime.policies import Policies, read_policies

POLICIES: Policies = read_policies(Path(__file__).parents[2] / "shared" / "authorities")
LIKE = sorted(POLICIES.authorities)[0]
CHILDREN = ("child-7", "child-8")
SCHOOLS = ("900001", "900002")
ENTERED, LAST_DAY = date(2026, 9, 21), date(2026, 12, 18)
children = st.sampled_from(CHILDREN)
days = st.dates(ENTERED, LAST_DAY)
outcomes = st.sampled_from(["PEP", "PEP", "PROGRESS_REVIEW"])
some = st.integers(0, 3)


class Road(RuleBasedStateMachine):
    """Two children, two schools, one autumn. `waits` is what a release run does before it looks at anything."""

    waits = True

    def __init__(self) -> None:
        super().__init__()
        self.scheduling = Publisher("scheduling")
        self.pep_record = InMemory(
            "pep-record",
            deciders=dict(PEP_RECORD.deciders),
            policies=PEP_RECORD.policies,
            rules=PEP_RECORD.rules(POLICIES, LIKE),
        )
        self.funding = InMemory(
            "funding", deciders=dict(FUNDING.deciders), policies=FUNDING.policies, rules=FUNDING.rules(POLICIES, LIKE)
        )
        self.day = ENTERED
        self.meetings: dict[str, tuple[str, date, str]] = {}
        self.schools: dict[str, list[tuple[date, str | None]]] = {}
        self.in_care: set[str] = set()
        self.runs = 0

    @initialize()
    def a_term_begins(self) -> None:
        self.funding.do(_alone(envelope_of(2_000_000), envelope_stream("2026-27", "autumn")))
        for urn in SCHOOLS:
            self.scheduling.say(says.SchoolListed(urn=urn, ukprn=f"1009{urn[-4:]}", laestab="8559901"))
        for ref in CHILDREN:
            self._enters(ref, SCHOOLS[0])

    def _enters(self, ref: str, urn: str) -> None:
        self.in_care.add(ref)
        self.schools.setdefault(ref, []).append((self.day, urn))
        entered = says.ChildEnteredCare(child_ref=ref, on=self.day, born_in_school_year=2015, school_urn=urn)
        self.scheduling.say(entered)
        self.scheduling.say(says.PEPApplicable(child_ref=ref, on=self.day, because="entered_care"))

    @rule(weeks=st.integers(0, 2))
    def time_goes_by(self, weeks: int) -> None:
        self.day = min(self.day + timedelta(weeks=weeks, days=1), LAST_DAY)

    @rule(ref=children, urn=st.sampled_from([*SCHOOLS, None]))
    def a_child_moves_school(self, ref: str, urn: str | None) -> None:
        self.schools[ref].append((self.day, urn))
        self.scheduling.say(says.SchoolMoved(child_ref=ref, on=self.day, school_urn=urn))
        if urn is not None:
            self.scheduling.say(says.PEPApplicable(child_ref=ref, on=self.day, because="school_moved"))

    @rule(ref=children, urn=st.sampled_from(SCHOOLS))
    def a_child_leaves_care_or_comes_back(self, ref: str, urn: str) -> None:
        if ref not in self.in_care:
            self._enters(ref, urn)
        else:
            self.in_care.discard(ref)
            self.scheduling.say(says.ChildLeftCare(child_ref=ref, on=self.day))

    @rule(ref=children, outcome=outcomes)
    def a_meeting_is_held(self, ref: str, outcome: says.Outcome) -> None:
        meeting_id = f"meeting-{len(self.meetings) + 1}"
        self.meetings[meeting_id] = (ref, self.day, outcome)
        self.scheduling.say(says.MeetingHeld(meeting_id=meeting_id, child_ref=ref, on=self.day, outcome=outcome))

    @rule(number=st.integers(1, 6), outcome=outcomes)
    def a_meeting_turns_out_to_have_been_something_else(self, number: int, outcome: says.Outcome) -> None:
        meeting_id = f"meeting-{number}"
        if meeting_id in self.meetings:
            ref, on, _ = self.meetings[meeting_id]
            self.meetings[meeting_id] = (ref, on, outcome)
            corrected = says.MeetingOutcomeCorrected(meeting_id=meeting_id, child_ref=ref, on=on, outcome=outcome)
            self.scheduling.say(corrected)

    @rule(records=some, again=some)
    def pep_record_hears_scheduling(self, records: int, again: int) -> None:
        self.pep_record.hear(self.scheduling, records, again)

    @rule(records=some, again=some)
    def funding_hears_scheduling(self, records: int, again: int) -> None:
        self.funding.hear(self.scheduling, records, again)

    @rule(records=some, again=some)
    def funding_hears_pep_record(self, records: int, again: int) -> None:
        self.funding.hear(self.pep_record, records, again)

    @rule()
    def all_is_quiet_for_a_while(self) -> None:
        self.pep_record.hear(self.scheduling)
        self.funding.hear(self.scheduling)
        self.funding.hear(self.pep_record)

    @rule(ref=children)
    def the_school_writes_and_marks_complete(self, ref: str) -> None:
        for plan_id in self._plans_of(ref):
            plan = self.pep_record.state(plan_id)
            if isinstance(plan, Draft) and not plan.content.targets:
                self._write(plan_id)
            with suppress(Refusal):
                self.pep_record.do(resting_on_facts(self._marking(plan_id)))

    def _write(self, plan_id: str) -> None:
        policy = self.pep_record.rules.in_force(self.day)
        for each in policy.sections.each:
            self.pep_record.tell(plan_id, section(each.key))
        self.pep_record.tell(plan_id, target(Subject.MATHS, 1, TUITION_LINE))
        self.pep_record.tell(plan_id, target(Subject.ENGLISH, 2))

    def _marking(self, plan_id: str) -> MarkComplete:
        rules = self.pep_record.rules.in_force(self.day)
        role = Role.DESIGNATED_TEACHER
        return MarkComplete(plan_id=plan_id, by=TEACHER, role=role, on=self.day, rules=rules)

    @rule(ref=children, by=st.sampled_from([OFFICER, OTHER_OFFICER, TEACHER]), version=st.integers(1, 3))
    def quality_assurance_approves(self, ref: str, by: str, version: int) -> None:
        for plan_id in self._plans_of(ref):
            self._sign_off(plan_id)
            with suppress(Refusal):
                self.pep_record.do(resting_on_facts(self._approving(plan_id, by, version)))

    def _sign_off(self, plan_id: str) -> None:
        plan = self.pep_record.state(plan_id)
        if isinstance(plan, InQualityAssurance) and not plan.social_worker_agrees:
            signed = SignedOffBySW(plan_version=plan.version, by="worker-1", on=self.day)
            self.pep_record.tell(plan_id, signed)

    def _approving(self, plan_id: str, by: str, version: int) -> ApprovePlan:
        return ApprovePlan(
            plan_id=plan_id,
            by=by,
            role=Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
            on=self.day,
            rules=self.pep_record.rules.in_force(self.day),
            plan_version=version,
        )

    @rule(ref=children, version=st.integers(1, 3))
    def quality_assurance_returns(self, ref: str, version: int) -> None:
        for plan_id in self._plans_of(ref):
            asked = ReturnPlan(
                plan_version=version,
                reason="The costings are missing.",
                by=OFFICER,
                role=Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
                on=self.day,
                rules=self.pep_record.rules.in_force(self.day),
            )
            with suppress(Refusal):
                self.pep_record.do(_alone(asked, plan_id))

    @rule(ref=children, version=st.integers(1, 3))
    def money_is_approved(self, ref: str, version: int) -> None:
        for plan_id, claim in self._claims_of(ref):
            asked = ApprovePremium(
                plan_id=plan_id,
                child_ref=ref,
                plan_version=version,
                line_ids=tuple(claim.lines),
                limit_pence=None,
                on=self.day,
            )
            with suppress(Refusal):
                self.funding.do(claim_act(asked, claim.financial_year, claim.term))

    @rule(ref=children, stands=st.booleans())
    def the_head_decides_what_was_held(self, ref: str, stands: bool) -> None:
        kind = LetApprovalsStand if stands else WithdrawApprovals
        for plan_id, claim in self._claims_of(ref):
            asked = kind(plan_id=plan_id, child_ref=ref, reason="It has begun.", on=self.day)
            with suppress(Refusal):
                self.funding.do(claim_act(asked, claim.financial_year, claim.term))

    @rule(ref=children, urn=st.sampled_from(SCHOOLS), released=st.booleans())
    def all_goes_well(self, ref: str, urn: str, released: bool) -> None:
        """Without it, chance would seldom come as far as money that leaves."""
        if ref not in self.in_care:
            self._enters(ref, urn)
        self.a_meeting_is_held(ref, "PEP")
        self.all_is_quiet_for_a_while()
        self.the_school_writes_and_marks_complete(ref)
        for version in (1, 2, 3):
            self.quality_assurance_approves(ref, OFFICER, version)
        self.all_is_quiet_for_a_while()
        for version in (1, 2, 3):
            self.money_is_approved(ref, version)
        if released:
            self.money_is_released(repeat=False)

    @rule(repeat=st.booleans())
    def money_is_released(self, repeat: bool) -> None:
        self.runs += 0 if repeat and self.runs else 1
        if self.waits:
            self.all_is_quiet_for_a_while()
        with suppress(Refusal):
            for event in self.funding.do(self._run()):
                if isinstance(event, PPPReleased):
                    self._must_be_right(event)

    def _run(self) -> Act:
        plans = tuple(plan_id for ref in CHILDREN for plan_id, _ in self._claims_of(ref))
        run = StartReleaseRun(
            run_id=f"run-{self.runs}",
            on=self.day,
            plan_ids=plans,
            relied_on=self.funding.heard,
            payment_routes=ROUTES,
            area_code="855",
        )
        return release_act(run, CHILDREN, SCHOOLS, "2026-04-01.00000000")

    def _must_be_right(self, released: PPPReleased) -> None:
        """By what those who know it know now: a completion that stands, a child in care, at the school that is paid."""
        plan = self.pep_record.state(released.plan_id)
        completion = plan.completion if isinstance(plan, Superseded) else plan
        stood = released.plan_id in self._let_stand()
        assert stood or isinstance(completion, Completed), "released without a completion that stands"
        assert not isinstance(plan, Superseded), "released for a plan whose place another took"
        if isinstance(completion, Completed):
            assert self.meetings[completion.meeting_id][2] == "PEP" or stood, "its meeting was no PEP meeting"
        assert child_of(released.plan_id) in self.in_care, "released for a child who is not in care"
        assert self._school_of(released.child_ref) == released.payee_urn, "released to a school that the child has left"

    def _school_of(self, ref: str) -> str | None:
        """By the newest fact; of several from one day the last word counts."""
        newest = max(on for on, _ in self.schools[ref])
        return [urn for on, urn in self.schools[ref] if on == newest][-1]

    def _let_stand(self) -> set[str]:
        return {event.plan_id for event in self.funding.of(PPPApprovalStands)}

    def _plans_of(self, ref: str) -> list[str]:
        return [stream for stream in self.pep_record.streams if stream.startswith(f"plan-{ref}-")]

    def _claims_of(self, ref: str) -> list[tuple[str, Claimed]]:
        found = [(plan_id, self.funding.state(claim_stream(plan_id))) for plan_id in self._plans_of(ref)]
        return [(plan_id, claim) for plan_id, claim in found if isinstance(claim, Claimed)]

    @invariant()
    def every_line_leaves_at_most_once_and_for_what_was_approved(self) -> None:
        approved = {(each.plan_id, each.line_id): each.approved_pence for each in self.funding.of(PPPApproved)}
        released = [(each.plan_id, each.line_id) for each in self.funding.of(PPPReleased)]
        assert len(set(released)) == len(released)
        for each in self.funding.of(PPPReleased):
            assert each.released_pence == approved[each.plan_id, each.line_id] == TUITION_LINE.line_pence

    @invariant()
    def nobody_assures_what_they_wrote(self) -> None:
        authors = {event.by for event in self.pep_record.of(SectionContributed)}
        assert all(event.by not in authors for event in self.pep_record.of(PEPCompleted))


def _alone(command: Command, stream: str) -> Act:
    return Act(command, (stream,))


class HastyRoad(Road):
    """Releases by what funding happens to have heard."""

    waits = False


TestMoneyFollowsTheRoad = pytest.mark.rule("L-74", "L-92")(Road.TestCase)
TestMoneyFollowsTheRoad.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


def test_a_run_that_does_not_wait_is_found_to_release_what_it_must_not() -> None:
    """The model can fail: without the wait it soon finds money that left by what was true yesterday."""
    quick = settings(max_examples=300, stateful_step_count=40, deadline=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match="released"):
        run_state_machine_as_test(HastyRoad, settings=quick)


def test_money_does_leave_on_the_road_when_all_goes_well() -> None:
    road = Road()
    road.a_term_begins()
    road.all_is_quiet_for_a_while()
    road.all_goes_well("child-7", SCHOOLS[0], released=True)
    assert [each.payee_urn for each in road.funding.of(PPPReleased)] == [SCHOOLS[0]]
