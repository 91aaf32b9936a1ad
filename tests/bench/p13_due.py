"""P13: due dates in one process, each with the days that it passes over, beside numpy's, which come alone."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.harness import ROOT, peer
from tests.bench.measure import Aim, Bench, Measure, Side

from pep_kernel.authority_policy.due_dates import AboutChild, Trigger
from pep_kernel.calendars import Calendar, Unit, days_between, due_date
from pep_runtime.policies import Policies, read_policies
from scheduling.domain.due.explaining import explained

DATES, EVENTS = 300_000, 60_000
FIRST, LAST = date(2025, 9, 8), date(2027, 3, 1)  # sixty school days more are still in the known terms
OURS, EXPLAINED = "OpenPEP, a due date", "OpenPEP, all rules of an event"
ONE_BY_ONE, AT_ONCE = "numpy.busday_offset, one by one", "numpy.busday_offset, all at once"
Asked = tuple[date, int, Unit]


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    policies = read_policies(ROOT / "shared" / "authorities")
    calendar = policies.calendar_for(sorted(policies.authorities)[0])
    asked = questions(Random(bench.seed), DATES)
    file = bench.folder / "due.json"
    write_for_peer(file, asked, calendar)
    async with contextlib.AsyncExitStack() as stack:
        one_by_one, at_once = [
            await stack.enter_async_context(peer("tests.bench.peers.business_days", str(file), how))
            for how in ("one", "all")
        ]
        yield [
            Side(OURS, counting(asked, calendar)),
            Side(ONE_BY_ONE, one_by_one),
            Side(AT_ONCE, at_once),
            Side(EXPLAINED, explaining(asked[:EVENTS], policies, calendar)),
        ]


def questions(chance: Random, count: int) -> list[Asked]:
    """Days, numbers of days and units by chance."""
    days = (LAST - FIRST).days
    units = (Unit.WORKING, Unit.SCHOOL)
    return [
        (FIRST + timedelta(days=chance.randrange(days)), chance.randint(1, 60), chance.choice(units))
        for _ in range(count)
    ]


def counting(asked: Sequence[Asked], calendar: Calendar) -> Callable[[], Awaitable[int]]:
    async def run() -> int:
        for start, days, unit in asked:
            due_date(start, days, unit, calendar)
        return len(asked)

    return run


def explaining(asked: Sequence[Asked], policies: Policies, calendar: Calendar) -> Callable[[], Awaitable[int]]:
    """As the service does it: which rules are for the child, each date, and which governs."""
    rules = policies.for_authority(sorted(policies.authorities)[-1]).scheduling
    about = AboutChild(year_group=7, age_years=11, legal_status="C2", emergency=False, first_pep=True)

    async def run() -> int:
        done = 0
        for start, _days, _unit in asked:
            found = explained(Trigger.ENTERED_CARE, start, about, rules.in_force(start), calendar)
            done += len(found.governing)
        return done

    return run


def write_for_peer(file: Path, asked: Sequence[Asked], calendar: Calendar) -> None:
    """The same questions, the days that do not count, and the right answers: the peer must agree before it counts."""
    first, last = calendar.terms[0].first, calendar.terms[-1].last
    closed = {
        unit: [f"{day}" for day in days_between(first, last) if calendar.why_not_counted(day, unit)]
        for unit in (Unit.WORKING, Unit.SCHOOL)
    }
    answers = [f"{due_date(start, days, unit, calendar).due}" for start, days, unit in asked]
    told = [(f"{start}", days, unit.value) for start, days, unit in asked]
    file.write_text(json.dumps({"asked": told, "closed": closed, "answers": answers}))


MEASURE = Measure(
    "due dates in one process, working and school days, up to sixty days ahead",
    "dates/s",
    [Aim(OURS, ONE_BY_ONE, at_least=1), Aim(OURS, AT_ONCE, at_least=0.02)],
    sides,
)
