"""Lasting work begins again after what passes, and ends when it is told to."""

import asyncio

import pytest

from pep_runtime.tasks import keep_trying


async def test_it_begins_again_after_what_passes_and_fails_with_what_does_not() -> None:
    came = iter((ConnectionRefusedError(), TimeoutError(), ZeroDivisionError()))

    async def work() -> None:
        raise next(came)

    with pytest.raises(ZeroDivisionError):
        await keep_trying("work", work)


async def test_work_whose_last_words_fail_is_stopped_all_the_same() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            raise ConnectionRefusedError("the database is away, its lease cannot be given back")

    lasting = asyncio.ensure_future(keep_trying("work", work))
    await begun.wait()
    lasting.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait([lasting])
    assert lasting.cancelled()
