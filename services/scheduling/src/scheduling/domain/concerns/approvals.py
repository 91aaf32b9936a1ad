"""A move that needed somebody's agreement and had none is recorded all the same, and that is said (regs 10, 11; O-91).

What waits is the request, never the fact: nobody here can stop a placement. An agreement that is given afterwards ends
the flag, not the history: on the day of the move there was none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from pep_kernel.authority_policy.approvals import OF_AREA, Decision, DualApproval, OfficersApproval
from pep_kernel.authority_policy.scheduling import SchedulingPolicy
from pep_kernel.calendars import cohort_year_group
from scheduling.domain.child import clearing
from scheduling.domain.child.commands import CorrectFact, RecordCareFacts, RecordFact
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.fact_events import Area, Provider
from scheduling.domain.child.school_identity import is_another_school, last_school
from scheduling.domain.child.states import Child, Where
from scheduling.domain.child.told import PlacementTold, SchoolTold
from scheduling.domain.concerns.commands import NoteApproval
from scheduling.domain.concerns.events import ApprovalNoted, NoApprovalRecorded
from scheduling.domain.concerns.states import ApprovedMove, UnapprovedMove

SEPTEMBER = 9
OWN_PROVISION: Provider = "PR1"
TellsMoves = RecordCareFacts | RecordFact | CorrectFact
Move = tuple[date, str | None, Sequence[Decision]]
"""The day, the new school where it is a change of school, and the decisions that it may need."""


def noted(child: Child, command: NoteApproval) -> Sequence[ChildEvent]:
    """The agreement, and the move that it was asked for, if that has been made already."""
    agreed = ApprovedMove(command.decision, command.on, command.school_urn, command.for_day)
    note = ApprovalNoted(
        child_ref=command.child_ref,
        request_id=command.request_id,
        decision=command.decision,
        on=command.on,
        school_urn=command.school_urn,
        for_day=command.for_day,
    )
    concerns = replace(child.concerns, approved=(*child.concerns.approved, agreed))
    return [note, *_settled(replace(child, concerns=concerns), command.child_ref)]


def settled(child: Child, command: TellsMoves) -> Sequence[ChildEvent]:
    """Of a move that is told late the agreement may have come meanwhile."""
    return _settled(child, command.child_ref)


def _settled(child: Child, child_ref: str) -> list[ChildEvent]:
    return [
        clearing.approval(child_ref, move, "approval_given", agreed.on)
        for move in child.concerns.unapproved
        if not move.settled
        for agreed in [each for each in child.concerns.approved if _is_for(child, each, move)][:1]
    ]


def _is_for(child: Child, agreed: ApprovedMove, move: UnapprovedMove) -> bool:
    """Given too late for the move; or in time, for a move that had been told before its day."""
    in_time = _covers(child, agreed, move.decision, move.on, move.school_urn)
    return in_time or _is_late_for(child, agreed, move)


def _is_late_for(child: Child, agreed: ApprovedMove, move: UnapprovedMove) -> bool:
    """It was asked for this move: for its very day, or for the school where the child has been since."""
    if agreed.decision != move.decision or agreed.school_urn not in (None, move.school_urn):
        return False
    schools_since = {urn for day, urn in child.schools if move.on <= day <= agreed.on}
    return agreed.for_day == move.on or (move.school_urn is not None and schools_since == {move.school_urn})


def missing(child: Child, command: TellsMoves) -> Sequence[ChildEvent]:
    """Each agreement that a move in this spell needed and did not have; said once a move."""
    said = {(move.on, move.decision, move.school_urn) for move in child.concerns.unapproved}
    return [
        NoApprovalRecorded(
            child_ref=command.child_ref,
            on=on,
            decision=decision,
            school_urn=urn,
            emergency=_could_not_wait(command, on),
        )
        for on, urn, decisions in _moves(child, command)
        for decision in decisions
        if (on, decision, urn) not in said and not _is_approved(child, decision, on, urn)
    ]


def unmoved(child: Child, command: RecordCareFacts | CorrectFact) -> Sequence[ChildEvent]:
    """The correction of another fact may show that this was no move: the child had been at that school before."""
    if child.running is None:
        return []
    moves = {(on, urn, decision) for on, urn, decisions in _moves(child, command) for decision in decisions}
    return [
        clearing.approval(command.child_ref, move, "fact_corrected", command.today)
        for move in child.concerns.unapproved
        if not move.settled and move.decision not in OF_AREA and (move.on, move.school_urn, move.decision) not in moves
    ]


def missing_still(before: Child, child: Child, command: CorrectFact) -> Sequence[ChildEvent]:
    """A placement that lies elsewhere needs the same agreement on its right day: the corrected fact tells no area."""
    wrong = command.correction
    if wrong.fact != "placement" or wrong.never_happened:
        return []
    return [
        NoApprovalRecorded(
            child_ref=command.child_ref, on=wrong.holds_on, decision=move.decision, emergency=move.emergency
        )
        for move in before.concerns.unapproved
        if move.on == wrong.on
        and move.decision in OF_AREA
        and move not in child.concerns.unapproved
        and not _is_approved(child, move.decision, wrong.holds_on, None)
    ]


def _could_not_wait(command: TellsMoves, on: date) -> bool:
    match command:
        case RecordFact(fact=(SchoolTold() | PlacementTold()) as told):
            return told.on == on and told.emergency
        case _:
            return False


def _moves(child: Child, command: TellsMoves) -> Iterator[Move]:
    """The moves of this spell, by the rules of their days. Where a child is at first is no move."""
    since = child.concerns.moves_count_from
    if since is None or child.running is None:
        return
    for on, urn in _school_changes(child, command):
        if on > since:
            yield on, urn, _of_school(command, child, on)
    for (_, before), (on, placement) in pairwise(child.placements):
        if on > since and placement != before:
            needed = command.rules.in_force(on).approval_of("placement_change")
            yield on, None, ["placement_change"] if needed else []
    match command:
        case RecordFact(fact=PlacementTold(on=on, placement=placement)) if on > since:
            policy, where = command.rules.in_force(on), child.where.get((on, placement), Where())
            decision = _of_area(policy, where.area)
            yield on, None, [decision] if decision and not _is_excepted(policy, decision, placement, where) else []


def _of_area(policy: SchedulingPolicy, area: Area | None) -> Decision | None:
    """Who agrees follows the distance, where the authority says that others do (reg 11)."""
    match area:
        case "at_a_distance" if policy.approval_of("placement_at_a_distance"):
            return "placement_at_a_distance"
        case "out_of_area" | "at_a_distance":
            return "out_of_area_placement"
        case _:
            return None


def _is_excepted(policy: SchedulingPolicy, decision: Decision, placement: str, where: Where) -> bool:
    """With relatives and friends, or with the authority's own foster parents, as reg 11(4) has it; as policy says."""
    approval = policy.approval_of(decision)
    return isinstance(approval, OfficersApproval) and placement in (
        *approval.except_placements,
        *(approval.except_own_placements if where.provider == OWN_PROVISION else ()),
    )


