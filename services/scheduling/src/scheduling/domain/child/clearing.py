"""A flag ends when what the fact lacked is there, or when the fact was corrected away. It is said once, like the flag.

That a notice came late is history: nothing can put it right but a correction of the placement's day. What nothing will
put right any more a person may let be, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pep_kernel.contracts.scheduling import FlagEnds
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import correction
from scheduling.domain.child.circumstances import Noted
from scheduling.domain.child.commands import CorrectFact, JudgedToday, LetFlagBe, OfOneFact
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.fact_events import FactFlagCleared, FlagLetBe
from scheduling.domain.child.history import values_of
from scheduling.domain.child.states import Child, in_care
from scheduling.domain.concerns.states import UnapprovedMove

OF_CARE = ("notice", "notice_in_time")
"""What nothing lacks while the child is not in care."""


def cleared(child_ref: str, flag: Noted, because: FlagEnds, on: date) -> FactFlagCleared:
    return FactFlagCleared(
        child_ref=child_ref,
        on=flag.on,
        fact=flag.fact,
        lacks=flag.what,
        because=because,
        cleared_on=on,
    )


def approval(child_ref: str, move: UnapprovedMove, because: FlagEnds, on: date) -> FactFlagCleared:
    return FactFlagCleared(
        child_ref=child_ref,
        on=move.on,
        fact="school" if move.school_urn else "placement",
        lacks="approval",
        because=because,
        cleared_on=on,
        decision=move.decision,
    )


def let_be(child: Child, command: LetFlagBe) -> Sequence[ChildEvent]:
    """By a person, with the reason. It is said once of each flag, and not again until the fact is told anew."""
    flag = Noted(command.lacks, command.fact, command.on)
    moves = [move for move in child.concerns.unapproved if _is_of(move, command)]
    if flag not in child.circumstances.flags and not moves:
        raise Refusal("That this fact lacks such a thing is not flagged.")
    if flag in child.circumstances.let_be or (moves and all(move.settled for move in moves)):
        return []
    return [
        FlagLetBe(
            child_ref=command.child_ref,
            on=command.on,
            fact=command.fact,
            lacks=command.lacks,
            decision=command.decision,
            let_be_on=command.let_be_on,
            by=command.by,
            reason=PlanText.of(command.reason),
        )
    ]


def _is_of(move: UnapprovedMove, command: LetFlagBe) -> bool:
    fact = "school" if move.school_urn else "placement"
    asked = (command.lacks, command.fact, command.on, command.decision)
    return asked == ("approval", fact, move.on, move.decision)


def lacking(child: Child, what: str) -> list[Noted]:
    """The open flags of this kind, in the order of their days."""
    return sorted((flag for flag in child.circumstances.flags if flag.what == what), key=lambda flag: flag.on)


def by_notice(child: Child, command: OfOneFact) -> Sequence[ChildEvent]:
    """The school has been told after all."""
    told_on = dict(child.circumstances.notified)
    return [
        cleared(command.child_ref, flag, "notice_given", told_on[flag.on])
        for flag in lacking(child, "notice")
        if flag.on in told_on
    ]


def by_person(child: Child, command: CorrectFact) -> Sequence[ChildEvent]:
    """Before the right fact is told: a placement that keeps its day lacks still what the wrong one lacked."""
    told, gone = command.correction, by_correction(child, command)
    if told.fact != "placement" or told.never_happened or told.holds_on != told.on:
        return gone
    return [each for each in gone if each.on != told.on or each.lacks == "place_in_the_care_record"]


def by_correction(child: Child, command: JudgedToday) -> list[FactFlagCleared]:
    """The fact that lacked something is not on record any more."""
    ref, today = command.child_ref, command.today
    return [
        *(cleared(ref, flag, "fact_corrected", today) for flag in _facts_gone(child)),
        *(approval(ref, move, "fact_corrected", today) for move in child.concerns.unapproved if _is_gone(child, move)),
    ]


def _facts_gone(child: Child) -> Iterator[Noted]:
    for flag in sorted(child.circumstances.flags):
        if not _is_told(child, flag) or (flag.what in OF_CARE and not in_care(child, flag.on)):
            yield flag


def _is_told(child: Child, flag: Noted) -> bool:
    match flag.fact:
        case "entered_care":
            return any(spell.began == flag.on for spell in child.spells)
        case "year_group":
            return True
        case fact:
            return bool(values_of(correction.history_of(child, fact), flag.on))


def _is_gone(child: Child, move: UnapprovedMove) -> bool:
    told = child.placements if move.school_urn is None else child.schools
    days = [day for day, value in told if move.school_urn in (None, value)]
    return not move.settled and (move.on not in days or not in_care(child, move.on))
