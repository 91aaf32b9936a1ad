"""Large journals of one authority, quickly: children who lead the lives of lives.py, in the order of their days.

`pep verify` finds such a journal whole, and every read model of pep-record can be rebuilt from it. COPY writes it with
a correct chain, and the indexes are made afterwards; the topics are filled by the relay itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha1
from itertools import accumulate, cycle, islice, takewhile
from random import Random
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tests.bench.harness import ROOT
from tests.bench.journals import superuser
from tests.bench.lives import (
    CAUSE,
    CHILD,
    CORRELATION,
    EVENT,
    FIRST_YEAR,
    TRACE,
    YEARS,
    Life,
    Step,
    Told,
    colleagues,
    life_of_child,
)

from pep_kernel.ids import keyed_reference
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import EPOCH, Frame
from pep_runtime.database import Logins, connect, provision
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.relay import Relay
from pep_runtime.wake import Bell

SERVICE = "pep-record"
LIVES = 50
AT_ONCE = 2_000
TICK = timedelta(milliseconds=1)
MORNING = timedelta(hours=9)
EVENT_MARK = str(EVENT).encode()
HEAD = (
    "update journal_head h set position = j.position, hash = j.hash, recorded_at = j.recorded_at,"
    " announced = (select count(announced) from journal where authority = $1)"
    " from journal j where h.authority = $1 and h.log = 'journal' and j.authority = $1"
    " and j.position = (select max(position) from journal where authority = $1)"
)
# How to drop each index of the journal and how to make it again. The primary key stays: rows come in its order.
INDEXES = (
    "select 'drop index ' || indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index"
    " where indrelid = 'journal'::regclass and not exists (select from pg_constraint where conindid = indexrelid)"
    " union all select 'alter table journal drop constraint ' || quote_ident(conname),"
    " format('alter table journal add constraint %I %s', conname, pg_get_constraintdef(oid)) from pg_constraint"
    " where conrelid = 'journal'::regclass and contype = 'u'"
)


@dataclass(frozen=True)
class Made:
    """A journal of one authority in a database of its own."""

    database: str
    superuser_dsn: str
    logins: Logins
    authority: str
    events: int
    seed: int

    @cached_property
    def children(self) -> int:
        """How many children there are; the last of them may not have got to the end of their lives."""
        return _children(_lives(self.authority, self.seed, FIRST_YEAR), self.events)


async def make(postgres_dsn: str, authority: str, events: int, seed: int, console: Console) -> Made:
    """The database `<authority>_<events>_<seed>` with a journal of so many events, made unless it is there already."""
    database = f"{authority}_{events}_{seed}"
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / SERVICE / "migrations")
    dsn = f"{postgres_dsn.rpartition('/')[0]}/{database}"
    async with superuser(dsn) as connection:
        await connection.execute("select open_authority($1)", authority)
        if not await connection.fetchval("select exists (select from journal)"):
            await _write(connection, authority, events, seed, console)
    return Made(database, dsn, logins, authority, events, seed)


async def forget(made: Made, table: str) -> None:
    """As if this read model were new."""
    async with superuser(made.superuser_dsn) as connection:
        await connection.execute(f"truncate {table}")
        await connection.execute("delete from projection_position where model = $1", table)


async def publish(made: Made, bootstrap: str, console: Console) -> None:
    """Fill its topics, by the relay, unless they are full already."""
    await create_topics(bootstrap, topics_of(made.authority, [SERVICE]))
    async with await connect(made.logins.relay) as pool:
        relay = asyncio.ensure_future(Relay(pool, SERVICE, bootstrap, Bell()).run())
        try:
            with _bar(console) as bar:
                task = bar.add_task(f"topics of {made.authority}", total=made.events)
                while (sent := await _sent(pool, made.authority)) < made.events:
                    bar.update(task, completed=sent)
                    await asyncio.sleep(0.1)
        finally:
            relay.cancel()
            await asyncio.gather(relay, return_exceptions=True)


async def _sent(pool: Any, authority: str) -> int:
    sent = await pool.fetchval("select position from relay_cursor where authority = $1 and log = 'journal'", authority)
    return int(sent or 0)


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)


async def _write(connection: Any, authority: str, events: int, seed: int, console: Console) -> None:
    began = time.perf_counter()
    news = rows(authority, in_order(authority, events, seed))
    async with _without_indexes(connection):
        with _bar(console) as bar:
            records = bar.track(islice(news, events), total=events, description=f"a journal of {events:,} events")
            await connection.copy_records_to_table("journal", records=records)
    await connection.execute(HEAD, authority)
    await connection.execute("vacuum (analyze) journal")
    seconds = time.perf_counter() - began
    console.print(f"  a journal of {events:,} events in {seconds:.0f} s ({events / seconds:,.0f} a second)")


@contextlib.asynccontextmanager
async def _without_indexes(connection: Any) -> AsyncIterator[None]:
    """An index over many rows is made sooner than it is kept while they come."""
    indexes = await connection.fetch(INDEXES)
    await connection.execute("set maintenance_work_mem = '1GB'")
    for drop, _make in indexes:
        await connection.execute(drop)
    yield
    for _drop, make_again in indexes:
        await connection.execute(make_again)


def child_ref(number: int) -> str:
    """A child's opaque reference. Whose numbers differ by a multiple of LIVES, they lead the same life."""
    return keyed_reference(b"bench", "child", str(number))


