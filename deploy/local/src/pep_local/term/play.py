"""The term, day by day, for all authorities at once: the clock moves forward, children's roads run side by side."""

from __future__ import annotations

import asyncio
import json
import time as real_time
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import httpx

from pep_local.signin import User
from pep_local.stack import Stack
from pep_local.term.authority import ADMINISTRATOR, GO_LIVE, Authority
from pep_local.term.desk import LOOK_AGAIN_SECONDS, PATIENCE_SECONDS, desks
from pep_local.term.exports import pep
from pep_local.term.post import Post, all_post_is_there
from pep_local.term.steps import NotAsTold, Steps, at_once, expect
from pep_local.term.story import Road, read_story, with_story
from pep_runtime.clock import LONDON, Clock

FIRST_DAY = datetime(2026, 8, 31, 9, 0, tzinfo=LONDON)
ENTRY, ARRANGING = date(2026, 9, 21), date(2026, 10, 2)
MEETING, MEETING_AGAIN = date(2026, 10, 6), date(2026, 10, 13)
WRITING, ASSURING, DECIDING = date(2026, 10, 14), date(2026, 10, 15), date(2026, 10, 16)
BEFORE_CORRECTION, RELEASING, LOOKING_BACK = date(2026, 10, 18), date(2026, 10, 19), date(2026, 10, 20)
AFTERNOON = time(16, 30)


def set_first_day(stack: Stack) -> None:
    """Freeze the clock before anything is written: nothing may be recorded later than what comes after it."""
    Clock(stack.clock_file).set(FIRST_DAY)


