"""P8: a rebuild of ten times as many events takes ten times as long, and no more memory.

The limit of rows in memory is what bounds it. The shorter pair is held to a fifth of it, so that it meets it as the
longer pair meets the real one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Sequence

from rich.console import Console
from tests.bench.generate import Made, forget, make
from tests.bench.harness import ROOT
from tests.bench.measure import RATE, SECONDS, Aim, Bench, Figures, Measure, Side

from pep_runtime.shadow import ROWS_IN_MEMORY

TABLE, MANY_ROWS = "plan_overview", "plan_section"
LONG, SHORT = "ten times as long a journal", "a journal"
MEMORY = "peak MB"


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    console = Console(stderr=True, highlight=False)
    events = 1_000_000 if bench.full else 100_000
    short = await make(bench.postgres_dsn, "shire", events, bench.seed, console)
    long = await make(bench.postgres_dsn, "shire", 10 * events, bench.seed, console)
    most = ROWS_IN_MEMORY if bench.full else ROWS_IN_MEMORY // 5
    yield [
        rebuilt(LONG, long, TABLE, most),
        rebuilt(SHORT, short, TABLE, most),
        rebuilt(f"{LONG}, {MANY_ROWS}", long, MANY_ROWS, most),
        rebuilt(f"{SHORT}, {MANY_ROWS}", short, MANY_ROWS, most),
    ]


def rebuilt(name: str, made: Made, table: str, rows_in_memory: int) -> Side:
    """By a new process, of a read model that has no rows yet."""

    async def run() -> Figures:
        command = (sys.executable, "-m", "tests.bench.rebuild_process", made.logins.worker, made.authority, table)
        process = await asyncio.create_subprocess_exec(
            *command, str(rows_in_memory), stdout=asyncio.subprocess.PIPE, cwd=ROOT
        )
        said, _ = await process.communicate()
        events, seconds, peak = json.loads(said)
        assert events == made.events
        return {RATE: events / seconds, SECONDS: seconds, MEMORY: peak}

    return Side(name, run, lambda: forget(made, table))


MEASURE = Measure(
    "rebuild plan_overview of 1 million events beside 100,000 (FULL=1: 10 million beside 1 million)",
    "events/s",
    [
        Aim(LONG, SHORT, at_most=11, figure=SECONDS),
        Aim(LONG, SHORT, at_most=1.2, figure=MEMORY),
    ],
    sides,
)
