"""A plan at a fictional school, in the autumn of 2026, in the words of the tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pep_kernel.authority_policy import PepRecordFile, PepRecordPolicy, TermsFile, read_policy_file
from pep_kernel.calendars import Term
from pep_kernel.may import Role
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText
from pep_record.domain.known.events import MeetingKnown, PlanBecameCurrent
from pep_record.domain.plan.commands import (
    ApprovePlan,
    ContributeSection,
    CostedLine,
    FactsOfChild,
    MarkComplete,
    Owner,
    PlannedAction,
    ReturnPlan,
    SetTarget,
    Subject,
)
from pep_record.domain.plan.events import (
    AgreedAction,
    EPEPOpened,
    PEPCompleted,
    PEPMarkedComplete,
    PricedLine,
    SectionContributed,
    TargetSet,
)
from pep_record.domain.rules import RecordRules

AUTHORITIES = Path(__file__).parents[2] / "shared" / "authorities"

CHILD = "child-7"
PLAN_ID = "plan-child-7-1"
NEXT_PLAN_ID = "plan-child-7-2"
TEACHER, WORKER, OFFICER, OTHER_OFFICER = "teacher-1", "worker-1", "officer-1", "officer-2"
ENTERED_CARE = date(2026, 9, 21)
MEETING_DAY = date(2026, 10, 6)
TODAY = date(2026, 10, 9)


def rules_of(authority: str) -> RecordRules:
    def text(name: str) -> str:
        return (AUTHORITIES / authority / name).read_text(encoding="utf-8")

    file = read_policy_file(PepRecordFile, text("pep-record.toml"), "pep-record.toml", authority)
    terms = read_policy_file(TermsFile, text("terms.toml"), "terms.toml", authority)
    return RecordRules(file, terms.calendar())


LEICESTERSHIRE = rules_of("leicestershire").in_force(TODAY)
OXFORDSHIRE = rules_of("oxfordshire").in_force(TODAY)

HELD = FactsOfChild(has_school=True, born_in_school_year=2015, pep_meetings=("meeting-1",))
TUITION = CostedLine(category="tuition", quantity=10, unit_pence=4000, line_pence=40000)
TUITION_LINE = PricedLine(line_id="target-1-v1-1", category="tuition", quantity=10, unit_pence=4000, line_pence=40000)


def opened(*, term: Term = Term.AUTUMN, plan_id: str = PLAN_ID, number: int = 1) -> EPEPOpened:
    return EPEPOpened(
        plan_id=plan_id,
        child_ref=CHILD,
        number=number,
        on=ENTERED_CARE,
        because="entered_care",
        school_year=2026,
        term=term,
    )


def section(key: str, *, by: str = TEACHER) -> SectionContributed:
    text = PlanText.of("Enjoys fractions.")
    return SectionContributed(section=key, text=text, by=by, role="designated_teacher", on=TODAY)


def every_section(rules: PepRecordPolicy) -> tuple[Event, ...]:
    return tuple(section(each.key) for each in rules.sections.each)


def target(subject: Subject, number: int, *lines: PricedLine, by: str = TEACHER) -> TargetSet:
    actions = [
        AgreedAction(text=PlanText.of("Weekly lessons."), owner="designated_teacher", line=line) for line in lines
    ]
    return TargetSet(
        target_id=f"target-{number}",
        subject=subject,
        text=PlanText.of("Reads aloud with joy."),
        actions=tuple(actions),
        by=by,
        role="designated_teacher",
        on=TODAY,
    )


def written(rules: PepRecordPolicy) -> tuple[Event, ...]:
    """A plan that holds all that any plan must hold in autumn."""
    return (
        opened(),
        *every_section(rules),
        target(Subject.MATHS, 1, TUITION_LINE),
        target(Subject.ENGLISH, 2),
    )


def marked_complete(version: int = 1) -> PEPMarkedComplete:
    return PEPMarkedComplete(plan_version=version, meeting_id="meeting-1", by=TEACHER, on=TODAY)


def completed(version: int = 1) -> PEPCompleted:
    return PEPCompleted(plan_version=version, meeting_id="meeting-1", by=OFFICER, on=TODAY)


def contribute(key: str, role: Role, rules: PepRecordPolicy, child: FactsOfChild = HELD) -> ContributeSection:
    return ContributeSection(
        plan_id=PLAN_ID,
        section=key,
        text="Enjoys fractions.",
        by=TEACHER,
        role=role,
        on=TODAY,
        rules=rules,
        child=child,
    )


def set_target(
    subject: Subject, *lines: CostedLine | None, role: Role = Role.DESIGNATED_TEACHER, target_id: str = "target-1"
) -> SetTarget:
    actions = tuple(
        PlannedAction(text="Weekly lessons.", owner=Owner.DESIGNATED_TEACHER, line=line) for line in lines or (None,)
    )
    return SetTarget(
        target_id=target_id,
        subject=subject,
        text="Reads aloud with joy.",
        actions=actions,
        by=TEACHER,
        role=role,
        on=TODAY,
    )


def mark_complete(
    rules: PepRecordPolicy, child: FactsOfChild = HELD, role: Role = Role.DESIGNATED_TEACHER
) -> MarkComplete:
    return MarkComplete(plan_id=PLAN_ID, by=TEACHER, role=role, on=TODAY, rules=rules, child=child)


def approve(
    rules: PepRecordPolicy,
    *,
    version: int = 1,
    by: str = OFFICER,
    role: Role = Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
    child: FactsOfChild = HELD,
) -> ApprovePlan:
    return ApprovePlan(plan_id=PLAN_ID, by=by, role=role, on=TODAY, rules=rules, child=child, plan_version=version)


def return_plan(rules: PepRecordPolicy, *, by: str = OFFICER, version: int = 1) -> ReturnPlan:
    return ReturnPlan(
        plan_version=version,
        reason="The costings are missing.",
        by=by,
        role=Role.SENIOR_VIRTUAL_SCHOOL_OFFICER,
        on=TODAY,
        rules=rules,
    )


def held(meeting_id: str = "meeting-1", on: date = MEETING_DAY, outcome: str = "PEP") -> MeetingKnown:
    return MeetingKnown(child_ref=CHILD, on=on, meeting_id=meeting_id, outcome=outcome)


def became_current(plan_id: str = PLAN_ID, number: int = 1, on: date = ENTERED_CARE) -> PlanBecameCurrent:
    return PlanBecameCurrent(child_ref=CHILD, on=on, plan_id=plan_id, number=number)
