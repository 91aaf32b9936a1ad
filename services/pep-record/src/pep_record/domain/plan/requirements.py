"""What a plan must hold before it can be marked complete, and what it had better hold. The authority decides which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pep_kernel.authority_policy import PepRecordPolicy
from pep_kernel.authority_policy.pep_record import IfMissing
from pep_kernel.calendars import Term
from pep_kernel.refusal import Refusal
from pep_record.domain.plan.commands import Subject
from pep_record.domain.plan.states import Draft

YEAR_11 = 11


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is not there, and what that means for the plan."""

    sentence: str
    rule: str
    then: IfMissing


def warnings_of(plan: Draft, born_in_school_year: int | None, rules: PepRecordPolicy) -> tuple[str, ...]:
    """What the plan may lack and does. Refusal if it lacks what it may not."""
    lacks = (*_sections(plan, rules), *_targets(plan, born_in_school_year, rules))
    refused = [lack for lack in lacks if lack.then is IfMissing.REFUSE]
    if refused:
        raise Refusal(" ".join(lack.sentence for lack in refused), *dict.fromkeys(lack.rule for lack in refused))
    return tuple(lack.sentence for lack in lacks if lack.then is IfMissing.WARN)


def _sections(plan: Draft, rules: PepRecordPolicy) -> Iterator[Lack]:
    for section in rules.sections.each:
        if section.required and section.key not in plan.content.sections:
            yield Lack(f"The section '{section.title}' is empty.", "L-78", IfMissing.REFUSE)


def _targets(plan: Draft, born_in_school_year: int | None, rules: PepRecordPolicy) -> Iterator[Lack]:
    present = {target.subject for target in plan.content.targets}
    for subject in rules.targets.subjects:
        if subject not in present:
            yield Lack(f"There is no target for {subject}.", "L-63", rules.targets.if_subject_missing)
    if _is_in_year_11(plan, born_in_school_year) and Subject.POST_16 not in present:
        sentence = "A pupil in Year 11 needs a target about what comes after 16."
        yield Lack(sentence, "L-67", rules.targets.if_post_16_missing_in_year_11)
    if _changes_class(plan) and Subject.TRANSITION not in present:
        sentence = "A pupil who moves to a new class or school needs a transition target."
        yield Lack(sentence, "L-68", rules.targets.if_transition_missing)


def _is_in_year_11(plan: Draft, born_in_school_year: int | None) -> bool:
    return born_in_school_year is not None and plan.opening.school_year - born_in_school_year - 5 == YEAR_11


def _changes_class(plan: Draft) -> bool:
    """L-68 read for all: after the summer term every pupil is in another class or school."""
    return plan.opening.term == Term.SUMMER
