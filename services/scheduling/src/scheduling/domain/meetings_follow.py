"""What happens to a child's meetings when something happens to the child: all in the append that tells it.

Another worker or school: whoever had the job is not invited any more, and whoever has it now is. A child who left care,
or to whom no PEP applies any more, has no meetings any more. What is already over is left as it was.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import cohort_year_group
from pep_kernel.decider import Decided, States
from pep_kernel.message import Command
from scheduling.domain.child.ending import DIED
from scheduling.domain.child.events import ChildLeftCare, PEPNotApplicable, SchoolMoved, SocialWorkerAllocated
from scheduling.domain.child.history import newest
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child, DoesNotApply
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.commands import CallOff
from scheduling.domain.meeting.invitation_commands import FollowPerson
from scheduling.domain.meeting.states import Proposed, Scheduled

Because = Literal["left_care", "died", "no_pep_applies"]


class CallOffWhatEnded(Command):
    """A meeting still stands although a fact ended what it was for: an import did not see it yet (0039)."""

    child_ref: str
    meeting_id: str
    on: date
    because: Because


def call_off_what_ended(states: States, command: CallOffWhatEnded) -> Decided:
    """Nothing, where the child has a PEP after all, or the meeting is over or was called off meanwhile."""
    book = InOneAppend(states)
    if _has_pep(book.child(command.child_ref)):
        return []
    _call_off(book, command.child_ref, command.on, command.because)
    return book.happened


def _has_pep(child: Child) -> bool:
    return child.running is not None and not isinstance(child.verdict, DoesNotApply)


def follow(book: InOneAppend, before: Child, told: Decided, command: Judged) -> None:
    """Nobody is invited to what is called off. A child who had no PEP `before` keeps what was arranged all the same."""
    call_off_without_purpose(book, command.child_ref, before, told)
    for _, event in told:
        match event:
            case SocialWorkerAllocated(on=on):
                worker = book.child(command.child_ref).social_workers[-1][1]  # an older fact may be told late
                _follow(book, command, Capacity.SOCIAL_WORKER, (worker,), on)
            case SchoolMoved(on=on):
                school = newest(book.child(command.child_ref).schools)
                _follow(book, command, Capacity.DESIGNATED_TEACHER, command.teachers.get(school or "", ()), on)
            case _:
                pass


def call_off_without_purpose(book: InOneAppend, child_ref: str, before: Child, told: Decided) -> None:
    for _, event in told:
        match event:
            case ChildLeftCare(on=on, reason=reason) if book.child(child_ref).running is None:
                _call_off(book, child_ref, on, "died" if reason == DIED else "left_care")
            case PEPNotApplicable(on=on) if _has_pep(before) and not _has_pep(book.child(child_ref)):
                _call_off(book, child_ref, on, "no_pep_applies")
            case _:
                pass


def _follow(book: InOneAppend, command: Judged, capacity: Capacity, people: tuple[str, ...], on: date) -> None:
    born = book.child(command.child_ref).born_in_school_year or 0
    for meeting in book.meetings_of(command.child_ref):
        if isinstance(meeting, Scheduled) and meeting.at.date() >= on:
            follow_person = FollowPerson(
                meeting_id=meeting.meeting_id,
                capacity=capacity,
                people=people,
                on=on,
                policy=command.rules.in_force(on),
                year_group=cohort_year_group(born, meeting.at.date()),
            )
            book.tell_meeting(meeting.meeting_id, follow_person)


def _call_off(book: InOneAppend, child_ref: str, on: date, because: Because) -> None:
    for meeting in book.meetings_of(child_ref):
        match meeting:
            case Scheduled(at=at) if at.date() < on:
                pass
            case Proposed() | Scheduled():
                book.tell_meeting(meeting.meeting_id, CallOff(meeting_id=meeting.meeting_id, on=on, because=because))
            case _:
                pass
