"""A TCP proxy before a server, which breaks the way to it as networks do.

`cut` closes all connections and refuses new ones. `half_open` takes connections, passes nothing and says nothing: what
was sent meanwhile arrives after `mend`, when nobody may wait for it any more. `delay` lets everything come later, both
ways. `reset` ends the connections of this moment only. `cut_before_the_answer_to` loses an answer. `mend` makes the way
whole again.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import Self, cast

LOOPBACK = "127.0.0.1"
MOST_WAITING = 64  # chunks of at most 256 KiB that wait for a delayed way; then the sender is not read
BACKLOG = 512
THE_END = b""
AT_ONCE = struct.pack("ii", 1, 0)  # close without lingering: the other end gets a reset


class Proxy:
    """Passes connections at `port` to `target_port` of this machine."""

    def __init__(self, target_port: int, place: socket.socket) -> None:
        self.target_port = target_port
        self.port: int = place.getsockname()[1]
        self.seconds = 0.0
        self.is_half_open = False
        self.needle: bytes | None = None
        self.ends: set[End] = set()
        self.calls: set[asyncio.Task[None]] = set()
        self._place = place  # never listens; keeps the port ours while it is refused
        self._server: asyncio.Server | None = None

    @classmethod
    async def start(cls, target_port: int, port: int = 0) -> Self:
        """Pass what comes to `port` (0: any that is free) to the target, which need not listen yet."""
        proxy = cls(target_port, _socket_at(port))
        await proxy._listen()
        return proxy

    async def close(self) -> None:
        """Stop for good and give the port up."""
        await self.cut()
        self._place.close()

    async def cut(self) -> None:
        """Connections end; new ones are refused."""
        self.cut_now()

    def cut_now(self) -> None:
        """The same, between two chunks."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._end_all()

    async def half_open(self) -> None:
        """Connections stay and new ones are taken, and nothing passes."""
        self.is_half_open = True
        self._update()

    async def delay(self, seconds: float) -> None:
        """Everything arrives this much later, in its order, in both directions."""
        self.seconds = seconds

    async def reset(self) -> None:
        """The connections of this moment are reset (RST); new ones work."""
        for end in self.ends:
            end.reset_when_closed()
        self._end_all()

    async def cut_before_the_answer_to(self, needle: bytes) -> None:
        """The next message with these bytes in it reaches the server; then, before its answer passes, all is cut."""
        self.needle = needle

    async def mend(self) -> None:
        """The way is whole again."""
        self.seconds = 0.0
        self.is_half_open = False
        self._update()
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: End(self), sock=_socket_at(self.port), backlog=BACKLOG)

    def _end_all(self) -> None:
        for call in self.calls:
            call.cancel()
        for end in list(self.ends):
            end.transport.abort()

    def _update(self) -> None:
        for end in self.ends:
            end.update()


class End(asyncio.Protocol):
    """One end of a proxied connection: what is read here is written to the peer, later where the way is slow."""

    transport: asyncio.Transport

    def __init__(self, proxy: Proxy, peer: End | None = None) -> None:
        self._proxy = proxy
        self._peer = peer
        self._is_caller = peer is None
        self._is_full = False
        self._has_ended = False
        self._loses_the_answer = False
        self._waiting: deque[tuple[float, bytes]] = deque()  # when it may pass, and what
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._proxy.ends.add(self)
        self.update()
        if self._is_caller:
            call = asyncio.get_running_loop().create_task(self._call_target())
            self._proxy.calls.add(call)
            call.add_done_callback(self._proxy.calls.discard)

    async def _call_target(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, self._peer = await loop.create_connection(
                lambda: End(self._proxy, self), LOOPBACK, self._proxy.target_port
            )
        except OSError:
            self.transport.abort()
        else:
            self.update()
            if self.transport.is_closing():
                self._peer.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._is_caller and self._proxy.needle and self._proxy.needle in data:
            self._loses_the_answer, self._proxy.needle = True, None
        if self._peer is not None and self._peer._loses_the_answer:
            self._proxy.cut_now()
        elif self._waiting or self._proxy.seconds or not self._may_pass():
            self._pass_later(data)
        else:
            self._pass(data)

    def eof_received(self) -> bool:
        self._has_ended = True
        self._pass_later(THE_END)
        return True  # open until what was sent before has passed

    def connection_lost(self, _error: Exception | None) -> None:
        self._has_ended = True
        self._proxy.ends.discard(self)
        if self._peer is not None:
            self._peer.transport.close()

    def pause_writing(self) -> None:
        if self._peer is not None:
            self._peer.other_side_is_full(True)

    def resume_writing(self) -> None:
        if self._peer is not None:
            self._peer.other_side_is_full(False)

    def other_side_is_full(self, full: bool) -> None:
        """Read no more than the other side takes."""
        self._is_full = full
        self.update()

    def update(self) -> None:
        """Read if, and only if, what is read can go on; pass what may pass."""
        if self._waiting and self._timer is None and self._may_pass():
            self._timer = asyncio.get_running_loop().call_at(self._waiting[0][0], self._pass_due)
        if self._has_ended:
            return
        if self._is_full or not self._may_pass() or len(self._waiting) >= MOST_WAITING:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def reset_when_closed(self) -> None:
        """The other end is told by a reset, not by an end of file."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)

    def _pass_later(self, data: bytes) -> None:
        """Never before what came before it, also when the delay has become shorter."""
        last = self._waiting[-1][0] if self._waiting else 0.0
        self._waiting.append((max(asyncio.get_running_loop().time() + self._proxy.seconds, last), data))
        self.update()

    def _pass_due(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0][0] <= now and self._may_pass():
            self._pass(self._waiting.popleft()[1])
        self.update()

    def _may_pass(self) -> bool:
        return self._peer is not None and not self._proxy.is_half_open

    def _pass(self, data: bytes) -> None:
        assert self._peer is not None
        if data is THE_END:
            self._peer.transport.close()
        else:
            self._peer.transport.write(data)


def _socket_at(port: int) -> socket.socket:
    """Several may hold one port, of which only those that listen are called."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind((LOOPBACK, port))
    return place
