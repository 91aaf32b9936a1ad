"""The day from which a PEP applies moves with the facts on which it rests. Nobody else hears of it: a plan is open."""

from __future__ import annotations

from datetime import date

from msgspec import structs

from scheduling.domain.child import verdict
from scheduling.domain.child.commands import OfOneFact
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.states import Applies, Child, SpellInCare


def moved(before: Child, child: Child, command: OfOneFact) -> list[ChildEvent]:
    """Another first day than `before`, unless a new school has asked for a PEP since."""
    match before.running, before.verdict, child.running, child.verdict:
        case SpellInCare() as was, Applies(since=since), SpellInCare() as now, Applies():
            applies = verdict.applies(child, command, now)
            is_first = since == _known(before, command, was)
            return [structs.replace(applies, resumed=True)] if is_first and applies.on != since else []
        case _:
            return []


def _known(before: Child, command: OfOneFact, spell: SpellInCare) -> date | None:
    applied = verdict.why_not(before, command, command.today) is None
    return verdict.applies(before, command, spell).on if applied else None
