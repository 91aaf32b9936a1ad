"""`pep rebuild` at the terminal, on a journal of pep-record with all its read models."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.bench.generate import Made, make
from tests.bench.journals import superuser
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_record.main import PARTS
from pep_runtime.database import connect
from pep_runtime.projector import Projector
from pep_runtime.wake import Bell

PEP = "from pep_cli.main import main; main()"
SPOIL = "update plan_overview set state = 'returned'"
COUNT_RIGHT = "select count(*) from plan_overview where state <> 'returned'"


@dataclass(frozen=True)
class Terminal:
    """Where `pep` is called, and the journal that it finds."""

    made: Made
    environment: dict[str, str]

    async def pep(self, *arguments: str, answer: str = "") -> Result:
        """`pep rebuild pep-record …`, answered so where it asks."""
        told = ["rebuild", "pep-record", *arguments]
        return await asyncio.to_thread(CliRunner(env=self.environment).invoke, app, told, input=answer)

    async def rows(self, query: str) -> Any:
        async with superuser(self.made.superuser_dsn) as connection:
            return await connection.fetchval(query)

    async def spoil(self) -> None:
        async with superuser(self.made.superuser_dsn) as connection:
            await connection.execute(SPOIL)


@pytest.fixture
async def terminal(
    postgres_dsn: str, kafka_bootstrap: str, unique_name: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Terminal]:
    made = await make(postgres_dsn, unique_name("shire"), 400, 7, Console(quiet=True))
    async with await connect(made.logins.worker) as pool:
        projector = Projector(pool, PARTS.read_models, PARTS.event_types(), Bell())
        while await projector.catch_up():
            pass
    place = {"url": "http://127.0.0.1:1", "worker_dsn": made.logins.worker}
    installation = {"kafka_bootstrap": kafka_bootstrap, "services": {"pep-record": place}}
    (tmp_path / "installation.json").write_text(json.dumps(installation))
    yield Terminal(made, {**os.environ, "PEP_INSTALLATION": str(tmp_path / "installation.json"), "COLUMNS": "200"})
    async with superuser(postgres_dsn) as connection:
        await connection.execute(f'drop database "{made.database}" with (force)')


def verdicts(said: Result) -> set[str]:
    return {each["verdict"] for each in json.loads(said.stdout)["rebuilt"]}


async def test_all_read_models_are_found_to_be_what_the_log_says(terminal: Terminal) -> None:
    said = await terminal.pep("all", "--check", "--json")
    assert (said.exit_code, verdicts(said)) == (0, {"same"}), said.output
    assert {each["model"] for each in json.loads(said.stdout)["rebuilt"]} == {each.table for each in PARTS.read_models}


async def test_rows_that_differ_are_shown_and_replaced_when_somebody_agrees(terminal: Terminal) -> None:
    await terminal.spoil()
    said = await terminal.pep("plan_overview", "--check", "--json")
    assert (said.exit_code, verdicts(said)) == (1, {"different"})
    said = await terminal.pep("plan_overview", answer="n\n")
    assert (said.exit_code, "different" in said.stdout) == (1, True)
    assert "Replace the live rows?" in said.stderr
    assert await terminal.rows(COUNT_RIGHT) == 0
    said = await terminal.pep("plan_overview", answer="y\n")
    assert (said.exit_code, "swapped" in said.stdout) == (0, True)
    assert await terminal.rows(COUNT_RIGHT) > 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
async def test_whoever_stops_it_leaves_everything_as_it_was(terminal: Terminal, how: signal.Signals) -> None:
    await terminal.spoil()
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", PEP, "rebuild", "pep-record", "plan_overview")
    process = await asyncio.create_subprocess_exec(*command, env=terminal.environment, stdin=pipe, stderr=pipe)
    assert process.stderr is not None
    await process.stderr.readuntil(b"Replace the live rows?")
    process.send_signal(how)
    await process.communicate()
    assert process.returncode != 0
    assert await terminal.rows(COUNT_RIGHT) == 0
    assert (await terminal.pep("plan_overview", "--yes")).exit_code == 0, "and it can be done again"
    assert await terminal.rows(COUNT_RIGHT) > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "pep-record has no read model nothing. Its read models: "),
        (("all", "--authority", "elsewhere"), "pep-record has no authority elsewhere."),
    ],
)
async def test_what_is_not_there_is_said_not_to_be(terminal: Terminal, arguments: tuple[str, ...], words: str) -> None:
    said = await terminal.pep(*arguments)
    assert said.exit_code == 2
    assert words in said.stderr


async def test_an_earlier_position_is_looked_at(terminal: Terminal) -> None:
    said = await terminal.pep("plan_overview", "--as-of", "100", "--json")
    (found,) = json.loads(said.stdout)["rebuilt"]
    assert (said.exit_code, found["position"], found["verdict"]) == (0, 100, "not compared")
    said = await terminal.pep("plan_overview", "--as-of", "401")
    assert (said.exit_code, "ends at position 400" in said.stderr) == (1, True)
