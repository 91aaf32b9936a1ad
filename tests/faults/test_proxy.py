"""The proxy that stands before the servers: what passes, what does not, and what arrives late."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from tests.faults.proxy import LOOPBACK, Proxy

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
MUCH = 8_000_000


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """Before a server that says what it is told."""
    server = await asyncio.start_server(_echo, LOOPBACK, 0)
    before = await Proxy.start(server.sockets[0].getsockname()[1])
    yield before
    await before.close()
    server.close()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while said := await reader.read(65_536):
            writer.write(said)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def calling(proxy: Proxy) -> AsyncIterator[Stream]:
    reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def says(stream: Stream, what: bytes) -> bytes:
    """What the server answers to it."""
    reader, writer = stream
    writer.write(what)
    await writer.drain()
    return await reader.readexactly(len(what))


async def test_what_is_sent_passes_both_ways_unchanged(proxy: Proxy) -> None:
    much = bytes(range(250)) * (MUCH // 250)
    async with calling(proxy) as stream:
        _, answered = await asyncio.gather(_send(stream, much), stream[0].readexactly(MUCH))
        assert answered == much


async def _send(stream: Stream, much: bytes) -> None:
    stream[1].write(much)
    await stream[1].drain()


async def test_who_hangs_up_is_hung_up_on(proxy: Proxy) -> None:
    async with calling(proxy) as stream:
        assert await says(stream, b"good bye") == b"good bye"
        stream[1].write_eof()
        assert await stream[0].read() == b""
    async with asyncio.timeout(10):
        while proxy.ends:
            await asyncio.sleep(0.01)


async def test_a_cut_ends_connections_and_refuses_new_ones_until_it_is_mended(proxy: Proxy) -> None:
    async with calling(proxy) as stream:
        assert await says(stream, b"hello") == b"hello"
        await proxy.cut()
        assert await stream[0].read() == b""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(LOOPBACK, proxy.port)
    await proxy.mend()
    async with calling(proxy) as stream:
        assert await says(stream, b"hello again") == b"hello again"


async def test_half_open_takes_connections_and_passes_nothing_until_it_is_mended(proxy: Proxy) -> None:
    async with calling(proxy) as before:
        assert await says(before, b"hello") == b"hello"
        await proxy.half_open()
        async with calling(proxy) as during:
            waiting = [asyncio.ensure_future(says(stream, b"anybody?")) for stream in (before, during)]
            done, _ = await asyncio.wait(waiting, timeout=0.2)
            assert not done
            await proxy.mend()
            assert await asyncio.gather(*waiting) == [b"anybody?", b"anybody?"]


async def test_a_delayed_way_keeps_the_order_also_when_it_becomes_quick_again(proxy: Proxy) -> None:
    loop = asyncio.get_running_loop()
    async with calling(proxy) as stream:
        await proxy.delay(0.1)
        began = loop.time()
        assert await says(stream, b"slow") == b"slow"
        assert loop.time() - began >= 0.2  # there and back
        stream[1].write(b"first ")
        await stream[1].drain()
        await asyncio.sleep(0)
        await proxy.mend()
        stream[1].write(b"second")
        assert await stream[0].readexactly(12) == b"first second"


async def test_a_reset_ends_the_connections_of_that_moment_only(proxy: Proxy) -> None:
    async with calling(proxy) as stream:
        assert await says(stream, b"hello") == b"hello"
        await proxy.reset()
        with pytest.raises(ConnectionResetError):
            await stream[0].read()
    async with calling(proxy) as stream:
        assert await says(stream, b"hello") == b"hello"


async def test_a_server_that_is_not_there_is_a_connection_that_ends(proxy: Proxy) -> None:
    proxy.target_port = 1
    async with calling(proxy) as stream:
        assert await stream[0].read() == b""
