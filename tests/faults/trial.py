"""One nemesis against one workload; then the faults stop, the town comes to rest, and checkers judge what is left."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpx
from tests.faults.checkers.others import only_the_poisoned_children_wait
from tests.faults.checkers.waiting import drained
from tests.faults.evidence import Finding, evidence
from tests.faults.history import History
from tests.faults.judgement import judge
from tests.faults.nemeses.poison import Poison
from tests.faults.road import ChildsRoad, Place
from tests.faults.town import Nemesis, Town
from tests.faults.workload import WALKED, WRITERS, Workload

from pep_local.places import make_folder

REST = "it comes to rest by itself"


@dataclass(frozen=True)
class Outcome:
    """What was sent, what became of it, and by checker what was found."""

    nemesis: Nemesis
    history: History
    workload: Workload
    faults: int
    drain_seconds: float
    restarts: int
    verdicts: dict[str, list[Finding]]

    @property
    def findings(self) -> list[Finding]:
        return [each for found in self.verdicts.values() for each in found]

    def counts(self) -> dict[str, int]:
        """Commands by what their senders know of them."""
        commands = list(self.history.commands())
        acknowledged = sum(each.acknowledged is not None for each in commands)
        refused = sum(each.is_refused for each in commands)
        unknown = len(commands) - acknowledged - refused
        walked = self.workload.told[WALKED]
        told = {"commands": len(commands), "acknowledged": acknowledged, "refused": refused, "unknown": unknown}
        return {**told, "roads walked": walked}


@dataclass(frozen=True)
class Trials:
    """A town where one nemesis after the other is let in."""

    town: Town
    places: Sequence[Place]
    client: httpx.AsyncClient
    seed: int
    writers: int = WRITERS
    under_way: dict[int, deque[ChildsRoad]] = field(default_factory=dict)

    async def of(self, nemesis: Nemesis, seconds: float) -> Outcome:
        """The writers write and the nemesis acts for so long. `CannotAct` where it cannot on this machine."""
        run, began, told = f"{nemesis.name}-{self.seed}", time.monotonic(), self.town.told
        history = History(make_folder(self.town.stack.folder / "histories") / f"{run}.jsonl")
        workload = Workload(self.town, self.places, self.client, history, run, self.seed, self.under_way)
        ended_before = self.town.ended_by_itself.total()
        writing = asyncio.create_task(workload.write(began + seconds, self.writers))
        try:
            await nemesis.act(self.town, Random(run), began + seconds)
            await writing
        finally:
            writing.cancel()  # where the nemesis could not act
        silent = [Finding(name, "does not answer any more") for name in await self.town.silent()]
        async with evidence(self.town, history) as left:
            drain_seconds, waiting = await drained(left)
            verdicts = {REST: [*silent, *waiting], **await judge(left)}
        if isinstance(nemesis, Poison):
            verdicts["only the poisoned children wait"] = only_the_poisoned_children_wait(nemesis)
        restarts = self.town.ended_by_itself.total() - ended_before
        faults = self.town.told - told
        return Outcome(nemesis, history, workload, faults, drain_seconds, restarts, verdicts)
