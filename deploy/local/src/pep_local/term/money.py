"""Money: asked for by completed plans, decided by people within their limits, held, stopped, released once."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from pep_kernel.money import pounds
from pep_local.term.desk import Desk
from pep_local.term.plans import Plans
from pep_local.term.steps import Steps, expect
from pep_local.term.story import Line, Road, Story

SERVICE = "funding"
YEAR, TERM = "2026-27", "autumn"


@dataclass(frozen=True)
class Released:
    """What a release run did."""

    run_id: str
    total_pence: int
    file_name: str
    content: bytes


class Money:
    """One authority's money."""

    def __init__(self, desk: Desk, story: Story, steps: Steps, plans: Plans) -> None:
        self._desk = desk
        self._story = story
        self._steps = steps
        self._plans = plans

    async def open_envelope(self) -> None:
        with self._steps.step(f"{self._desk.authority}: {pounds(self._story.envelope_pence)} for the term"):
            body = {"financial_year": YEAR, "term": TERM, "amount_pence": self._story.envelope_pence}
            await self._desk.tell(self._story.jobs.head, SERVICE, "/envelopes", body)

    async def decide(self, road: Road) -> None:
        claim = await self._asked_for(road)
        ids = {line["category"]: line["line_id"] for line in claim["lines"]}
        version = claim["plan_version"]
        for line in road.lines:
            if line.decision == "declined_by_policy":
                await self._was_declined(road, line)
            if line.decision == "declined_by_officer":
                await self._decline(road, line, {"plan_version": version, "line_id": ids[line.category]})
        by_officer = [ids[line.category] for line in road.lines if line.decision == "officer"]
        by_head = [ids[line.category] for line in road.lines if line.decision == "head"]
        await self._approve(road, {"plan_version": version, "line_ids": by_officer})
        await self._head_approves(road, {"plan_version": version, "line_ids": by_head})
        shown = await self._claim(road)
        expect(shown["approved_pence"], road.approved_pence, f"what is approved for {road.child}")

    async def _asked_for(self, road: Road) -> Any:
        total = sum(line.line_pence for line in road.lines)
        with self._steps.step(f"{road.child}: the completed plan asks for {pounds(total)}"):
            officer, path = self._story.jobs.officer, self._path(road)
            claim = await self._desk.until(officer, SERVICE, path, lambda found: found, "The claim")
            expect(claim["requested_pence"], total, "what is requested")
            return claim

    async def _was_declined(self, road: Road, line: Line) -> None:
        with self._steps.step(f"{road.child}: {line.category} is declined by policy, {line.rule}"):
            found = {each["category"]: each for each in (await self._claim(road))["lines"]}[line.category]
            expect((found["standing"], found["rule"]), ("declined", line.rule), "the line")

    async def _decline(self, road: Road, line: Line, named: dict[str, Any]) -> None:
        with self._steps.step(f"{road.child}: {line.category} is declined by the officer, {line.rule}"):
            body = {**named, "rule": line.rule, "reason": "It belongs to an activity of the whole class."}
            await self._desk.tell(self._story.jobs.officer, SERVICE, self._path(road, "/decline"), body)

    async def _approve(self, road: Road, body: dict[str, Any]) -> None:
        if body["line_ids"]:
            with self._steps.step(f"{road.child}: an officer approves within the limit"):
                await self._desk.tell(self._story.jobs.officer, SERVICE, self._path(road, "/approval"), body)

    async def _head_approves(self, road: Road, body: dict[str, Any]) -> None:
        if body["line_ids"]:
            with self._steps.step(f"{road.child}: above the officer's limit: refused; the head approves"):
                path, jobs = self._path(road, "/approval"), self._story.jobs
                await self._desk.refused(jobs.officer, SERVICE, path, body, says="you may approve")
                await self._desk.tell(jobs.head, SERVICE, path, body)

    async def hold(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: the completion is withdrawn; the approval is held and would not leave"):
            jobs, path = self._story.jobs, self._path(road)
            await self._desk.until(jobs.officer, SERVICE, path, _is_held, "The hold")
            left_out = {each["plan_id"]: each["reason"] for each in (await self._preview())["left_out"]}
            expect("the head" in left_out.get(self._plans.of[road.child], ""), True, "that the run leaves it out")

    async def head_decides(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: the head decides: {road.corrected}"):
            body = {"decision": road.corrected, "reason": "Looked at with the school."}
            await self._desk.tell(self._story.jobs.head, SERVICE, self._path(road, "/held-decision"), body)
            standing = {"withdraw": "withdrawn", "stand": "open"}[str(road.corrected)]
            expect((await self._claim(road))["standing"], standing, "how the claim stands")

    async def preview(self) -> None:
        moving = sum(road.approved_pence for road in self._story.children if road.moves_to)
        total = sum(road.released_pence for road in self._story.children) + moving
        with self._steps.step(f"{self._desk.authority}: the next run would release {pounds(total)}"):
            expect((await self._preview())["total_pence"], total, "the preview's total")

    async def release(self) -> Released:
        """At once after a move of school was recorded: the run itself waits until funding has heard of it."""
        total = sum(road.released_pence for road in self._story.children)
        jobs = self._story.jobs
        with self._steps.step(f"{self._desk.authority}: the run releases {pounds(total)}, and nothing for who moved"):
            run_id = (await self._desk.tell(jobs.finance, SERVICE, "/release-runs"))["run_id"]
            run = await self._desk.see(jobs.finance, SERVICE, f"/release-runs/{run_id}")
            expect(run["total_pence"], total, "the run's total")
        with self._steps.step(f"{self._desk.authority}: the finance file is taken; its control totals add up"):
            taken = await self._desk.ask(jobs.finance, SERVICE, "GET", f"/release-runs/{run_id}/file")
            expect(_totals(taken.content), (run["line_count"], total), "the file's lines and total")
        with self._steps.step(f"{self._desk.authority}: a second run releases nothing"):
            says = "No approved line can be released today"
            await self._desk.refused(jobs.finance, SERVICE, "/release-runs", says=says)
        return Released(run_id, total, run["file_name"], taken.content)

    async def stopped(self, road: Road) -> None:
        with self._steps.step(
            f"{road.child}: nothing left for the child who moved; the claim is {road.plan_after_move}"
        ):
            claim = await self._claim(road)
            expect((claim["standing"], claim["released_pence"]), (road.plan_after_move, 0), "the claim")

    async def stays(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: stays, for a reason: {road.left_out} …"):
            reasons = {each["plan_id"]: each["reason"] for each in (await self._preview())["left_out"]}
            found = reasons.get(self._plans.of[road.child], "")
            expect(found.startswith(str(road.left_out)), True, f"that {found!r} is why it stays")

    async def _preview(self) -> Any:
        return await self._desk.see(self._story.jobs.finance, SERVICE, "/release-runs/preview")

    async def _claim(self, road: Road) -> Any:
        return await self._desk.see(self._story.jobs.officer, SERVICE, self._path(road))

    def _path(self, road: Road, what: str = "") -> str:
        return f"/claims/{self._plans.of[road.child]}{what}"


def _is_held(claim: Any) -> bool:
    return bool(claim["standing"] == "held")


def _totals(content: bytes) -> tuple[int, int]:
    """How many lines there are and what they come to; the control row must say the same."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    *lines, control = rows
    found = (len(lines), sum(int(line["amount_pence"]) for line in lines))
    expect(
        (control["record"], int(control["line_number"]), int(control["amount_pence"])), ("control", *found), "control"
    )
    return found
