"""Around every request: nothing of a record leaves before the access log says who was shown it.

No route has a part in it. The request's `Look` notes what is handed out; here, as the answer is about to leave, what
was noted is written first. If it cannot be written, the answer is 503 in its place.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pep_kernel.message import Person
from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.look import Look
from pep_runtime.problems import problem
from pep_runtime.tasks import PASSING

LOOK = "look"
Write = Callable[[str, Person, RecordAskedFor], Awaitable[None]]
_SENTENCE = "It cannot be written down just now that you looked, so nothing is shown. Try again in a moment."

log = logging.getLogger("pep_runtime.witness")


class Witness:
    """`write` takes an authority, a person and an entry, and returns when it is committed."""

    def __init__(self, app: ASGIApp, write: Write) -> None:
        self._app = app
        self._write = write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(scope, receive, _Answer(scope, receive, send, self._write).send)
        else:
            await self._app(scope, receive, send)


class _Answer:
    """One answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, write: Write) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._write = write
        self._status = 200
        self._withheld = False

    async def send(self, message: Message) -> None:
        """Before each part: an answer in several parts may take more out of the records while it is sent."""
        starts = message["type"] == "http.response.start"
        if starts:
            self._status = message["status"]
        try:
            await self._write_what_was_seen()
        except PASSING as trouble:
            log.error("the access log cannot be written: %s", type(trouble).__name__)
            if not starts:
                raise
            self._withheld = True
            await problem(503, "Nothing is shown just now", _SENTENCE)(self._scope, self._receive, self._send)
        if not self._withheld:
            await self._send(message)

    async def _write_what_was_seen(self) -> None:
        look: Look | None = self._scope.get("state", {}).get(LOOK)
        entry = look.entry(self._status) if look and not self._withheld else None
        if look and entry:
            await self._write(look.authority, look.person, entry)
