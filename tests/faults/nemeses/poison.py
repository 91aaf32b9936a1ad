"""A newer scheduling says what nobody here can read yet: of some children, once in a hundred announcements (R8).

It is appended and relayed like all else, with the next number and a right hash. Only those children wait; at the end
operators give the odd announcements up. For the first half of the time nothing is odd: how soon everybody was heard
then is what comes later is compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from tests.faults.nemeses.superuser import superuser
from tests.faults.town import Town

from pep_cli.parked_records import decide
from pep_kernel.announcement import Announcement
from pep_kernel.discarded_announcement import (
    DISCARDED_ANNOUNCEMENTS,
    AnnouncementDiscarded,
    DiscardAnnouncement,
    discard,
)
from pep_runtime.codec import EventTypes
from pep_runtime.database import connect
from pep_runtime.file_keys import FileKeys
from pep_runtime.handler import ByPolicy, Handler
from pep_runtime.keyring import Keyring
from pep_runtime.wake import Bell

GIVER, LISTENERS = "scheduling", ("pep-record", "funding", "notifications")
ODD = ("uk.openpep.scheduling.SchoolMoved.v9", "uk.openpep.scheduling.SchoolMoved.v1")  # not known; without its fields
MOST_CHILDREN = 3
ONE_IN = 100
LOOK_SECONDS = 0.05
MENDED_SECONDS = 60.0
GIVEN_UP = ("cannot_be_read", "FAULTS-1", "operator")

Child = tuple[str, str]
"""Authority and reference."""
Databases = Mapping[str, Any]
"""A connection to each service's."""

_CHILDREN = "select authority, child_ref from plan_overview group by 1, 2 order by 1, 2"
_ANNOUNCED = "select authority, announced from journal_head where log = 'journal'"
_TAKEN = f"select authority, last_number from consumer_offset where topic like 'pep.%.{GIVER}.events.v1'"
_PARKED = "select authority, key from parked_event group by 1, 2"
_UNDECIDED = f"{_PARKED} except select authority, key from parked_decision"


class OddAnnouncement(Announcement):
    """What a type says that is not known here, or without what belongs to it."""

    type: str


@dataclass
class Poison:
    """The children of whom something odd was said, and those who waited for it.

    `heard`: when something was announced, and how many seconds later a listener had taken it in.
    """

    name: str = "poison"
    began: float = 0.0
    poisoned: set[Child] = field(default_factory=set)
    waited: set[Child] = field(default_factory=set)
    heard: list[tuple[float, float]] = field(default_factory=list)

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        listening = asyncio.create_task(self._listen(town))
        try:
            await asyncio.sleep((until - time.monotonic()) / 2)
            self.began = time.monotonic()
            async with _databases(town) as databases:
                self.poisoned = await _speak(town, databases, random, until)
                with contextlib.suppress(TimeoutError):  # what waits still is found when the town must come to rest
                    async with asyncio.timeout(MENDED_SECONDS):
                        await _all_heard(databases)
                        self.waited = await _parked(databases)
                        await _give_up(town, databases)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    def p99_seconds(self) -> tuple[float, float]:
        """In how many seconds 99 of 100 were taken in: while nothing was odd, and from then on."""
        before = [seconds for at, seconds in self.heard if at < self.began]
        later = [seconds for at, seconds in self.heard if at >= self.began]
        return _p99(before), _p99(later)

    async def _listen(self, town: Town) -> None:
        newest: dict[tuple[str, str], int] = {}
        waiting: dict[tuple[str, str], deque[tuple[int, float]]] = defaultdict(deque)
        async with _databases(town) as databases:
            while True:
                said, now = await _announced(databases), time.monotonic()
                for listener, authority, taken in await _taken(databases):
                    heard_by, number = (listener, authority), said[authority]
                    if newest.setdefault(heard_by, number) < number:
                        newest[heard_by] = number
                        waiting[heard_by].append((number, now))
                    while waiting[heard_by] and waiting[heard_by][0][0] <= taken:
                        at = waiting[heard_by].popleft()[1]
                        self.heard.append((at, now - at))
                await asyncio.sleep(LOOK_SECONDS)


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) * 99 // 100] if seconds else 0.0


