"""What funding does when another service announces something."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from tests.funding.history import CHILD, COMPLETED_ON, ENTERED_ON, PLAN, ROUTES, SCHOOL, History

from funding.domain.claim.commands import HoldApprovals, RequestPremium, StopClaim
from funding.domain.claim.events import PPPDeclined, PPPReferred, PPPRequested
from funding.domain.known_child import NoteCareEnded, NoteEntry, NoteSchool
from funding.domain.payee import NotePayee
from funding.domain.rules import FundingRules
from funding.policies import POLICIES
from pep_kernel.announcement import Announcement, Said
from pep_kernel.authority_policy.funding import (
    ApprovalLimits,
    BestValue,
    Category,
    Eligibility,
    Envelope,
    FundingFile,
    Grant,
)
from pep_kernel.contracts.pep_record import PEPCompleted, PEPCompletionWithdrawn, PEPSuperseded, PremiumLine
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildLeftCare,
    SchoolListed,
    SchoolMoved,
)
from pep_kernel.decider import Act
from pep_kernel.may import Role

FROM, SOURCE = date(2026, 4, 1), ("our choice",)


def category(name: str, eligibility: Eligibility, rule: str, since: date = FROM) -> Category:
    return Category(
        effective_from=since, category=name, eligibility=eligibility, reason="As the advice says.", source=(rule,)
    )


RULES = FundingRules(
    FundingFile(
        authority="camden",
        categories=(
            category("tuition", Eligibility.ALLOW, "L-93"),
            category("uniform", Eligibility.DECLINE, "L-101"),
            category("counselling", Eligibility.ASK, "L-95"),
            category("counselling", Eligibility.DECLINE, "L-95", COMPLETED_ON.replace(day=7)),
        ),
        approval_limits=(
            ApprovalLimits(
                effective_from=FROM,
                source=SOURCE,
                limits_pence={Role.VIRTUAL_SCHOOL_OFFICER: 30_000},
                without_limit=(Role.VIRTUAL_SCHOOL_HEAD,),
            ),
        ),
        grant=(Grant(effective_from=FROM, source=SOURCE, amount_pence=263_000, held_back_percent=20),),
        envelope=(Envelope(effective_from=FROM, source=SOURCE, head_may_override=True),),
        payment_routes=(ROUTES,),
        best_value=(BestValue(effective_from=FROM, source=SOURCE, impact_reviewed="premium_only"),),
    ),
    area_code="855",
)


def react(told: Announcement) -> Act:
    """What the policy for this announcement asks."""
    said = Said(
        announcement=told,
        authority="camden",
        service="pep-record",
        number=1,
        event_id=UUID(int=1),
        recorded_at=datetime(2026, 11, 6, 16, tzinfo=UTC),
        correlation=UUID(int=2),
    )
    act = POLICIES[type(told)](said, RULES)
    assert act is not None
    return act


def completed(*categories: str) -> PEPCompleted:
    lines = tuple(
        PremiumLine(line_id=name, category=name, quantity=2, unit_pence=4250, line_pence=8500) for name in categories
    )
    return PEPCompleted(
        plan_id=PLAN,
        child_ref=CHILD,
        plan_version=2,
        meeting_id="meeting-1",
        school_year=2026,
        term="autumn",
        on=COMPLETED_ON,
        lines=lines,
    )


def test_a_completed_plan_asks_for_its_lines_under_the_policy_of_that_day() -> None:
    act = react(completed("tuition"))
    assert act.streams == (f"claim-{PLAN}", f"known-{CHILD}", "envelope-2026-27-autumn")
    assert act.policy_version == RULES.in_force(COMPLETED_ON).version
    assert isinstance(act.command, RequestPremium)
    assert (act.command.plan_version, act.command.on) == (2, COMPLETED_ON)


def test_each_line_is_judged_by_its_kind_of_spending() -> None:
    history = History()
    history.do(react(completed("tuition", "uniform", "counselling")))
    assert [(event.line_id, event.rule) for event in history.of(PPPDeclined)] == [("uniform", "L-101")]
    assert [(event.line_id, event.rule) for event in history.of(PPPReferred)] == [("counselling", "L-95")]


def test_where_policy_is_silent_a_person_is_asked() -> None:
    history = History()
    history.do(react(completed("telescope")))
    assert [event.rule for event in history.of(PPPReferred)] == ["no rule for this kind of spending"]


def test_a_completion_told_twice_asks_once() -> None:
    history = History()
    history.do(react(completed("tuition")))
    history.do(react(completed("tuition")))
    assert len(history.of(PPPRequested)) == 1


def test_a_withdrawn_completion_holds() -> None:
    act = react(PEPCompletionWithdrawn(plan_id=PLAN, child_ref=CHILD, plan_version=2, meeting_id="meeting-1"))
    assert act.command == HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=2)
    assert act.streams == (f"claim-{PLAN}", f"known-{CHILD}")


def test_a_superseded_plan_stops_and_names_the_envelope_of_its_own_term() -> None:
    told = PEPSuperseded(plan_id=PLAN, child_ref=CHILD, school_year=2026, term="summer", by_plan_id="plan-child-7-2")
    act = react(told)
    assert act.command == StopClaim(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")
    assert act.streams == (f"claim-{PLAN}", f"known-{CHILD}", "envelope-2027-28-summer")


@pytest.mark.parametrize(
    ("told", "command"),
    [
        (
            ChildEnteredCare(child_ref=CHILD, on=ENTERED_ON, born_in_school_year=2014, school_urn=SCHOOL),
            NoteEntry(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON),
        ),
        (ChildLeftCare(child_ref=CHILD, on=ENTERED_ON), NoteCareEnded(child_ref=CHILD, on=ENTERED_ON)),
        (
            SchoolMoved(child_ref=CHILD, on=ENTERED_ON, school_urn=None),
            NoteSchool(child_ref=CHILD, school_urn=None, on=ENTERED_ON),
        ),
        (
            SchoolMoved(child_ref=CHILD, on=ENTERED_ON, school_urn=SCHOOL, renumbered=True),
            NoteSchool(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON, renumbered=True),
        ),
        (
            CareResponsibilityTransferred(child_ref=CHILD, on=ENTERED_ON),
            NoteCareEnded(child_ref=CHILD, on=ENTERED_ON),
        ),
    ],
)
def test_what_is_said_of_a_child_is_noted(told: Announcement, command: NoteEntry) -> None:
    assert react(told) == Act(command, (f"known-{CHILD}",))


def test_a_listed_school_is_noted_as_somebody_who_is_paid() -> None:
    act = react(SchoolListed(urn=SCHOOL, ukprn="10090001", laestab="8559901"))
    assert act == Act(NotePayee(urn=SCHOOL, ukprn="10090001", laestab="8559901"), (f"payee-{SCHOOL}",))


def test_who_works_here_is_noted_too() -> None:
    assert {"StaffMemberAdded", "RoleEnded"} <= {kind.__name__ for kind in POLICIES}
