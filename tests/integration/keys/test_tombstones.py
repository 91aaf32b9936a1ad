"""Destroyed keys stay destroyed, everywhere and for ever; and nobody's own number is stored anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest
from tests.integration.installed import superuser, until
from tests.integration.keys.conftest import ELSEWHERE, HERE, WORDS, KeysDatabase, seal

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Redacted
from pep_runtime.authority_keys import KeyWrapper

AT = datetime(2087, 2, 28, 10, tzinfo=UTC)
REASON = "retention has ended"
OFFERED = "select wrapped, reason from subject_keys($1, $2, $3, $4)"
CLASSES = ["contact", "identity", "plan", "third_party"]


async def test_all_keys_of_a_child_are_destroyed_and_others_keep_theirs(
    keys: KeysDatabase, wrapper: KeyWrapper
) -> None:
    ring = keys.ring(wrapper)
    gone, kept, elsewhere = (
        await seal(ring, "child-7"),
        await seal(ring, "child-8"),
        await seal(ring, "child-7", ELSEWHERE),
    )
    assert await ring.destroy(HERE, "child-7", REASON, AT) == 1
    for each in (ring, keys.ring(wrapper)):
        assert await each.open(gone, HERE) == Redacted(REASON, AT)
        assert await each.open(kept, HERE) == WORDS
        assert await each.open(elsewhere, ELSEWHERE) == WORDS


async def test_no_key_is_made_in_the_place_of_a_destroyed_one_nor_of_one_that_never_was(
    keys: KeysDatabase, wrapper: KeyWrapper
) -> None:
    ring = keys.ring(wrapper)
    await seal(ring, "child-7")
    await ring.destroy(HERE, "child-7", REASON, AT)
    for each in (ring, keys.ring(wrapper)):
        with pytest.raises(Refusal, match="removed on 28/02/2087"):
            await seal(each, "child-7")
    offered = [b"a key that a process still has"] * len(CLASSES)
    found = await keys.pool.fetch(OFFERED, HERE, "child-7", CLASSES, offered)
    assert [tuple(row) for row in found] == [(None, REASON)] * len(CLASSES)


async def test_a_repeated_destruction_keeps_its_first_day_and_reason(keys: KeysDatabase, wrapper: KeyWrapper) -> None:
    ring = keys.ring(wrapper)
    value = await seal(ring, "child-7")
    await ring.destroy(HERE, "child-7", REASON, AT)
    assert await ring.destroy(HERE, "child-7", "another reason", AT.replace(year=2090)) == 0
    assert await keys.ring(wrapper).open(value, HERE) == Redacted(REASON, AT)


async def test_a_process_that_remembers_a_key_forgets_it_when_its_time_is_up(
    keys: KeysDatabase, wrapper: KeyWrapper
) -> None:
    other = keys.ring(wrapper, kept_seconds=0.5)
    value = await seal(other, "child-7")
    await keys.ring(wrapper).destroy(HERE, "child-7", REASON, AT)

    async def is_redacted() -> bool:
        return isinstance(await other.open(value, HERE), Redacted)

    await until(is_redacted)
    with pytest.raises(Refusal, match="removed on 28/02/2087"):
        await seal(other, "child-7")


async def test_the_secret_of_an_authoritys_references_cannot_be_destroyed(
    keys: KeysDatabase, wrapper: KeyWrapper
) -> None:
    reference = await keys.ring(wrapper).reference(HERE, "child", "local-7")
    assert await keys.ring(wrapper).destroy(HERE, "authority", REASON, AT) == 0
    assert await keys.ring(wrapper).reference(HERE, "child", "local-7") == reference


@pytest.mark.parametrize(("reason", "at"), [("", AT), (None, AT), (REASON, None)])
async def test_nothing_is_destroyed_without_a_reason_and_a_day(
    keys: KeysDatabase, wrapper: KeyWrapper, reason: str | None, at: datetime | None
) -> None:
    value = await seal(keys.ring(wrapper), "child-7")
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await keys.pool.fetchval("select destroy_keys($1, $2, $3, $4)", HERE, "child-7", reason, at)
    assert await keys.ring(wrapper).open(value, HERE) == WORDS


async def test_a_childs_own_number_is_found_again_by_a_keyed_hash_that_differs_by_authority_and_kind(
    keys: KeysDatabase, wrapper: KeyWrapper
) -> None:
    ring = keys.ring(wrapper)
    found = [
        await ring.reference(authority, kind, "local-7")
        for authority in (HERE, ELSEWHERE)
        for kind in ("child", "person")
    ]
    assert len(set(found)) == 4
    assert await keys.ring(wrapper).reference(HERE, "child", "local-7") == found[0]
    async with superuser(keys.operator_dsn) as connection:
        stored = repr(await connection.fetch("select * from subject_key"))
    assert "local-7" not in stored
    assert (
        len(await keys.pool.fetch("select * from subject_keys($1, 'authority', '{references}', '{null}')", HERE)) == 1
    )
