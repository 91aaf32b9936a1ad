"""Counting again what is open, by today's rules and term dates: only when a person asks for it.

A date is computed once and stands. A rule that changes later changes only what is computed later.
"""

from __future__ import annotations

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child import due_dates
from scheduling.domain.child.commands import RecomputeDueDates
from scheduling.domain.child.events import PEPDueDateRevised
from scheduling.domain.child.states import Child, Due
from scheduling.domain.due.explaining import TERM, by_cut_off
from scheduling.domain.due.explanation import Candidate


def revised(child: Child, command: RecomputeDueDates) -> list[PEPDueDateRevised]:
    """Each open date that would be another one today. Where no rule asks for it any more it stays as it is."""
    rules = command.rules.in_force(command.today)
    again = [(due, _again(child, due, command, rules)) for due in child.open_dues]
    return [_revision(due, new, command, rules.version) for due, new in again if new and new.due != due.due]


def _again(child: Child, due: Due, command: RecomputeDueDates, rules: SchedulingPolicy) -> Candidate | None:
    if due.unit == TERM:
        _about, calendar = due_dates.counting_for(child, due.trigger_on, rules, command)
        begun = [term for term in calendar.whole_terms() if term.first <= due.due]
        return by_cut_off(begun[-1], due.trigger_on, rules) if begun else None
    if due.trigger not in set(Trigger):
        return None
    explanation = due_dates.explained_for(child, Trigger(due.trigger), due.trigger_on, rules, command)
    return explanation.governing.get(due.obligation)


def _revision(due: Due, new: Candidate, command: RecomputeDueDates, version: str) -> PEPDueDateRevised:
    return PEPDueDateRevised(
        child_ref=command.child_ref,
        obligation=due.obligation,
        trigger=due.trigger,
        trigger_on=due.trigger_on,
        due=new.due,
        was=due.due,
        unit=new.unit,
        days=new.days,
        source=new.source,
        policy_version=version,
        passed_over=tuple(day for day, _why in new.skipped),
    )
