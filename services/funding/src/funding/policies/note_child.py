"""Scheduling says who is in care and where they learn; money depends on both, so we write it down."""

from __future__ import annotations

from funding.domain.forgetting import forgetting
from funding.domain.known_child import NoteCareEnded, NoteEntry, NoteSchool
from funding.domain.streams import known_stream
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    SchoolMoved,
)
from pep_kernel.decider import Act
from pep_kernel.forgotten import note_of


def note_entry_when_child_entered_care(said: Said[ChildEnteredCare], _rules: object) -> Act:
    told = said.announcement
    command = NoteEntry(child_ref=told.child_ref, school_urn=told.school_urn, on=told.on)
    return Act(command, (known_stream(told.child_ref),))


def note_care_ended_when_child_left_care(said: Said[ChildLeftCare], _rules: object) -> Act:
    told = said.announcement
    return Act(NoteCareEnded(child_ref=told.child_ref, on=told.on), (known_stream(told.child_ref),))


def note_care_ended_when_responsibility_transferred(said: Said[CareResponsibilityTransferred], _rules: object) -> Act:
    """The child is in another authority's care from that day: this one's money stays."""
    told = said.announcement
    return Act(NoteCareEnded(child_ref=told.child_ref, on=told.on), (known_stream(told.child_ref),))


def note_school_when_school_moved(said: Said[SchoolMoved], _rules: object) -> Act:
    told = said.announcement
    command = NoteSchool(child_ref=told.child_ref, school_urn=told.school_urn, on=told.on, renumbered=told.renumbered)
    return Act(command, (known_stream(told.child_ref),))


def stop_claims_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    return forgetting(note_of(said))
