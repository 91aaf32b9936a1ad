"""Announcements, handled by the real journal: each person is asked to be told once, however often it is said."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import msgspec
import pytest
from tests.integration.notifications.conftest import AUTHORITY

from notifications.domain.intent import NotificationRequested
from notifications.policies import POLICIES
from pep_kernel.announcement import Announcement, Said
from pep_kernel.contracts.funding import PPPReleased
from pep_kernel.contracts.pep_record import PEPMarkedComplete
from pep_kernel.contracts.scheduling import MeetingDetailsSent, RoleEnded, StaffMemberAdded
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService

NINE = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
MEETING = MeetingDetailsSent(
    meeting_id="meeting1", child_ref="child7", at=NINE, invitees=("worker1", "guest-2"), sequence=0
)


class Listener:
    """Takes announcements as the consumer does, numbered in the order in which they come."""

    def __init__(self, service: RunningService) -> None:
        self._service = service
        self._number = 0

    async def hears(self, told: Announcement) -> None:
        self._number += 1
        cause = uuid5(UUID(int=7), str(self._number))
        said = Said(told, AUTHORITY, "a-service", self._number, cause, NINE, cause)
        act = POLICIES[type(told)](said, self._service.rules(AUTHORITY))
        assert act is not None
        await self._service.handler.handle(AUTHORITY, act, ByPolicy("test", cause, cause, NINE))

    async def asked(self) -> list[tuple[str, str]]:
        """Who was asked to be told of what, from the journal."""
        rows = await self._service.worker.fetch(
            "select payload from journal where authority = $1 and type = 'NotificationRequested' order by position",
            AUTHORITY,
        )
        asked = [msgspec.json.decode(row["payload"], type=NotificationRequested) for row in rows]
        return [(event.template, event.recipient) for event in asked]


@pytest.fixture
def listener(service: RunningService) -> Listener:
    return Listener(service)


async def test_somebody_invited_later_is_invited_alone(listener: Listener) -> None:
    await listener.hears(MEETING)
    await listener.hears(MEETING.model_copy(update={"invitees": ("nurse3",)}))
    await listener.hears(MEETING)
    assert await listener.asked() == [("invitation", "worker1"), ("invitation", "guest-2"), ("invitation", "nurse3")]


async def test_a_role_is_told_as_it_is_held_at_that_moment(listener: Listener) -> None:
    await listener.hears(StaffMemberAdded(person_ref="officer1", role="virtual_school_officer"))
    await listener.hears(StaffMemberAdded(person_ref="officer2", role="virtual_school_officer"))
    await listener.hears(RoleEnded(person_ref="officer1"))
    await listener.hears(
        PEPMarkedComplete(plan_id="plan-1", child_ref="child7", plan_version=1, on=date(2026, 10, 12), by="teacher1")
    )
    assert await listener.asked() == [("ready_for_quality_assurance", "officer2")]


async def test_two_released_lines_are_one_message_to_the_school(listener: Listener) -> None:
    await listener.hears(StaffMemberAdded(person_ref="teacher1", role="designated_teacher", school_urn="100001"))
    released = {
        "plan_id": "plan-1",
        "child_ref": "child7",
        "line_id": "1-1",
        "line_number": 1,
        "released_pence": 40_000,
        "payee_urn": "100001",
        "financial_year": "2026-27",
        "run_id": "run-1",
        "on": "2026-11-16",
    }
    for line in ("1-1", "1-2"):
        await listener.hears(PPPReleased.model_validate({**released, "line_id": line}))
    await listener.hears(PPPReleased.model_validate({**released, "run_id": "run-2"}))
    assert await listener.asked() == [("released", "teacher1"), ("released", "teacher1")]


async def test_ten_announcements_about_one_child_at_once_lose_none(listener: Listener) -> None:
    await asyncio.gather(
        *(listener.hears(MEETING.model_copy(update={"meeting_id": f"meeting{number}"})) for number in range(10))
    )
    assert len(await listener.asked()) == 20
