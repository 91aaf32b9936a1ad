"""The service pep-record on real PostgreSQL: asked over HTTP by people who signed in, told what scheduling says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.installed import Asked, api_of, installed
from tests.integration.sign_in import SignInProvider

from pep_kernel.contracts.scheduling import StaffMemberAdded
from pep_record.main import PARTS
from pep_runtime.service import running

World = Asked
HERE, ELSEWHERE = "leicestershire", "oxfordshire"
TODAY = "2026-10-09T10:00:00+01:00"
STAFF = (
    StaffMemberAdded(person_ref="teacher-1", role="designated_teacher", school_urn="900001"),
    StaffMemberAdded(person_ref="teacher-2", role="designated_teacher", school_urn="900002"),
    StaffMemberAdded(person_ref="worker-1", role="social_worker"),
    StaffMemberAdded(person_ref="officer-1", role="virtual_school_officer"),
)


@pytest.fixture
async def world(postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider]) -> AsyncIterator[World]:
    """On a Friday in October the people of `STAFF` work here, and somebody works at the other authority."""
    async with (
        installed("pep-record", postgres_dsn, tmp_path, providers, today=TODAY) as settings,
        running(PARTS, settings) as service,
        api_of(service) as client,
    ):
        found = World(service=service, client=client, providers=providers, here=HERE)
        await found.hears(*STAFF)
        await found.hears(StaffMemberAdded(person_ref="officer-9", role="virtual_school_officer"), authority=ELSEWHERE)
        yield found
