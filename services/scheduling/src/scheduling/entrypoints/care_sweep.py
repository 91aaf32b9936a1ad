"""Looks for birthdays, new school years, notices and files of feeds whose day has come, in every authority."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pep_kernel.decider import Act
from pep_kernel.sealed import Identity, Redacted
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.entrypoints.judging import with_schools_of
from scheduling.entrypoints.sweeping import for_each_authority, in_pages, records_of, say
from scheduling.policies.look_at_care import (
    WithoutPEP,
    born_by,
    end_care_at_eighteen,
    flag_missing_notice,
    is_to_be_judged,
    judge_applicability,
    look_for_feed,
)

AT_MOST = 500

_GROWING_UP = """select child_ref, date_of_birth from child_overview
    where authority = $1 and in_care_since is not null and left_care_on is null and born_in_school_year <= $2
    and child_ref > $3 order by child_ref limit $4"""
_WITHOUT_PEP = """select child_ref, date_of_birth, why_not, legal_status, school_urn from child_overview
    where authority = $1 and in_care_since is not null and left_care_on is null and not pep_applies
    and child_ref > $2 order by child_ref limit $3"""
_NOTICES = """select child_ref, fact_on from fact_flag
    where authority = $1 and state = 'awaited' and due < $2 order by due, child_ref limit $3"""
_FEEDS = """select feed, max(of) as newest_of from feed_day
    where authority = $1 and came_on is not null and of < $2 group by feed limit $3"""


async def look_at_care(service: RunningService) -> None:
    """One look over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "care", _look_at_one)


async def _look_at_one(service: RunningService, authority: str) -> None:
    async for act, cause in _found(service, authority, service.clock.today()):
        await say(service, authority, act, ByPolicy("look_at_care", cause, cause))


async def _found(service: RunningService, authority: str, today: date) -> AsyncIterator[tuple[Act, UUID]]:
    async for child in _growing_up(service, authority, today):
        if found := await _grown_up(service, authority, child, today):
            yield found
    async for child in _without_pep(service, authority):
        if found := await _judged(service, authority, child, today):
            yield found
    for notice in await records_of(service, authority, _NOTICES, today, AT_MOST):
        yield flag_missing_notice(authority, notice["child_ref"], notice["fact_on"], today)
    for feed in await records_of(service, authority, _FEEDS, today, AT_MOST):
        if look := look_for_feed(authority, service.rules(authority), feed["feed"], feed["newest_of"], today):
            yield look


async def _growing_up(service: RunningService, authority: str, today: date) -> AsyncIterator[Any]:
    """All who turn eighteen in this school year: most of them have not yet, and stay in the list until they do."""

    async def page(after: str) -> Sequence[Any]:
        return await records_of(service, authority, _GROWING_UP, born_by(today), after, AT_MOST)

    async for child in in_pages(page, lambda child: (child["child_ref"],), ("",)):
        yield child


async def _without_pep(service: RunningService, authority: str) -> AsyncIterator[Any]:
    """All in care to whom no PEP applies: one day the youngest are old enough, and nobody tells of it."""

    async def page(after: str) -> Sequence[Any]:
        return await records_of(service, authority, _WITHOUT_PEP, after, AT_MOST)

    async for child in in_pages(page, lambda child: (child["child_ref"],), ("",)):
        yield child


async def _grown_up(service: RunningService, authority: str, child: Any, today: date) -> tuple[Act, UUID] | None:
    born, rules = await _born(service, authority, child), service.rules(authority)
    return end_care_at_eighteen(authority, child["child_ref"], born, today, rules) if born else None


async def _judged(service: RunningService, authority: str, row: Any, today: date) -> tuple[Act, UUID] | None:
    born, rules = await _born(service, authority, row), service.rules(authority)
    if born is None:
        return None
    child = WithoutPEP(row["child_ref"], row["why_not"], born, row["legal_status"], row["school_urn"])
    if not is_to_be_judged(child, rules, today):
        return None
    streams = await with_schools_of(service, authority, child.child_ref)
    return judge_applicability(authority, child, streams, rules, today)


async def _born(service: RunningService, authority: str, child: Any) -> date | None:
    """The date of birth is opened to compare it with today, and not kept."""
    if child["date_of_birth"] is None:
        return None
    opened = await service.keyring.open(Identity(token=child["date_of_birth"]), authority)
    return None if isinstance(opened, Redacted) else date.fromisoformat(opened)
