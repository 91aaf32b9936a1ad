"""Delegates are named and end, a record is restricted and opened again, glass is broken for three hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import assert_never

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.sealed import PlanText
from scheduling.domain.access.commands import (
    AccessCommand,
    BreakGlass,
    EndDelegate,
    NameDelegate,
    RestrictRecord,
    UnrestrictRecord,
)
from scheduling.domain.access.events import (
    AccessEvent,
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    RecordRestricted,
    RecordUnrestricted,
)

GLASS_STAYS_BROKEN = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Access:
    """Who is delegate for this child, and whether the record is restricted."""

    delegates: frozenset[str] = frozenset()
    restricted: bool = False


def decide(access: Access, command: AccessCommand) -> Sequence[AccessEvent]:
    ref, by = command.child_ref, command.by
    match command:
        case NameDelegate(person_ref=person, on=on):
            named = person in access.delegates
            return [] if named else [DelegateNamed(child_ref=ref, on=on, person_ref=person, by=by)]
        case EndDelegate(person_ref=person, on=on):
            named = person in access.delegates
            return [DelegateEnded(child_ref=ref, on=on, person_ref=person, by=by)] if named else []
        case RestrictRecord(on=on, reason=reason):
            restricted = RecordRestricted(child_ref=ref, on=on, by=by, reason=PlanText.of(reason))
            return [] if access.restricted else [restricted]
        case UnrestrictRecord(on=on, reason=reason):
            opened = RecordUnrestricted(child_ref=ref, on=on, by=by, reason=PlanText.of(reason))
            return [opened] if access.restricted else []
        case BreakGlass():
            return [_glass_broken(command)]
        case _:
            assert_never(command)


def _glass_broken(command: BreakGlass) -> GlassBroken:
    return GlassBroken(
        child_ref=command.child_ref,
        person_ref=command.by,
        role=command.role,
        reason=PlanText.of(command.reason),
        at=command.at,
        until=command.at + GLASS_STAYS_BROKEN,
    )


def evolve(access: Access, event: AccessEvent) -> Access:
    match event:
        case DelegateNamed(person_ref=person):
            return replace(access, delegates=access.delegates | {person})
        case DelegateEnded(person_ref=person):
            return replace(access, delegates=access.delegates - {person})
        case RecordRestricted():
            return replace(access, restricted=True)
        case RecordUnrestricted():
            return replace(access, restricted=False)
        case GlassBroken():
            return access
        case _:
            assert_never(event)


def announce(event: AccessEvent, social_worker_ref: str | None) -> Announcement:
    """Others must know all of it, and the reasons of nothing. The worker is alerted when the glass is broken."""
    match event:
        case DelegateNamed(child_ref=ref, on=on, person_ref=person):
            return said.DelegateNamed(child_ref=ref, on=on, person_ref=person)
        case DelegateEnded(child_ref=ref, on=on, person_ref=person):
            return said.DelegateEnded(child_ref=ref, on=on, person_ref=person)
        case RecordRestricted(child_ref=ref, on=on):
            return said.RecordRestricted(child_ref=ref, on=on)
        case RecordUnrestricted(child_ref=ref, on=on):
            return said.RecordUnrestricted(child_ref=ref, on=on)
        case GlassBroken(child_ref=ref, person_ref=person, until=until):
            return said.GlassBroken(child_ref=ref, person_ref=person, until=until, social_worker_ref=social_worker_ref)
        case _:
            assert_never(event)
