"""Those who wait are woken by news; those who work side by side end together."""

import asyncio

import pytest

from pep_runtime.tasks import until_one_ends
from pep_runtime.wake import Bell


async def test_a_bell_wakes_everybody_who_waits() -> None:
    bell = Bell()
    waiting = [asyncio.create_task(bell.wait(60)) for _ in range(3)]
    await asyncio.sleep(0)  # they begin to wait
    bell.ring()
    await asyncio.wait_for(asyncio.gather(*waiting), timeout=5)
    assert all(each.done() for each in waiting)


async def test_waiting_ends_by_itself_too() -> None:
    bell = Bell()
    await asyncio.wait_for(bell.wait(0.01), timeout=5)
    bell.ring()  # nobody is there any more, and that is no trouble


async def test_when_one_ends_the_others_are_stopped() -> None:
    stopped = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async def at_once() -> None:
        return None

    await asyncio.wait_for(until_one_ends(for_ever(), at_once()), timeout=5)
    assert stopped.is_set()


async def test_a_failure_of_one_is_the_failure_of_all() -> None:
    async def for_ever() -> None:
        await asyncio.Event().wait()

    async def fails() -> None:
        raise LookupError("a mistake of ours")

    with pytest.raises(LookupError, match="a mistake of ours"):
        await asyncio.wait_for(until_one_ends(for_ever(), fails()), timeout=5)
