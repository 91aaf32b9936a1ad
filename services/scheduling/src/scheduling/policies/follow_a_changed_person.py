"""Whenever somebody else has a job for a child than the one invited to a meeting, the invitation follows the job.

Another designated teacher at the same school is no fact about a child, so it is found by looking. Time is the cause: on
one day the same people are followed once, also by two sweeps at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.in_one_append import meeting_stream
from scheduling.domain.meeting.invitation_commands import FollowPerson


@dataclass(frozen=True, slots=True)
class AnotherPerson:
    """To this meeting somebody is invited in this capacity who has the job no more; these people have it now.

    `left` are those who have it no more; not said, it is everybody who is none of `people`.
    """

    meeting_id: str
    child_ref: str
    capacity: str
    before: str
    people: tuple[str, ...]
    year_group: int
    left: tuple[str, ...] | None = None


def follow_a_changed_person(
    authority: str, found: AnotherPerson, today: date, policy: SchedulingPolicy
) -> tuple[Act, UUID]:
    """The command about one meeting, and its cause."""
    command = FollowPerson(
        meeting_id=found.meeting_id,
        capacity=found.capacity,
        people=found.people,
        left=found.left,
        on=today,
        policy=policy,
        year_group=found.year_group,
    )
    cause = timer_cause("follow", authority, found.meeting_id, found.capacity, found.before, *found.people, f"{today}")
    stream = meeting_stream(found.meeting_id)
    return Act(command, (stream,), child_ref=found.child_ref, policy_version=policy.version), cause
