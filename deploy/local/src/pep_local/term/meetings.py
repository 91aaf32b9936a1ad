"""Meetings: arranged with a place, a joining link and everybody to invite; held, recorded, rearranged, corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pep_local.term.desk import Desk
from pep_local.term.steps import Steps, expect
from pep_local.term.story import Road, Story

SERVICE = "scheduling"
NURSE = {"kind": "guest", "name": "Noor Nightlight", "email": "noor.nightlight@health.example", "capacity": "nurse"}
VENUE = "The quiet room on the ground floor"
MINUTES = "Enjoys reading aloud, and wants to be better at fractions."


def joining_link(child: str, at: datetime) -> str:
    """Made up, different for each meeting, and secret: whoever has it can join."""
    return f"https://meet.example/{child.lower()}-{at:%d%m}-joins-quietly"


class Meetings:
    """One authority's meetings; `of` has each child's newest one."""

    def __init__(self, desk: Desk, story: Story, steps: Steps) -> None:
        self._desk = desk
        self._jobs = story.jobs
        self._steps = steps
        self.of: dict[str, str] = {}

    async def arrange(self, road: Road) -> None:
        what = "four people are invited, some as the social worker decides"
        with self._steps.step(f"{road.child}: a meeting is arranged for {_moment(road.meets)}; {what}"):
            self.of[road.child] = await self._arranged(road, road.meets)

    async def rearrange(self, road: Road, at: datetime) -> None:
        with self._steps.step(f"{road.child}: the meeting is rearranged for {_moment(at)}"):
            self.of[road.child] = await self._arranged(road, at, rearranges=self.of[road.child])

    async def _arranged(self, road: Road, at: datetime, **more: Any) -> str:
        body = {
            "child_ref": self._desk.child(road.child),
            "at": at.isoformat(),
            "venue": VENUE,
            "joining_link": joining_link(road.child, at),
            "invitees": self._invitees(road),
            **more,
        }
        answer = await self._desk.tell(self._jobs.coordinator, SERVICE, "/meetings", body)
        made: str = answer["meeting_id"]
        if answer["awaiting_approval"]:
            await self._desk.tell(road.social_worker, SERVICE, f"/meetings/{made}/approval", {})
        shown = await self._desk.see(self._jobs.coordinator, SERVICE, f"/meetings/{made}")
        expect(shown["late_notice"], False, "late notice")
        return made

    def _invitees(self, road: Road) -> list[dict[str, str]]:
        known = {
            "social_worker": self._desk.person(road.social_worker),
            road.teacher_capacity: self._desk.person(road.teacher),
            "carer": self._desk.carer(road.carer),
        }
        return [*({"kind": "known", "person_ref": ref, "capacity": each} for each, ref in known.items()), NURSE]

    async def hold(self, road: Road) -> None:
        """By the authority's quorum: where nobody of the authority came, either it is rearranged, or it counts."""
        outcome = "PROGRESS_REVIEW" if road.without_authority and road.rearranged else "PEP"
        with self._steps.step(f"{road.child}: the meeting is held and recorded; outcome {outcome}"):
            shown = await self._recorded(road, road.meets, with_authority=not road.without_authority)
            expect(shown["outcome"], outcome, "the outcome")
            expect(shown["must_be_rearranged"], outcome != "PEP", "that it must be rearranged")
            absent = road.without_authority and road.teacher_capacity == "designated_teacher"
            expect(shown["no_authority_representative"], absent, "that nobody of the authority was there")

    async def hold_again(self, road: Road, at: datetime) -> None:
        with self._steps.step(f"{road.child}: the social worker joins by video; outcome PEP"):
            shown = await self._recorded(road, at, with_authority=True)
            expect(shown["outcome"], "PEP", "the outcome")

    async def _recorded(self, road: Road, at: datetime, *, with_authority: bool) -> Any:
        worker = {"capacity": "social_worker", "mode": "by_video", "ref": self._desk.person(road.social_worker)}
        carer = {"capacity": "carer", "ref": self._desk.carer(road.carer)}
        body = {
            "on": at.date().isoformat(),
            "chair": {"capacity": road.teacher_capacity, "ref": self._desk.person(road.teacher)},
            "attendees": [worker, carer] if with_authority else [carer],
            "apologies": ["nurse"],
            "pupil": {"attended": "no", "reason": "chose not to", "feedback_by": "the form tutor"},
            "minutes": MINUTES,
            "next_meeting": {"on": "2027-02-02", "time": "14:00", "venue": VENUE},
        }
        path = f"/meetings/{self.of[road.child]}"
        await self._desk.tell(road.teacher, SERVICE, f"{path}/record", body)
        return await self._desk.see(road.teacher, SERVICE, path)

    async def correct(self, road: Road) -> None:
        body = {"outcome": "PROGRESS_REVIEW", "reason": "The social worker had lost the line before it began."}
        with self._steps.step(f"{road.child}: the recorded outcome was wrong and is corrected"):
            await self._desk.tell(self._jobs.coordinator, SERVICE, f"/meetings/{self.of[road.child]}/correction", body)


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B, %H:%M}"
