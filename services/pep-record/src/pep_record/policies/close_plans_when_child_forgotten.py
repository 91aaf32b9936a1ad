"""Whenever a child is forgotten, it becomes known here, and nothing more is done with the child's plans."""

from __future__ import annotations

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.decider import Act
from pep_kernel.forgotten import note_of
from pep_record.domain.forgetting import forgetting


def close_plans_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    return forgetting(note_of(said))