def in_order(authority: str, events: int, seed: int) -> Iterator[tuple[Step, str]]:
    """Steps with the child who takes them, at least as many as make `events`.

    As many children at once as a large authority has; a longer journal has more years. Week by week, and within a week
    child after child: children's events stand mixed, as they do in a real term.
    """
    yield from ((step, "") for step in colleagues(authority).steps)
    everyone = range(_children(_lives(authority, seed, FIRST_YEAR), events))
    for first in everyone[::AT_ONCE]:
        children = [(number % LIVES, child_ref(number)) for number in everyone[first : first + AT_ONCE]]
        lives = _lives(authority, seed, FIRST_YEAR + YEARS * (first // AT_ONCE))
        for weeks in _by_week(lives):
            yield from ((step, child) for life, child in children for step in weeks.get(life, ()))


def _lives(authority: str, seed: int, year: int) -> list[Life]:
    """The same lives for each generation of children, in other years."""
    chance = Random(seed)
    return [life_of_child(authority, chance, year) for _ in range(LIVES)]


def _children(lives: Sequence[Life], events: int) -> int:
    """How many lead these lives by turns until there are so many events."""
    sizes = cycle(sum(len(step.events) for step in life.steps) for life in lives)
    return sum(1 for _ in takewhile(lambda total: total < events, accumulate(sizes, initial=0)))


def _by_week(lives: Iterable[Life]) -> Iterator[Mapping[int, Sequence[Step]]]:
    """For each week: number of a life → its steps in that week."""
    weeks: defaultdict[int, defaultdict[int, list[Step]]] = defaultdict(lambda: defaultdict(list))
    for number, life in enumerate(lives):
        for step in life.steps:
            weeks[step.day.toordinal() // 7][number].append(step)
    return (weeks[week] for week in sorted(weeks))


def rows(authority: str, steps: Iterable[tuple[Step, str]]) -> Iterator[tuple[Any, ...]]:
    """The journal's rows with all columns in their order: dense, chained, each append recorded after the last."""
    previous, position, number, at = GENESIS, 0, 0, EPOCH
    for step, child in steps:
        at = max(at + TICK, step.events[0].occurred_at + MORNING)
        names = Names.of(step, child, position + 1)
        for told in step.events:
            position += 1
            number += told.announcement is not None
            frame = _frame(told, names, position, at, number)
            previous = next_hash(previous, frame)
            yield (authority, position, *_row(told, step, names, frame), previous, *_said(frame))


@dataclass(frozen=True, slots=True)
class Names:
    """What a step fills in for the child, the trace and the ids, as text and as bytes."""

    child: str
    trace: str
    correlation: str
    cause: str | None
    replaced: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, step: Step, child: str, position: int) -> Names:
        """A person's command begins a story; a policy goes on with the story of its cause."""
        cause = event_id(-position) if step.is_caused else None
        correlation = cause or event_id(position)
        trace = f"00-{correlation.replace('-', '')}-{correlation[:8]}{correlation[-8:]}-01"
        names = {CHILD: child, TRACE: trace, str(CORRELATION): correlation, str(CAUSE): cause or ""}
        return cls(child, trace, correlation, cause, tuple((k.encode(), v.encode()) for k, v in names.items()))


def event_id(number: int) -> str:
    """A name-based id, as the kernel's are; one for each number."""
    digits = sha1(str(number).encode(), usedforsecurity=False).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def _frame(told: Told, names: Names, position: int, at: datetime, number: int) -> Frame:
    envelope = told.envelope.replace(EVENT_MARK, event_id(position).encode())
    for mark, name in names.replaced:
        envelope = envelope.replace(mark, name)
    mark, name = names.replaced[0]
    announcement = told.announcement.replace(mark, name) if told.announcement else b""
    return Frame(position, at, number if announcement else 0, envelope, told.payload.replace(mark, name), announcement)


def _row(told: Told, step: Step, names: Names, frame: Frame) -> tuple[Any, ...]:
    """From `stream` to `payload`."""
    return (
        told.stream.replace(CHILD, names.child),
        told.version,
        event_id(frame.position),
        told.type,
        1,
        told.occurred_at,
        frame.recorded_at,
        step.actor,
        names.cause,
        names.correlation,
        names.trace,
        step.policy_version,
        names.child or None,
        frame.envelope,
        frame.payload,
    )


def _said(frame: Frame) -> tuple[int | None, bytes | None]:
    return (frame.announced, frame.announcement) if frame.announced else (None, None)
