"""What of a child must not wait or be forgotten.

`agenda_item`, `exclusion`, `urgent_pep`, `safeguarding_concern`: a row each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.contracts.scheduling import WithdrawnBecause
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    AgendaItemReopened,
    AgendaItemTaken,
    AgendaItemWithdrawn,
    PermanentExclusionNotified,
    PermanentExclusionWithdrawn,
    SafeguardingConcernRaised,
    SuspensionNotified,
    SuspensionRecounted,
    SuspensionWithdrawn,
    UrgentPEPRequested,
    UrgentPEPWithdrawn,
)


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that the next PEP meeting must speak of; `meeting_id` is the meeting that did."""

    child_ref: str
    item: str
    about: str
    since: date
    meeting_id: str | None = None


def _agenda_keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    if isinstance(event, AgendaItemAdded | AgendaItemTaken | AgendaItemReopened | AgendaItemWithdrawn):
        return ((event.child_ref, event.item),)
    return ()


def _agenda_fold(row: AgendaItem | None, recorded: Recorded, _key: Key) -> AgendaItem | None:
    match row, recorded.event:
        case _, AgendaItemAdded(child_ref=ref, item=item, about=about, on=on):
            return AgendaItem(ref, item, about, on)
        case AgendaItem(), AgendaItemTaken(meeting_id=meeting_id):
            return replace(row, meeting_id=meeting_id)
        case AgendaItem(), AgendaItemReopened():
            return replace(row, meeting_id=None)
        case AgendaItem(), AgendaItemWithdrawn():
            return None
        case _:
            return row


AGENDA_ITEMS = ReadModel("agenda_item", AgendaItem, ("child_ref", "item"), _agenda_keys, _agenda_fold)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A suspension, or an exclusion for good, which has no number of days. Days are counted in halves.

    One that does not stand is kept, with the day on which that was told, and why.
    """

    child_ref: str
    began: date
    permanent: bool
    notified_on: date
    category: PlanText
    reason: PlanText
    half_days: int | None = None
    half_days_in_year: int | None = None
    most_half_days: int | None = None
    provision_from: date | None = None
    withdrawn_on: date | None = None
    withdrawn_because: WithdrawnBecause | None = None
    withdrawn_reason: PlanText | None = None
    half_days_served: int | None = None
    back_on: date | None = None


def _exclusion_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case SuspensionNotified() | SuspensionRecounted() | SuspensionWithdrawn() as event:
            return ((event.child_ref, event.began, False),)
        case PermanentExclusionNotified() | PermanentExclusionWithdrawn() as event:
            return ((event.child_ref, event.on, True),)
        case _:
            return ()


def _exclusion_fold(row: Exclusion | None, recorded: Recorded, _key: Key) -> Exclusion | None:
    match row, recorded.event:
        case _, SuspensionNotified() as event:
            return Exclusion(
                child_ref=event.child_ref,
                began=event.began,
                permanent=False,
                notified_on=event.notified_on,
                category=event.category,
                reason=event.reason,
                half_days=event.half_days,
                half_days_in_year=event.half_days_in_year,
                most_half_days=event.most_half_days,
                provision_from=event.provision_from,
            )
        case _, PermanentExclusionNotified() as event:
            return Exclusion(
                child_ref=event.child_ref,
                began=event.on,
                permanent=True,
                notified_on=event.notified_on,
                category=event.category,
                reason=event.reason,
                provision_from=event.provision_from,
            )
        case Exclusion(), SuspensionRecounted(half_days_in_year=in_year, provision_from=provision):
            return replace(row, half_days_in_year=in_year, provision_from=provision)
        case Exclusion(), SuspensionWithdrawn(half_days_served=served) as event:
            return replace(_withdrawn(row, event), half_days_served=served)
        case Exclusion(), PermanentExclusionWithdrawn(back_on=back_on) as event:
            return replace(_withdrawn(row, event), back_on=back_on)
        case _:
            return row


def _withdrawn(row: Exclusion, event: SuspensionWithdrawn | PermanentExclusionWithdrawn) -> Exclusion:
    return replace(
        row,
        withdrawn_on=event.withdrawn_on,
        withdrawn_because=event.because,
        withdrawn_reason=event.reason,
        provision_from=None,
    )


EXCLUSIONS = ReadModel("exclusion", Exclusion, ("child_ref", "began", "permanent"), _exclusion_keys, _exclusion_fold)


@dataclass(frozen=True, slots=True)
class UrgentPEP:
    """A PEP meeting that was asked for at once: why, and by whom where it was a person. Or whether that is over."""

    child_ref: str
    asked_on: date
    reason: str
    by: str | None = None
    what: PlanText | None = None
    withdrawn_on: date | None = None


def _urgent_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case UrgentPEPRequested(child_ref=ref, on=on, reason=reason):
            return ((ref, on, reason),)
        case UrgentPEPWithdrawn(child_ref=ref, requested_on=on, reason=reason):
            return ((ref, on, reason),)
        case _:
            return ()


def _urgent_fold(row: UrgentPEP | None, recorded: Recorded, _key: Key) -> UrgentPEP | None:
    match row, recorded.event:
        case _, UrgentPEPRequested(child_ref=ref, on=on, reason=reason, by=by, what=what):
            return UrgentPEP(ref, on, reason, by, what)
        case UrgentPEP(), UrgentPEPWithdrawn(on=on):
            return replace(row, withdrawn_on=on)
        case _:
            return row


URGENT_PEPS = ReadModel("urgent_pep", UrgentPEP, ("child_ref", "asked_on", "reason"), _urgent_keys, _urgent_fold)


@dataclass(frozen=True, slots=True)
class SafeguardingConcern:
    """What somebody was worried about. The id is that of the event, as there may be several in a day."""

    concern_id: str
    child_ref: str
    raised_on: date
    by: str
    what: PlanText


def _raised_keys(recorded: Recorded) -> Iterable[Key]:
    return ((str(recorded.envelope.event_id),),) if isinstance(recorded.event, SafeguardingConcernRaised) else ()


def _raised_fold(row: SafeguardingConcern | None, recorded: Recorded, key: Key) -> SafeguardingConcern | None:
    match recorded.event:
        case SafeguardingConcernRaised(child_ref=ref, on=on, by=by, what=what):
            return SafeguardingConcern(f"{key[0]}", ref, on, by, what)
        case _:
            return row


SAFEGUARDING_CONCERNS = ReadModel(
    "safeguarding_concern", SafeguardingConcern, ("concern_id",), _raised_keys, _raised_fold
)
