"""P7: one child's journey, replayed out of a large journal and out of a small one: the same child, the same events."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from itertools import cycle
from statistics import median
from typing import Any

from rich.console import Console
from tests.bench.generate import LIVES, Made, child_ref, make
from tests.bench.measure import Aim, Bench, Figures, Measure, Side

from pep_kernel.decider import category
from pep_record.main import PARTS
from pep_runtime.codec import EventTypes
from pep_runtime.database import connect
from pep_runtime.journal import Pool, load

SMALL, LARGE, LARGEST = 100_000, 1_000_000, 10_000_000
REPLAYS = 300
ONE, OTHERS, EVENTS = "ms", "ms, another child each time", "events"
OUT_OF_MANY, OUT_OF_FEW = "out of the large journal", f"out of {SMALL:,} events"
TYPES = EventTypes(PARTS.events)


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    console = Console(stderr=True, highlight=False)
    few = await make(bench.postgres_dsn, "shire", SMALL, bench.seed, console)
    many = await make(bench.postgres_dsn, "shire", LARGEST if bench.full else LARGE, bench.seed, console)
    async with await connect(few.logins.app) as small, await connect(many.logins.app) as large:
        yield [replayed(OUT_OF_MANY, large, many), replayed(OUT_OF_FEW, small, few)]


def replayed(name: str, pool: Pool, made: Made) -> Side:
    """The median of many replays: of one child, who is in memory soon, and of others, who may not be."""
    alike = [child_ref(number) for number in range(0, made.children - LIVES, LIVES)]  # they all lead the same life
    others = cycle(alike[1:])

    async def run() -> Figures:
        one = [await replay(pool, made.authority, alike[0]) for _ in range(REPLAYS)]
        many = [await replay(pool, made.authority, next(others)) for _ in range(REPLAYS)]
        (events,) = {count for _, count in one + many}
        return {ONE: median(ms for ms, _ in one), OTHERS: median(ms for ms, _ in many), EVENTS: events}

    return Side(name, run)


async def replay(pool: Pool, authority: str, child: str) -> tuple[float, int]:
    """All that the journal holds of a child, loaded and folded by the rule books: milliseconds and events."""
    began = time.perf_counter()
    loaded = await load(pool, authority, [], child_ref=child)
    states: dict[str, Any] = {}
    for stored in loaded.events:
        decider = PARTS.deciders[category(stored.stream)]
        event = TYPES.decode(stored.type, stored.schema_version, stored.payload)
        states[stored.stream] = decider.evolve(states.get(stored.stream, decider.initial), event)
    return (time.perf_counter() - began) * 1000, len(loaded.events)


MEASURE = Measure(
    "replay one child's journey out of a large journal (1 million events; FULL=1: 10 million)",
    "ms",
    [
        Aim(OUT_OF_MANY, OUT_OF_FEW, at_most=1.2, figure=ONE),
        Aim(OUT_OF_MANY, OUT_OF_FEW, at_most=1.2, figure=OTHERS),
    ],
    sides,
)
