"""A child who misses too many sessions is at risk of persistent absence: said once, and again only after a recovery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.states import Child
from scheduling.domain.concerns import agenda, urgent
from scheduling.domain.concerns.commands import JudgeAbsence
from scheduling.domain.concerns.events import PersistentAbsenceRecovered, PersistentAbsenceRiskDetected


def judged(child: Child, command: JudgeAbsence) -> Sequence[ChildEvent]:
    """By the rules of the last day that is looked at. Too few possible sessions say nothing (O-77)."""
    rule = command.rules.in_force(command.on).persistent_absence
    if command.possible < rule.fewest_sessions:
        return []
    missed_percent = 100 * command.missed
    if not child.concerns.absence_at_risk and missed_percent >= rule.threshold_percent * command.possible:
        return _at_risk(child, command)
    if child.concerns.absence_at_risk and missed_percent < rule.rearm_below_percent * command.possible:
        return [PersistentAbsenceRecovered(**_figures(command))]
    return []


def _at_risk(child: Child, command: JudgeAbsence) -> Sequence[ChildEvent]:
    detected = PersistentAbsenceRiskDetected(**_figures(command))
    return [
        detected,
        *agenda.added(child, command.child_ref, "persistent_absence", command.on),
        *urgent.by_itself(child, command, "persistent_absence", command.on),
    ]


def _figures(command: JudgeAbsence) -> dict[str, Any]:
    return command.model_dump(include={"child_ref", "on", "since", "possible", "missed"})
