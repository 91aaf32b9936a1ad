"""One authority's part of each day of the term."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

from pep_local.places import make_folder
from pep_local.stack import Stack
from pep_local.term.desk import Desk
from pep_local.term.exports import addresses, export_as_of, pep, staff_ids
from pep_local.term.meetings import Meetings
from pep_local.term.money import Money, Released
from pep_local.term.plans import Plans
from pep_local.term.post import Post, post_of
from pep_local.term.steps import Steps, at_once, expect
from pep_local.term.story import SAMPLES, Due, Road, Story
from pep_local.term.where import write_people

ADMINISTRATOR = "first-administrator"
GO_LIVE = date(2026, 8, 31)
OFFICERS = "virtual_school_officer"


class Authority:
    """Its people, its children, and what happens to them."""

    def __init__(self, stack: Stack, desk: Desk, story: Story, steps: Steps) -> None:
        self.desk = desk
        self.story = story
        self._stack = stack
        self._steps = steps
        self._samples = SAMPLES / desk.authority
        self.meetings = Meetings(desk, story, steps)
        self.plans = Plans(desk, story, steps)
        self.money = Money(desk, story, steps, self.plans)
        self.released: Released | None = None

    async def import_as_of(self, day: date) -> None:
        """By the real command, as the administrator; only what was known on that day is in the files."""
        with self._steps.step(f"{self.desk.authority}: `pep import children` with the files of {day:%d/%m/%Y}"):
            files = export_as_of(self._samples, day, self._stack.folder / "exports" / f"{self.desk.authority}-{day}")
            told = ("import", "children", *map(str, files), "--cut-over", f"{GO_LIVE}")
            await pep(self._stack, *told, token=self.desk.token(ADMINISTRATOR))

    async def let_everybody_sign_in(self) -> None:
        with self._steps.step(f"{self.desk.authority}: everybody on the list of staff may sign in"):
            passwords = {who: secrets.token_urlsafe(12) for who in staff_ids(self._samples)}
            self.desk.let_sign_in(passwords)
            staff = {who: {"reference": self.desk.person(who), "password": word} for who, word in passwords.items()}
            children = {road.child: self.desk.child(road.child) for road in self.story.children}
            write_people(self._stack, self.desk.authority, staff, children)

    async def judged(self) -> None:
        """Who has no plan and why, and by when what must be done (T01, T02, T02b, T54, T61, T64)."""
        with self._steps.step(f"{self.desk.authority}: who needs no plan, and by when what is due for others"):
            for child, why in self.story.no_plan.items():
                shown = await self._see(f"/children/{self.desk.child(child)}")
                expect((shown["pep_applies"], shown["why_not"]), (False, why), f"whether a PEP applies to {child}")
            for child, dues in self.story.due_dates.items():
                expect(await self._dues(child), {due.obligation: due for due in dues}, f"what is due for {child}")

    async def _dues(self, child: str) -> dict[str, Due]:
        page = await self._see(f"/children/{self.desk.child(child)}/due-dates")
        return {due["obligation"]: Due(**{name: due[name] for name in Due.model_fields}) for due in page["items"]}

    async def _see(self, path: str) -> Any:
        return await self.desk.see(self.story.jobs.coordinator, "scheduling", path)

    async def states_of_dues(self, child: str) -> dict[str, str]:
        page = await self._see(f"/children/{self.desk.child(child)}/due-dates")
        return {due["obligation"]: due["state"] for due in page["items"]}

    async def each(self, act: Callable[[Road], Coroutine[Any, Any, None]], *, when: Callable[[Road], object]) -> None:
        """The same for all children of whom it is true, side by side."""
        await at_once(*(act(road) for road in self.story.children if when(road)))

    async def convene_alone_is_met(self, road: Road) -> None:
        """T61: a date meets "convene" and nothing else."""
        states = await self.states_of_dues(road.child)
        wanted = {name: "met" if name == "convene" else "open" for name in states}
        with self._steps.step(f"{road.child}: due now: {', '.join(name for name in states if name != 'convene')}"):
            expect(states, wanted, "the due dates")

    async def rearrange(self, road: Road) -> None:
        if road.rearranged:
            await self.meetings.rearrange(road, road.rearranged)

    async def hold_again(self, road: Road) -> None:
        if road.rearranged:
            await self.meetings.hold_again(road, road.rearranged)

    async def move(self, road: Road, on: date) -> None:
        body = {"kind": "school", "on": f"{on}", "school_urn": road.moves_to}
        with self._steps.step(f"{road.child}: a move of school is recorded, just before the run"):
            path = f"/children/{self.desk.child(road.child)}/facts"
            await self.desk.tell(self.story.jobs.coordinator, "scheduling", path, body)

    async def release(self) -> None:
        self.released = await self.money.release()
        path = make_folder(self._stack.folder / "finance") / f"{self.desk.authority}-{self.released.file_name}"
        path.write_bytes(self.released.content)

    async def overdue(self) -> None:
        """By the timer: the days have passed and nothing was done."""
        with self._steps.step(f"{self.desk.authority}: overdue by the timer: {', '.join(self.story.overdue)}"):
            for child in self.story.overdue:
                path = f"/children/{self.desk.child(child)}/due-dates"
                coordinator = self.story.jobs.coordinator
                await self.desk.until(coordinator, "scheduling", path, _is_overdue, f"{child} overdue")

    async def story_of_correction(self, road: Road, before: date) -> None:
        """The story as it was known before the correction holds nothing of it; today's holds all of it."""
        with self._steps.step(f"{road.child}: `pep journey` tells the correction, and not as of {before:%d/%m/%Y}"):
            decided = {"withdraw": "PPPApprovalWithdrawn", "stand": "PPPApprovalStands"}[str(road.corrected)]
            told = {"MeetingOutcomeCorrected", "PEPCompletionWithdrawn", "PPPApprovalHeld", decided}
            auditor, path = self.story.jobs.auditor, f"/children/{self.desk.child(road.child)}/journey?limit=200"

            def all_told(story: Any) -> Any:
                return story if told <= set(_events(story)) else None

            whole = await self.desk.until(auditor, "journey", path, all_told, "The whole story")
            now, then = Counter(_events(whole)), Counter(_events(await self._story_as_of(road, before)))
            expect(told & set(then), set(), f"what was known of the correction on {before}")
            expect(then["PPPApproved"], now["PPPApproved"], "how many approvals were known")
            expect(then - now, Counter(), "what was known before and is not told any more")

    async def _story_as_of(self, road: Road, day: date) -> Any:
        token = self.desk.token(self.story.jobs.auditor)
        child = self.desk.child(road.child)
        return json.loads(await pep(self._stack, "journey", child, "--json", "--as-of", f"{day}", token=token))

    def post(self) -> Post:
        """All mail of the authority's term."""
        officers = tuple(staff_ids(self._samples, OFFICERS))
        return post_of(self.story, addresses(self._samples), officers)


def _events(story: Any) -> list[str]:
    return [line["event"] for line in story["lines"]]


def _is_overdue(page: Any) -> bool:
    return any(due["state"] == "overdue" for due in page["items"])
