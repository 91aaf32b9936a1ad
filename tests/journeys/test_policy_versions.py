"""Every event that rules decided names their version, and the version's text stands in the same journal."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec
import pytest
from tests.journeys.conftest import Played

from pep_kernel.adopted_rules import PolicyAdopted
from pep_kernel.authority_policy import RulesFile
from pep_local.places import ROOT
from pep_runtime.clock import LONDON
from pep_runtime.policies import read_policies

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole term
FILE_OF = {
    "scheduling": "scheduling",
    "pep-record": "pep_record",
    "funding": "funding",
    "notifications": "notifications",
}

JUDGED = {
    "scheduling": {
        "PEPApplicable",
        "PEPNotApplicable",
        "PEPDueDateSet",
        "MeetingScheduled",
        "MeetingHeld",
        "MeetingOutcomeCorrected",
    },
    "pep-record": {"EPEPOpened", "SectionContributed", "PEPMarkedComplete", "PEPCompleted", "PEPReturned"},
    "funding": {
        "TermEnvelopeOpened",
        "PPPRequested",
        "PPPReferred",
        "PPPDeclined",
        "PPPApproved",
        "PPPReleased",
    },
    "notifications": {"NotificationAttempted"},
}
"""What rules decide. The other events say what happened, whatever the rules are."""


async def journal(played: Played, service: str) -> list[Any]:
    connection = await asyncpg.connect(played.stack.superuser_dsn(service))
    try:
        rows: list[Any] = await connection.fetch(
            "select authority, stream, type, policy_version, occurred_at, payload from journal order by position"
        )
        return rows
    finally:
        await connection.close()


@pytest.mark.parametrize("service", FILE_OF)
async def test_what_rules_decided_names_the_version_of_its_day(played: Played, service: str) -> None:
    policies = read_policies(ROOT / "shared" / "authorities")
    rows = [row for row in await journal(played, service) if row["type"] in JUDGED[service]]
    assert {row["type"] for row in rows} == JUDGED[service]
    for row in rows:
        file: RulesFile = getattr(policies.for_authority(row["authority"]), FILE_OF[service])
        day = row["occurred_at"].astimezone(LONDON).date()
        assert row["policy_version"] == file.in_force(day).version, (row["type"], day)


@pytest.mark.parametrize("service", FILE_OF)
async def test_each_version_that_is_named_was_adopted_in_that_journal_with_its_text(
    played: Played, service: str
) -> None:
    rows = await journal(played, service)
    adopted = {
        (row["authority"], event.version): event.text
        for row in rows
        if row["type"] == "PolicyAdopted" and (event := msgspec.json.decode(row["payload"], type=PolicyAdopted))
    }
    named = {(row["authority"], row["policy_version"]) for row in rows if row["policy_version"] is not None}
    assert named - adopted.keys() == set()
    assert all(text.startswith("[{") for text in adopted.values())
    assert {authority for authority, _ in adopted} == set(played.stack.sign_ins)
