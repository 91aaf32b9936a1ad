"""Looks through all due dates whose day has passed: says of each, once, that it is overdue, and later whom to tell."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.sweeping import for_each_authority, in_pages, rows_of, say
from scheduling.policies.escalate_what_stays_overdue import escalate, steps_reached
from scheduling.policies.flag_overdue_when_day_has_passed import flag_overdue
from scheduling.projections.due_date import DUE_DATES, DueDate

AT_MOST = 500


async def sweep(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "overdue", _flag)
    await for_each_authority(service, "escalation", _escalate)


async def _flag(service: RunningService, authority: str) -> None:
    today = service.clock.today()
    for row in await _passed(service, authority, today):
        act, cause = flag_overdue(authority, row.child_ref, row.obligation, row.trigger_on, row.due, today)
        await say(service, authority, act, ByPolicy("flag_overdue_when_day_has_passed", cause, cause))


async def _passed(service: RunningService, authority: str, today: date) -> Sequence[DueDate]:
    query = "select * from due_date where authority = $1 and state = 'open' and due < $2 order by due limit $3"
    return await rows_of(service, DUE_DATES, authority, query, today, AT_MOST)


async def _escalate(service: RunningService, authority: str) -> None:
    rules: SchedulingRules = service.rules(authority)
    today, steps = service.clock.today(), max(len(each.steps) for each in rules.file.overdue)
    async for row in _still_overdue(service, authority, steps):
        for number, step in steps_reached(rules, row.due or today, row.escalated, today):
            act, cause = escalate(
                authority, row.child_ref, row.obligation, row.trigger_on, row.due or today, number, step
            )
            await say(service, authority, act, ByPolicy("escalate_what_stays_overdue", cause, cause))


async def _still_overdue(service: RunningService, authority: str, steps: int) -> AsyncIterator[DueDate]:
    """All of which not everybody on the ladder has been told, some at a time: most wait for a later day."""
    query = (
        "select * from due_date where authority = $1 and state = 'overdue' and escalated < $2"
        " and (child_ref, obligation, trigger_on) > ($3, $4, $5) order by child_ref, obligation, trigger_on limit $6"
    )

    async def page(*after: Any) -> Sequence[DueDate]:
        return await rows_of(service, DUE_DATES, authority, query, steps, *after, AT_MOST)

    async for row in in_pages(page, attrgetter("child_ref", "obligation", "trigger_on"), ("", "", date.min)):
        yield row
