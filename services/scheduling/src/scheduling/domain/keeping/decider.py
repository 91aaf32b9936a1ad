"""A record is kept until the law lets it go. Then two people decide, one after the other, and nobody alone (reg 50)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import assert_never

from pep_kernel.forgotten import removed
from pep_kernel.refusal import Refusal
from scheduling.domain.keeping.commands import (
    ApproveForgetting,
    ConfirmForgotten,
    DeclineForgetting,
    Judged,
    KeepingCommand,
    LiftLegalHold,
    PlaceLegalHold,
    RequestForgetting,
    RequestForgettingOfEntries,
)
from scheduling.domain.keeping.events import (
    ChildForgotten,
    Entries,
    EntriesForgotten,
    ForgettingApproved,
    ForgettingDeclined,
    ForgettingRequested,
    KeepingEvent,
    LegalHoldLifted,
    LegalHoldPlaced,
)
from scheduling.domain.keeping.states import Approved, Asked, Forgotten, Keeping, Kept


def decide(keeping: Keeping, command: KeepingCommand, *, in_care: bool) -> Sequence[KeepingEvent]:
    match keeping.stage, command:
        case Forgotten(), ConfirmForgotten():
            return []
        case Forgotten() as gone, _:
            raise removed(gone.on, gone.reason)
        case Approved(basis=basis, entries=None), ConfirmForgotten(child_ref=ref, on=on):
            return [ChildForgotten(child_ref=ref, on=on, reason=basis)]
        case Approved(basis=basis, entries=Entries() as entries), ConfirmForgotten(child_ref=ref, on=on):
            return [EntriesForgotten(child_ref=ref, on=on, reason=basis, entries=entries)]
        case _, ConfirmForgotten():
            return []
        case Approved(), _:
            raise Refusal("Two people have decided to forget this, and it is being done.")
        case _, PlaceLegalHold(case_ref=case):
            return [] if case in keeping.cases else [LegalHoldPlaced(**command.model_dump())]
        case _, LiftLegalHold(case_ref=case):
            return _lifted(keeping, command, case)
        case Kept(), RequestForgetting(basis=basis):
            until = _may_be_forgotten(keeping, command, in_care=in_care)
            ref, on, by = command.child_ref, command.on, command.by
            return [ForgettingRequested(child_ref=ref, on=on, basis=basis, by=by, kept_until=until)]
        case Kept(), RequestForgettingOfEntries():
            return [_entries_requested(keeping, command)]
        case Asked(), RequestForgetting() | RequestForgettingOfEntries():
            raise Refusal("Somebody has asked for this already; somebody else approves or declines it.")
        case Asked(), DeclineForgetting(child_ref=ref, on=on, by=by):
            return [ForgettingDeclined(child_ref=ref, on=on, by=by)]
        case Asked(by=asked_by), ApproveForgetting(by=by) if by == asked_by:
            raise Refusal("Nobody approves what they asked for themselves: a second person decides.")
        case Asked(entries=entries), ApproveForgetting(child_ref=ref, on=on, by=by):
            _still_may(keeping, command, entries, in_care=in_care)
            return [ForgettingApproved(child_ref=ref, on=on, by=by)]
        case _:
            raise Refusal("Nobody has asked that anything of this record be forgotten.")


def _lifted(keeping: Keeping, command: LiftLegalHold, case: str) -> list[KeepingEvent]:
    if case not in keeping.cases:
        raise Refusal(f"The record is not held for case {case}.")
    return [LegalHoldLifted(**command.model_dump())]


def _entries_requested(keeping: Keeping, command: RequestForgettingOfEntries) -> ForgettingRequested:
    _is_not_held(keeping)
    if not 1 <= command.first <= command.last:
        raise Refusal("Entries are counted from 1, and the first is not after the last.")
    entries = Entries(stream=command.stream, first=command.first, last=command.last)
    ref, on, by = command.child_ref, command.on, command.by
    return ForgettingRequested(child_ref=ref, on=on, basis=command.basis, by=by, entries=entries)


def _still_may(keeping: Keeping, command: Judged, entries: Entries | None, *, in_care: bool) -> None:
    """A case may have been opened since somebody asked, or the date of birth been corrected."""
    if entries is None:
        _may_be_forgotten(keeping, command, in_care=in_care)
    _is_not_held(keeping)


def _may_be_forgotten(keeping: Keeping, command: Judged, *, in_care: bool) -> date:
    """The day until which the record had to be kept. Refuses before it."""
    _is_not_held(keeping)
    if in_care:
        raise Refusal("The child is in care.", "reg 50")
    if command.date_of_birth is None:
        raise Refusal("Nobody knows until when this record must be kept: there is no date of birth.", "reg 50")
    until = command.rule.kept_until(command.date_of_birth, keeping.died_on)
    if command.on < until:
        raise Refusal(f"This record must be kept until {until:%d/%m/%Y}.", "reg 50")
    return until


def _is_not_held(keeping: Keeping) -> None:
    if keeping.cases:
        raise Refusal(f"The record is held for {', '.join(sorted(keeping.cases))}: nothing of it may be forgotten.")


def evolve(keeping: Keeping, event: KeepingEvent) -> Keeping:
    match event:
        case LegalHoldPlaced(case_ref=case):
            return replace(keeping, cases=keeping.cases | {case})
        case LegalHoldLifted(case_ref=case):
            return replace(keeping, cases=keeping.cases - {case})
        case ForgettingRequested(by=by, basis=basis, entries=entries):
            return replace(keeping, stage=Asked(by, basis, entries))
        case ForgettingDeclined() | EntriesForgotten():
            return replace(keeping, stage=Kept())
        case ForgettingApproved():
            return replace(keeping, stage=_approved(keeping.stage))
        case ChildForgotten(on=on, reason=reason):
            return replace(keeping, stage=Forgotten(on, reason))
        case _:
            assert_never(event)


def _approved(stage: Kept | Asked | Approved | Forgotten) -> Approved:
    if not isinstance(stage, Asked):
        raise TypeError(f"ForgettingApproved of {type(stage).__name__}")
    return Approved(stage.basis, stage.entries)
