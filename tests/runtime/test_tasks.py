"""Lasting work begins again after what passes, and ends when it is told to."""

import asyncio

import pytest

from pep_runtime.tasks import for_each, keep_trying, to_its_end


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


async def test_what_passes_in_one_of_several_at_once_is_tried_again_too() -> None:
    tried: list[int] = []

    async def one(item: int) -> None:
        tried.append(item)
        await asyncio.sleep(0)
        if tried.count(item) == 1:
            raise ConnectionResetError

    async def work() -> None:
        await for_each([1, 2, 3], one, 2)
        raise ZeroDivisionError("only to end the test")

    with pytest.raises(ZeroDivisionError):
        await keep_trying("work", work)
    assert min(tried.count(item) for item in (1, 2, 3)) == 2


async def test_who_stops_several_at_once_stops_each() -> None:
    ended: list[int] = []

    async def one(item: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)

    lasting = asyncio.ensure_future(for_each([1, 2], one, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    lasting.cancel()
    await asyncio.wait([lasting])
    assert (sorted(ended), lasting.cancelled()) == ([1, 2], True)


async def test_what_must_come_to_its_end_does_so_though_its_caller_is_stopped() -> None:
    may_end, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        ended.set()

    caller = asyncio.ensure_future(to_its_end(work(), 60))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    may_end.set()
    await asyncio.wait([caller])
    assert (ended.is_set(), caller.cancelled()) == (True, True)


async def test_what_does_not_come_to_its_end_in_time_is_stopped() -> None:
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    caller = asyncio.ensure_future(to_its_end(work(), 0.01))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    assert (stopped.is_set(), caller.cancelled()) == (True, True)


async def test_what_fails_on_its_way_to_the_end_fails_its_caller() -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await to_its_end(work(), 60)
