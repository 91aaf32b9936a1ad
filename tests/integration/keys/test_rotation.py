"""An authority's key is exchanged while everything goes on: nothing that is sealed changes, and references stay."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.integration.installed import superuser, until
from tests.integration.keys.conftest import ELSEWHERE, HERE, WORDS, KeysDatabase, Place, seal
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_kernel.ids import keyed_reference
from pep_kernel.sealed import PlanText, Redacted
from pep_runtime import rotation
from pep_runtime.authority_keys import KeysAway, KeyWrapper, authority_keys
from pep_runtime.clock import Clock
from pep_runtime.file_keys import RETIRED, FileKeys
from pep_runtime.keyring import Keyring
from pep_runtime.rotation import retire, rotate, standing

Pep = Callable[..., Awaitable[Result]]
CLASSES = 2  # a child's key, and the secret of the authority's references


def quiet(_done: int, _of: int) -> None:
    """Nobody watches."""


async def rows(keys: KeysDatabase) -> list[tuple[object, ...]]:
    async with superuser(keys.operator_dsn) as connection:
        found = await connection.fetch("select authority, subject, data_class, wrapped from subject_key")
    return [tuple(row) for row in found]


async def test_what_was_sealed_before_opens_after_and_references_stay(keys: KeysDatabase, wrapper: KeyWrapper) -> None:
    ring = keys.ring(wrapper)
    values = [await seal(ring, f"child-{number}") for number in range(3)]
    elsewhere = await seal(ring, "child-1", ELSEWHERE)
    reference = await ring.reference(HERE, "child", "local-7")
    before = await rows(keys)
    done = await rotate(keys.operator_dsn, wrapper, HERE, quiet)
    assert (done.number, done.keys, done.wrapped_anew) == (2, 4, 4)
    after = await rows(keys)
    assert {each[0] for each in set(before) - set(after)} == {HERE}
    again = keys.ring(wrapper)
    assert [await again.open(value, HERE) for value in values] == [WORDS] * 3
    done = await retire(keys.operator_dsn, wrapper, HERE, quiet)
    assert done.wrapped_anew == 0
    last = keys.ring(wrapper)
    assert [await last.open(value, HERE) for value in values] == [WORDS] * 3
    assert await last.open(elsewhere, ELSEWHERE) == WORDS
    assert await last.reference(HERE, "child", "local-7") == reference


async def test_references_made_before_they_had_a_secret_of_their_own_stay(keys: KeysDatabase, tmp_path: Path) -> None:
    files = FileKeys(tmp_path)
    await files.create(HERE)
    before = keyed_reference(await files.first_secret(HERE), "child", "local-7")
    await rotate(keys.operator_dsn, files, HERE, quiet)
    await retire(keys.operator_dsn, files, HERE, quiet)
    assert await keys.ring(files).reference(HERE, "child", "local-7") == before


async def test_a_rotation_that_was_stopped_goes_on_with_the_same_key(
    keys: KeysDatabase, wrapper: KeyWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    values = [await seal(keys.ring(wrapper), f"child-{number}") for number in range(5)]

    def stop(done: int, _of: int) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotate(keys.operator_dsn, wrapper, HERE, stop)
    found = await standing(keys.operator_dsn, wrapper, HERE)
    assert (found.numbers, found.under_way) == ((1, 2), True)
    assert [await keys.ring(wrapper).open(value, HERE) for value in values] == [WORDS] * 5
    seen: list[tuple[int, int]] = []
    done = await rotate(keys.operator_dsn, wrapper, HERE, lambda done, of: seen.append((done, of)))
    assert (done.number, done.keys, done.wrapped_anew) == (2, 6, 4)
    assert seen == [(2, 6), (4, 6), (6, 6)]


async def test_services_seal_and_open_all_the_while(keys: KeysDatabase, wrapper: KeyWrapper) -> None:
    """Three processes that remember nothing, so that each value asks for its key."""
    sealed: list[tuple[PlanText, str]] = []
    stop = asyncio.Event()

    async def work(ring: Keyring, number: int) -> None:
        for each in itertools.count():
            if stop.is_set():
                break
            words = f"{number} {each}"
            value = await seal(ring, f"child-{number}-{each % 20}", words=words)
            assert await ring.open(value, HERE) == words
            sealed.append((value, words))

    async def more_are_sealed() -> None:
        enough = len(sealed) + 30

        async def are_sealed() -> bool:
            assert [each.exception() for each in working if each.done()] == []
            return len(sealed) >= enough

        await until(are_sealed)

    working = [asyncio.ensure_future(work(keys.ring(wrapper, kept_seconds=0), number)) for number in range(3)]
    for _ in range(2):
        await more_are_sealed()
        await rotate(keys.operator_dsn, wrapper, HERE, quiet)
        await more_are_sealed()
        await retire(keys.operator_dsn, wrapper, HERE, quiet)
    stop.set()
    await asyncio.gather(*working)
    assert await wrapper.numbers(HERE) == [3]
    ring = keys.ring(wrapper)
    assert [words for value, words in sealed if await ring.open(value, HERE) != words] == []


async def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(keys: KeysDatabase, wrapper: KeyWrapper) -> None:
    ring = keys.ring(wrapper)
    value = await seal(ring, "child-7")
    await seal(ring, "child-8")

    class Slow:
        """A key service that takes so long that a child is forgotten meanwhile."""

        def __getattr__(self, name: str) -> object:
            return getattr(wrapper, name)

        async def rewrap(self, authority: str, wrapped: list[tuple[bytes, bytes]]) -> list[bytes]:
            await ring.destroy(HERE, "child-7", "retention has ended", Clock().now())
            return await wrapper.rewrap(authority, wrapped)

    await rotate(keys.operator_dsn, Slow(), HERE, quiet)  # type: ignore[arg-type]  # by delegation
    assert isinstance(await keys.ring(wrapper).open(value, HERE), Redacted)


@pytest.fixture
async def pep(keys: KeysDatabase, tmp_path: Path) -> Pep:
    """`await pep("keys", …)`: what it printed, and its exit code. Keys are in files, unless told otherwise."""
    await FileKeys(tmp_path / "keys").create(HERE)

    async def run(*words: str, **place: str) -> Result:
        told = {"operator_dsn": keys.operator_dsn, **(place or {"folder": str(tmp_path / "keys")})}
        file = tmp_path / "installation.json"
        file.write_text(json.dumps({"kafka_bootstrap": "127.0.0.1:1", "services": {}, "keys": told}))
        return await asyncio.to_thread(CliRunner().invoke, app, words, env={"PEP_INSTALLATION": str(file)})

    return run


async def test_an_operator_is_told_first_and_then_does_it(keys: KeysDatabase, pep: Pep, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    value = await seal(keys.ring(FileKeys(folder)), "child-7")
    planned = await pep("keys", "rotate", HERE)
    assert (planned.exit_code, "key 2 is made" in planned.stdout, "add --yes" in planned.stdout) == (0, True, True)
    assert await FileKeys(folder).numbers(HERE) == [1]
    done = await pep("keys", "rotate", HERE, "--yes", "--json")
    told = {"authority": HERE, "number": 2, "keys": CLASSES, "wrapped_anew": CLASSES}
    assert (done.exit_code, json.loads(done.stdout)) == (0, told)
    planned = await pep("keys", "retire", HERE, "--json")
    assert json.loads(planned.stdout) == {"authority": HERE, "numbers": [1, 2], "keys": CLASSES}
    done = await pep("keys", "retire", HERE, "--yes")
    assert (done.exit_code, "key 1 is out of use" in done.stdout) == (0, True)
    assert sorted(each.name for each in folder.iterdir()) == [f"{HERE}-2.key", f"{HERE}.key{RETIRED}"]
    assert await keys.ring(FileKeys(folder)).open(value, HERE) == WORDS


async def test_an_operator_rotates_a_key_in_a_key_service_and_is_told_when_it_is_away(
    keys: KeysDatabase, place: Place, pep: Pep
) -> None:
    told = {"service": "transit", "address": place.address, "token_file": str(place.token_file)}
    async with place.running(), authority_keys("transit", None, place.address, place.token_file) as wrapper:
        await wrapper.create(HERE)
        value = await seal(keys.ring(wrapper), "child-7")
        for command in ("rotate", "retire"):
            assert (await pep("keys", command, HERE, "--yes", **told)).exit_code == 0
        assert await wrapper.numbers(HERE) == [2]
        assert await keys.ring(wrapper).open(value, HERE) == WORDS
    away = await pep("keys", "rotate", HERE, "--yes", **told)
    assert (away.exit_code, away.stderr.strip()) == (1, "The key service cannot be reached.")


async def test_what_cannot_be_done_is_said(pep: Pep) -> None:
    for words, said in (
        (("rotate", "nowhere", "--yes"), "nowhere has no key here"),
        (("retire", HERE, "--yes"), "none to retire"),
    ):
        result = await pep("keys", *words)
        assert result.exit_code == 1
        assert said in result.stderr
    nowhere = await pep("keys", "rotate", HERE, service="transit")
    assert (nowhere.exit_code, "needs its address" in nowhere.stderr) == (1, True)


async def test_a_key_that_opens_nothing_stops_the_rotation_and_loses_nothing(
    keys: KeysDatabase, pep: Pep, tmp_path: Path
) -> None:
    other = FileKeys(tmp_path / "other")
    await other.create(HERE)
    value = await seal(keys.ring(other), "child-7")
    result = await pep("keys", "rotate", HERE, "--yes")
    assert result.exit_code == 1
    assert "None of the authority's keys opens this key. Both keys stay in use" in result.stderr
    assert await keys.ring(other).open(value, HERE) == WORDS


async def test_without_any_key_nothing_is_sealed(keys: KeysDatabase, tmp_path: Path) -> None:
    with pytest.raises(KeysAway, match="no key of northshire"):
        await seal(keys.ring(FileKeys(tmp_path / "none")), "child-7")
