"""P5: read models that follow their journal, beside the same in one transaction per event."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence

from rich.console import Console
from tests.bench.generate import Made, make
from tests.bench.journals import superuser
from tests.bench.measure import Aim, Bench, Measure, Side

from pep_record.main import PARTS
from pep_runtime.codec import EventTypes
from pep_runtime.database import connect
from pep_runtime.journal import Pool
from pep_runtime.projector import Fold, Projector, Table, position_of
from pep_runtime.wake import Bell

EVENTS, START = 100_000, 50_000
OURS, EACH = "OpenPEP, all read models live", "one transaction per event"
COUNT, COUNT_EACH = 20_000, 1_000
KEPT = ("projection_position", *(model.table for model in PARTS.read_models))
TYPES = EventTypes(PARTS.events)
SELECT = (
    "select position, type, schema_version, recorded_at, announced, envelope, payload from journal"
    " where authority = $1 and position > $2 order by position limit $3"
)


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    made = await make(bench.postgres_dsn, "shire", EVENTS, bench.seed, Console(stderr=True, highlight=False))
    async with await connect(made.logins.worker) as pool:
        await follow(pool, made.authority, START)
        async with superuser(made.superuser_dsn) as connection:
            await connection.execute(
                "".join(f"create table if not exists then_{name} as table {name};" for name in KEPT)
            )

        async def back() -> None:
            await go_back(made)

        yield [
            Side(OURS, lambda: follow(pool, made.authority, START + COUNT), back),
            Side(EACH, lambda: one_by_one(pool, made.authority), back),
        ]


async def go_back(made: Made) -> None:
    """To the middle of the journal: from there each event finds the rows that it finds in daily life."""
    async with superuser(made.superuser_dsn) as connection:
        for name in KEPT:
            await connection.execute(f"truncate {name}; insert into {name} table then_{name}; analyze {name}")


async def follow(pool: Pool, authority: str, upto: int) -> int:
    """The projector itself, until it is there or a little further."""
    projector = Projector(pool, PARTS.read_models, TYPES, Bell())
    before = await position_of(pool, authority, len(PARTS.read_models))
    while (now := await position_of(pool, authority, len(PARTS.read_models))) < upto:
        await projector.catch_up()
    return now - before


async def one_by_one(pool: Pool, authority: str) -> int:
    """The same folds into the same rows, each event in a transaction of its own; events are read many at a time."""
    tables = [Table(model) for model in PARTS.read_models]
    rows = await pool.fetch(SELECT, authority, START, COUNT_EACH)
    for row in rows:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", authority)
            recorded = TYPES.recorded(row)
            for table in tables:
                fold = await Fold.begin(table, connection, authority, [recorded])
                fold.apply()
                await fold.write(connection, authority)
            await connection.execute(
                "update projection_position set position = $2 where authority = $1", authority, recorded.position
            )
    return len(rows)


MEASURE = Measure(
    "keep six read models up to date",
    "events/s",
    [Aim(OURS, EACH, at_least=20)],
    sides,
)
