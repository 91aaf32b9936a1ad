"""Whether an authority's key lies in a file or in a key service: what is wrapped is unwrapped where it belongs only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.keys.conftest import ELSEWHERE, HERE, KeysDatabase, Place, seal

from pep_runtime.authority_keys import KeysAway, KeyWrapper, authority_keys
from pep_runtime.file_keys import FileKeys
from pep_runtime.sealing import CannotOpen

KEY = b"k" * 32
BOUND = b"northshire.child-7.plan"


async def test_a_wrapped_key_is_unwrapped_and_says_nothing_of_itself(wrapper: KeyWrapper) -> None:
    wrapped = await wrapper.wrap(HERE, KEY, BOUND)
    assert KEY not in wrapped
    assert await wrapper.unwrap(HERE, wrapped, BOUND) == KEY
    assert await wrapper.wrap(HERE, KEY, BOUND) != wrapped


async def test_many_wrapped_keys_are_unwrapped_at_once_or_none_of_them(wrapper: KeyWrapper) -> None:
    places = [b"northshire.child-%d.plan" % number for number in range(3)]
    wrapped = [(await wrapper.wrap(HERE, KEY, place), place) for place in places]
    await wrapper.rotate(HERE)
    assert await wrapper.unwrap_all(HERE, wrapped) == [KEY] * 3
    assert await wrapper.unwrap_all(HERE, []) == []
    with pytest.raises(CannotOpen):
        await wrapper.unwrap_all(HERE, [*wrapped, (wrapped[0][0], places[1])])


async def test_a_wrapped_key_opens_nowhere_else(wrapper: KeyWrapper) -> None:
    wrapped = await wrapper.wrap(HERE, KEY, BOUND)
    for authority, bound_to in ((HERE, b"northshire.child-8.plan"), (ELSEWHERE, BOUND)):
        with pytest.raises(CannotOpen):
            await wrapper.unwrap(authority, wrapped, bound_to)
        await wrapper.rotate(authority)
        with pytest.raises(CannotOpen):
            await wrapper.rewrap(authority, [(wrapped, bound_to)])


@pytest.mark.parametrize("spoilt", [b"", b"x" * 60, b"vault:v1:bm90aGluZw==", b"vault:v9:bm90aGluZw=="])
async def test_what_was_never_wrapped_is_not_unwrapped(wrapper: KeyWrapper, spoilt: bytes) -> None:
    with pytest.raises(CannotOpen):
        await wrapper.unwrap(HERE, spoilt, BOUND)


async def test_an_authority_keeps_its_key_when_it_is_opened_again(wrapper: KeyWrapper) -> None:
    wrapped = await wrapper.wrap(HERE, KEY, BOUND)
    await wrapper.create(HERE)
    assert await wrapper.unwrap(HERE, wrapped, BOUND) == KEY
    assert await wrapper.numbers(HERE) == [1]


async def test_an_authority_that_was_never_opened_has_no_key(wrapper: KeyWrapper) -> None:
    with pytest.raises(KeysAway):
        await wrapper.wrap("nowhere", KEY, BOUND)


async def test_a_newer_key_wraps_and_the_older_one_opens_until_it_is_retired(wrapper: KeyWrapper) -> None:
    old = await wrapper.wrap(HERE, KEY, BOUND)
    await wrapper.rotate(HERE)
    new = await wrapper.wrap(HERE, KEY, BOUND)
    assert await wrapper.numbers(HERE) == [1, 2]
    assert [await wrapper.unwrap(HERE, each, BOUND) for each in (old, new)] == [KEY, KEY]
    anew, untouched = await wrapper.rewrap(HERE, [(old, BOUND), (new, BOUND)])
    assert anew != old
    assert untouched == new
    await wrapper.retire(HERE)
    assert await wrapper.numbers(HERE) == [2]
    assert [await wrapper.unwrap(HERE, each, BOUND) for each in (anew, new)] == [KEY, KEY]
    with pytest.raises(CannotOpen):
        await wrapper.unwrap(HERE, old, BOUND)
    assert await wrapper.numbers(ELSEWHERE) == [1]


async def test_an_authority_that_leaves_takes_all_its_keys_with_it_and_no_others(wrapper: KeyWrapper) -> None:
    wrapped = await wrapper.wrap(ELSEWHERE, KEY, BOUND)
    for _ in range(2):
        await wrapper.rotate(HERE)
    await wrapper.retire(HERE)
    for _ in range(2):  # it can be repeated
        await wrapper.destroy(HERE)
    with pytest.raises(KeysAway):
        await wrapper.wrap(HERE, KEY, BOUND)
    assert await wrapper.unwrap(ELSEWHERE, wrapped, BOUND) == KEY


async def test_a_second_rotation_follows_the_first(wrapper: KeyWrapper) -> None:
    wrapped = await wrapper.wrap(HERE, KEY, BOUND)
    for number in (2, 3):
        await wrapper.rotate(HERE)
        (wrapped,) = await wrapper.rewrap(HERE, [(wrapped, BOUND)])
        await wrapper.retire(HERE)
        assert await wrapper.numbers(HERE) == [number]
    assert await wrapper.unwrap(HERE, wrapped, BOUND) == KEY


async def test_what_one_process_sealed_another_opens(keys: KeysDatabase, wrapper: KeyWrapper) -> None:
    value = await seal(keys.ring(wrapper), "child-7")
    assert await keys.ring(wrapper).open(value, HERE) == "a fictional secret"
    with pytest.raises(CannotOpen):
        await keys.ring(wrapper).open(value, ELSEWHERE)


async def test_a_key_service_gives_its_keys_only_to_who_has_the_token(place: Place, tmp_path: Path) -> None:
    wrong = tmp_path / "token"
    wrong.write_text("a guess")
    async with place.running(), authority_keys("transit", None, place.address, wrong) as keys:
        with pytest.raises(KeysAway, match="refuses us .403."):
            await keys.create(HERE)
    async with authority_keys("transit", None, place.address, tmp_path / "none") as keys:
        with pytest.raises(KeysAway, match="token cannot be read"):
            await keys.create(HERE)


async def test_the_development_key_service_keeps_its_keys_when_it_is_started_again(place: Place) -> None:
    async with authority_keys("transit", None, place.address, place.token_file) as keys:
        async with place.running():
            await keys.create(HERE)
            wrapped = await keys.wrap(HERE, KEY, BOUND)
        async with place.running():
            assert await keys.unwrap(HERE, wrapped, BOUND) == KEY


async def test_key_files_are_for_their_owner_only(tmp_path: Path) -> None:
    files = FileKeys(tmp_path / "keys")
    await files.create(HERE)
    await files.rotate(HERE)
    assert sorted(each.name for each in (tmp_path / "keys").iterdir()) == ["northshire-2.key", "northshire.key"]
    assert {each.stat().st_mode & 0o077 for each in (tmp_path / "keys").iterdir()} == {0}


async def test_an_authority_whose_name_begins_like_anothers_has_its_own_keys(tmp_path: Path) -> None:
    files = FileKeys(tmp_path)
    for authority in ("shire", "shire_two"):
        await files.create(authority)
    await files.rotate("shire")
    assert (await files.numbers("shire"), await files.numbers("shire_two")) == ([1, 2], [1])
    await files.destroy("shire")
    assert (await files.numbers("shire"), await files.numbers("shire_two")) == ([], [1])


async def test_where_it_is_not_said_where_the_keys_are_nothing_starts() -> None:
    for kind in ("file", "transit"):
        with pytest.raises(ValueError, match="needs"):
            async with authority_keys(kind, None):
                raise AssertionError("there are no keys")
