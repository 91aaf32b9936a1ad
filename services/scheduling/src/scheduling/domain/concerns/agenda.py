"""What the next PEP meeting must speak of, until one has been held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scheduling.domain.child.commands import NoteMeetingHeld
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    AgendaItemReopened,
    AgendaItemTaken,
    AgendaItemWithdrawn,
)
from scheduling.domain.concerns.states import UrgentPEP


def added(child: Child, child_ref: str, about: str, on: date) -> Sequence[ChildEvent]:
    """Once for one thing of one day."""
    item = named(about, on)
    if any(known.item == item for known in child.concerns.agenda):
        return []
    return [AgendaItemAdded(child_ref=child_ref, item=item, about=about, on=on)]


def named(about: str, on: date) -> str:
    return f"{about}-{on}"


def withdrawn(child: Child, child_ref: str, about: str, on: date) -> Sequence[ChildEvent]:
    """Also one that a meeting took already, so that nobody gives it back. What a person asked for that day stands."""
    item = named(about, on)
    asked_for = UrgentPEP(about, on, by_person=True) in child.concerns.waiting
    known = any(each.item == item for each in child.concerns.agenda)
    return [AgendaItemWithdrawn(child_ref=child_ref, item=item)] if known and not asked_for else []


def after_meeting(child: Child, command: NoteMeetingHeld) -> Sequence[ChildEvent]:
    """A PEP meeting takes all that waited on its day. A review of progress gives back what it had taken before.

    Of a meeting of which only the day was wrong it is known what it took.
    """
    ref, meeting = command.child_ref, command.meeting_id
    if command.outcome_stands:
        return []
    if command.outcome == "PROGRESS_REVIEW":
        theirs = [each for each in child.concerns.agenda if each.taken_by == meeting]
        return [AgendaItemReopened(child_ref=ref, item=each.item, meeting_id=meeting) for each in theirs]
    arose_since = {each.reason for each in child.concerns.waiting if each.on > command.on}
    return [
        AgendaItemTaken(child_ref=ref, item=each.item, meeting_id=meeting, on=command.on)
        for each in child.concerns.agenda
        if each.taken_by is None and each.on <= command.on and each.about not in arose_since
    ]
