"""Proof that nothing was altered or dropped: a log dense and chained, equal to its topics and to every seal.

The journal and the access log (who has looked) are verified alike; the access log announces nothing and has no seals.

It streams: memory does not grow with the journal, only with the seals, which are one a day. Repeats in a topic are
counted, not failed. What this cannot find: a journal, head and topics that were all cut at the same place, beyond the
newest seal.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeAlias

from pep_kernel.contracts.journey import JournalSealed
from pep_runtime.chain import GENESIS
from pep_runtime.cloud_events import NUMBER
from pep_runtime.database import connected
from pep_runtime.journal_walk import Fault, JournalWalk
from pep_runtime.kafka import reader
from pep_runtime.relay import Linked, Record, announcement_records, journal_records
from pep_runtime.topic_walk import TopicWalk
from pep_runtime.topics import POSITION, Chained, Log, topic

ROWS = 100  # of at most 0.9 MB each
Progress = Callable[[int, int], None]
Topics: TypeAlias = Mapping[Log, TopicWalk]
_HEADER: dict[Log, str] = {"journal": POSITION, "events": NUMBER, "access": POSITION}
_COLUMN: dict[Log, str] = {"journal": "position", "events": "announced", "access": "position"}
_TOPICS: dict[Chained, tuple[Log, ...]] = {"journal": ("journal", "events"), "access": ("access",)}

_HEAD = "select position, announced, hash from journal_head where authority = $1 and log = $2"
_SENT = "select position from relay_cursor where authority = $1 and log = $2"
_ALL = "select * from {log} where authority = $1 order by position"
_SOME = (
    "select j.*, p.hash as previous from {log} j"
    " left join {log} p on p.authority = j.authority and p.position = j.position - 1"
    " where j.authority = $1 and j.{column} = any($2)"
)
_VERSIONS = (
    "select min(position) from {log} where authority = $1 group by stream"
    " having max(version) <> count(*) or min(version) <> 1 order by 1 limit 1"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one authority's log in one service. `fault` names the first position that is not right.

    `sealed_position` and `sealed_on` are the newest seal's, if there is one.
    """

    authority: str
    service: str
    events: int
    announcements: int
    repeats: int
    fault: str | None
    position: int | None = None
    sealed_position: int | None = None
    sealed_on: date | None = None
    log: Chained = "journal"


class Verifier:
    """Verifies one authority's journal (or access log) of one service, against its topics and these seals of it."""

    def __init__(
        self,
        dsn: str,
        bootstrap: str,
        service: str,
        authority: str,
        progress: Progress | None = None,
        seals: Iterable[JournalSealed] = (),
        log: Chained = "journal",
    ) -> None:
        self._dsn = dsn
        self._bootstrap = bootstrap
        self._service = service
        self._authority = authority
        self._progress = progress or (lambda _done, _all: None)
        self._log = log
        of_it = (seal for seal in seals if (seal.authority, seal.service) == (authority, service))
        self._walk = JournalWalk(of_it if log == "journal" else ())

    async def verify(self) -> Verdict:
        """Reads rows and topics once, side by side. To be called once.

        What is appended or sent meanwhile is no fault: the order of the three looks (how far the relay is, where the
        topics end, the rows) makes each of them hold all that the one before can speak of.
        """
        async with contextlib.AsyncExitStack() as stack:
            connection = await stack.enter_async_context(connected(self._dsn))
            sent: int = await connection.fetchval(_SENT, self._authority, self._log) or 0
            topics: Topics = {
                each: await stack.enter_async_context(self._opened(connection, each)) for each in _TOPICS[self._log]
            }
            await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            head = await connection.fetchrow(_HEAD, self._authority, self._log)
            fault = await self._first_fault(connection, head, sent, topics)
            return self._verdict(head, sum(each.repeats for each in topics.values()), fault)

    @contextlib.asynccontextmanager
    async def _opened(self, connection: Any, log: Log) -> AsyncIterator[TopicWalk]:
        name = topic(self._authority, self._service, log)
        async with reader(self._bootstrap) as consumer:
            walk = TopicWalk(consumer, name, log, _HEADER[log], partial(self._expected, connection, log))
            await walk.open()
            yield walk

    async def _first_fault(self, connection: Any, head: Any, sent: int, topics: Topics) -> Fault | None:
        try:
            if head is None:
                raise Fault(0, "there is no such authority")
            cursor = await connection.cursor(_ALL.format(log=self._log), self._authority)
            while rows := await cursor.fetch(ROWS):
                await self._check(rows, sent, topics)
                self._progress(self._walk.position, head["position"])
            await self._check_end(connection, head, topics)
        except Fault as fault:
            return fault
        return None

    async def _check(self, rows: Sequence[Any], sent: int, topics: Topics) -> None:
        linked = list(zip(rows, [self._walk.hash, *(row["hash"] for row in rows)], strict=False))
        as_rows, as_announcements = self._records(linked, self._log), self._records(linked, "events")
        for row in rows:
            self._walk.step(row)
            position, number, was_sent = row["position"], row["announced"], row["position"] <= sent
            await topics[self._log].step(position, position, next(as_rows), sent=was_sent)
            if number is not None:
                await topics["events"].step(position, number, next(as_announcements), sent=was_sent)

    def _records(self, linked: Sequence[Linked], log: Log) -> Iterator[Record]:
        return announcement_records(linked, self._service) if log == "events" else journal_records(linked)

    async def _expected(self, connection: Any, log: Log, numbers: Sequence[int]) -> dict[int, tuple[int, Record]]:
        column = _COLUMN[log]
        rows = await connection.fetch(_SOME.format(log=self._log, column=column), self._authority, numbers)
        records = self._records([(row, row["previous"] or GENESIS) for row in rows], log)
        return {row[column]: (row["position"], record) for row, record in zip(rows, records, strict=True)}

    async def _check_end(self, connection: Any, head: Any, topics: Topics) -> None:
        self._walk.end(head)
        for each in topics.values():
            await each.end()
        self._walk.end_of_seals()
        wrong: int | None = await connection.fetchval(_VERSIONS.format(log=self._log), self._authority)
        if wrong is not None:  # counted by the database, so that memory stays bounded
            raise Fault(wrong, "the versions of its stream are not 1, 2, 3 …")

    def _verdict(self, head: Any, repeats: int, fault: Fault | None) -> Verdict:
        seal = self._walk.newest_seal
        return Verdict(
            authority=self._authority,
            service=self._service,
            events=head["position"] if head else 0,
            announcements=head["announced"] if head else 0,
            repeats=repeats,
            fault=str(fault) if fault else None,
            position=fault.position if fault else None,
            sealed_position=seal.position if seal else None,
            sealed_on=seal.on if seal else None,
            log=self._log,
        )
