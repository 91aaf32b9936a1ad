"""What a plan can be: nothing yet, a draft, in quality assurance, completed, superseded, forgotten with its child.

A plan that was returned, or whose completion was withdrawn, is a draft of its next version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pep_record.domain.plan.events import PricedLine


@dataclass(frozen=True, slots=True)
class Opening:
    """What stays true of a plan from its first day."""

    plan_id: str
    child_ref: str
    school_year: int
    term: str


@dataclass(frozen=True, slots=True)
class Target:
    """As much of a target as rules depend on."""

    target_id: str
    subject: str
    lines: tuple[PricedLine, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Which sections are written, which targets are set, and everybody whose hand is in them.

    `by_delegate` names the sections and targets that a delegate wrote last, until the designated teacher approves them.
    """

    sections: frozenset[str] = frozenset()
    targets: tuple[Target, ...] = ()
    authors: frozenset[str] = frozenset()
    by_delegate: frozenset[str] = frozenset()

    def lines(self) -> Iterator[PricedLine]:
        for target in self.targets:
            yield from target.lines


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no such plan yet."""


@dataclass(frozen=True, slots=True)
class Draft:
    """It is being written; `version` is the one that will be marked complete."""

    opening: Opening
    content: Content = Content()
    version: int = 1


@dataclass(frozen=True, slots=True)
class InQualityAssurance:
    """It awaits a decision and nobody can change it."""

    opening: Opening
    content: Content
    version: int
    meeting_id: str
    marked_complete_by: str
    social_worker_agrees: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """This version was approved."""

    opening: Opening
    content: Content
    version: int
    meeting_id: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another plan took its place; its own completion, if it had one, can still turn out not to stand."""

    opening: Opening
    by_plan_id: str
    completion: Completed | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The child is forgotten: nobody can read what the plan said, and nothing more is done with it."""

    on: date
    reason: str


Plan = Nothing | Draft | InQualityAssurance | Completed | Superseded | Forgotten
PLAN_STATES: tuple[type[Plan], ...] = (Nothing, Draft, InQualityAssurance, Completed, Superseded, Forgotten)
