"""Keys that are put back: what was sealed can be opened again, and a destroyed key stays destroyed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from tests.integration.engine.jars import Filled

from pep_kernel.sealed import PlanText, Redacted
from pep_local.postgres import BINARIES
from pep_runtime import database
from pep_runtime.backup import back_up, read_backup
from pep_runtime.database import connect, connected, migrate, provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.keyring import Keyring
from pep_runtime.keys_union import OtherKeys
from pep_runtime.postgres_tools import PostgresTools, at_database, database_of
from pep_runtime.restore import CannotRestore, Restored, restore
from pep_runtime.rotation import retire, rotate

TOOLS = PostgresTools(BINARIES)
SHIRE = "shire"
AT = datetime(2087, 2, 28, tzinfo=UTC)


def quiet(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@dataclass
class Keys:
    """A database of keys and the folder of the authorities' own."""

    operator_dsn: str
    app_dsn: str
    folder: Path
    backup: Path

    async def seal(self, subject: str) -> PlanText:
        async with await connect(self.app_dsn, size=1, check_lineage=False) as pool:
            keyring = Keyring(pool, FileKeys(self.folder))
            event = Filled(amount=1, label=PlanText.of("a fictional secret"))
            (sealed,) = await keyring.seal([event], authority=SHIRE, places=[(subject, "jar-1", 1)])
        assert isinstance(sealed, Filled)
        return sealed.label

    async def open(self, value: PlanText) -> str | Redacted:
        async with await connect(self.app_dsn, size=1, check_lineage=False) as pool:
            return await Keyring(pool, FileKeys(self.folder)).open(value, SHIRE)

    async def destroy(self, subject: str) -> None:
        async with await connect(self.app_dsn, size=1, check_lineage=False) as pool:
            await Keyring(pool, FileKeys(self.folder)).destroy(SHIRE, subject, "retention", AT)

    async def reference(self) -> str:
        async with await connect(self.app_dsn, size=1, check_lineage=False) as pool:
            return await Keyring(pool, FileKeys(self.folder)).reference(SHIRE, "child", "local-7")

    async def rotate(self) -> None:
        """As an operator does, with both steps."""
        for step in (rotate, retire):
            await step(self.operator_dsn, FileKeys(self.folder), SHIRE, lambda _done, _of: None)

    async def hide(self, subject: str) -> None:
        async with await connect(self.app_dsn, size=1, check_lineage=False) as pool:
            hidden = (("jar-1", 1, 1), "of another child", datetime(2026, 11, 2, tzinfo=UTC))
            await Keyring(pool, FileKeys(self.folder)).hide(SHIRE, subject, *hidden)

    async def lose(self) -> None:
        async with connected(at_database(self.operator_dsn, "postgres")) as server:
            await server.execute(f"drop database {database_of(self.operator_dsn)} with (force)")

    async def back_up(self) -> None:
        files = sorted(self.folder.glob("*.key"))
        await back_up("keys", {"keys": self.operator_dsn}, self.backup, TOOLS, quiet, files)

    async def put_back(self) -> Restored:
        manifest = read_backup(self.backup, "keys", quiet)
        (done,) = await restore(manifest, self.backup, {"keys": self.operator_dsn}, TOOLS, quiet, self.folder)
        return done


@pytest.fixture
async def keys(postgres_dsn: str, unique_name: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Keys]:
    database = unique_name("keys")
    logins = await provision(postgres_dsn, database, "keys")
    await FileKeys(tmp_path / "keys").create(SHIRE)
    yield Keys(at_database(postgres_dsn, database), logins.app, tmp_path / "keys", tmp_path / "backup")
    async with connected(postgres_dsn) as server:
        for name in (database, f"{database}_before"):
            await server.execute(f"drop database if exists {name} with (force)")


async def test_keys_that_were_lost_come_back_with_the_authoritys_own(keys: Keys) -> None:
    value = await keys.seal("child-7")
    await keys.back_up()
    await keys.lose()
    (keys.folder / f"{SHIRE}.key").unlink()
    done = await keys.put_back()
    assert await keys.open(value) == "a fictional secret"
    assert not done.joined  # nobody knows what was destroyed since: the operator is told


