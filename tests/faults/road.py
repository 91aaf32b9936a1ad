"""One child's road through all services, from entering care to the money, as real people's commands.

A step that cannot be done yet is tried again later with the same keys, so that nothing of it is done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from tests.faults.writer import WORDS, NotYet, Refused, Writer

from pep_local.term.authority import ADMINISTRATOR
from pep_local.term.desk import Desk
from pep_local.term.story import Line, Road, Story
from pep_runtime.clock import Clock

WAIT_FOR = ("No PEP meeting has been held",)


@dataclass(frozen=True)
class Place:
    """One authority: its people, how its children's roads go, and their care records to be copied."""

    desk: Desk
    story: Story
    roads: tuple[tuple[Road, dict[str, Any]], ...]
    schools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turns:
    """What is different on this child's road."""

    returned: bool
    moves: bool
    corrected: bool
    releases: bool

    @classmethod
    def by_chance(cls, chance: Random) -> Turns:
        return cls(*(chance.random() < each for each in (0.25, 0.1, 0.15, 0.4)))


@dataclass
class ChildsRoad:
    """`steps` are still to be done."""

    child: str
    place: Place
    like: Road
    record: dict[str, Any]
    lines: tuple[Line, ...]
    turns: Turns
    clock: Clock
    ids: dict[str, str] = field(default_factory=dict)
    steps: list[Callable[[Writer], Awaitable[None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        turns = self.turns
        self.steps = [
            self.enters_care,
            self.arranges_meeting,
            self.meets,
            self.writes,
            self.marks_complete,
            *([self.is_returned, self.marks_complete_again] if turns.returned else []),
            *([self.signs_off] if self.place.story.social_worker_signs_off else []),
            self.is_quality_assured,
            *([self.moves] if turns.moves else []),
            self.is_approved,
            *([self.is_corrected, self.is_decided_again] if turns.corrected else []),
            *([self.is_released, self.file_is_taken] if turns.releases else []),
        ]

    @property
    def desk(self) -> Desk:
        return self.place.desk

    async def go_on(self, writer: Writer) -> None:
        """As far as it goes. Raises `NotYet` or `Refused`."""
        writer.child = self.child
        while self.steps:
            await self.steps[0](writer)
            self.steps.pop(0)

    async def enters_care(self, writer: Writer) -> None:
        body = {"records": [self.record]}
        answer = await writer.tell(
            self.desk, ADMINISTRATOR, "scheduling", "POST /care-records", body, step="enters_care"
        )
        if answer["refused"]:
            raise Refused(str(answer["refused"]))

    async def arranges_meeting(self, writer: Writer) -> None:
        jobs, ref = self.place.story.jobs, self.desk.child(self.child)
        await writer.look(self.desk, jobs.coordinator, "scheduling", f"/children/{ref}")
        people = {"social_worker": self.like.social_worker, "designated_teacher": self.like.teacher}
        body = {
            "child_ref": ref,
            "at": self._later_today(),
            "venue": WORDS,
            "joining_link": None,
            "invitees": [
                {"kind": "known", "person_ref": self.desk.person(who), "capacity": capacity}
                for capacity, who in people.items()
            ],
        }
        made = await writer.tell(self.desk, jobs.coordinator, "scheduling", "POST /meetings", body, step="arranges")
        self.ids["meeting"] = made["meeting_id"]

    def _later_today(self) -> str:
        if "at" not in self.ids:  # a repeat sends the same body, also when the clock has moved on
            self.ids["at"] = (self.clock.now() + timedelta(hours=1)).isoformat()
            self.ids["on"] = self.ids["at"][:10]
        return self.ids["at"]

    async def meets(self, writer: Writer) -> None:
        worker = {"capacity": "social_worker", "mode": "by_video", "ref": self.desk.person(self.like.social_worker)}
        body = {
            "on": self.ids["on"],
            "chair": {"capacity": "designated_teacher", "ref": self.desk.person(self.like.teacher)},
            "attendees": [worker],
            "apologies": [],
            "pupil": {"attended": "no", "reason": "chose not to", "feedback_by": "the form tutor"},
            "minutes": WORDS,
        }
        what = f"POST /meetings/{self.ids['meeting']}/record"
        await writer.tell(self.desk, self.like.teacher, "scheduling", what, body, step="meets")

    async def writes(self, writer: Writer) -> None:
        path = f"/plans?child_ref={self.desk.child(self.child)}"
        plans = await writer.look(self.desk, self.like.teacher, "pep-record", path, lambda page: page["items"])
        self.ids["plan"] = plans[0]["plan_id"]
        for subject in self.like.subjects:
            costed = [_action(line) for line in self.lines if line.subject == subject]
            body = {"subject": subject, "text": WORDS, "actions": costed or [_action(None)]}
            what = self._of_plan("POST", "targets")
            await writer.tell(self.desk, self.like.teacher, "pep-record", what, body, step=f"target-{subject}")
        shown = await writer.look(self.desk, self.like.teacher, "pep-record", f"/plans/{self.ids['plan']}")
        for section in shown["sections"]:
            if section["required"]:
                await self._writes_section(writer, section["section"], section["contributors"])

    async def _writes_section(self, writer: Writer, name: str, contributors: list[str]) -> None:
        who = self.like.social_worker if contributors == ["social_worker"] else self.like.teacher
        what = self._of_plan("PUT", f"sections/{name}")
        await writer.tell(self.desk, who, "pep-record", what, {"text": WORDS}, step=f"section-{name}")

    async def marks_complete(self, writer: Writer) -> None:
        await self._complete(writer, "complete")

    async def marks_complete_again(self, writer: Writer) -> None:
        await self._complete(writer, "complete_again")

    async def _complete(self, writer: Writer, step: str) -> None:
        try:
            what = self._of_plan("POST", "completion")
            await writer.tell(self.desk, self.like.teacher, "pep-record", what, step=step)
        except Refused as refused:
            if any(each in str(refused) for each in WAIT_FOR):
                raise NotYet(str(refused)) from refused
            raise

    async def is_returned(self, writer: Writer) -> None:
        await self._assure(writer, {"decision": "return", "plan_version": 1, "reason": WORDS}, "returned")

    async def is_quality_assured(self, writer: Writer) -> None:
        version = 2 if self.turns.returned else 1
        await self._assure(writer, {"decision": "complete", "plan_version": version}, "assured")

    async def _assure(self, writer: Writer, body: Any, step: str) -> None:
        who, what = self.place.story.jobs.quality_assurer, self._of_plan("POST", "quality-assurance")
        await writer.tell(self.desk, who, "pep-record", what, body, step=step)

    async def signs_off(self, writer: Writer) -> None:
        what = self._of_plan("POST", "sign-off")
        await writer.tell(self.desk, self.like.social_worker, "pep-record", what, step="signs_off")

    async def moves(self, writer: Writer) -> None:
        now = {each["school_urn"] for each in self.record["schooling"]}
        school = next(urn for urn in self.place.schools if urn not in now)
        body = {"kind": "school", "on": str(self.clock.today()), "school_urn": school}
        what, who = f"POST /children/{self.desk.child(self.child)}/facts", self.place.story.jobs.coordinator
        await writer.tell(self.desk, who, "scheduling", what, body, step=f"moves-{body['on']}")

    async def is_approved(self, writer: Writer) -> None:
        claim = await self._claim(writer, lambda claim: claim)
        ids = [line["line_id"] for line in claim["lines"]]
        body = {"plan_version": claim["plan_version"], "line_ids": ids}
        what, who = f"POST /claims/{self.ids['plan']}/approval", self.place.story.jobs.officer
        await writer.tell(self.desk, who, "funding", what, body, step="approved")

    async def is_corrected(self, writer: Writer) -> None:
        body = {"outcome": "PROGRESS_REVIEW", "reason": WORDS}
        what, who = f"POST /meetings/{self.ids['meeting']}/correction", self.place.story.jobs.coordinator
        await writer.tell(self.desk, who, "scheduling", what, body, step="corrected")

    async def is_decided_again(self, writer: Writer) -> None:
        await self._claim(writer, lambda claim: claim["standing"] == "held")
        decision = self.ids.setdefault("decision", writer.random.choice(("stand", "withdraw")))
        body = {"decision": decision, "reason": WORDS}
        what, who = f"POST /claims/{self.ids['plan']}/held-decision", self.place.story.jobs.head
        await writer.tell(self.desk, who, "funding", what, body, step="decided_again")

    async def is_released(self, writer: Writer) -> None:
        finance = self.place.story.jobs.finance
        made = await writer.tell(self.desk, finance, "funding", "POST /release-runs", step="released")
        self.ids["run"] = made["run_id"]

    async def file_is_taken(self, writer: Writer) -> None:
        finance, path = self.place.story.jobs.finance, f"/release-runs/{self.ids['run']}"
        await writer.look(self.desk, finance, "funding", path)
        await writer.tell(self.desk, finance, "funding", f"GET {path}/file", step="file")

    async def _claim(self, writer: Writer, is_there: Callable[[Any], Any]) -> Any:
        who, path = self.place.story.jobs.officer, f"/claims/{self.ids['plan']}"
        return await writer.look(self.desk, who, "funding", path, lambda claim: claim if is_there(claim) else None)

    def _of_plan(self, method: str, what: str) -> str:
        return f"{method} /plans/{self.ids['plan']}/{what}"


def _action(line: Line | None) -> dict[str, Any]:
    names = ("category", "quantity", "unit_pence", "line_pence")
    costs = {name: getattr(line, name) for name in names} if line else None
    return {"text": WORDS, "owner": "designated_teacher", "line": costs}
