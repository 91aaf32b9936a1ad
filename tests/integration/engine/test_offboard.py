"""`pep offboard`: everything of one authority leaves, proved whole, and nothing of another is touched."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.engine.conftest import OpenService, SmallService, background, read_all
from tests.integration.engine.test_relay import until_published
from tests.integration.installed import until
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_runtime.authority_export import TABLES
from pep_runtime.database import connected
from pep_runtime.export_files import BadExport, described
from pep_runtime.export_proof import prove
from pep_runtime.onboarding import administering, topics_of
from pep_runtime.receipt import make_operator_key
from pep_runtime.topics import topic
from pep_runtime.verify import Verifier

TWO_PEOPLE = ("--approved-by", "A. Fictional", "--approved-by", "B. Invented")


@dataclass
class County:
    """An authority that leaves and one that stays, in one service; how an operator runs `pep`."""

    service: SmallService
    leaves: str
    stays: str
    keys_dsn: str
    folder: Path
    environment: dict[str, str]

    async def pep(self, *words: str, typed: str = "") -> Result:
        """What it printed, and its exit code."""
        return await asyncio.to_thread(CliRunner().invoke, app, words, input=typed, env=self.environment)

    async def export(self, name: str = "export") -> Path:
        folder = self.folder / name
        answer = await self.pep("offboard", self.leaves, "--export", str(folder))
        assert answer.exit_code == 0, answer.output
        return folder

    async def remove(self, folder: Path, *more: str, typed: str | None = None) -> Result:
        words = ("offboard", self.leaves, "--export", str(folder), "--remove", "--receipt", str(self.receipt))
        answer = f"{self.leaves}\n" * 2 if typed is None else typed
        return await self.pep(*words, *(more or TWO_PEOPLE), typed=answer)

    async def noted_what_was_sent(self) -> bool:
        """Whether the relay has written down how far it is with both, as it does now and then."""
        query = (
            "select bool_and(h.position is not distinct from c.position) from journal_head h"
            " left join relay_cursor c on c.authority = h.authority and c.log = h.log"
        )
        noted: bool = await self.service.worker.fetchval(query)
        return noted

    @property
    def receipt(self) -> Path:
        return self.folder / "receipt.json"

    async def everything(self, authority: str) -> dict[str, list[Any]]:
        """All rows and records of an authority, byte for byte."""
        found: dict[str, list[Any]] = {}
        for dsn in (self.service.superuser_dsn, self.keys_dsn):
            async with connected(dsn) as connection:
                for table in await connection.fetch(TABLES):
                    query = f"select t::text from {table['name']} t where authority = $1 order by {table['key']}"
                    found[table["name"]] = [row[0] for row in await connection.fetch(query, authority)]
        async with administering(self.service.bootstrap) as admin:
            there = set(await admin.list_topics()) & set(topics_of(authority, [self.service.name]))
        for name in there:
            records = await read_all(self.service.bootstrap, name)
            found[name] = [(record.offset, record.key, record.value, record.headers) for record in records]
        return {name: rows for name, rows in found.items() if rows}


@pytest.fixture
async def county(open_service: OpenService, unique_name: Callable[[str], str], tmp_path: Path) -> AsyncIterator[County]:
    leaves, stays = unique_name("shire"), unique_name("shire")
    alpha = await open_service("alpha", leaves, stays)
    for authority in (leaves, stays):
        for number in range(3):
            await alpha.fill(authority, f"jar-{number % 2}", label="a fictional label")
    keys_database = await alpha.keyring._pool.fetchval("select current_database()")
    keys_dsn = f"{alpha.superuser_dsn.rpartition('/')[0]}/{keys_database}"
    make_operator_key(tmp_path / "operator.pem")
    (tmp_path / "authorities" / leaves).mkdir(parents=True)
    (tmp_path / "authorities" / leaves / "authority.toml").write_text('authority = "a fictional one"\n')
    installation = {
        "kafka_bootstrap": alpha.bootstrap,
        "authorities_dir": str(tmp_path / "authorities"),
        "operator_key": str(tmp_path / "operator.pem"),
        "keys": {"operator_dsn": keys_dsn, "folder": str(tmp_path / "keys")},
        "services": {
            alpha.name: {
                "url": "http://127.0.0.1:1",
                "worker_dsn": alpha.logins.worker,
                "operator_dsn": alpha.superuser_dsn,
            }
        },
    }
    (tmp_path / "installation.json").write_text(json.dumps(installation))
    environment = {"PEP_INSTALLATION": str(tmp_path / "installation.json"), "COLUMNS": "250"}
    async with background(alpha.relay.run()), background(alpha.projector.run()):
        for authority in (leaves, stays):
            await until_published(alpha, authority)
        county = County(alpha, leaves, stays, keys_dsn, tmp_path, environment)
        await until(county.noted_what_was_sent)
        yield county


async def test_everything_is_in_the_export_and_it_is_proved_whole(county: County) -> None:
    folder = await county.export()
    manifest = prove(folder, lambda *_: None)
    there = await county.everything(county.leaves)
    for table, rows in there.items():
        (file,) = [each for each in manifest.files if each.name.partition("/")[2] == f"{table}.jsonl"]
        assert (table, file.lines) == (table, len(rows))
    assert {"journal", "journal_head", "jar_total", "subject_key"} <= there.keys()
    assert (folder / "policies" / "authority.toml").read_text() == 'authority = "a fictional one"\n'
    assert county.stays.encode() not in b"".join(file.read_bytes() for file in folder.glob("*/*"))


def leave_out_a_row(folder: Path, service: str) -> Path:
    file = folder / service / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    return file


def change_a_record(folder: Path, _service: str) -> Path:
    (file,) = (each for each in folder.glob("topics/*.events.v1.jsonl"))
    text = file.read_text()
    file.write_text(text.replace('"value": "\\\\x7b', '"value": "\\\\x7c', 1))
    return file


@pytest.mark.parametrize("harm", [leave_out_a_row, change_a_record])
@pytest.mark.parametrize("hidden", [False, True])
async def test_an_export_that_was_changed_is_not_whole(
    county: County, harm: Callable[[Path, str], Path], hidden: bool
) -> None:
    """Also where whoever changed it wrote the manifest anew: the chain says it."""
    folder = await county.export()
    file = harm(folder, county.service.name)
    if hidden:
        manifest = json.loads((folder / "manifest.json").read_text())
        name = str(file.relative_to(folder))
        anew = described(folder, name).model_dump()
        manifest["files"] = [anew if each["name"] == name else each for each in manifest["files"]]
        (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadExport, match="something else|their head says|not as it was written"):
        prove(folder, lambda *_: None)
    refused = await county.remove(folder)
    assert refused.exit_code == 1
    assert await county.service.rows(county.leaves)


async def test_an_authority_is_removed_and_another_is_untouched(county: County) -> None:
    before = await county.everything(county.stays)
    done = await county.remove(await county.export())
    assert done.exit_code == 0, done.output
    assert await county.everything(county.leaves) == {}
    assert not list((county.folder / "keys").glob(f"{county.leaves}*"))
    assert await county.everything(county.stays) == before
    await county.service.fill(county.stays)
    await until_published(county.service, county.stays)
    service = county.service
    verdict = await Verifier(service.logins.worker, service.bootstrap, service.name, county.stays).verify()
    assert verdict.fault is None


async def test_the_receipt_says_what_was_removed_and_is_signed(county: County) -> None:
    rows = await county.service.rows(county.leaves)
    await county.remove(await county.export())
    checked = await county.pep("verify", "--receipt", str(county.receipt), "--json")
    assert checked.exit_code == 0, checked.output
    said = json.loads(checked.stdout)
    assert said["authority"] == county.leaves
    assert said["approved_by"] == ["A. Fictional", "B. Invented"]
    assert said["rows"][f"{county.service.name}/journal"] == len(rows)
    (head,) = [each for each in said["heads"] if each["log"] == "journal"]
    assert (head["position"], head["hash"]) == (len(rows), rows[-1]["hash"].hex())
    assert topic(county.leaves, county.service.name, "events") in said["topics"]


async def test_a_receipt_that_was_changed_or_signed_by_another_is_refused(county: County) -> None:
    await county.remove(await county.export())
    receipt = json.loads(county.receipt.read_text())
    receipt["receipt"]["authority"] = county.stays
    changed = county.folder / "changed.json"
    changed.write_text(json.dumps(receipt))
    refused = await county.pep("verify", "--receipt", str(changed))
    assert (refused.exit_code, "it was changed" in refused.output) == (1, True)
    (county.folder / "operator.pem").unlink()
    make_operator_key(county.folder / "operator.pem")
    refused = await county.pep("verify", "--receipt", str(county.receipt))
    assert (refused.exit_code, "by another key" in refused.output) == (1, True)


async def test_two_different_people_type_the_name(county: County) -> None:
    folder = await county.export()
    once, twice = TWO_PEOPLE[:2], (*TWO_PEOPLE[:2], "--approved-by", "a. fictional ")
    assert (await county.remove(folder, *once)).exit_code == 2
    assert (await county.remove(folder, *twice)).exit_code == 2
    refused = await county.remove(folder, typed=f"{county.leaves}\n{county.stays}\n")
    assert (refused.exit_code, "Nothing was removed" in refused.output) == (1, True)
    assert await county.service.fill(county.leaves)
    assert not county.receipt.exists()


async def test_what_went_on_since_the_export_is_exported_again_first(county: County) -> None:
    old = await county.export("old")
    await county.service.fill(county.leaves)
    refused = await county.remove(old)
    assert (refused.exit_code, "went on after the export" in refused.output) == (1, True)
    await county.service.fill(county.leaves)  # it is not frozen any more
    assert (await county.remove(await county.export("new"))).exit_code == 0


async def test_a_removal_that_was_stopped_goes_on_when_it_is_done_again(county: County) -> None:
    folder = await county.export()
    rows = len(await county.service.rows(county.leaves))
    async with connected(county.service.superuser_dsn) as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for table in await connection.fetch(TABLES):
            await connection.execute(f"delete from {table['name']} where authority = $1", county.leaves)
    assert (await county.remove(folder)).exit_code == 0
    assert json.loads(county.receipt.read_text())["receipt"]["rows"][f"{county.service.name}/journal"] == rows
    assert await county.everything(county.leaves) == {}


async def test_nothing_is_overwritten_and_what_is_not_there_is_not_exported(county: County) -> None:
    folder = await county.export()
    assert (await county.pep("offboard", county.leaves, "--export", str(folder))).exit_code == 1
    unknown = await county.pep("offboard", "nowhere", "--export", str(county.folder / "nothing"))
    assert (unknown.exit_code, "no authority nowhere" in unknown.output) == (1, True)
    assert not (county.folder / "nothing").exists()
    shutil.rmtree(folder)
    assert (await county.remove(folder)).exit_code == 1
