"""P12: what sealing personal data and row-level security cost: the same work with each and without it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

from rich.console import Console
from tests.bench.events_of_child import EVENTS_OF_CHILD, TABLE
from tests.bench.generate import make
from tests.bench.handled import handling
from tests.bench.journals import commands, journals, superuser
from tests.bench.measure import Aim, Bench, Measure, Side
from tests.bench.p4_rebuild import rebuilt
from tests.bench.writers import shared
from tests.integration.engine.jars import Filled

from pep_kernel.sealed import PlanText
from pep_runtime.database import connect
from pep_runtime.journal import append
from pep_runtime.sealing import open_value, seal_all

APPENDS, EVENTS, FIELDS = 6_000, 60_000, 100_000
SEALED, PLAIN = "load, decide, seal and append", "load, decide and append, nothing sealed"
NEW_CHILD = "load, decide, seal and append, a new child each time"
GUARDED, UNGUARDED = "append, row-level security on", "append, row-level security off"
REBUILT, REBUILT_UNGUARDED = "rebuild, row-level security on", "rebuild, row-level security off"
IN_MEMORY_SEAL, IN_MEMORY_OPEN = "seal fields, in memory", "open fields, in memory"
_SWITCH = (
    "select format('alter table %s {} row level security', oid::regclass) from pg_class"
    " where relforcerowsecurity and relnamespace = 'public'::regnamespace"
)


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with contextlib.AsyncExitStack() as stack:
        ours = await stack.enter_async_context(journals(bench))
        pool = await stack.enter_async_context(await connect(ours.logins.app))
        sealing = await stack.enter_async_context(handling(bench, ours, pool))
        plain = await stack.enter_async_context(handling(bench, ours, pool, sealed=False))
        new_children = await stack.enter_async_context(handling(bench, ours, pool, children=1_000_000))
        work = commands(ours.authorities, bench.seed)
        made = await make(bench.postgres_dsn, "shire", EVENTS, bench.seed, Console(stderr=True, highlight=False))
        async with superuser(made.superuser_dsn) as connection:
            await connection.execute(TABLE)
        yield [
            shared(SEALED, APPENDS, count(), sealing),
            shared(PLAIN, APPENDS, count(), plain),
            shared(NEW_CHILD, APPENDS, count(), new_children),
            switched(shared(GUARDED, APPENDS, work, partial(append, pool)), ours.superuser_dsn, "enable"),
            switched(shared(UNGUARDED, APPENDS, work, partial(append, pool)), ours.superuser_dsn, "disable"),
            switched(rebuilt(REBUILT, bench, made, EVENTS_OF_CHILD, "journal"), made.superuser_dsn, "enable"),
            switched(
                rebuilt(REBUILT_UNGUARDED, bench, made, EVENTS_OF_CHILD, "journal"), made.superuser_dsn, "disable"
            ),
            Side(IN_MEMORY_SEAL, seal_fields),
            Side(IN_MEMORY_OPEN, open_fields),
        ]


def switched(side: Side, superuser_dsn: str, how: str) -> Side:
    """The side with row-level security enabled or disabled before each run, in a database that is thrown away."""

    async def prepare() -> None:
        await switch(superuser_dsn, how)
        await side.prepare()

    return replace(side, prepare=prepare)


async def switch(superuser_dsn: str, how: str) -> None:
    """`enable` or `disable` it for every table that has it."""
    async with superuser(superuser_dsn) as connection:
        for (statement,) in await connection.fetch(_SWITCH.format(how)):
            await connection.execute(statement)


KEYS = {"plan": b"k" * 32}
EVENT = Filled(amount=1, label=PlanText.of("Robin Sample likes chess and wants to try the big board."))


async def seal_fields() -> int:
    """One after the other, with a key that is at hand."""
    for version in range(FIELDS):
        seal_all(EVENT, KEYS, f"shire.child-7.jar-1.{version}")
    return FIELDS


async def open_fields() -> int:
    sealed = seal_all(EVENT, KEYS, "shire.child-7.jar-1.1")
    for _ in range(FIELDS):
        open_value(sealed.label, KEYS["plan"])
    return FIELDS


MEASURE = Measure(
    "what sealing and row-level security cost: two events a command, 16 writers; 60,000 events rebuilt",
    "a second",
    [
        Aim(SEALED, PLAIN, at_least=0.8),
        Aim(GUARDED, UNGUARDED, at_least=0.8),
        Aim(REBUILT, REBUILT_UNGUARDED, at_least=0.9),
    ],
    sides,
)
