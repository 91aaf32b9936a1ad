"""A question about due dates that names no child: what one event on one day would start, for a child like this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy.due_dates import AboutChild, Trigger
from pep_kernel.calendars import Calendar
from scheduling.domain.due.explaining import as_counted_for, explained, is_owed
from scheduling.domain.due.explanation import Candidate, Explanation, Uncounted
from scheduling.domain.rules import SchedulingRules


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. What is left out is not known, and excludes no rule.

    `laestab` says in whose area the school lies; without a school the authority's own days count, and for a child who
    is on no roll (`without_school`) as policy says.
    """

    trigger: Trigger
    on: date
    school_urn: str | None = None
    laestab: str | None = None
    without_school: bool = False
    year_group: int | None = None
    age_years: int | None = None
    legal_status: str | None = None
    emergency: bool | None = None
    out_of_county: bool | None = None
    first_pep: bool | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer, with the days by which it was counted; `why_no_pep` is a short code where no PEP applies.

    `note` says in words what a person should know about all of these dates.
    """

    explanation: Explanation
    calendar: Calendar
    policy_version: str
    why_no_pep: str | None = None
    note: str | None = None


def asked(question: Question, rules: SchedulingRules) -> Asked:
    """By the rules in force on the day of the event. NotInForce before the first of them."""
    in_force = rules.file.in_force(question.on)
    of_school = rules.calendar_for(question.school_urn, question.laestab)
    calendar = as_counted_for(
        of_school, in_force.school_days, question.on, question.year_group, at_school=not question.without_school
    )
    why_no_pep = in_force.applicability.why_not_known(
        question.legal_status, question.age_years, question.year_group, in_setting=not question.without_school
    )
    every_rule = explained(question.trigger, question.on, _about(question, of_school), in_force, calendar)
    owed = _owed(every_rule, at_school=not question.without_school, pep_applies=why_no_pep is None)
    return Asked(owed, calendar, in_force.version, why_no_pep, _note(question))


def _owed(found: Explanation, *, at_school: bool, pep_applies: bool) -> Explanation:
    """What the log would keep of it."""

    def is_kept(each: Candidate | Uncounted) -> bool:
        return is_owed(each.obligation, at_school=at_school, pep_applies=pep_applies)

    return Explanation(tuple(filter(is_kept, found.candidates)), tuple(filter(is_kept, found.uncounted)))


def _note(question: Question) -> str | None:
    if question.school_urn is None or question.laestab is not None:
        return None
    return f"In whose area school {question.school_urn} lies is not known: the authority's own term dates count."


def _about(question: Question, of_school: Calendar) -> AboutChild:
    is_emergency = question.trigger is Trigger.EMERGENCY_PLACEMENT_MADE
    return AboutChild(
        year_group=question.year_group,
        age_years=question.age_years,
        legal_status=question.legal_status,
        emergency=True if is_emergency else question.emergency,
        out_of_county=of_school.out_of_county if question.out_of_county is None else question.out_of_county,
        first_pep=question.first_pep,
    )
