"""pep-record as an example of a service at whose door people knock: two authorities, one child and plan each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from tests.integration.installed import Asked, api_of, installed
from tests.integration.sign_in import SignInProvider

from pep_kernel.contracts.scheduling import (
    CarerLinked,
    CarerNamed,
    ChildEnteredCare,
    PEPApplicable,
    SocialWorkerAllocated,
    StaffMemberAdded,
)
from pep_record.main import PARTS
from pep_runtime.service import running

HERE, ELSEWHERE = "leicestershire", "oxfordshire"
TODAY = "2026-10-09T10:00:00+01:00"
CHILD, PLAN = "child-here", "plan-child-here-1"
PLAN_ELSEWHERE = "plan-child-elsewhere-1"


@pytest.fixture(scope="module")
async def door(
    postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory, providers: dict[str, SignInProvider]
) -> AsyncIterator[Asked]:
    """Served to a whole module: its tests leave to the others what those rest on."""
    folder: Path = tmp_path_factory.mktemp("pep-record")
    async with (
        installed("pep-record", postgres_dsn, folder, providers, today=TODAY) as settings,
        running(PARTS, settings) as service,
        api_of(service, raise_app_exceptions=False) as client,
    ):
        asked = Asked(service=service, client=client, providers=providers, here=HERE)
        await fill(asked)
        yield asked


async def fill(asked: Asked) -> None:
    """A teacher, a social worker, an officer and a carer here; an officer elsewhere; a child and a plan at both."""
    here = (("teacher-1", "designated_teacher", "900001"), ("worker-1", "social_worker", None))
    for person_ref, role, school in (*here, ("officer-1", "virtual_school_officer", None)):
        await asked.hears(StaffMemberAdded(person_ref=person_ref, role=role, school_urn=school))
    await asked.hears(*child(CHILD))
    await asked.hears(CarerNamed(person_ref="carer-1"), CarerLinked(person_ref="carer-1", child_ref=CHILD))
    officer = StaffMemberAdded(person_ref="officer-9", role="virtual_school_officer")
    await asked.hears(officer, *child("child-elsewhere"), authority=ELSEWHERE)


def child(child_ref: str) -> tuple[ChildEnteredCare, SocialWorkerAllocated, PEPApplicable]:
    on = date(2026, 9, 21)
    return (
        ChildEnteredCare(child_ref=child_ref, on=on, born_in_school_year=2015, school_urn="900001"),
        SocialWorkerAllocated(child_ref=child_ref, on=on, social_worker_ref="worker-1"),
        PEPApplicable(child_ref=child_ref, on=on, because="entered_care"),
    )
