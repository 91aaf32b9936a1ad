"""Whenever a meeting comes near and nobody who speaks for the authority has said yes, those concerned are warned (T63).

The days of warning stand in the authority's rules. Time is the cause: on one day one meeting is flagged once for each,
also by two sweeps at once. Whoever came and comes no more is seen on the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import ONE_DAY, Calendar
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.in_one_append import meeting_stream
from scheduling.domain.meeting.invitation_commands import LookAtQuorum

FORTNIGHT = timedelta(days=14)


def last_day_to_look_at(today: date, policy: SchedulingPolicy) -> date:
    """No warning can be due for a later meeting: a working day takes at most two days, and Christmas a fortnight."""
    return today + FORTNIGHT + max(policy.quorum_warning.working_days_before) * 2 * ONE_DAY


@dataclass(frozen=True, slots=True)
class ComesNear:
    """A meeting that is arranged, in local time: who is expected, and how near it was when somebody was warned last.

    `at_risk`: that warning stands, and nothing has ended it since.
    """

    meeting_id: str
    child_ref: str
    at: datetime
    expected: frozenset[Capacity]
    year_group: int
    warned_days: int | None = None
    at_risk: bool = False


def flag_quorum_at_risk(
    authority: str, meeting: ComesNear, today: date, policy: SchedulingPolicy, calendar: Calendar
) -> tuple[Act, UUID] | None:
    """The command about one meeting and its cause; nothing where no warning is due, or where the meeting will count."""
    left = working_days_until(meeting.at.date(), today, calendar)
    reached = [days for days in policy.quorum_warning.working_days_before if left <= days]
    warned = meeting.at_risk and meeting.warned_days is not None and meeting.warned_days <= min(reached, default=0)
    enough = policy.quorum.is_represented(meeting.expected, meeting.year_group)
    if not reached or warned or enough or not policy.quorum.authority_must_attend:
        return None
    command = LookAtQuorum(
        meeting_id=meeting.meeting_id,
        on=today,
        working_days_before=min(reached),
        policy=policy,
        year_group=meeting.year_group,
    )
    stream = meeting_stream(meeting.meeting_id)
    about = (meeting.meeting_id, meeting.at.isoformat(), str(min(reached)), f"{today}")
    cause = timer_cause("quorum", authority, *about)
    return Act(command, (stream,), child_ref=meeting.child_ref, policy_version=policy.version), cause


def working_days_until(day: date, today: date, calendar: Calendar) -> int:
    """How many working days from tomorrow to this day, that day included."""
    days = (today + ONE_DAY * number for number in range(1, (day - today).days + 1))
    return sum(calendar.is_working_day(each) for each in days)
