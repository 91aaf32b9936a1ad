"""An authority is frozen because journal and topic do not agree: find out how, take back what is missing, let it go on.

Kafka is the copy of what was published. Where a restored database is behind it, the missing rows come back out of the
topic, byte for byte. Where the topic is behind, the relay sends again by itself. Where the two tell different
histories, nothing happens without an explicit choice. Stopped at any moment, it can be run again: each batch is a
transaction, and the authority stays frozen until it is verified as whole. The access log (who has looked) is brought
together with its topic in the same way, after the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pep_runtime.chain import GENESIS
from pep_runtime.consumers_back import NUMBER, ReaderAtWork, bring_consumers_forward, take_consumers_back
from pep_runtime.database import connected
from pep_runtime.kafka import last_record, reader
from pep_runtime.numbered import Gap, numbered
from pep_runtime.set_aside import set_aside_from
from pep_runtime.take_back import Broken, Chain, take_in
from pep_runtime.topics import HASH, POSITION, PREVIOUS, Chained, topic
from pep_runtime.verify import Verifier

AT_WORK = "pep recover is at work, or was stopped: run it again"
Finding = Literal["agree", "journal behind", "topic behind", "apart"]
Progress = Callable[[str, int, int], None]


class CannotRecover(Exception):
    """Why this authority's journal cannot be brought together with its topic. It stays frozen if it was."""


