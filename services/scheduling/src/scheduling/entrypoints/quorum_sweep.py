"""Looks through the meetings that come near, and warns of those that will be no PEP meeting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any

from pep_kernel.calendars import cohort_year_group
from pep_runtime.clock import LONDON
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.sweeping import for_each_authority, in_pages, records_of, say
from scheduling.policies.flag_quorum_at_risk import ComesNear, flag_quorum_at_risk, last_day_to_look_at
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview

AT_ONCE = 500
_NEAR = """select m.*, c.born_in_school_year from meeting_overview m
    join child_overview c using (authority, child_ref)
    where m.authority = $1 and m.state = 'scheduled' and (m.at, m.meeting_id) > ($2, $3) and m.at < $4
    order by m.at, m.meeting_id limit $5"""


async def sweep_quorum(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "quorum", _sweep_one)


async def _sweep_one(service: RunningService, authority: str) -> None:
    rules: SchedulingRules = service.rules(authority)
    today = service.clock.today()
    policy, calendar = rules.file.in_force(today), rules.calendar_for(None, None)
    until = last_day_to_look_at(today, policy)
    async for meeting in _near(service, authority, until - today):
        flagged = flag_quorum_at_risk(authority, meeting, today, policy, calendar)
        if flagged is not None:
            act, cause = flagged
            await say(service, authority, act, ByPolicy("flag_quorum_at_risk", cause, cause))


def _comes_near(meeting: MeetingOverview, born_in_school_year: int) -> ComesNear:
    """Days are counted as people count them."""
    at = meeting.at.astimezone(LONDON)
    return ComesNear(
        meeting.meeting_id,
        meeting.child_ref,
        at,
        meeting.expected,
        cohort_year_group(born_in_school_year, at.date()),
        meeting.warned_days,
        meeting.at_risk,
    )


async def _near(service: RunningService, authority: str, within: timedelta) -> AsyncIterator[ComesNear]:
    """The meetings of these days, the soonest first."""
    now = service.clock.now()
    table = service.tables[MEETING_OVERVIEWS.table]

    async def page(*after: Any) -> Sequence[Any]:
        return await records_of(service, authority, _NEAR, *after, now + within, AT_ONCE)

    async for record in in_pages(page, itemgetter("at", "meeting_id"), (now, "")):
        row = dict(record)
        born = row.pop("born_in_school_year") or 0
        yield _comes_near(table.row(row), born)
