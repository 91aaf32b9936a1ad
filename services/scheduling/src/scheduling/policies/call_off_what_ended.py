"""Whenever a meeting still stands although a fact about its child ended what it was for, it is called off.

A fact calls off the child's meetings in its own append. An import tells of many children and sees only the meetings
that the read models show: one that was arranged in that very moment is found here. The fact is the cause, so that it
happens once, also by two sweeps at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pep_kernel.decider import Act
from scheduling.domain.in_one_append import child_stream, meeting_stream
from scheduling.domain.meetings_follow import Because, CallOffWhatEnded, call_off_what_ended


@dataclass(frozen=True, slots=True)
class StillStanding:
    """This meeting was arranged before that fact was told, and stands."""

    meeting_id: str
    child_ref: str
    because: Because
    fact: UUID
    correlation: UUID
    recorded_at: datetime


def call_off(found: StillStanding, today: date) -> Act:
    command = CallOffWhatEnded(child_ref=found.child_ref, meeting_id=found.meeting_id, on=today, because=found.because)
    streams = (child_stream(found.child_ref), meeting_stream(found.meeting_id))
    return Act(command, streams, call_off_what_ended, found.child_ref)