def _school_changes(child: Child, command: TellsMoves) -> Iterator[tuple[date, str]]:
    """A roll that is left and entered again is no change, nor is a school's new number, nor a first school."""
    for on, urn in child.schools:
        if urn is not None and last_school(child, on) is not None and is_another_school(child, command, on, urn):
            yield on, urn


def _of_school(command: TellsMoves, child: Child, on: date) -> list[Decision]:
    policy = command.rules.in_force(on)
    decisions: tuple[Decision, ...] = ("school_change", "key_stage_4_move")
    approvals = ((decision, policy.approval_of(decision)) for decision in decisions)
    return [decision for decision, approval in approvals if approval and _asks(approval, command, child, on)]


def _asks(approval: DualApproval | OfficersApproval, command: TellsMoves, child: Child, on: date) -> bool:
    year = cohort_year_group(child.born_in_school_year or 0, on)
    if isinstance(approval, OfficersApproval) and year not in approval.year_groups:
        return False
    return year not in approval.except_phase_transfers_into_year_groups or not _changes_phase(command, child, on)


def _changes_phase(command: TellsMoves, child: Child, on: date) -> bool:
    """Whether this is the first new school of the school year, in September, as when a whole class moves on (O-91)."""
    first = date(on.year, SEPTEMBER, 1)
    earlier = any(first <= day < on and is_another_school(child, command, day, urn) for day, urn in child.schools)
    return on.month == SEPTEMBER and not earlier


def _is_approved(child: Child, decision: str, on: date, urn: str | None) -> bool:
    return any(_covers(child, each, decision, on, urn) for each in child.concerns.approved)


def _covers(child: Child, agreed: ApprovedMove, decision: str, on: date, urn: str | None) -> bool:
    """It was there by that day, for this school, and was not used up by an earlier move."""
    is_of_it = agreed.decision == decision and agreed.on <= on and agreed.school_urn in (None, urn)
    return is_of_it and not _is_used(child, agreed, on, urn)


def _is_used(child: Child, agreed: ApprovedMove, on: date, urn: str | None) -> bool:
    """By a move to this school since it was given, by the placement of its day, or by a move that it was late for."""
    if any(move.on < on and _is_late_for(child, agreed, move) for move in child.concerns.unapproved):
        return True
    if urn is None:
        return any((agreed.for_day or on) <= day < on for day, _placement in child.placements)
    return any(agreed.on <= day < on for day, school in child.schools if school == urn)
