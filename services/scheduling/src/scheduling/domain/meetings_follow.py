"""What happens to a child's meetings when something happens to the child: all in the append that tells it.

Another worker or school: whoever had the job is not invited any more, and whoever has it now is. A child who left care
has no meetings any more. What is already over is left as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.decider import Decided
from scheduling.domain.child.ending import DIED
from scheduling.domain.child.events import ChildLeftCare, SchoolMoved, SocialWorkerAllocated
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.commands import CallOff
from scheduling.domain.meeting.invitation_commands import FollowPerson
from scheduling.domain.meeting.states import Proposed, Scheduled


def follow(book: InOneAppend, child_ref: str, told: Decided, teachers: Mapping[str, tuple[str, ...]]) -> None:
    """`teachers` has the designated teachers of each school, by its URN."""
    for _, event in told:
        match event:
            case SocialWorkerAllocated(on=on):
                worker = book.child(child_ref).social_workers[-1][1]  # an older fact may be told late
                _follow(book, child_ref, Capacity.SOCIAL_WORKER, (worker,), on)
            case SchoolMoved(on=on):
                school = book.child(child_ref).schools[-1][1]
                _follow(book, child_ref, Capacity.DESIGNATED_TEACHER, teachers.get(school or "", ()), on)
            case ChildLeftCare(on=on, reason=reason) if book.child(child_ref).running is None:
                _call_off(book, child_ref, on, "died" if reason == DIED else "left_care")
            case _:
                pass


def _follow(book: InOneAppend, child_ref: str, capacity: Capacity, people: tuple[str, ...], on: date) -> None:
    for meeting in book.meetings_of(child_ref):
        if isinstance(meeting, Scheduled) and meeting.at.date() >= on:
            command = FollowPerson(meeting_id=meeting.meeting_id, capacity=capacity, people=people, on=on)
            book.tell_meeting(meeting.meeting_id, command)


def _call_off(book: InOneAppend, child_ref: str, on: date, because: Literal["left_care", "died"]) -> None:
    for meeting in book.meetings_of(child_ref):
        match meeting:
            case Scheduled(at=at) if at.date() < on:
                pass
            case Proposed() | Scheduled():
                book.tell_meeting(meeting.meeting_id, CallOff(meeting_id=meeting.meeting_id, on=on, because=because))
            case _:
                pass
