"""`pep journey CHILD` at the terminal, against the running service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import typer
import uvicorn
from tests.integration.installed import until
from tests.integration.journey.conftest import Journal
from tests.integration.sign_in import SignInProvider
from typer.testing import CliRunner, Result

from journey.adapters.copies import CONSUMER
from journey.entrypoints.journey_command import app
from pep_local.places import free_ports
from pep_runtime.http import make_app
from pep_runtime.service import RunningService
from pep_runtime.topics import topic

pep = typer.Typer()
pep.add_typer(app, name="journey")


@pytest.fixture
async def address(service: RunningService) -> AsyncIterator[str]:
    """The service listens here, and has 250 copied events of one child."""
    journal = Journal((await service.authorities())[0], "scheduling")
    name = topic(journal.authority, journal.service, "journal")
    for number in range(250):
        journal.append("ReviewHeld", on=f"2026-09-{number % 28 + 1:02}")
    await service.pool.fetch("select claim_consumer($1, $2, $3, 'test')", CONSUMER, journal.authority, name)
    await service.pool.execute(
        "select take_copies($1, 'scheduling', $2, $3, 1, 250, $4, $5, $6, $7, $8, $9, $10, $11)",
        journal.authority,
        CONSUMER,
        name,
        [frame.position for frame in journal.frames],
        [frame.recorded_at for frame in journal.frames],
        [frame.announced for frame in journal.frames],
        ["child7" for _ in journal.frames],
        [frame.envelope for frame in journal.frames],
        [frame.payload for frame in journal.frames],
        [frame.announcement for frame in journal.frames],
        journal.hashes[1:],
    )
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(make_app(service), port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def run(*arguments: str) -> Result:
    """The command, run beside the service."""
    return await asyncio.to_thread(CliRunner().invoke, pep, ["journey", *arguments])


async def test_the_whole_story_is_told_however_many_pages_it_has(address: str, provider: SignInProvider) -> None:
    told = await run("child7", "--api", address, "--token", provider.token("auditor-1"), "--json")
    assert told.exit_code == 0, told.output
    story = json.loads(told.stdout)
    assert [line["position"] for line in story["lines"]] == list(range(1, 251))
    assert story["rests_on"] == {"scheduling": 250}


async def test_the_story_is_shown_as_of_a_day_with_what_it_rests_on(address: str, provider: SignInProvider) -> None:
    asked = ("child7", "--as-of", "2026-09-21", "--api", address, "--token", provider.token("auditor-1"))
    told = await run(*asked)
    assert told.exit_code == 0, told.output
    assert "as known on 2026-09-21" in told.stdout
    assert "This rests on: scheduling up to 14." in told.stdout


async def test_who_may_not_read_it_is_told_why(address: str, provider: SignInProvider) -> None:
    told = await run("child7", "--api", address, "--token", provider.token("teacher-1"))
    assert told.exit_code == 1
    assert "A designated teacher may not read a child's journey." in told.output


async def test_a_service_that_is_away_is_said_to_be_away() -> None:
    (port,) = free_ports(1)
    told = await run("child7", "--api", f"http://127.0.0.1:{port}")
    assert told.exit_code == 1
    assert "The journey service cannot be reached" in told.output
