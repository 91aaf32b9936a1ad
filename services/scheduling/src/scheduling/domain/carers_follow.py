"""Who looks after a child when the child comes to live elsewhere: nobody, until the authority's list says who does.

The link to the carers ends in the append that tells of the move, and with it what they may see; also that of carers of
an earlier time in care. It goes on where the record says that the carers are the same, during a temporary placement (in
hospital, on holiday) and on the way back from it, and where an earlier fact was wrong.
"""

from __future__ import annotations

from pep_kernel.calendars import ONE_DAY
from pep_kernel.decider import Decided
from scheduling.domain.child.events import ChildEnteredCare, PlacementChanged
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.child.history import value_on
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meetings_follow import follow_carer
from scheduling.domain.person.commands import UnlinkCarer
from scheduling.domain.person.events import CarerUnlinked

TEMPORARY = "T"
"""The codes of the return for temporary placements begin with it."""


def unlink(book: InOneAppend, command: Judged, before: Child, told: Decided) -> None:
    """The carers who were loaded with the child, if it lives elsewhere by what was told. They are invited no more."""
    child_ref = command.child_ref
    events = [event for _, event in told]
    corrected = any(isinstance(each, FactCorrected) and each.fact in ("placement", "entered_care") for each in events)
    moves = [each for each in events if isinstance(each, ChildEnteredCare | PlacementChanged)]
    child = book.child(child_ref)
    left = [move.on for move in moves if _lives_elsewhere(before, child, move)]
    if corrected or not left:
        return
    on = max(left)
    for person_ref in book.carers_of(child_ref):
        book.tell_person(person_ref, UnlinkCarer(person_ref=person_ref, child_ref=child_ref))
        unlinked = CarerUnlinked(person_ref=person_ref, child_ref=child_ref)
        follow_carer(book, unlinked, (), on, command.rules.in_force(on), child.born_in_school_year)


def _lives_elsewhere(before: Child, after: Child, move: ChildEnteredCare | PlacementChanged) -> bool:
    """A move of before the newest that was known, told late, ends nothing now."""
    if not before.placements or move.on <= before.placements[-1][0] or move.placement.startswith(TEMPORARY):
        return False
    if isinstance(move, ChildEnteredCare):
        return True
    return not move.same_carers and not _comes_back(after, move)


def _comes_back(child: Child, move: PlacementChanged) -> bool:
    """From a temporary placement to one of the kind of before it."""
    was = value_on(child.placements, move.on - ONE_DAY) or ""
    homes = [code for day, code in child.placements if day < move.on and not code.startswith(TEMPORARY)]
    return was.startswith(TEMPORARY) and homes[-1:] == [move.placement]
