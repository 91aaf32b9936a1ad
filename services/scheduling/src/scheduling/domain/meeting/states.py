"""What a meeting can be: not arranged, arranged, held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class NotScheduled:
    """Nobody has arranged it."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """It has a date and people who were invited."""

    meeting_id: str
    child_ref: str
    at: datetime
    invitees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """It took place, with the outcome that holds today."""

    meeting_id: str
    child_ref: str
    on: date
    outcome: Literal["PEP", "PROGRESS_REVIEW"]


Meeting = NotScheduled | Scheduled | Held
