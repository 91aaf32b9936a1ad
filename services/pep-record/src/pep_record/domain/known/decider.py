"""Facts are always accepted: what happened to a child cannot be refused, only known. Until the child is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from pep_kernel import forgotten
from pep_kernel.decider import Decider
from pep_kernel.forgotten import KnownForgotten, NoteForgotten, refuse_if_forgotten
from pep_record.domain.known.commands import (
    KnownCommand,
    NoteCarer,
    NoteCurrentPlan,
    NoteDelegate,
    NoteEnteredCare,
    NoteGlassBroken,
    NoteLeftCare,
    NoteMeetingCorrected,
    NoteMeetingHeld,
    NoteNoPlanNeeded,
    NoteRestriction,
    NoteSchool,
    NoteSocialWorker,
)
from pep_record.domain.known.events import (
    BrokenGlassKnown,
    CarerKnown,
    DelegateKnown,
    KnownEvent,
    KnownInCare,
    KnownToHaveLeftCare,
    MeetingCorrectionKnown,
    MeetingKnown,
    NoPlanNeeded,
    PlanBecameCurrent,
    RestrictionKnown,
    SchoolKnown,
    SocialWorkerKnown,
)
from pep_record.domain.known.states import CurrentFrom, Known, Meeting, Roll


def decide(known: Known, command: KnownCommand) -> Sequence[KnownEvent]:
    if isinstance(command, NoteForgotten):
        return forgotten.decide(known.forgotten, command)
    refuse_if_forgotten(known.forgotten)
    match command:
        case NoteEnteredCare():
            return _entered_care(command)
        case NoteLeftCare(on=on, closes_on=closes_on):
            is_known = (on, closes_on) == (known.left_care_on, known.closes_on)
            return [] if is_known else [KnownToHaveLeftCare(**command.model_dump())]
        case NoteSchool():
            return [SchoolKnown(**command.model_dump())]
        case NoteSocialWorker():
            return [SocialWorkerKnown(**command.model_dump())]
        case NoteDelegate():
            return [DelegateKnown(**command.model_dump())]
        case NoteCarer():
            return [CarerKnown(**command.model_dump())]
        case NoteRestriction():
            return [RestrictionKnown(**command.model_dump())]
        case NoteGlassBroken():
            return [BrokenGlassKnown(**command.model_dump())]
        case NoteNoPlanNeeded():
            return [NoPlanNeeded(**command.model_dump())]
        case NoteMeetingHeld():
            return [MeetingKnown(**command.model_dump())]
        case NoteMeetingCorrected():
            return [MeetingCorrectionKnown(**command.model_dump())]
        case NoteCurrentPlan():
            return [PlanBecameCurrent(**command.model_dump())]
        case _:
            assert_never(command)


def _entered_care(command: NoteEnteredCare) -> Sequence[KnownEvent]:
    child_ref, on = command.child_ref, command.on
    in_care = KnownInCare(child_ref=child_ref, on=on, born_in_school_year=command.born_in_school_year)
    if command.school_urn is None:
        return [in_care]
    return [in_care, SchoolKnown(child_ref=child_ref, on=on, school_urn=command.school_urn)]


def evolve(known: Known, event: KnownEvent) -> Known:
    match event:
        case KnownInCare(born_in_school_year=year):
            return replace(known, born_in_school_year=year, left_care_on=None, closes_on=None)
        case KnownToHaveLeftCare(on=on, closes_on=closes_on):
            return replace(known, left_care_on=on, closes_on=closes_on or on)
        case SchoolKnown(school_urn=school_urn, on=on) if on >= known.roll.on:
            return replace(known, roll=Roll(school_urn, on))
        case MeetingKnown(meeting_id=meeting_id, on=on, outcome=outcome):
            return _with_meeting(known, _as_told(_meeting(known, meeting_id), Meeting(meeting_id, on, outcome)))
        case MeetingCorrectionKnown(meeting_id=meeting_id, on=on, outcome=outcome):
            held = _meeting(known, meeting_id) or Meeting(meeting_id, on, outcome)
            return _with_meeting(known, replace(held, on=on, outcome=outcome, corrected=True))
        case PlanBecameCurrent(plan_id=plan_id, number=number, on=on):
            return replace(known, plans=(*known.plans, CurrentFrom(plan_id, number, on)))
        case KnownForgotten():
            return replace(known, forgotten=event)
        case SchoolKnown() | SocialWorkerKnown() | NoPlanNeeded():
            return known
        case DelegateKnown() | CarerKnown() | RestrictionKnown() | BrokenGlassKnown():
            return known
        case _:
            assert_never(event)


def _meeting(known: Known, meeting_id: str) -> Meeting | None:
    return next((meeting for meeting in known.meetings if meeting.meeting_id == meeting_id), None)


def _as_told(before: Meeting | None, told: Meeting) -> Meeting:
    """What was told of a meeting that was held, unless a correction came before it: then nothing of it is news."""
    return before if before and before.corrected else told


def _with_meeting(known: Known, meeting: Meeting) -> Known:
    others = (other for other in known.meetings if other.meeting_id != meeting.meeting_id)
    return replace(known, meetings=(*others, meeting))


KNOWN: Decider[Known, KnownCommand, KnownEvent] = Decider(Known(), decide, evolve)
