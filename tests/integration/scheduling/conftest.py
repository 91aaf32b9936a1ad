"""The service scheduling on real PostgreSQL: asked over HTTP by people who signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.integration.installed import Asked, api_of, installed
from tests.integration.sign_in import SignInProvider

from pep_kernel.decider import Act
from pep_kernel.may import Role
from pep_runtime.handler import ByPolicy
from pep_runtime.service import running
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember
from scheduling.main import PARTS

HERE, ELSEWHERE = "oxfordshire", "leicestershire"
TODAY = "2026-09-25T10:00:00+01:00"
STAFF: dict[str, dict[str, Any]] = {
    "admin": {"role": Role.ADMINISTRATOR},
    "coordinator": {"role": Role.PEP_COORDINATOR},
    "lead": {"role": Role.VIRTUAL_SCHOOL_HEAD},
    "worker": {"role": Role.SOCIAL_WORKER},
    "teacher": {"role": Role.DESIGNATED_TEACHER, "school_urn": "999101"},
    "other-teacher": {"role": Role.DESIGNATED_TEACHER, "school_urn": "999102"},
    "delegate": {"role": Role.DELEGATE, "school_urn": "999101"},
    "duty": {"role": Role.SOCIAL_WORKER},
    "head": {"role": Role.VIRTUAL_SCHOOL_HEAD},
    "manager": {"role": Role.CORPORATE_PARENTING_MANAGER},
    "nominated": {"role": Role.NOMINATED_OFFICER},
    "director": {"role": Role.DIRECTOR_OF_CHILDRENS_SERVICES},
    "reviewer": {"role": Role.INDEPENDENT_REVIEWING_OFFICER},
}


@pytest.fixture
async def settings(postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider]) -> AsyncIterator[Settings]:
    """A database and keys of its own, two authorities, a Friday in September."""
    async with installed("scheduling", postgres_dsn, tmp_path, providers, today=TODAY) as made:
        yield made


class World(Asked):
    """The service and the people who ask it, called as the authority's own records call them."""

    async def subject(self, who: str, authority: str) -> str:
        return await self.ref(who, authority)

    async def ask_as_service(self, path: str, authority: str = HERE) -> httpx.Response:
        token = self.service.sign_in.service_token("scheduling", authority)
        return await self.send(token, "GET", path, None, authority)

    async def ref(self, who: str, authority: str = HERE) -> str:
        return await self.service.reference(authority, "person", who)

    async def add_staff(self, who: str, authority: str = HERE) -> None:
        """As the operator adds the first people of an authority."""
        ref = await self.ref(who, authority)
        record = StaffRecord(staff_id=who, name=f"{who} Sample", email=f"{who}@example.org", **STAFF[who])
        act = Act(AddStaffMember(person_ref=ref, record=record, digest="first"), (f"person-{ref}",))
        cause = UUID(bytes=ref[:16].encode())
        done = await self.service.handler.handle(authority, act, ByPolicy("first people", cause, cause))
        self.position[authority] = f"scheduling:{done.position}"


@pytest.fixture
async def world(settings: Settings, providers: dict[str, SignInProvider]) -> AsyncIterator[World]:
    """The people of `STAFF` work here; elsewhere there is a coordinator."""
    async with running(PARTS, settings) as service, api_of(service) as client:
        found = World(service=service, client=client, providers=providers, here=HERE)
        for who in STAFF:
            await found.add_staff(who)
        for who in ("admin", "coordinator"):
            await found.add_staff(who, ELSEWHERE)
        yield found


def on_day(world: World, day: str) -> None:
    """The service's clock says ten in the morning of this day."""
    clock_file = world.service.settings.clock_file
    assert clock_file is not None
    clock_file.write_text(f"{day}T10:00:00+01:00")
