"""Around every request: no body beyond a size, no answer kept by a cache, and an answer from old data says so."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 2_000_000
STALE = "stale"


class Doorway:
    """Bytes are counted as they come: a body sent in chunks does not say beforehand how long it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(scope, _counted(receive), _marked(scope, send))
        else:
            await self._app(scope, receive, send)


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY_BYTES:
            raise HTTPException(413, f"A body may have {MOST_BODY_BYTES:,} bytes.")
        return message

    return counted


def _marked(scope: Scope, send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            if scope.get("state", {}).get(STALE):
                headers["Pep-Stale"] = "true"
        await send(message)

    return marked
