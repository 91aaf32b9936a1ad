"""Plans: written by the right people, marked complete by the designated teacher, quality assured by somebody else."""

from __future__ import annotations

from typing import Any

from pep_local.term.desk import Desk
from pep_local.term.steps import Steps, expect
from pep_local.term.story import Line, Road, Story

SERVICE = "pep-record"
WORDS = "Is proud of a model bridge, and would like help with long division."


class Plans:
    """One authority's plans; `of` has each child's first one of the term."""

    def __init__(self, desk: Desk, story: Story, steps: Steps) -> None:
        self._desk = desk
        self._story = story
        self._steps = steps
        self.of: dict[str, str] = {}

    async def is_open(self, road: Road) -> None:
        """Opened by itself, because scheduling said that a PEP applies."""
        with self._steps.step(f"{road.child}: a plan was opened"):
            path = f"/plans?child_ref={self._desk.child(road.child)}"
            found = await self._desk.until(road.teacher, SERVICE, path, lambda page: page["items"], "The open plan")
            self.of[road.child] = found[0]["plan_id"]

    async def knows_meetings(self, road: Road, count: int) -> None:
        """That the record has heard of this many meetings shows in the child's story."""
        told, child = self._story.jobs.auditor, self._desk.child(road.child)

        def heard(story: Any) -> bool:
            return [line["event"] for line in story["lines"]].count("MeetingKnown") == count

        await self._desk.until(told, "journey", f"/children/{child}/journey?limit=200", heard, "The meeting")

    async def cannot_complete(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: a review of progress cannot complete the plan: refused"):
            await self.knows_meetings(road, 1)
            says = "a review of progress cannot complete it"
            await self._desk.refused(road.teacher, SERVICE, self._path(road, "completion"), says=says)

    async def write(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: {len(road.subjects)} targets and all sections are written"):
            shown = await self._shown(road)
            for section in shown["sections"]:
                writer = road.social_worker if section["contributors"] == ["social_worker"] else road.teacher
                path = self._path(road, f"sections/{section['section']}")
                await self._desk.ask(writer, SERVICE, "PUT", path, {"text": WORDS})
            for subject in road.subjects:
                body = _target(subject, () if road.returned else road.lines)
                await self._desk.tell(self._writer_of(road, subject), SERVICE, self._path(road, "targets"), body)

    def _writer_of(self, road: Road, subject: str) -> str:
        return road.also_wrote if road.also_wrote and subject == road.subjects[0] else road.teacher

    async def mark_complete(self, road: Road) -> None:
        with self._steps.step(f"{road.child}: marked complete"):
            await self.knows_meetings(road, 2 if road.rearranged else 1)
            await self._desk.tell(road.teacher, SERVICE, self._path(road, "completion"))

    async def return_once(self, road: Road) -> None:
        """T33: returned with the reason, costed (a line that does not add up is refused), marked complete again."""
        with self._steps.step(f"{road.child}: returned, because the costings are missing"):
            reason = {"decision": "return", "plan_version": 1, "reason": "The costings are missing."}
            await self._desk.tell(self._story.jobs.quality_assurer, SERVICE, self._assurance(road), reason)
            expect((await self._shown(road))["state"], "returned", "the plan's state")
        with self._steps.step(f"{road.child}: a line that does not add up is refused; the right one is taken"):
            await self._cost(road)
            await self._desk.tell(road.teacher, SERVICE, self._path(road, "completion"))

    async def _cost(self, road: Road) -> None:
        for target in (await self._shown(road))["targets"]:
            path, body = self._path(road, f"targets/{target['target_id']}"), _target(target["subject"], road.lines)
            for action in body["actions"]:
                if action["line"]:
                    wrong = {**body, "actions": [{**action, "line": _a_penny_more(action["line"])}]}
                    answer = await self._desk.ask(road.teacher, SERVICE, "PUT", path, wrong, wanted=409)
                    expect(answer.json()["rules"], ["L-73"], "the rule of the refusal")
            await self._desk.ask(road.teacher, SERVICE, "PUT", path, body)

    async def complete(self, road: Road) -> None:
        version = 2 if road.returned else 1
        approve = {"decision": "complete", "plan_version": version}
        if road.also_wrote:
            await self._author_is_refused(road, road.also_wrote, approve)
        if self._story.social_worker_signs_off:
            await self._sign_off(road, approve)
        with self._steps.step(f"{road.child}: quality assurance completes version {version}"):
            await self._desk.tell(self._assurer(road), SERVICE, self._assurance(road), approve)
            shown = await self._shown(road)
            expect((shown["state"], shown["plan_version"]), ("completed", version), "the plan's state and version")
            expect(sorted(_lines(shown)), sorted(_wanted(road)), "the costed lines")

    async def _author_is_refused(self, road: Road, author: str, approve: dict[str, Any]) -> None:
        with self._steps.step(f"{road.child}: somebody who wrote the plan cannot quality assure it: refused"):
            await self._desk.refused(author, SERVICE, self._assurance(road), approve, says="somebody who wrote it")

    async def _sign_off(self, road: Road, approve: dict[str, Any]) -> None:
        with self._steps.step(f"{road.child}: refused until the social worker signs off; then signed"):
            assurer, says = self._assurer(road), "has not signed"
            await self._desk.refused(assurer, SERVICE, self._assurance(road), approve, says=says)
            await self._desk.tell(road.social_worker, SERVICE, self._path(road, "sign-off"))

    def _assurer(self, road: Road) -> str:
        jobs = self._story.jobs
        return jobs.head if road.also_wrote == jobs.quality_assurer else jobs.quality_assurer

    async def _shown(self, road: Road) -> Any:
        return await self._desk.see(self._story.jobs.head, SERVICE, f"/plans/{self.of[road.child]}")

    def _path(self, road: Road, what: str) -> str:
        return f"/plans/{self.of[road.child]}/{what}"

    def _assurance(self, road: Road) -> str:
        return self._path(road, "quality-assurance")


def _target(subject: str, lines: tuple[Line, ...]) -> dict[str, Any]:
    costed = [_action(line) for line in lines if line.subject == subject]
    return {"subject": subject, "text": WORDS, "actions": costed or [_action(None)]}


def _action(line: Line | None) -> dict[str, Any]:
    names = ("category", "quantity", "unit_pence", "line_pence")
    costs = {name: getattr(line, name) for name in names} if line else None
    return {"text": WORDS, "owner": "designated_teacher", "line": costs}


def _a_penny_more(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "line_pence": line["line_pence"] + 1}


def _lines(shown: Any) -> list[tuple[str, int]]:
    actions = [action for target in shown["targets"] for action in target["actions"]]
    return [(action["line"]["category"], action["line"]["line_pence"]) for action in actions if action["line"]]


def _wanted(road: Road) -> list[tuple[str, int]]:
    return [(line.category, line.line_pence) for line in road.lines]
