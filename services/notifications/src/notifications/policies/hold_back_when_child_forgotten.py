"""Whenever a child is forgotten, nobody is told anything about them any more."""

from __future__ import annotations

from notifications.domain.forgetting import forgetting
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.decider import Act
from pep_kernel.forgotten import note_of


def hold_back_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    return forgetting(note_of(said))
