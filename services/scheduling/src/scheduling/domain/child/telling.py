"""One fact, told by itself: the events that say it, and what it lacks. Told again of the same day it changes nothing.

What is told of another day is kept, also where nothing changes by it: an earlier fact may come later, and ends there.
"""

from __future__ import annotations

from typing import assert_never

from pep_kernel.refusal import Refusal
from scheduling.domain.child import at_school, clearing, ending, lacking, plausible
from scheduling.domain.child import fact_events as known
from scheduling.domain.child import told as facts
from scheduling.domain.child.commands import RecordFact
from scheduling.domain.child.ending import MOVED_AUTHORITY, TURNED_EIGHTEEN
from scheduling.domain.child.events import (
    ChildEvent,
    LegalStatusChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.history import is_told, value_on, values_of
from scheduling.domain.child.school_identity import is_renumbered
from scheduling.domain.child.states import Child, Transferred, Where
from scheduling.domain.concerns.events import LACReviewScheduled

Events = list[ChildEvent]


def fact(child: Child, command: RecordFact) -> Events:
    """What is new in the fact; nothing where all of it is known. Refuses what cannot be true."""
    plausible.check(child, command)
    ref, on, told_before = command.child_ref, command.fact.on, child.circumstances
    match command.fact:
        case facts.PlacementTold() as told:
            return _placed(child, command, told)
        case facts.LegalStatusTold(legal_status=status):
            changed = LegalStatusChanged(child_ref=ref, on=on, legal_status=status)
            return _unless(is_told(child.legal_statuses, on, status), changed)
        case facts.SchoolTold(school_urn=urn):
            return _school(child, command, urn)
        case facts.RemovedFromRollTold():
            return _off_roll(child, command)
        case facts.SchoolMovePlannedTold(school_urn=urn):
            planned = known.SchoolMovePlanned(child_ref=ref, on=on, school_urn=urn)
            return _unless((on, urn) in told_before.planned_moves, planned)
        case facts.SocialWorkerTold(person_ref=person):
            worker = person or ""
            allocated = SocialWorkerAllocated(child_ref=ref, on=on, social_worker_ref=worker)
            return _unless(is_told(child.social_workers, on, worker), allocated)
        case facts.ReviewingOfficerTold(person_ref=person):
            officer = person or ""
            assigned = known.ReviewingOfficerAssigned(child_ref=ref, on=on, reviewing_officer_ref=officer)
            return _unless(is_told(told_before.reviewing_officers, on, officer), assigned)
        case facts.ReviewHeldTold():
            return _unless(on in child.reviews, ReviewHeld(child_ref=ref, on=on))
        case facts.ReviewScheduledTold():
            return _unless(on == child.concerns.review_on, LACReviewScheduled(child_ref=ref, on=on, by=command.by))
        case facts.FosteringAllowanceTold(paid=paid):
            return _allowance(child, command, paid)
        case facts.SiblingTold() as told:
            return _sibling(child, ref, told)
        case facts.YearGroupTold(year_group=group):
            return at_school.year_group(child, ref, on, group)
        case facts.SpecialNeedsTold(special_educational_needs=needs):
            return at_school.special_needs(child, ref, on, needs)
        case facts.SchoolNotifiedTold() as told:
            return _notified(child, ref, told)
        case facts.LeftCareTold(reason=reason):
            return _left(child, command, reason)
        case facts.ResponsibilityTransferredTold(to_authority=to):
            return _transferred(child, command, to)
        case other:
            assert_never(other)


def _unless(is_known: bool, event: ChildEvent) -> Events:
    return [] if is_known else [event]


def _placed(child: Child, command: RecordFact, told: facts.PlacementTold) -> Events:
    """A move from one foster home to another keeps its code: it is known only if it was told of this very day.

    What is told of it later, where it lies, that it was made in an emergency, the allowance, is each news by itself.
    """
    ref, is_known = command.child_ref, told.placement in values_of(child.placements, told.on)
    before = child.where.get((told.on, told.placement), Where())
    where = before.with_more(told.area, told.provider, told.changes_school)
    return [
        *_unless(is_known and where == before, lacking.moved_to(ref, told, where)),
        *(_emergency(child, command, told) if told.emergency else []),
        *([] if told.fostering_allowance is None else _allowance(child, command, told.fostering_allowance)),
        *([] if is_known else lacking.notice(child, ref, told)),
    ]


def _emergency(child: Child, command: RecordFact, told: facts.PlacementTold) -> Events:
    """After an emergency the notice to the school is an obligation: no flag waits for one any more."""
    ref = command.child_ref
    made = known.EmergencyPlacementMade(child_ref=ref, on=told.on, placement=told.placement)
    flags = (flag for what in clearing.OF_CARE for flag in clearing.lacking(child, what) if flag.on == told.on)
    gone = (clearing.cleared(ref, flag, "fact_corrected", command.today) for flag in flags)
    return [] if told.on in child.circumstances.emergencies else [made, *gone]


def _school(child: Child, command: RecordFact, urn: str | None) -> Events:
    """A change of school stands, approved or not (O-91)."""
    ref, on = command.child_ref, command.fact.on
    renumbered = is_renumbered(child, command, on, urn)
    moved = SchoolMoved(child_ref=ref, on=on, school_urn=urn, renumbered=renumbered)
    return _unless(is_told(child.schools, on, urn), moved)


def _off_roll(child: Child, command: RecordFact) -> Events:
    ref, on = command.child_ref, command.fact.on
    urn = value_on(child.schools, on)
    removed = known.ChildRemovedFromRoll(child_ref=ref, on=on, school_urn=urn)
    return [] if urn is None else [removed, SchoolMoved(child_ref=ref, on=on)]


def _allowance(child: Child, command: RecordFact, paid: bool) -> Events:
    told = known.FosteringAllowanceTold(child_ref=command.child_ref, on=command.fact.on, paid=paid)
    return _unless(is_told(child.circumstances.allowances, told.on, paid), told)


def _sibling(child: Child, ref: str, told: facts.SiblingTold) -> Events:
    sibling = told.sibling_ref or ""
    if sibling == ref:
        raise Refusal("sibling_ref: nobody is their own brother or sister.")
    event = known.SiblingLinked if told.linked else known.SiblingUnlinked
    is_known = (sibling in child.circumstances.siblings) == told.linked
    return _unless(is_known, event(child_ref=ref, on=told.on, sibling_ref=sibling))


def _notified(child: Child, ref: str, told: facts.SchoolNotifiedTold) -> Events:
    noted = known.SchoolNotified(child_ref=ref, on=told.on, placement_on=told.placement_on)
    return _unless(told.placement_on in dict(child.circumstances.notified), noted)


def _left(child: Child, command: RecordFact, reason: str) -> Events:
    """The end of the spell that runs. Nothing where it is known so, or by law; another end of it is a correction."""
    on = command.fact.on
    if any(spell.ended == on and spell.reason in (reason, TURNED_EIGHTEEN) for spell in child.spells):
        return []
    if child.running is not None and child.running.began <= on:
        return [ending.left_care(command, on, reason)]
    known_end = next(spell for spell in child.spells if spell.began <= on <= (spell.ended or on))
    raise Refusal(
        f"on: it is known that care ended on {known_end.ended:%d/%m/%Y}, for the reason {known_end.reason}. "
        "If that is wrong, correct it."
    )


def _transferred(child: Child, command: RecordFact, to: str) -> Events:
    """The spell ends here on the day on which it begins there: nobody is two authorities' child at an instant (I6).

    That it ended so may be known already. Told of another authority it is put right. Nothing is handed over of a child
    who is in care here again.
    """
    ref, on = command.child_ref, command.fact.on
    if child.transferred == Transferred(on, to):
        return []
    is_here_again = child.running is not None and child.running.began > on
    transferred = known.CareResponsibilityTransferred(child_ref=ref, on=on, to_authority=to, by=command.by)
    return [*([] if is_here_again else [transferred]), *_left(child, command, MOVED_AUTHORITY)]
