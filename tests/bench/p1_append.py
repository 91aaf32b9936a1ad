"""P1: appending commands of two events, beside the PostgreSQL recorder of `eventsourcing` on the same server."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from itertools import count

from tests.bench.handled import handling
from tests.bench.harness import peer
from tests.bench.journals import commands, journals, superuser
from tests.bench.measure import Aim, Bench, Measure, Side
from tests.bench.writers import shared

from pep_runtime.database import connect
from pep_runtime.journal import append

APPENDS, PEERS_APPENDS = 8_000, 2_000  # each takes some seconds
OURS, HANDLED = "OpenPEP, append", "OpenPEP, load, decide, seal and append"
PEER, PEER_IN_ONE_CALL = "eventsourcing 9.5", "eventsourcing 9.5 with its database functions"


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with contextlib.AsyncExitStack() as stack:
        ours = await stack.enter_async_context(journals(bench))
        pool = await stack.enter_async_context(await connect(ours.logins.app))
        handle = await stack.enter_async_context(handling(bench, ours, pool))
        work = commands(ours.authorities, bench.seed)
        recorders = [await _recorder(stack, bench, functions) for functions in ("no", "yes")]
        yield [
            shared(OURS, APPENDS, work, partial(append, pool)),
            Side(PEER, recorders[0]),
            Side(PEER_IN_ONE_CALL, recorders[1]),
            shared(HANDLED, APPENDS, count(), handle),
        ]


async def _recorder(stack: contextlib.AsyncExitStack, bench: Bench, functions: str) -> Callable[[], Awaitable[int]]:
    database = f"recorder_{functions}"
    async with superuser(bench.postgres_dsn) as connection:
        await connection.execute(f"create database {database}")
    dsn = f"{bench.postgres_dsn.rpartition('/')[0]}/{database}"
    return await stack.enter_async_context(peer("tests.bench.peers.recorder", dsn, functions, str(PEERS_APPENDS)))


MEASURE = Measure(
    "append a command of two events, 16 writers, 150 authorities", "appends/s", [Aim(OURS, PEER, at_least=5)], sides
)
