"""A way to a server that can be cut, as a cable is cut or a machine loses its power."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Cuttable:
    """Carries bytes both ways. While it is cut nobody comes through, and whoever was on the way is thrown out."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._on_the_way: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._needle: bytes | None = None
        self.port = 0

    def cut(self) -> None:
        """From now on."""
        self._is_cut = True
        for each in self._on_the_way:
            each.transport.abort()

    def mend(self) -> None:
        """Whoever comes now gets through."""
        self._is_cut = False

    def cut_before_the_answer_to(self, needle: bytes) -> None:
        """The next message that contains these bytes arrives; its answer does not come back, nor anything after."""
        self._needle = needle

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Cuttable]:
        """Until the end of the block, on `port` of this machine."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            server.close()
            await server.wait_closed()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_connection(*self._server)
        both = {writer, to_server}
        self._on_the_way |= both
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(self._up(reader, to_server), self._down(from_server, writer))
        for each in both:
            each.transport.abort()
        self._on_the_way -= both

    async def _up(self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if self._needle and self._needle in data:
                self._needle, self._is_cut = None, True
            to_server.write(data)
            await to_server.drain()
        to_server.transport.abort()

    async def _down(self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await from_server.read(65_536):
            if self._is_cut:
                self.cut()
                return
            writer.write(data)
            await writer.drain()
        writer.transport.abort()
