"""What happens to a child's meetings when something happens to the child: all in the append that tells it.

Another worker, school or carer: whoever had the job is not invited any more, nor asked for days, and whoever has it
now is. Where nobody has it yet, the place stays empty until somebody comes. A child who left care, or to whom no PEP
applies any more, has no meetings any more. What is already over is left as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import cohort_year_group
from pep_kernel.decider import Decided, States
from pep_kernel.message import Command
from scheduling.domain.child.ending import DIED
from scheduling.domain.child.events import ChildLeftCare, PEPNotApplicable, SchoolMoved, SocialWorkerAllocated
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.child.history import newest
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child, DoesNotApply
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.commands import AskInstead, CallOff
from scheduling.domain.meeting.invitation_commands import FollowPerson
from scheduling.domain.meeting.states import Proposed, Scheduled
from scheduling.domain.person.events import CarerLinked, CarerUnlinked

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
            case SocialWorkerAllocated(on=on) | FactCorrected(fact="social_worker", on=on):
                _follow_worker(book, before, command, on)
            case SchoolMoved(on=on) | FactCorrected(fact="school", on=on):
                _follow_school(book, before, command, on)
            case _:
                pass


def _follow_worker(book: InOneAppend, before: Child, command: Judged, on: date) -> None:
    """Where a correction leaves no worker, whoever was one is invited no more, and nobody else is touched."""
    now = book.child(command.child_ref)
    people = tuple(worker for _, worker in now.social_workers[-1:])  # an older fact may be told late
    known = dict.fromkeys(worker for _, worker in (*before.social_workers, *now.social_workers))
    follower = _Follower(book, command, on, people, left=tuple(each for each in known if each not in people))
    follower.invite(Capacity.SOCIAL_WORKER, only_left=not people)
    follower.invite(Capacity.PERSONAL_ADVISER, only_left=True)  # O-12
    follower.ask()


def _follow_school(book: InOneAppend, before: Child, command: Judged, on: date) -> None:
    was, school = (_school(child) for child in (before, book.child(command.child_ref)))
    if school == was or command.predecessors.get(school or "") == was:
        return  # the same school, also under the number that it got as an academy
    people = command.teachers.get(school or "", ())
    known = dict.fromkeys(teacher for teachers in command.teachers.values() for teacher in teachers)
    follower = _Follower(book, command, on, people, left=tuple(each for each in known if each not in people))
    follower.invite(Capacity.DESIGNATED_TEACHER)
    follower.ask()


def _school(child: Child) -> str | None:
    return newest(child.schools)


@dataclass(frozen=True, slots=True)
class _Follower:
    """`people` have the job now, `left` had it."""

    book: InOneAppend
    command: Judged
    on: date
    people: tuple[str, ...]
    left: tuple[str, ...]

    def invite(self, capacity: Capacity, *, only_left: bool = False) -> None:
        born = self.book.child(self.command.child_ref).born_in_school_year
        rules = self.command.rules.in_force(self.on)
        left = self.left if only_left else None
        invite_instead(self.book, self.command.child_ref, capacity, self.people, left, self.on, rules, born)

    def ask(self) -> None:
        ask_instead(self.book, self.command.child_ref, self.left, self.people, self.on)


def follow_carer(
    book: InOneAppend,
    event: CarerLinked | CarerUnlinked,
    carers: tuple[str, ...],
    on: date,
    policy: SchedulingPolicy,
    born_in_school_year: int | None,
) -> None:
    """`carers` are those of the child; whoever is linked takes a place that stayed empty, and no other."""
    ref, child_ref = event.person_ref, event.child_ref
    linked = isinstance(event, CarerLinked)
    people = (ref,) if linked else tuple(each for each in carers if each != ref)
    left = () if linked else (ref,)
    invite_instead(book, child_ref, Capacity.CARER, people, left, on, policy, born_in_school_year)
    ask_instead(book, child_ref, left, people, on)


def invite_instead(
    book: InOneAppend,
    child_ref: str,
    capacity: Capacity,
    people: tuple[str, ...],
    left: tuple[str, ...] | None,
    on: date,
    policy: SchedulingPolicy,
    born_in_school_year: int | None,
) -> None:
    """To the meetings from that day on, in this capacity: these people, and those who left no more."""
    for meeting in book.meetings_of(child_ref):
        if isinstance(meeting, Scheduled) and meeting.at.date() >= on:
            command = FollowPerson(
                meeting_id=meeting.meeting_id,
                capacity=capacity,
                people=people,
                left=left,
                on=on,
                policy=policy,
                year_group=cohort_year_group(born_in_school_year or 0, meeting.at.date()),
            )
            book.tell_meeting(meeting.meeting_id, command)


def ask_instead(book: InOneAppend, child_ref: str, left: tuple[str, ...], people: tuple[str, ...], on: date) -> None:
    """For days of meetings that are still to be agreed."""
    for meeting in book.meetings_of(child_ref):
        if isinstance(meeting, Proposed) and max(meeting.dates).date() >= on:
            command = AskInstead(meeting_id=meeting.meeting_id, left=left, people=people, on=on)
            book.tell_meeting(meeting.meeting_id, command)


def call_off_without_purpose(book: InOneAppend, child_ref: str, before: Child, told: Decided) -> None:
    for _, event in told:
        match event:
            case ChildLeftCare(on=on, reason=reason) if book.child(child_ref).running is None:
                _call_off(book, child_ref, on, "died" if reason == DIED else "left_care")
            case PEPNotApplicable(on=on) if _has_pep(before) and not _has_pep(book.child(child_ref)):
                _call_off(book, child_ref, on, "no_pep_applies")
            case _:
                pass


def _call_off(book: InOneAppend, child_ref: str, on: date, because: Because) -> None:
    for meeting in book.meetings_of(child_ref):
        match meeting:
            case Scheduled(at=at) if at.date() < on:
                pass
            case Proposed() | Scheduled():
                book.tell_meeting(meeting.meeting_id, CallOff(meeting_id=meeting.meeting_id, on=on, because=because))
            case _:
                pass
