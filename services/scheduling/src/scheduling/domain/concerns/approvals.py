"""A move that needed somebody's agreement and had none is recorded all the same, and that is said (regs 10, 11; O-91).

What waits is the request, never the fact: nobody here can stop a placement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from pep_kernel.authority_policy.approvals import Decision, OfficersApproval
from pep_kernel.authority_policy.scheduling import SchedulingPolicy
from pep_kernel.calendars import cohort_year_group
from scheduling.domain.child.commands import RecordCareFacts, RecordFact, RecordSchoolMove
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.school_identity import is_another_school, last_school
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import PlacementTold
from scheduling.domain.concerns.commands import NoteApproval
from scheduling.domain.concerns.events import ApprovalNoted, NoApprovalRecorded

TellsMoves = RecordCareFacts | RecordFact | RecordSchoolMove
Move = tuple[date, str | None, Sequence[Decision]]
"""The day, the new school where it is a change of school, and the decisions that it may need."""


def noted(child: Child, command: NoteApproval) -> Sequence[ChildEvent]:
    return [
        ApprovalNoted(
            child_ref=command.child_ref,
            request_id=command.request_id,
            decision=command.decision,
            on=command.on,
            school_urn=command.school_urn,
        )
    ]


def missing(child: Child, command: TellsMoves) -> Sequence[ChildEvent]:
    """Each agreement that a move in this spell needed and did not have; said once a move."""
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
        if (on, decision) not in child.concerns.unapproved and not _is_approved(child, decision, on, urn)
    ]


def _could_not_wait(command: TellsMoves, on: date) -> bool:
    match command:
        case (
            RecordSchoolMove(on=day, emergency=emergency) | RecordFact(fact=PlacementTold(on=day, emergency=emergency))
        ):
            return day == on and emergency
        case _:
            return False


def _moves(child: Child, command: TellsMoves) -> Iterator[Move]:
    """The moves of this spell, by the rules of their days. Where a child is at first is no move."""
    since = child.concerns.moves_count_from
    if since is None or child.running is None:
        return
    for on, urn in _school_changes(child, command):
        if on > since:
            yield on, urn, _of_school(command.rules.in_force(on), child, on)
    for (_, before), (on, placement) in pairwise(child.placements):
        if on > since and placement != before:
            needed = command.rules.in_force(on).approval_of("placement_change")
            yield on, None, ["placement_change"] if needed else []
    match command:
        case RecordFact(fact=PlacementTold(on=on, area="out_of_area" | "at_a_distance")) if on > since:
            yield on, None, ["out_of_area_placement"]


def _school_changes(child: Child, command: TellsMoves) -> Iterator[tuple[date, str]]:
    """A roll that is left and entered again is no change, nor is a school's new number, nor a first school."""
    for on, urn in child.schools:
        if urn is not None and last_school(child, on) is not None and is_another_school(child, command, on, urn):
            yield on, urn


def _of_school(policy: SchedulingPolicy, child: Child, on: date) -> list[Decision]:
    year = cohort_year_group(child.born_in_school_year or 0, on)
    decisions: tuple[Decision, ...] = ("school_change", "key_stage_4_move")
    approvals = ((decision, policy.approval_of(decision)) for decision in decisions)
    return [
        decision
        for decision, approval in approvals
        if approval and not (isinstance(approval, OfficersApproval) and year not in approval.year_groups)
    ]


def _is_approved(child: Child, decision: Decision, on: date, urn: str | None) -> bool:
    """By that day, for this school, and not used up by an earlier move there."""
    used_until = max((day for day, school in child.schools if day < on and school == urn), default=date.min)
    return any(
        each.decision == decision and used_until < each.on <= on and each.school_urn in (None, urn)
        for each in child.concerns.approved
    )
