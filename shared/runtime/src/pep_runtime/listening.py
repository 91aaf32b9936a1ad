"""A web server among other tasks of a process: how many connections it takes, and how long it waits for a request.

A head that is too long is not waited for (400); one that came at once is measured in the doorway. Whoever opens a
connection and says nothing, or one letter a minute, is sent away: uvicorn itself begins to count only after the first
answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from pep_runtime.doorway import MOST_HEAD_BYTES
from pep_runtime.settings import AtTheDoor


class ServerAmongOthers(uvicorn.Server):
    """One task of several: signals are not its own to take."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def listen(app: FastAPI, host: str, port: int, told: AtTheDoor) -> None:
    """Serve until cancelled; requests that are being answered get their answers."""
    server = ServerAmongOthers(_config(app, host, port, told))
    serving = asyncio.ensure_future(server.serve())
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving


def _config(app: FastAPI, host: str, port: int, told: AtTheDoor) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
        http=_impatient(told.head_seconds),
        ws="none",
        h11_max_incomplete_event_size=MOST_HEAD_BYTES,
        limit_concurrency=told.connections,
        timeout_keep_alive=told.idle_seconds,
        server_header=False,
        proxy_headers=bool(told.proxies),
        forwarded_allow_ips=list(told.proxies),
    )


def _impatient(seconds: float) -> type[H11Protocol]:
    """A connection that is closed when a request's head is not there in time."""

    class Impatient(H11Protocol):
        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._expect_head()

        def handle_events(self) -> None:
            super().handle_events()
            self._expect_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _expect_head(self) -> None:
            if self.conn.their_state is not h11.IDLE:
                self._stop_waiting()
            elif self._late is None:
                self._late = self.loop.call_later(seconds, self.transport.close)

        def _stop_waiting(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

    return Impatient
