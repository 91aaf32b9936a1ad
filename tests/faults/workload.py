"""Eight writers at once, each on the roads of several children of all authorities, until a moment in time."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
from rich.console import Console
from tests.faults.history import History
from tests.faults.road import ChildsRoad, Place, Turns
from tests.faults.town import Town
from tests.faults.writer import WORDS, NotYet, Refused, Writer

from pep_local.term.authority import ADMINISTRATOR, GO_LIVE, Authority
from pep_local.term.desk import desks
from pep_local.term.exports import export_as_of
from pep_local.term.money import YEAR
from pep_local.term.play import ENTRY, MEETING
from pep_local.term.steps import Steps
from pep_local.term.story import SAMPLES, Line, Road, read_story, with_story
from pep_runtime.clock import LONDON
from scheduling.ssda903.reading import CHILDREN, SCHOOLS_LISTED, read_files
from scheduling.ssda903.staging import Stage

WRITERS = 8
OPEN_ROADS = 4
NEW_ROAD = 0.2  # how often a writer begins another child's road before going on with one that waits
PLENTY_PENCE = 1_000_000_000
WALKED = "walked to the end"
TERMS = ("autumn", "spring", "summer")


@dataclass
class Workload:
    """What the writers do with a town; `told` counts how roads ended, `refusals` what was said then.

    Roads that are still `under_way` at the end are each writer's own and may be gone on with by another workload.
    """

    town: Town
    places: Sequence[Place]
    client: httpx.AsyncClient
    history: History
    run: str
    seed: int
    under_way: dict[int, deque[ChildsRoad]] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    async def write(self, until: float, writers: int = WRITERS) -> None:
        """All writers, until `time.monotonic()` is `until`."""
        await asyncio.gather(*(self._write(number, until) for number in range(writers)))

    async def _write(self, number: int, until: float) -> None:
        chance = Random(f"{self.seed} {self.run} {number}")
        writer = Writer(number, self.town.stack, self.client, self.history, chance, until)
        roads = self.under_way.setdefault(number, deque())
        begun = 0
        while time.monotonic() < until:
            if len(roads) < OPEN_ROADS and (not roads or chance.random() < NEW_ROAD):
                begun += 1
                roads.append(self._new_road(f"{self.run}-{number}-{begun}", chance))
            await self._go_on(roads, writer)

    async def _go_on(self, roads: deque[ChildsRoad], writer: Writer) -> None:
        road = roads.popleft()
        try:
            await road.go_on(writer)
            self.told[WALKED] += 1
        except NotYet:
            roads.append(road)
            self.told["had to wait"] += 1
        except Refused as refused:
            self.told[f"ended by a refusal at {road.steps[0].__name__}"] += 1
            self.refusals[str(refused)] += 1

    def _new_road(self, child: str, chance: Random) -> ChildsRoad:
        place = chance.choice(self.places)
        like, record = chance.choice(place.roads)
        record = {
            **record,
            "child_id": child,
            "is_another_child": True,
            "upn": None,
            "name": {"given": WORDS, "family": "Exampleton"},
        }
        lines = tuple(_line(each, chance) for each in like.lines if each.decision == "officer")[:2]
        return ChildsRoad(child, place, like, record, lines, Turns.by_chance(chance), self.town.clock)


def _line(line: Line, chance: Random) -> Line:
    return line.model_copy(update={"quantity": chance.randint(1, 4)})


async def settle(town: Town, client: httpx.AsyncClient, folder: Path) -> list[Place]:
    """Every authority of a story goes live: schools, staff, first children; who may sign in; money for each term."""
    steps, found = Steps(Console(quiet=True)), []
    for name, desk in (await desks(town.stack, client, with_story(town.stack.sign_ins))).items():
        desk.let_sign_in({ADMINISTRATOR: town.installed.administrators[name].password})
        authority = Authority(town.stack, desk, read_story(name), steps)
        await authority.import_as_of(GO_LIVE)
        await authority.let_everybody_sign_in()
        records, schools = _records(name, folder / f"{name}-records")
        roads = tuple((road, records[road.child]) for road in authority.story.children if _is_plain(road, records))
        found.append(Place(desk, authority.story, roads, schools))
    town.clock.set(datetime.combine(MEETING, datetime.min.time().replace(hour=10), LONDON))
    for place in found:
        for term in TERMS:
            body = {"financial_year": YEAR, "term": term, "amount_pence": PLENTY_PENCE}
            await place.desk.tell(place.story.jobs.head, "funding", "/envelopes", body)
    return found


def _is_plain(road: Road, records: dict[str, Any]) -> bool:
    """A road with a teacher, a school and money."""
    at_school = any(not each["left"] for each in records.get(road.child, {}).get("schooling", ()))
    return (
        at_school and road.teacher_capacity == "designated_teacher" and any(_is_officers(each) for each in road.lines)
    )


def _is_officers(line: Line) -> bool:
    return line.decision == "officer"


def _records(authority: str, folder: Path, day: date = ENTRY) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    """The care records of the authority's sample children, as the import command makes them, and its schools."""
    stage = Stage()
    try:
        read_files(stage, export_as_of(SAMPLES / authority, day, folder), None, lambda *_: None)
        children = [json.loads(each) for batch in stage.batches(CHILDREN, 100) for each in batch]
        schools = [json.loads(each) for batch in stage.batches(SCHOOLS_LISTED, 100) for each in batch]
    finally:
        stage.close()
    primary = tuple(each["urn"] for each in schools if each["phase"] in ("primary", "secondary"))
    return {each["child_id"]: each for each in children}, primary
