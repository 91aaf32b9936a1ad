"""A backup, a destroyed database, a restore: what was answered and published is there, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.engine.conftest import OpenService, SmallService, background
from tests.integration.engine.test_recover import folded, frozen, recovered, totals, until_folded
from tests.integration.engine.test_relay import fill_some, until_published
from tests.integration.installed import until
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_local.postgres import BINARIES
from pep_runtime.backup import BadBackup, Manifest, back_up, read_backup
from pep_runtime.database import connect, connected
from pep_runtime.journal import Frozen
from pep_runtime.postgres_tools import PostgresTools, ToolFailed, at_database, database_of
from pep_runtime.restore import CannotRestore, restore

TOOLS = PostgresTools(BINARIES)
Pep = Callable[..., Any]


def quiet(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


async def backed_up(folder: Path, *services: SmallService) -> Manifest:
    databases = {service.name: service.superuser_dsn for service in services}
    return await back_up("journals", databases, folder, TOOLS, quiet)


async def put_back(folder: Path, *services: SmallService) -> None:
    databases = {service.name: service.superuser_dsn for service in services}
    await restore(read_backup(folder, "journals", quiet), folder, databases, TOOLS, quiet)


async def stop(*services: SmallService) -> None:
    """Its processes end: nothing is connected any more."""
    for service in services:
        for pool in (service.pool, service.relay_pool, service.worker):
            await pool.close()


async def start(*services: SmallService) -> None:
    for service in services:
        service.pool = await connect(service.logins.app, size=4)
        service.relay_pool = await connect(service.logins.relay, size=4)
        service.worker = await connect(service.logins.worker, size=4)


async def destroy(service: SmallService) -> None:
    async with connected(at_database(service.superuser_dsn, "postgres")) as server:
        await server.execute(f"drop database {database_of(service.superuser_dsn)} with (force)")


@pytest.fixture
async def both(open_service: OpenService, authority: str) -> AsyncIterator[tuple[SmallService, SmallService]]:
    """A publisher and a listener that may be stopped, restored and started."""
    alpha, beta = await open_service("alpha", authority), await open_service("beta", authority)
    yield alpha, beta
    await stop(alpha, beta)
    async with connected(at_database(alpha.superuser_dsn, "postgres")) as server:
        for service in (alpha, beta):
            await server.execute(f"drop database if exists {database_of(service.superuser_dsn)}_before with (force)")


async def ask(service: SmallService, authority: str, keys: list[str]) -> list[int]:
    """Each command once; the positions that were answered."""
    done = [await service.fill(authority, f"jar-{n % 4}", n % 5 + 1, key=key) for n, key in enumerate(keys)]
    return [each.position for each in done]


async def until_heard(alpha: SmallService, beta: SmallService, authority: str) -> None:
    """All that alpha announced is taken in by beta."""

    async def all_heard() -> bool:
        said = sum(row["announced"] is not None for row in await alpha.rows(authority))
        return said == len(await beta.rows(authority))

    await until(all_heard)


async def test_what_was_answered_and_published_comes_back_and_nothing_is_done_twice(
    both: tuple[SmallService, SmallService], authority: str, tmp_path: Path
) -> None:
    alpha, beta = both
    keys = [f"{authority} {n}" for n in range(60)]
    work = [alpha.relay.run(), alpha.projector.run(), beta.relay.run(), beta.projector.run()]
    async with background(*work, beta.runner(alpha.name).run()):
        await ask(alpha, authority, keys[:20])
        asking = asyncio.ensure_future(ask(alpha, authority, keys[20:40]))
        await backed_up(tmp_path / "backup", alpha, beta)  # in the middle of it all
        await asking
        await ask(alpha, authority, keys[40:])
        await until_heard(alpha, beta, authority)
        await until_published(alpha, authority)
        await until_published(beta, authority)
    before = {service.name: await service.rows(authority) for service in both}
    await stop(alpha, beta)
    await destroy(alpha)
    await destroy(beta)

    await put_back(tmp_path / "backup", alpha, beta)
    await start(alpha, beta)
    assert len(await alpha.rows(authority)) < 60
    with pytest.raises(Frozen):  # from the first connection on, before any relay has looked
        await alpha.fill(authority)
    for service in both:
        assert (await recovered(service, authority)).goes_on
        assert await service.rows(authority) == before[service.name]

    work = [alpha.relay.run(), alpha.projector.run(), beta.relay.run(), beta.projector.run()]
    async with background(*work, beta.runner(alpha.name).run()):
        await ask(alpha, authority, keys)  # everybody asks again for all that they had asked for
        assert await alpha.rows(authority) == before[alpha.name]
        await alpha.fill(authority, "jar-new", key="new")
        await until_heard(alpha, beta, authority)
        for service in both:
            await until_folded(service, authority, len(await service.rows(authority)))
    assert (await beta.rows(authority))[:-1] == before[beta.name]
    for service in both:
        assert await totals(service) == folded(await service.rows(authority))


async def test_a_restored_database_beside_an_agreeing_topic_goes_on_by_itself(
    both: tuple[SmallService, SmallService], authority: str, tmp_path: Path
) -> None:
    alpha, _ = both
    await fill_some(alpha, authority, 5)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await backed_up(tmp_path / "backup", alpha)
    await stop(alpha)
    await put_back(tmp_path / "backup", alpha)
    await start(alpha)
    assert await frozen(alpha, authority) == "lineage"
    async with background(alpha.relay.run()):
        await until(lambda: goes_on(alpha, authority))
        await fill_some(alpha, authority, 5)
        await until_published(alpha, authority)
    assert len(await alpha.rows(authority)) == 10


async def goes_on(service: SmallService, authority: str) -> bool:
    return await frozen(service, authority) is None


async def test_nothing_is_restored_while_somebody_is_connected(
    both: tuple[SmallService, SmallService], authority: str, tmp_path: Path
) -> None:
    alpha, _ = both
    await backed_up(tmp_path / "backup", alpha)
    await fill_some(alpha, authority, 5)
    with pytest.raises(CannotRestore, match=f"Stop the services first.*{alpha.name}"):
        await put_back(tmp_path / "backup", alpha)
    assert len(await alpha.rows(authority)) == 5


async def test_what_was_there_is_kept_and_a_second_restore_does_not_overwrite_it(
    both: tuple[SmallService, SmallService], authority: str, tmp_path: Path
) -> None:
    alpha, _ = both
    await backed_up(tmp_path / "backup", alpha)
    await fill_some(alpha, authority, 5)
    await stop(alpha)
    await put_back(tmp_path / "backup", alpha)
    async with connected(f"{alpha.superuser_dsn}_before") as kept:
        assert await kept.fetchval("select count(*) from journal") == 5
    with pytest.raises(CannotRestore, match="_before is still there"):
        await put_back(tmp_path / "backup", alpha)


@pytest.mark.parametrize(
    ("offence", "words"),
    [
        (lambda folder, file: file.write_bytes(file.read_bytes()[:-1] + b"x"), "not as it was written"),
        (lambda folder, file: file.unlink(), "cannot be read"),
        (lambda folder, file: (folder / "manifest.json").unlink(), "is no backup"),
        (lambda folder, file: (folder / "manifest.json").write_text("{}"), "not a manifest"),
    ],
)
async def test_a_backup_that_is_not_as_it_was_written_is_refused(
    both: tuple[SmallService, SmallService], tmp_path: Path, offence: Any, words: str
) -> None:
    folder = tmp_path / "backup"
    await backed_up(folder, both[0])
    offence(folder, folder / f"{both[0].name}.dump")
    with pytest.raises(BadBackup, match=words):
        read_backup(folder, "journals", quiet)


async def test_a_backup_never_overwrites_and_one_that_failed_leaves_nothing(
    both: tuple[SmallService, SmallService], tmp_path: Path
) -> None:
    alpha, _ = both
    (tmp_path / "backup").mkdir()
    with pytest.raises(BadBackup, match="there already"):
        await backed_up(tmp_path / "backup", alpha)
    nowhere = {"alpha": alpha.superuser_dsn, "gone": at_database(alpha.superuser_dsn, "no_such_database")}
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await back_up("journals", nowhere, tmp_path / "another", TOOLS, quiet)
    with pytest.raises(ToolFailed, match="pg_dump is not in"):
        await back_up("journals", nowhere, tmp_path / "third", PostgresTools(tmp_path), quiet)
    assert not {"another", "another.half", "third", "third.half"} & set(os.listdir(tmp_path))


async def test_a_backup_is_its_owners_alone_and_names_where_each_journal_ends(
    both: tuple[SmallService, SmallService], authority: str, tmp_path: Path
) -> None:
    alpha, _ = both
    await fill_some(alpha, authority, 3)
    manifest = await backed_up(tmp_path / "backup", alpha)
    (head,) = manifest.files[0].heads
    assert (head.authority, head.position) == (authority, 3)
    assert bytes.fromhex(head.hash) == (await alpha.rows(authority))[-1]["hash"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "backup").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700


@pytest.fixture
async def pep(both: tuple[SmallService, SmallService], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pep:
    services = {
        each.name: {"url": "http://unused", "worker_dsn": each.logins.worker, "operator_dsn": each.superuser_dsn}
        for each in both
    }
    place = {"kafka_bootstrap": both[0].bootstrap, "services": services, "postgres_bin": str(BINARIES)}
    (tmp_path / "installation.json").write_text(json.dumps(place))
    monkeypatch.setenv("PEP_INSTALLATION", str(tmp_path / "installation.json"))

    async def run(*words: object, typed: str = "") -> Result:
        return await asyncio.to_thread(lambda: CliRunner().invoke(app, [str(word) for word in words], input=typed))

    return run


async def test_an_operator_backs_up_restores_and_recovers(
    both: tuple[SmallService, SmallService], pep: Pep, authority: str, tmp_path: Path
) -> None:
    alpha, beta = both
    await fill_some(alpha, authority, 5)
    made = await pep("backup", tmp_path / "backup", "--only", "journals", "--json")
    assert made.exit_code == 0, made.output
    (dumped, _) = json.loads(made.stdout)["journals"]["files"]
    assert (dumped["database"], dumped["heads"][0]["position"]) == (alpha.name, 5)
    assert (await pep("backup", tmp_path / "backup", "--only", "journals")).exit_code == 1
    await fill_some(alpha, authority, 5)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await stop(alpha, beta)

    asked = await pep("restore", tmp_path / "backup", typed="n\n")
    assert (asked.exit_code, "events now" in asked.stdout) == (1, True)
    done = await pep("restore", tmp_path / "backup", "--yes")
    assert done.exit_code == 0, done.output
    assert "_before" in done.stdout

    looked = await pep("recover", alpha.name, authority, "--json")
    assert (looked.exit_code, json.loads(looked.stdout)["finding"]) == (1, "journal behind")
    mended = await pep("recover", alpha.name, authority, typed="y\n")
    assert mended.exit_code == 0, mended.output
    assert "5 rows come back" in mended.stdout
    assert (await pep("recover", alpha.name, authority)).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("recover", "nobody", "shire"), 2, "There is no service nobody"),
        (("restore", "/nowhere"), 1, "holds neither journals nor keys"),
        (("backup", "/nowhere", "--only", "everything"), 2, "neither journals nor keys"),
        (("backup", "/nowhere", "--only", "keys"), 2, "does not say where its keys are"),
    ],
)
async def test_a_command_that_cannot_be_done_says_why(pep: Pep, words: tuple[str, ...], code: int, said: str) -> None:
    refused = await pep(*words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True)
