"""`pep verify` and `pep seals` as an operator and an auditor run them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.integration.engine.conftest import SmallService, background
from tests.integration.engine.test_relay import until_published
from tests.integration.engine.test_verify import cut, fill_topics, records_of, seal, send
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_runtime.onboarding import create_topics
from pep_runtime.relay import Record
from pep_runtime.topics import topic

Pep = Callable[..., Awaitable[Result]]


@pytest.fixture
async def published(alpha: SmallService, authority: str) -> SmallService:
    for n in range(6):
        await alpha.fill(authority, f"jar-{n % 2}")
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    return alpha


@pytest.fixture
def pep(published: SmallService, tmp_path: Path) -> Pep:
    """`await pep("verify", "--json")`: what it printed, and its exit code."""
    place = {"url": "http://127.0.0.1:1", "worker_dsn": published.logins.worker}
    file = tmp_path / "installation.json"
    file.write_text(json.dumps({"kafka_bootstrap": published.bootstrap, "services": {published.name: place}}))

    async def run(*words: str) -> Result:
        environment = {"PEP_INSTALLATION": str(file), "COLUMNS": "250"}
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)

    return run


async def publish_seal(service: SmallService, authority: str, position: int) -> str:
    """A seal on the topic for seals; gives the line that `pep seals` prints of it."""
    line = seal(service, authority, (await service.rows(authority))[position - 1]).model_dump_json()
    name = topic(authority, "journey", "events")
    await create_topics(service.bootstrap, [name])
    await send(service, name, [Record(b"seal", line.encode(), [("ce_sequence", b"1")])] * 2)
    return line


async def verdict(pep: Pep, *words: str) -> tuple[int, dict[str, Any]]:
    answer = await pep("verify", "--json", *words)
    (found,) = [each for each in json.loads(answer.stdout) if each["log"] == "journal"]
    return answer.exit_code, found


async def test_what_is_whole_is_said_to_be_and_what_cannot_be_proved_as_well(
    pep: Pep, published: SmallService, authority: str
) -> None:
    answer = await pep("verify")
    assert answer.exit_code == 0, answer.output
    assert "whole" in answer.stdout
    assert "none" in answer.stdout
    assert "could have been cut off unseen" in answer.stderr


async def test_seals_are_printed_once_each_and_found_by_the_proof(
    pep: Pep, published: SmallService, authority: str
) -> None:
    line = await publish_seal(published, authority, 4)
    printed = await pep("seals", authority)
    assert (printed.exit_code, printed.stdout) == (0, f"{line}\n")
    code, found = await verdict(pep)
    assert (code, found["fault"]) == (0, None)
    assert (found["sealed_position"], found["sealed_on"]) == (4, date(2026, 9, 21).isoformat())


async def test_a_seal_that_somebody_kept_finds_what_was_cut_everywhere(
    pep: Pep, published: SmallService, authority: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text(seal(published, authority, (await published.rows(authority))[4]).model_dump_json() + "\n\n")
    await cut(published, authority, 3)
    await fill_topics(published, authority, *await records_of(published, authority))
    assert (await verdict(pep))[0] == 0
    code, found = await verdict(pep, "--seals", str(kept))
    assert (code, found["position"]) == (1, 4)
    assert "a seal of 2026-09-21 says that it reached 5" in found["fault"]


async def test_a_journal_that_is_gone_is_missed_by_its_seal(
    pep: Pep, published: SmallService, authority: str, tmp_path: Path
) -> None:
    gone = seal(published, authority, (await published.rows(authority))[4]).model_copy(
        update={"authority": "goneshire"}
    )
    kept = tmp_path / "kept.jsonl"
    kept.write_text(gone.model_dump_json())
    answer = await pep("verify", "--json", "--seals", str(kept))
    verdicts = {each["authority"]: each["fault"] for each in json.loads(answer.stdout)}
    assert (answer.exit_code, verdicts) == (1, {authority: None, "goneshire": "position 0: there is no such authority"})


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "line 1, is no seal"), (None, "No such file"), ("SEAL", "there is no service elsewhere")],
)
async def test_a_file_of_seals_that_cannot_be_used_is_named(
    pep: Pep, published: SmallService, authority: str, tmp_path: Path, content: str | None, said: str
) -> None:
    kept = tmp_path / "kept.jsonl"
    other = seal(published, authority, (await published.rows(authority))[4]).model_copy(update={"service": "elsewhere"})
    if content is not None:
        kept.write_text(content.replace("SEAL", other.model_dump_json()))
    answer = await pep("verify", "--seals", str(kept))
    assert answer.exit_code == 2
    assert said in " ".join(answer.stderr.split())


async def test_where_nothing_was_sealed_yet_it_is_said(pep: Pep, authority: str) -> None:
    answer = await pep("seals", authority)
    assert answer.exit_code == 1
    assert f"There are no seals of {authority} yet" in answer.stderr
