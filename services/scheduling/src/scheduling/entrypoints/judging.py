"""What a command about a child is judged by: the rules, which every route puts inside it, and what is known now."""

from __future__ import annotations

from datetime import date
from typing import Any

from pep_kernel.authority_policy import NotInForce, SchedulingPolicy
from pep_runtime.http import Desk
from pep_runtime.problems import not_understood
from pep_runtime.service import RunningService
from scheduling.domain.child.states import Child
from scheduling.domain.meeting_of_child import child_stream, school_stream
from scheduling.domain.rules import SchedulingRules


def judging(caller: Desk, child_ref: str) -> dict[str, Any]:
    """The child, the authority's rules in all their versions, and the calendar of any school."""
    rules: SchedulingRules = caller.rules
    return {"child_ref": child_ref, "rules": rules.file, "calendar_for": rules.calendar_for}


def rules_of_day(caller: Desk, field: str, on: date) -> SchedulingPolicy:
    """The rules of a day that the body names. 422 for a day before the authority's first ones."""
    rules: SchedulingRules = caller.rules
    try:
        return rules.file.in_force(on)
    except NotInForce as none:
        raise not_understood("body", field, f"{none}.") from none


async def known_child(caller: Desk, child_ref: str) -> Child:
    """The child as the journal has it now."""
    stream = child_stream(child_ref)
    return (await caller.service.handler.states(caller.authority, (stream,))).of(stream, Child)


async def with_schools(caller: Desk, child_ref: str) -> tuple[str, ...]:
    """The child's stream and those of its schools: each day is counted in the days of the school of its time."""
    return await with_schools_of(caller.service, caller.authority, child_ref)


async def with_schools_of(service: RunningService, authority: str, child_ref: str) -> tuple[str, ...]:
    """The same where nobody asks."""
    child = (await service.handler.states(authority, (child_stream(child_ref),))).of(child_stream(child_ref), Child)
    return (child_stream(child_ref), *sorted({school_stream(urn) for _since, urn in child.schools if urn}))