async def _speak(town: Town, databases: Databases, random: random.Random, until: float) -> set[Child]:
    """Something odd, and again after a hundred announcements: the children about whom it was."""
    poisoned = set()
    children = random.sample(await databases["pep-record"].fetch(_CHILDREN), MOST_CHILDREN)
    async with _newer(town) as handler:
        while time.monotonic() < until:
            authority, child = random.choice(children)
            kind, before = random.choice(ODD), sum((await _announced(databases)).values())
            town.tell(f"{GIVER} of {authority} says {kind} of one child")
            await _say(handler, authority, child, kind, UUID(int=random.getrandbits(128), version=4))
            poisoned.add((authority, child))
            while time.monotonic() < until and sum((await _announced(databases)).values()) < before + ONE_IN:
                await asyncio.sleep(LOOK_SECONDS)
    return poisoned


async def _say(handler: Handler, authority: str, child: str, kind: str, cause: UUID) -> None:
    """The one event that every service's journal may hold stands for the event that a newer version would write."""
    command = DiscardAnnouncement(
        giver="newer", number=1, type=kind, digest="", error="", reason="cannot_be_read", case_ref="", by=""
    )
    await handler.handle(authority, discard(command, child), ByPolicy("a newer version", cause, cause))


@contextlib.asynccontextmanager
async def _newer(town: Town) -> AsyncIterator[Handler]:
    """What a newer version of the giver is started with: the same logins and the same journal."""
    environment = town.installed.environments[GIVER]
    async with (
        await connect(environment["PEP_POSTGRES_APP_DSN"], size=1) as pool,
        await connect(environment["PEP_KEYS_DSN"], size=1, check_lineage=False) as keys,
    ):
        keyring = Keyring(keys, FileKeys(town.stack.keys_folder))
        deciders = {"discarded": replace(DISCARDED_ANNOUNCEMENTS, announce=_announce)}
        yield Handler(pool, deciders, EventTypes([AnnouncementDiscarded]), keyring, town.clock, Bell())


def _announce(_nothing: None, event: AnnouncementDiscarded) -> Announcement:
    return OddAnnouncement(type=event.type)


async def _all_heard(databases: Databases) -> None:
    said = await _announced(databases)
    while any(taken < said[authority] for _, authority, taken in await _taken(databases)):
        await asyncio.sleep(LOOK_SECONDS)


async def _give_up(town: Town, databases: Databases) -> None:
    """What operators do, child by child, until nothing waits."""
    while await _parked(databases):
        for listener in LISTENERS:
            for authority, key in await databases[listener].fetch(_UNDECIDED):
                await decide(town.direct.superuser_dsn(listener), authority, key, GIVEN_UP)
        await asyncio.sleep(LOOK_SECONDS)


async def _parked(databases: Databases) -> set[Child]:
    rows = [row for listener in LISTENERS for row in await databases[listener].fetch(_PARKED)]
    return {(row["authority"], row["key"]) for row in rows}


async def _announced(databases: Databases) -> dict[str, int]:
    return {row["authority"]: row["announced"] for row in await databases[GIVER].fetch(_ANNOUNCED)}


async def _taken(databases: Databases) -> list[tuple[str, str, int]]:
    """Listener, authority, and the last number that it has taken in."""
    return [
        (listener, authority, number)
        for listener in LISTENERS
        for authority, number in await databases[listener].fetch(_TAKEN)
    ]


@contextlib.asynccontextmanager
async def _databases(town: Town) -> AsyncIterator[Databases]:
    async with contextlib.AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(superuser(town, name)) for name in (GIVER, *LISTENERS)}
