"""An authority's history to be folded again, in pages: from the journal, or from its topic on Kafka.

A topic's records are taken in their turn (`in_turn`), and each carries the hash of the one before it: a gap or another
history is an error that names the position.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from itertools import starmap
from typing import Any, Protocol

from pep_kernel.message import Recorded
from pep_runtime.chain import GENESIS
from pep_runtime.codec import STORED, EventTypes, Frame
from pep_runtime.in_turn import InTurn
from pep_runtime.topics import HASH, PREVIOUS, topic
from pep_runtime.whole_topic import batches

PAGE = 2_000
_SELECT = (
    f"select {STORED} from journal where authority = $1 and position > $2 and position <= $3 order by position limit $4"
)
Page = Iterable[Recorded]  # to be gone through once: each event can go before the next is decoded


class CannotRebuild(Exception):
    """A read model cannot be made anew; the text says why and where."""


class AnotherHistory(CannotRebuild):
    """A topic does not tell what the journal tells; the text names the position."""


class History(Protocol):
    """One authority's events in order."""

    def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        """Those above one position, up to another or as far as this source goes."""
        ...


class FromJournal:
    """Read from PostgreSQL on a connection of its own: the next page comes in while one is folded."""

    def __init__(self, connection: Any, types: EventTypes, authority: str) -> None:
        self._connection = connection
        self._types = types
        self._authority = authority

    async def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        following = self._fetch(after, upto)
        try:
            while rows := await following:
                following = self._fetch(rows[-1]["position"], upto)
                await asyncio.sleep(0)  # so that it is on its way
                yield starmap(self._types.stored, rows)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    def _fetch(self, after: int, upto: int) -> asyncio.Task[Any]:
        fetch = self._connection.fetch(_SELECT, self._authority, after, upto, PAGE)
        return asyncio.create_task(fetch)


class FromKafka:
    """Read from the authority's journal topic, as far as it goes, and compared with the journal at its end."""

    def __init__(self, connection: Any, types: EventTypes, authority: str, service: str, bootstrap: str) -> None:
        self._connection = connection
        self._types = types
        self._authority = authority
        self._topic = topic(authority, service, "journal")
        self._bootstrap = bootstrap
        self._turn = InTurn()
        self._hash = GENESIS

    async def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        """A topic is read from its beginning: `after` is passed over."""
        async with aclosing(batches(self._bootstrap, self._topic)) as found:
            async for records in found:
                yield self._new(records, after, upto)
                if self._turn.last == upto:
                    break
        if self._turn.missing is not None:
            raise AnotherHistory(f"{self._topic}: position {self._turn.missing} is missing")
        await self._compare()

    def _new(self, records: Iterable[Any], after: int, upto: int) -> Iterator[Recorded]:
        for record in records:
            try:
                parts = Frame.parts(record.value or b"")
                headers = dict(record.headers)
                this, previous = headers[HASH], headers[PREVIOUS]
            except (ValueError, KeyError) as error:
                raise AnotherHistory(f"{self._topic}: no journal record follows position {self._turn.last}") from error
            position = parts[0]
            if position > upto or not self._turn.takes(position):
                continue
            if previous != self._hash:
                raise AnotherHistory(f"{self._topic}: position {position} does not follow from the one before")
            self._hash = this
            if position > after:
                yield self._types.stored(*parts)

    async def _compare(self) -> None:
        """The last record taken is the journal's, so by the chain of hashes are those before it."""
        query = "select hash from journal where authority = $1 and position = $2"
        last = self._turn.last
        if last and await self._connection.fetchval(query, self._authority, last) != self._hash:
            raise AnotherHistory(f"{self._topic}: the journal holds something else at position {last}")
