"""A placement made in an emergency: the PEP is begun soon after it, and the school told in writing (reg 13, T07, T15).

The school is told of every child on its roll, whether a PEP applies to the child or not. What meets that is the notice
of this very placement, whichever of the two was told first.
"""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child import due_dates, verdict
from scheduling.domain.child.commands import Judged, OfOneFact, RecordFact
from scheduling.domain.child.events import ChildEvent, ObligationMet
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.due.explaining import is_owed

NOTICE = "written_notice"
"""What meets the obligation: it has no record of its own."""


def started(before: Child, child: Child, command: RecordFact) -> list[ChildEvent]:
    """What an emergency starts that was told just now, or whose school was: there is somebody to tell now."""
    known = before.circumstances.emergencies
    return [
        each
        for on in sorted(child.circumstances.emergencies)
        if on not in known or (_at_school(child, on) and not _at_school(before, on))
        for each in dates(child, on, command, pep_applies=verdict.applies_on(child, on))
    ]


def _at_school(child: Child, on: date) -> bool:
    return value_on(child.schools, on) is not None


def dates(child: Child, on: date, command: Judged, *, pep_applies: bool) -> due_dates.Dates:
    """By the rules of that day, for a child who is in care still."""
    at_school = _at_school(child, on)
    if child.running is None or on < child.running.began:
        return []
    counted = due_dates.after(Trigger.EMERGENCY_PLACEMENT_MADE, on, child, command)
    return [each for each in counted if is_owed(each.obligation, at_school=at_school, pep_applies=pep_applies)]


def notified(child: Child, command: OfOneFact) -> list[ChildEvent]:
    """The school has been told of these placements."""
    told_on = dict(child.circumstances.notified)
    return [
        ObligationMet(
            child_ref=command.child_ref,
            obligation="notify",
            trigger_on=due.trigger_on,
            on=told_on[due.trigger_on],
            by=NOTICE,
        )
        for due in child.open_dues
        if due.obligation == "notify" and due.trigger_on in told_on
    ]
