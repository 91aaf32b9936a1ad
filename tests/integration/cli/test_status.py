"""`pep status` says who works, how far everything is and what is wrong, and Prometheus is told the same."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.integration.cli.conftest import ELSEWHERE, HERE, Pep, Place
from tests.integration.installed import environment_of, superuser, until

from pep_local.places import free_ports
from pep_runtime.topics import topic

MANY = [f"shire{number}" for number in range(150)]
READING = "insert into consumer_offset (consumer, authority, topic, last_number, halted) values ($1, $2, $3, $4, $5)"


async def asked(pep: Pep, *words: str) -> dict[str, Any]:
    answer = await pep("status", "--json", *words)
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@contextlib.asynccontextmanager
async def process(place: Place, *roles: str, **more: str) -> AsyncIterator[None]:
    """The service scheduling, running in these roles."""
    environment = environment_of(place.settings, PEP_ROLES=json.dumps(roles), **more)
    running = await asyncio.create_subprocess_exec(sys.executable, "-m", "scheduling.main", env=environment)
    try:
        yield
    finally:
        running.terminate()
        await running.wait()


def of(found: dict[str, Any], service: str) -> dict[str, Any]:
    (one,) = [each for each in found["services"] if each["service"] == service]
    return dict(one)


async def test_it_tells_who_works_who_does_not_and_who_is_away(pep: Pep, places: dict[str, Place]) -> None:
    async def all_work() -> bool:
        one = of(await asked(pep), "scheduling")
        return bool(one["api"] and one["relays"] and one["consumers"] == 1)

    async with process(places["scheduling"], "api", "relay", "consumer"):
        await until(all_work)
        wrong = (await asked(pep))["wrong"]
        assert [sentence for sentence in wrong if sentence.startswith("scheduling")] == []
        assert "funding: its API does not answer" in wrong
        assert "funding: nobody holds the relay's lease" in wrong
        assert "funding: no process plays the consumer" in wrong
        assert "journey: its database cannot be reached (ConnectionRefusedError)" in wrong
        screen = await pep("status", "--check")
        assert (screen.exit_code, "away" in screen.stdout, "no api, no relay" in screen.stdout) == (1, True, True)
    assert of(await asked(pep), "scheduling")["consumers"] == 0  # who stops says so


async def test_roles_in_processes_of_their_own_are_counted(pep: Pep, places: dict[str, Place]) -> None:
    async def two() -> bool:
        return bool(of(await asked(pep), "scheduling")["consumers"] == 2)

    async with (
        process(places["scheduling"], "consumer"),
        process(places["scheduling"], "consumer"),
    ):
        await until(two)
        one = of(await asked(pep), "scheduling")
    assert (one["api"], one["relays"]) == (False, False)


@pytest.fixture
async def troubled(places: dict[str, Place]) -> dict[str, Place]:
    """Funding has not heard two of three announcements here, something is parked, and elsewhere it stands still."""
    async with superuser(places["scheduling"].superuser_dsn) as connection:
        await connection.execute("update journal_head set position = 7, announced = 3 where authority = $1", HERE)
    async with superuser(places["funding"].superuser_dsn) as connection:
        name = topic(HERE, "scheduling", "events")
        await connection.execute(READING, "funding.policies", HERE, name, 1, None)
        halted = topic(ELSEWHERE, "scheduling", "events")
        await connection.execute(READING, "funding.policies", ELSEWHERE, halted, 0, "number 1 is missing")
        for number in range(3):
            await connection.execute(
                "insert into parked_event values ($1, 'funding.policies', $2, $3, 'anna', '{}', '{}', '', 'x', now())",
                HERE,
                name,
                number,
            )
        await connection.execute("update journal_head set frozen = 'a person looks' where authority = $1", ELSEWHERE)
        await connection.execute(
            "insert into policy_refusal values ($1, 'funding.policies', gen_random_uuid(), 't', null, 'No.', now()),"
            " ($1, 'funding.policies', gen_random_uuid(), 't', null, 'No.', now() - interval '2 days')",
            HERE,
        )
    return places


async def test_what_is_wrong_is_said_with_service_and_authority_the_worst_first(
    pep: Pep, troubled: dict[str, Place]
) -> None:
    found = await asked(pep)
    (here,) = [row for row in of(found, "funding")["authorities"] if row["authority"] == HERE]
    assert (here["behind"], here["parked"], here["parked_children"], here["refused"]) == (2, 3, 1, 1)
    wrong = [sentence for sentence in found["wrong"] if sentence.startswith("funding, ")]
    assert wrong == [
        f"funding, {ELSEWHERE}: frozen: a person looks",
        f"funding, {ELSEWHERE}: stands still before scheduling's events: number 1 is missing",
        f"funding, {HERE}: 3 records of 1 children (or streams) are parked",
    ]
    screen = (await pep("status", "--all")).stdout
    rows = [[cell.strip() for cell in line.split("│")] for line in screen.splitlines()]
    assert ["", "funding", HERE, "0", "0", "2", "0", "3", "1", ""] in rows
    assert {row["authority"] for row in of(await asked(pep, "--authority", HERE), "funding")["authorities"]} == {HERE}


async def test_a_hundred_and_fifty_authorities_fit_on_a_screen(pep: Pep, places: dict[str, Place]) -> None:
    async with superuser(places["scheduling"].superuser_dsn) as connection:
        await connection.executemany("select open_authority($1)", [(each,) for each in MANY])
        await connection.execute("update journal_head set frozen = 'compare' where authority = any ($1)", MANY)
    screen = (await pep("status")).stdout
    assert len(screen.splitlines()) < 40
    assert "more: --json has all" in screen
    assert len((await pep("status", "--all")).stdout.splitlines()) > 150


async def test_watching_ends_with_ctrl_c(whole: Path) -> None:
    command = [sys.executable, "-c", "from pep_cli.main import main; main()", "status", "--watch"]
    environment = {**os.environ, "PEP_INSTALLATION": str(whole), "COLUMNS": "200", "TTY_COMPATIBLE": "1"}
    watching = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    assert watching.stdout is not None
    await watching.stdout.readuntil(b"scheduling")
    watching.send_signal(signal.SIGINT)
    rest, _ = await watching.communicate()
    assert (watching.returncode, b"Traceback" in rest) == (0, False)


async def test_prometheus_is_told_the_same(troubled: dict[str, Place]) -> None:
    async with superuser(troubled["scheduling"].superuser_dsn) as connection:
        await connection.execute("update journal_head set frozen = 'a person looks' where authority = $1", ELSEWHERE)
    (port,) = free_ports(1)

    async def page() -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                return (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            except httpx.TransportError:
                return ""

    async with process(troubled["scheduling"], "consumer", PEP_METRICS_PORT=str(port)):
        shown = (await until(page)).splitlines()
    for line in (
        "pep_database_answers 1.0",
        "pep_relay_works 0.0",
        f'pep_announced{{authority="{HERE}"}} 3.0',
        f'pep_relay_backlog{{authority="{HERE}"}} 7.0',
        f'pep_frozen{{authority="{ELSEWHERE}"}} 1.0',
        f'pep_frozen{{authority="{HERE}"}} 0.0',
    ):
        assert line in shown
    assert [line for line in shown if line.startswith("pep_append_seconds_bucket")]