class Term:
    """The term of all authorities of a stack, whose services run; one without a story is open and has no children."""

    def __init__(
        self, stack: Stack, administrators: Mapping[str, User], steps: Steps, client: httpx.AsyncClient
    ) -> None:
        self._stack = stack
        self._client = client
        self._administrators = administrators
        self._steps = steps
        self.authorities: tuple[Authority, ...] = ()

    async def play(self) -> None:
        """All of it. Raises `NotAsTold`."""
        found = await desks(self._stack, self._client, with_story(self._stack.sign_ins))
        told = ((desk, read_story(name)) for name, desk in found.items())
        self.authorities = tuple(Authority(self._stack, desk, story, self._steps) for desk, story in told)
        for each in self.authorities:
            each.desk.let_sign_in({ADMINISTRATOR: self._administrators[each.desk.authority].password})
        for part in _DAYS:
            await part(self)

    def _day(self, day: date, what: str, at: time = time(10, 0)) -> None:
        Clock(self._stack.clock_file).set(datetime.combine(day, at, LONDON))
        self._steps.heading(f"{day:%A} {day.day} {day:%B %Y}: {what}")

    async def _all(self, *acts: Any) -> None:
        """One act after the other, each by all authorities at once."""
        for act in acts:
            await at_once(*(act(each) for each in self.authorities))

    async def going_live(self) -> None:
        self._day(GO_LIVE, "going live with the children who are in care")
        await self._all(lambda each: each.import_as_of(GO_LIVE), lambda each: each.let_everybody_sign_in())

    async def children_enter_care(self) -> None:
        self._day(ENTRY, "children enter care, and meetings are arranged")
        await self._all(
            lambda each: each.import_as_of(ENTRY),
            lambda each: each.judged(),
            lambda each: each.each(each.meetings.arrange, when=lambda road: road.arranged == ENTRY),
            lambda each: each.each(each.plans.is_open, when=_everybody),
        )

    async def arranging(self) -> None:
        self._day(ARRANGING, "the last day to arrange some")
        await self._all(
            lambda each: each.each(each.meetings.arrange, when=lambda road: road.arranged == ARRANGING),
            lambda each: each.each(each.convene_alone_is_met, when=lambda road: road.arranged == ARRANGING),
        )

    async def meeting(self) -> None:
        self._day(MEETING, "meetings are held", AFTERNOON)
        await self._all(
            lambda each: each.each(each.meetings.hold, when=lambda road: road.meets.date() == MEETING),
            lambda each: each.each(each.plans.cannot_complete, when=lambda road: road.rearranged),
            lambda each: each.each(each.rearrange, when=lambda road: road.rearranged),
        )

    async def meeting_again(self) -> None:
        self._day(MEETING_AGAIN, "the other meetings are held", AFTERNOON)
        await self._all(
            lambda each: each.each(each.meetings.hold, when=lambda road: road.meets.date() == MEETING_AGAIN),
            lambda each: each.each(each.hold_again, when=lambda road: road.rearranged),
        )

    async def writing(self) -> None:
        self._day(WRITING, "plans are written and marked complete")
        await self._all(
            lambda each: each.each(each.plans.write, when=_everybody),
            lambda each: each.each(each.plans.mark_complete, when=_everybody),
        )

    async def assuring(self) -> None:
        self._day(ASSURING, "quality assurance")
        await self._all(
            lambda each: each.each(each.plans.return_once, when=lambda road: road.returned),
            lambda each: each.each(each.plans.complete, when=_everybody),
        )

    async def deciding(self) -> None:
        self._day(DECIDING, "money is decided about")
        await self._all(
            lambda each: each.money.open_envelope(),
            lambda each: each.each(each.money.decide, when=lambda road: road.lines),
        )

    async def releasing(self) -> None:
        self._day(RELEASING, "a correction, a move of school, and the release run")
        await self._all(
            lambda each: each.each(each.meetings.correct, when=lambda road: road.corrected),
            lambda each: each.each(each.money.hold, when=lambda road: road.corrected),
            lambda each: each.each(each.money.head_decides, when=lambda road: road.corrected),
            lambda each: each.money.preview(),
            lambda each: each.each(lambda road: each.move(road, RELEASING), when=lambda road: road.moves_to),
            lambda each: each.release(),
            lambda each: each.each(each.money.stopped, when=lambda road: road.moves_to),
            lambda each: each.each(each.money.stays, when=lambda road: road.left_out),
        )

    async def looking_back(self) -> None:
        self._day(LOOKING_BACK, "looking back")
        await self._all(
            lambda each: each.overdue(),
            lambda each: each.each(
                lambda road: each.story_of_correction(road, BEFORE_CORRECTION), when=lambda road: road.corrected
            ),
        )
        wanted = sum((each.post() for each in self.authorities), Post())
        with self._steps.step(f"{wanted.total()} mails arrived, each with whom it was for"):
            await all_post_is_there(self._stack.mail_folder, wanted)
        await self._verified()

    async def _verified(self) -> None:
        with self._steps.step("`pep verify`: every journal and access log is whole and equal to its topics"):
            await self._all_relayed()
            verdicts = json.loads(await pep(self._stack, "verify", "--json"))
            expect([each for each in verdicts if each["fault"]], [], "what is at fault")
            found = Counter(each["authority"] for each in verdicts if each["events"])
            expect(set(found), set(self._stack.sign_ins), "whose journals were verified")

    async def _all_relayed(self) -> None:
        """Nothing waits on its way to Kafka, and nothing was put aside."""
        deadline = real_time.monotonic() + PATIENCE_SECONDS
        while waiting := [row for row in await self._status() if row["to_relay"] or row["parked"] or row["frozen"]]:
            if real_time.monotonic() > deadline:
                raise NotAsTold(f"Something waits, is parked or frozen: {waiting}")
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _status(self) -> list[dict[str, Any]]:
        found: dict[str, list[dict[str, Any]]] = json.loads(await pep(self._stack, "status", "--json"))
        return [row for service in found["services"] for row in service["authorities"]]


def _everybody(_road: Road) -> bool:
    return True


_DAYS = (
    Term.going_live,
    Term.children_enter_care,
    Term.arranging,
    Term.meeting,
    Term.meeting_again,
    Term.writing,
    Term.assuring,
    Term.deciding,
    Term.releasing,
    Term.looking_back,
)