@dataclass(frozen=True, slots=True)
class Place:
    """The last thing that a journal or topic holds: its position and hash."""

    position: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found of one authority, and what was done about it.

    `common`: up to which position both say the same. `missing`: rows that the topic has and the journal lacked.
    `looked_at_again`: announcements of others that this service is given once more. `fault`: why it is still frozen.
    `access`: the same of the authority's access log.
    """

    service: str
    authority: str
    finding: Finding
    frozen: str | None
    journal: Place
    topic: Place
    common: int
    missing: int = 0
    looked_at_again: int = 0
    applied: bool = False
    fault: str | None = None
    access: Recovery | None = None

    @property
    def goes_on(self) -> bool:
        """The authority is not frozen (any more), and there is nothing left to do by hand."""
        return self.log_goes_on and (self.access is None or self.access.goes_on)

    @property
    def log_goes_on(self) -> bool:
        """As `goes_on`, of this log alone."""
        if self.applied:
            return self.fault is None
        return self.frozen is None and self.finding in ("agree", "topic behind")


async def recover(
    operator_dsn: str,
    bootstrap: str,
    service: str,
    authority: str,
    *,
    apply: bool,
    set_aside: Path | None = None,
    progress: Progress = lambda _what, _done, _of: None,
) -> Recovery:
    """Look, and with `apply` mend. `operator_dsn` is a superuser's address of the service's database.

    `set_aside` is a new file for the journal's rows that the topic does not have, where the histories went apart:
    naming it is the choice to go on with the topic's; the access log's own rows go to one beside it. Raises
    `CannotRecover`.
    """
    beside = set_aside and set_aside.with_name(f"{set_aside.name}.access")
    logs: tuple[tuple[Chained, Path | None], ...] = (("journal", set_aside), ("access", beside))
    try:
        async with connected(operator_dsn) as connection, reader(bootstrap) as consumer:
            cases = [(_Case(connection, consumer, service, authority, log, progress), own) for log, own in logs]
            journal, access = [
                await _recover(case, operator_dsn, bootstrap, apply, own_rows) for case, own_rows in cases
            ]
            return replace(journal, access=access)
    except (Gap, Broken, ReaderAtWork) as trouble:
        raise CannotRecover(f"{service}, {authority}: {trouble}") from trouble


async def _recover(case: _Case, dsn: str, bootstrap: str, apply: bool, set_aside: Path | None) -> Recovery:
    found = await case.look()
    if not apply or found.goes_on:
        return found
    found, again = await case.bring_together(set_aside)
    verdict = await Verifier(dsn, bootstrap, found.service, found.authority, case.verified, log=case.log).verify()
    if verdict.fault is None:
        await case.thaw(found.frozen)
    return replace(found, looked_at_again=again, applied=True, fault=verdict.fault)


class _Case:
    """One log of one authority in one service, beside its topic."""

    def __init__(
        self, connection: Any, consumer: Any, service: str, authority: str, log: Chained, progress: Progress
    ) -> None:
        self._connection = connection
        self._consumer = consumer
        self._authority = authority
        self._service = service
        self.log = log
        self._topic = topic(authority, service, log)
        self._progress = progress

    def verified(self, done: int, of: int) -> None:
        """How far the proof is."""
        self._progress("verifying", done, of)

    async def thaw(self, frozen: str | None) -> None:
        """Let the log go on."""
        await self._connection.execute("select thaw_authority($1, $2, $3)", self._authority, frozen, self.log)

    async def look(self) -> Recovery:
        """What log and topic hold, without changing anything. Reads the topic from the log's end on."""
        head = await self._head()
        ours, theirs = Place(head["position"], head["hash"]), await self._end_of_topic()
        found = Recovery(
            self._service, self._authority, "agree", head["frozen"], ours, theirs, min(ours.position, theirs.position)
        )
        beyond = await self._beyond(self._chain(head))
        if beyond is None or (beyond == ours and not await self._holds(theirs)):
            return replace(found, finding="apart", common=await self._fork())
        if beyond != ours:
            return replace(
                found,
                finding="journal behind",
                topic=beyond,
                common=ours.position,
                missing=beyond.position - ours.position,
            )
        return replace(found, finding="topic behind") if theirs.position < ours.position else found

    async def _head(self) -> Any:
        head = await self._connection.fetchrow(
            "select position, announced, hash, frozen from journal_head where authority = $1 and log = $2",
            self._authority,
            self.log,
        )
        if head is None:
            raise CannotRecover(f"{self._service} knows no authority {self._authority}.")
        return head

    def _chain(self, head: Any) -> Chain:
        return Chain(self._authority, self.log, head["position"], head["hash"], head["announced"])

    async def _end_of_topic(self) -> Place:
        last, _ = await last_record(self._consumer, self._topic)
        if last is None:
            return Place()
        headers = dict(last.headers)
        return Place(int(headers[POSITION]), headers[HASH])

    async def _beyond(self, chain: Chain) -> Place | None:
        """Where the topic ends if it goes on from the journal's end, each record checked; None if it does not."""
        start = chain.position
        async for batch in numbered(self._consumer, self._topic, POSITION, start):
            if chain.position == start and dict(batch[0].headers)[PREVIOUS] != chain.hash:
                return None
            chain.follow(batch)
            self._progress("reading the topic", chain.position - start, 0)
        return Place(chain.position, chain.hash)

    async def _holds(self, place: Place) -> bool:
        if place.position == 0:
            return True
        found = await self._connection.fetchval(
            f"select hash from {self.log} where authority = $1 and position = $2", self._authority, place.position
        )
        return bool(found == place.hash)

    async def _fork(self) -> int:
        """The last position at which both tell the same."""
        common = 0
        async for batch in numbered(self._consumer, self._topic, POSITION, 0):
            theirs = {int(dict(record.headers)[POSITION]): dict(record.headers)[HASH] for record in batch}
            rows = await self._connection.fetch(
                f"select position, hash from {self.log} where authority = $1 and position = any ($2) order by position",
                self._authority,
                list(theirs),
            )
            same = [row["position"] for row in rows if theirs[row["position"]] == row["hash"]]
            common = same[-1] if same else common
            if len(same) < len(theirs):
                break
        return common

    async def bring_together(self, set_aside: Path | None) -> tuple[Recovery, int]:
        """Freeze, cut a log that went its own way, take back what is missing. Second: what is looked at again."""
        await self._connection.execute("select freeze_authority($1, $2, $3)", self._authority, AT_WORK, self.log)
        found = await self.look()  # nothing is appended from here on
        if found.finding == "apart":
            await self._leave_own_history(found, set_aside)
            found = replace(await self.look(), finding="apart", journal=found.journal)
        await self._take_back(found)
        await self._cursor_not_beyond(found.topic.position)
        if self.log == "access":  # nobody takes anything in by it
            return found, 0
        return found, await bring_consumers_forward(self._connection, self._consumer, self._authority)

    async def _leave_own_history(self, found: Recovery, set_aside: Path | None) -> None:
        if set_aside is None:
            raise CannotRecover(
                f"{self._service}, {self._authority}: {self.log} and topic tell different histories after position"
                f" {found.common}. It stays frozen."
            )
        try:
            async with self._connection.transaction():
                await set_aside_from(self._connection, self._authority, self.log, found.common, set_aside)
                if self.log == "journal":
                    await take_consumers_back(self._connection, self._consumer, self._authority)
        except FileExistsError as there:
            raise CannotRecover(f"{set_aside} is there already; nothing is overwritten.") from there

    async def _take_back(self, found: Recovery) -> None:
        head = await self._head()
        chain = self._chain(head)
        async for batch in numbered(self._consumer, self._topic, POSITION, chain.position):
            await take_in(self._connection, chain, batch)
            self._progress("taking back", chain.position - head["position"], found.missing)

    async def _cursor_not_beyond(self, position: int) -> None:
        """What a topic lost does not count as sent any more: the relay sends it again."""
        number = 0
        if self.log == "journal":
            said, _ = await last_record(self._consumer, topic(self._authority, self._service, "events"))
            number = int(dict(said.headers)[NUMBER]) if said else 0
        await self._connection.execute(
            f"update relay_cursor set position = least(position, $2, (select min(position) - 1 from {self.log}"
            " where authority = $1 and announced > $3)) where authority = $1 and log = $4",
            self._authority,
            position,
            number,
            self.log,
        )
