"""`pep onboard`: a new authority, from nothing to its first administrator."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.installed import add_authority, database_dsn, environment_of, installed
from tests.integration.sign_in import SignInProvider

from pep_runtime.database import connected
from pep_runtime.onboarding import administering
from pep_runtime.topics import topic

ADMINISTRATOR = ("--administrator", "staff-1", "--name", "First Fictional", "--email", "first@example.org")


@dataclass
class Ready:
    """An installation without the authority, whose policy files are there."""

    authority: str
    dsn: str
    kafka_bootstrap: str
    installation: Path
    policies: Path

    async def pep(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """In a process of its own, as an operator does."""
        command = [str(Path(sys.executable).parent / "pep"), *words]
        environment = {**os.environ, "PEP_INSTALLATION": str(self.installation), "COLUMNS": "200"}
        return await asyncio.to_thread(
            subprocess.run, command, env=environment, input=typed, capture_output=True, text=True, timeout=120
        )

    async def positions(self) -> list[int]:
        async with connected(self.dsn) as connection:
            query = "select position from journal_head where authority = $1 order by log"
            return [row["position"] for row in await connection.fetch(query, self.authority)]


@pytest.fixture
async def ready(
    postgres_dsn: str,
    kafka_bootstrap: str,
    providers: dict[str, SignInProvider],
    unique_name: Callable[[str], str],
    tmp_path: Path,
) -> AsyncIterator[Ready]:
    authority = unique_name("shire")
    policies = add_authority(tmp_path / "authorities", authority, "oxfordshire")
    async with installed("scheduling", postgres_dsn, tmp_path, providers, authorities_dir=policies) as settings:
        dsn = database_dsn(postgres_dsn, settings.postgres_app_dsn.rpartition("/")[2])
        variables = {name: value for name, value in environment_of(settings).items() if name.startswith("PEP_")}
        (tmp_path / "scheduling.json").write_text(json.dumps(variables))
        place: dict[str, Any] = {
            "url": "http://127.0.0.1:1",
            "worker_dsn": settings.postgres_worker_dsn,
            "operator_dsn": dsn,
            "environment": str(tmp_path / "scheduling.json"),
        }
        keys = {
            "operator_dsn": database_dsn(postgres_dsn, settings.keys_dsn.rpartition("/")[2]),
            "folder": str(settings.keys_dir),
        }
        content = {
            "kafka_bootstrap": kafka_bootstrap,
            "authorities_dir": str(policies),
            "services": {"scheduling": place},
            "keys": keys,
        }
        file = tmp_path / "installation.json"
        file.write_text(json.dumps(content))
        yield Ready(authority, dsn, kafka_bootstrap, file, policies)


async def test_without_a_yes_nothing_is_made(ready: Ready) -> None:
    looked = await ready.pep("onboard", ready.authority, *ADMINISTRATOR, typed="n\n")
    assert looked.returncode == 1, looked.stderr
    assert topic(ready.authority, "scheduling", "events") in looked.stdout
    assert await ready.positions() == []
    async with administering(ready.kafka_bootstrap) as admin:
        assert not [name for name in await admin.list_topics() if ready.authority in name]


async def test_an_authority_is_opened_with_its_first_administrator(ready: Ready) -> None:
    done = await ready.pep("onboard", ready.authority, *ADMINISTRATOR, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert {item["there"] for item in said["found"]} == {False}
    async with connected(ready.dsn) as connection:
        query = "select stream from journal where authority = $1 and type = 'StaffMemberAdded'"
        assert await connection.fetchval(query, ready.authority) == f"person-{said['administrator']}"
    opened = await ready.positions()
    again = await ready.pep("onboard", ready.authority, *ADMINISTRATOR, "--yes", "--json")
    assert {item["there"] for item in json.loads(again.stdout)["found"]} == {True}
    assert json.loads(again.stdout)["administrator"] == said["administrator"]
    assert await ready.positions() == opened
    nothing = await ready.pep("onboard", ready.authority)
    assert (nothing.returncode, "There was nothing to make" in nothing.stdout) == (0, True)


async def test_an_authority_without_good_policy_files_is_not_opened(ready: Ready) -> None:
    unknown = await ready.pep("onboard", "nowhere", "--yes")
    assert (unknown.returncode, "nowhere has no policy files" in unknown.stderr) == (1, True)
    file = ready.policies / ready.authority / "funding.toml"
    file.write_text(file.read_text() + "\nunheard_of = 1\n")
    wrong = await ready.pep("onboard", ready.authority, "--yes")
    assert (wrong.returncode, "funding.toml" in wrong.stderr, "unheard_of" in wrong.stderr) == (1, True, True)
    assert await ready.positions() == []


async def test_an_administrator_is_named_whole(ready: Ready) -> None:
    half = await ready.pep("onboard", ready.authority, "--administrator", "staff-1", "--yes")
    assert (half.returncode, "go together" in half.stderr) == (2, True)