async def test_a_destroyed_key_stays_destroyed_and_a_younger_key_stays(keys: Keys) -> None:
    gone, kept = await keys.seal("child-7"), await keys.seal("child-8")
    await keys.back_up()
    await keys.destroy("child-7")
    younger = await keys.seal("child-9")
    done = await keys.put_back()
    opened = await keys.open(gone)
    assert isinstance(opened, Redacted)
    assert opened.reason == "retention"
    assert await keys.open(kept) == await keys.open(younger) == "a fictional secret"
    assert done.joined


async def test_where_both_have_another_key_nothing_is_restored(keys: Keys) -> None:
    await keys.seal("child-7")
    await keys.back_up()
    async with connected(keys.operator_dsn) as connection:
        await connection.execute("delete from subject_key")
    value = await keys.seal("child-7")
    with pytest.raises(OtherKeys, match="1 keys are other keys now"):
        await keys.put_back()
    assert await keys.open(value) == "a fictional secret"


async def test_an_authoritys_own_key_is_never_replaced(keys: Keys) -> None:
    await keys.seal("child-7")
    await keys.back_up()
    (keys.folder / f"{SHIRE}.key").unlink()
    await FileKeys(keys.folder).create(SHIRE)
    with pytest.raises(CannotRestore, match="another key than the backup's"):
        await keys.put_back()


async def test_entries_that_were_hidden_since_the_backup_stay_hidden(keys: Keys) -> None:
    hidden, shown = await keys.seal("child-7"), await keys.seal("child-8")
    await keys.back_up()
    await keys.hide("child-7")
    await keys.put_back()
    assert await keys.open(hidden) == Redacted("of another child", datetime(2026, 11, 2, tzinfo=UTC))
    assert await keys.open(shown) == "a fictional secret"


async def test_a_backup_from_before_a_rotation_comes_back_under_the_newer_key(keys: Keys) -> None:
    gone, kept, reference = await keys.seal("child-7"), await keys.seal("child-8"), await keys.reference()
    await keys.back_up()
    await keys.rotate()
    await keys.destroy("child-7")
    younger = await keys.seal("child-9")
    await keys.put_back()
    assert isinstance(await keys.open(gone), Redacted)
    assert await keys.open(kept) == await keys.open(younger) == "a fictional secret"
    (keys.folder / f"{SHIRE}.key").unlink()  # came back with the backup, and nothing needs it
    assert await keys.open(kept) == "a fictional secret"
    assert await keys.reference() == reference


async def test_a_backup_from_before_a_rotation_opens_by_itself_when_all_else_is_lost(keys: Keys) -> None:
    value, reference = await keys.seal("child-7"), await keys.reference()
    await keys.back_up()
    await keys.rotate()
    await keys.lose()
    for file in keys.folder.iterdir():
        file.unlink()
    await keys.put_back()
    assert await keys.open(value) == "a fictional secret"
    assert await keys.reference() == reference


async def test_a_backup_older_than_rotations_and_tombstones_is_brought_up_to_date(
    keys: Keys, postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys.lose()
    oldest = tmp_path / "oldest" / "migrations" / "keys" / "0001_keys.sql"
    oldest.parent.mkdir(parents=True)
    oldest.write_text((files("pep_runtime") / "migrations" / "keys" / oldest.name).read_text())
    with monkeypatch.context() as before:
        before.setattr(database, "files", lambda _package: tmp_path / "oldest")
        logins = await provision(postgres_dsn, database_of(keys.operator_dsn), "keys")
    keys.app_dsn = logins.app
    async with connected(keys.operator_dsn) as connection:
        wrapped = await FileKeys(keys.folder).wrap(SHIRE, b"k" * 32, f"{SHIRE}.child-7.plan".encode())
        await connection.execute("insert into subject_key values ($1, 'child-7', 'plan', $2)", SHIRE, wrapped)
    await keys.back_up()
    await migrate(keys.operator_dsn, "keys")
    value = await keys.seal("child-7")
    await keys.rotate()
    assert (await keys.put_back()).joined
    assert await keys.open(value) == "a fictional secret"
