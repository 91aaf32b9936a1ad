"""Counts what a trigger starts: each rule that is for the child, in the days of the child's school.

The day after the trigger is day 1. A rule whose school days reach beyond the known term dates has no date: nothing is
guessed.
"""

from __future__ import annotations

from datetime import date, timedelta

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.due_dates import AboutChild, Obligation, SchoolDays, Trigger
from pep_kernel.calendars import Calendar, Roll, SchoolTerm, TermDatesMissing, due_date, school_year
from pep_kernel.contracts.scheduling import Obligation as Duty
from scheduling.domain.due.explanation import Candidate, Explanation, Uncounted

YEAR_11 = 11
TERM, CADENCE, HELD = "term", "cadence", "MeetingHeld"


def explained(
    trigger: Trigger, on: date, about: AboutChild, rules: SchedulingPolicy, calendar: Calendar
) -> Explanation:
    """Every rule that `trigger` starts on this day for a child of whom so much is known."""
    counted = [_counted(rule, on, calendar) for rule in rules.obligations_after(trigger) if rule.is_for(about)]
    if trigger is Trigger.TERM_OPENED:
        counted += _of_the_term(on, about, rules, calendar)
    return Explanation(
        tuple(each for each in counted if isinstance(each, Candidate)),
        tuple(each for each in counted if isinstance(each, Uncounted)),
    )


def is_owed(obligation: Duty, *, at_school: bool, pep_applies: bool) -> bool:
    """A school is told of every child on its roll, whether a PEP applies or not; the rest is for those who have one."""
    return at_school if obligation == "notify" else pep_applies


def _counted(rule: Obligation, on: date, calendar: Calendar) -> Candidate | Uncounted:
    try:
        kept = due_date(on, rule.days, rule.unit, calendar)
    except TermDatesMissing as missing:
        return Uncounted(rule.label, rule.source, rule.duty, rule.met_by, rule.unit.value, rule.days, str(missing))
    due = kept.due if rule.roll is Roll.KEEP else due_date(on, rule.days, rule.unit, calendar, rule.roll).due
    return Candidate(
        rule=rule.label,
        source=rule.source,
        obligation=rule.duty,
        satisfied_by=rule.met_by,
        unit=rule.unit.value,
        days=rule.days,
        start=on,
        due=due,
        skipped=kept.skipped,
        moved_from=kept.due if kept.due != due else None,
        is_statutory=rule.is_statutory,
    )


def _of_the_term(
    on: date, about: AboutChild, rules: SchedulingPolicy, calendar: Calendar
) -> list[Candidate | Uncounted]:
    """The termly meeting, if the term of this day has one for the child's year group."""
    try:
        term = calendar.term_on_or_next(on)
    except TermDatesMissing as missing:
        return [without_term(missing, rules)]
    has_one = about.year_group is None or term.term in rules.cadence.terms_of(about.year_group)
    return [by_cut_off(term, on, rules)] if has_one else []


def by_cut_off(term: SchoolTerm, on: date, rules: SchedulingPolicy) -> Candidate:
    """The term's meeting: by the authority's cut-off date, or else by the last day of the child's own term."""
    return Candidate(
        rule=CADENCE,
        source=rules.cadence.source,
        obligation="hold",
        satisfied_by=HELD,
        unit=TERM,
        days=None,
        start=on,
        due=rules.cadence.cut_off(term),
    )


def without_term(missing: TermDatesMissing, rules: SchedulingPolicy) -> Uncounted:
    """The same where no term is known."""
    return Uncounted(CADENCE, rules.cadence.source, "hold", HELD, TERM, None, str(missing))


def as_counted_for(
    calendar: Calendar, rule: SchoolDays, on: date, year_group: int | None, *, at_school: bool
) -> Calendar:
    """The calendar as it counts for this child: on no roll, or in Year 11 after the last exam, policy may differ."""
    if not at_school and rule.without_school == "working_days":
        return calendar.always_open()
    last_exam = calendar.last_exam_days.get(school_year(on))
    if year_group == YEAR_11 and last_exam is not None and rule.year_11_after_exams == "working_days":
        return calendar.always_open(last_exam + timedelta(days=1))
    return calendar
