"""Whenever a child leaves care, dies or is forgotten, nobody is told anything about them that was still to be told."""

from __future__ import annotations

from notifications.domain.holding_back import holding_back
from notifications.domain.known_child import NoteInCare, NoteLeftCare, known_stream
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
)
from pep_kernel.decider import Act
from pep_kernel.forgotten import note_of


def note_child_in_care(said: Said[ChildEnteredCare], _rules: object) -> Act:
    """Told again of the day of a leaving, it takes that leaving back; what was held back stays so."""
    told = said.announcement
    command = NoteInCare(child_ref=told.child_ref, on=told.on)
    return Act(command, (known_stream(told.child_ref),), child_ref=told.child_ref)


def hold_back_when_child_left_care(said: Said[ChildLeftCare], _rules: object) -> Act:
    told = said.announcement
    return holding_back(NoteLeftCare(child_ref=told.child_ref, on=told.on, ended=told.ended or "other"))


def hold_back_when_responsibility_transferred(said: Said[CareResponsibilityTransferred], _rules: object) -> Act:
    told = said.announcement
    return holding_back(NoteLeftCare(child_ref=told.child_ref, on=told.on, ended="moved_authority"))


def hold_back_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    return holding_back(note_of(said))
