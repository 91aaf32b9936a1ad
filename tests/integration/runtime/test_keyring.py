"""Personal values are sealed to one place of one authority; without the key nothing brings them back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from tests.integration.installed import database_dsn, superuser

from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Identity, PlanText, Redacted, Sealed
from pep_runtime import keyring
from pep_runtime.codec import EventTypes, encode
from pep_runtime.database import connect, provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.keyring import Keyring
from pep_runtime.sealing import CannotOpen

PLACE = ("child-7", "plan-1", 3)
HERE, ELSEWHERE = "northshire", "southshire"


class Written(Event):
    """Somebody wrote about a child."""

    on: date
    name: Identity
    words: PlanText
    more: tuple[PlanText, ...] = ()


@dataclass
class KeysDatabase:
    """The keys' database, as services and as its superuser reach it, and the authorities' own keys."""

    pool: asyncpg.Pool[asyncpg.Record]
    superuser_dsn: str
    files: FileKeys

    def ring(self, kept_seconds: float = 60) -> Keyring:
        """A keyring that remembers nothing yet, as another process has it."""
        return Keyring(self.pool, self.files, kept_seconds)


@pytest.fixture
async def keys(postgres_dsn: str, tmp_path: Path, unique_name: Callable[[str], str]) -> AsyncIterator[KeysDatabase]:
    name = unique_name("keys")
    files = FileKeys(tmp_path)
    for authority in (HERE, ELSEWHERE):
        await files.create(authority)
    logins = await provision(postgres_dsn, name, "keys")
    async with await connect(logins.app, size=3, check_lineage=False) as pool:
        yield KeysDatabase(pool, database_dsn(postgres_dsn, name), files)
    async with superuser(postgres_dsn) as connection:
        await connection.execute(f"drop database {name} with (force)")


async def seal(ring: Keyring, words: str = "CANARY-WORDS", place: tuple[str, str, int] = PLACE) -> Written:
    written = Written(
        on=date(2026, 10, 6), name=Identity.of("CANARY-NAME"), words=PlanText.of(words), more=(PlanText.of("CANARY-2"),)
    )
    (sealed,) = await ring.seal([written], authority=HERE, places=[place])
    assert isinstance(sealed, Written)
    return sealed


def moved(value: Sealed, before: str, after: str) -> Sealed:
    """The ciphertext of one place, put to another."""
    assert value.token is not None
    assert before in value.token
    return type(value)(token=value.token.replace(before, after, 1))


async def test_what_is_sealed_can_be_opened_by_another_process(keys: KeysDatabase) -> None:
    sealed = await seal(keys.ring())
    values = (sealed.name, sealed.words, *sealed.more)
    opened = [await keys.ring().open(value, HERE) for value in values]
    assert opened == ["CANARY-NAME", "CANARY-WORDS", "CANARY-2"]


async def test_the_keys_of_many_are_fetched_at_once_and_remembered(keys: KeysDatabase) -> None:
    places = [(f"child-{number}", f"plan-{number}", 1) for number in range(5)]
    written = [await seal(keys.ring(), place=place) for place in places]
    names = [each.name for each in written]
    await keys.ring().destroy(HERE, "child-4", "somebody asked", datetime(2026, 9, 14, tzinfo=UTC))
    ring = keys.ring()
    await ring.fetch_for(names, HERE)
    await ring.open(names[0], HERE)  # what is hidden is known from here on
    await keys.pool.close()  # nobody is asked any more
    assert [await ring.open(name, HERE) for name in names[:4]] == ["CANARY-NAME"] * 4
    assert isinstance(await ring.open(names[4], HERE), Redacted)
    await ring.fetch_for(names, HERE)
    await ring.fetch_for(names, ELSEWHERE)


async def test_nothing_of_the_text_is_in_what_is_stored(keys: KeysDatabase) -> None:
    sealed = await seal(keys.ring())
    assert b"CANARY" not in encode(sealed)
    assert sealed.words.plain is None
    again = await seal(keys.ring())
    assert sealed.words.token != again.words.token


async def test_a_token_with_one_letter_changed_cannot_be_opened(keys: KeysDatabase) -> None:
    ring = keys.ring()
    token = (await seal(ring)).words.token or ""
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(CannotOpen):
            await ring.open(PlanText(token=token[:place] + other + token[place + 1 :]), HERE)


@pytest.mark.parametrize(
    ("before", "after"),
    [(".plan-1.", ".plan-2."), (".3.", ".4."), (".words.", ".more/0."), (".child-7.", ".child-8."), ("1.", "2.")],
    ids=["stream", "version", "field", "subject", "format"],
)
async def test_a_value_moved_to_another_place_cannot_be_opened(keys: KeysDatabase, before: str, after: str) -> None:
    ring = keys.ring()
    await seal(ring, place=("child-8", "plan-2", 4))
    with pytest.raises(CannotOpen):
        await ring.open(moved((await seal(ring)).words, before, after), HERE)


async def test_another_authority_opens_nothing_also_under_its_own_name(keys: KeysDatabase) -> None:
    ring = keys.ring()
    sealed = (await seal(ring)).words
    await ring.seal([in_the_clear()], authority=ELSEWHERE, places=[PLACE])
    with pytest.raises(CannotOpen):
        await ring.open(sealed, ELSEWHERE)
    with pytest.raises(CannotOpen):
        await ring.open(moved(sealed, HERE, ELSEWHERE), ELSEWHERE)


def in_the_clear() -> Written:
    return Written(on=date(2026, 10, 6), name=Identity.of("x"), words=PlanText.of("y"))


@pytest.mark.parametrize("token", ["", "x", "1.plan.northshire", "1.plan.northshire.child-7.plan-1.3.words.!", "é"])
async def test_what_is_no_token_cannot_be_opened(keys: KeysDatabase, token: str) -> None:
    ring = keys.ring()
    await seal(ring)
    with pytest.raises(CannotOpen):
        await ring.open(PlanText(token=token), HERE)


async def test_processes_that_make_the_same_key_at_once_agree_on_one(keys: KeysDatabase) -> None:
    rings = [keys.ring() for _ in range(8)]
    sealed = await asyncio.gather(*(seal(ring, f"words {n}") for n, ring in enumerate(rings)))
    assert [await rings[-1 - n].open(each.words, HERE) for n, each in enumerate(sealed)] == [
        f"words {n}" for n in range(8)
    ]


async def destroy(keys: KeysDatabase) -> None:
    async with superuser(keys.superuser_dsn) as connection:
        await connection.execute("update subject_key set wrapped = null, destroyed_at = now(), reason = 'time is up'")


async def test_a_destroyed_key_reads_as_redacted_and_seals_nothing_new(keys: KeysDatabase) -> None:
    sealed = await seal(keys.ring())
    await destroy(keys)
    ring = keys.ring()
    opened = await ring.open(sealed.words, HERE)
    assert isinstance(opened, Redacted)
    assert opened.reason == "time is up"
    with pytest.raises(Refusal, match="time is up. Nothing new is written"):
        await seal(ring)
    assert await seal(ring, place=("child-8", "plan-2", 1))


async def test_hidden_entries_are_shown_to_nobody_and_all_others_are(keys: KeysDatabase) -> None:
    ring, another = keys.ring(), keys.ring(0.0)
    first, second = await seal(ring), await seal(ring, place=("child-7", "plan-1", 4))
    other_stream, other_child = await seal(ring, place=("child-7", "plan-2", 3)), await seal(ring, place=("c8", "p", 3))
    assert await another.open(first.words, HERE) == "CANARY-WORDS"
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    for _ in range(2):
        await ring.hide(HERE, "child-7", ("plan-1", 1, 3), "recorded for the wrong child", at)
    for looking in (ring, another):
        assert await looking.open(first.words, HERE) == Redacted("recorded for the wrong child", at)
        for shown in (second, other_stream, other_child):
            assert await looking.open(shown.words, HERE) == "CANARY-WORDS"
    await ring.hide(ELSEWHERE, "child-7", ("plan-1", 4, 4), "another authority's", at)
    assert await keys.ring(0.0).open(second.words, HERE) == "CANARY-WORDS"


@pytest.mark.parametrize(("kept_seconds", "still_opens"), [(60.0, True), (0.0, False)])
async def test_a_process_that_had_a_key_forgets_it_when_its_time_is_up(
    keys: KeysDatabase, kept_seconds: float, still_opens: bool
) -> None:
    ring = keys.ring(kept_seconds)
    sealed = await seal(ring)
    await destroy(keys)
    assert (await ring.open(sealed.words, HERE) == "CANARY-WORDS") is still_opens


async def test_only_so_many_keys_are_kept_in_memory(keys: KeysDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "KEPT_KEYS", 5)
    ring = keys.ring()
    first = await seal(ring)
    for number in range(4):
        await seal(ring, place=(f"child-{number}", "plan-1", 1))
    assert len(ring._kept) == 5
    assert await ring.open(first.words, HERE) == "CANARY-WORDS"


async def test_the_keys_themselves_are_stored_wrapped_and_apart_by_authority(keys: KeysDatabase) -> None:
    ring = keys.ring()
    await seal(ring)
    used = [kept.key for kept in ring._kept.values()]
    async with superuser(keys.superuser_dsn) as connection:
        stored = repr(await connection.fetch("select * from subject_key"))
    assert used
    assert [key for key in used if repr(key)[2:-1] in stored] == []
    assert (
        await keys.pool.fetch("select * from subject_keys($1, $2, $3, $4)", ELSEWHERE, "child-7", ["plan"], [None])
        == []
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await keys.pool.fetch("select * from subject_key")


async def test_folding_needs_no_key(keys: KeysDatabase) -> None:
    sealed = await seal(keys.ring())
    await destroy(keys)
    types = EventTypes([Written])
    back = types.decode("Written", 1, encode(sealed))
    assert isinstance(back, Written)
    assert (back.words.token, back.words.plain) == (sealed.words.token, None)
    assert encode(back) == encode(sealed)
