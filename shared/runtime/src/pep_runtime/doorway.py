"""Around every request: limits of size, time and number, headers that protect, and no word of how we are built.

Strangers are counted here; who is signed in is counted where that is known (`http.py`), and sent away here.
"""

from __future__ import annotations

import asyncio
import logging
import math
import traceback
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pep_runtime.problems import away, problem
from pep_runtime.rate_limits import AskedTooOften, RateLimits
from pep_runtime.settings import Settings

MOST_BODY_BYTES = 2_000_000
MOST_HEAD_BYTES = 16_384
MOST_ADDRESS_BYTES = 8_192
MOST_PARAMETERS = 50
MOST_FRAMES = 12
STALE = "stale"
_CLOSE = {"Connection": "close"}  # or what else is sent would have to be read
_PROTECTING = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ONLY_ENCRYPTED = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
log = logging.getLogger("pep_runtime.doorway")


class Doorway:
    """Whatever goes wrong inside, and is no answer by itself, is answered here once."""

    def __init__(self, app: ASGIApp, settings: Settings, limits: RateLimits) -> None:
        self._app = app
        self._told = settings.at_the_door
        self._limits = limits
        self._headers = _PROTECTING | (_ONLY_ENCRYPTED if settings.environment == "production" else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, self._headers)
        try:
            self._let_in(scope)
            async with asyncio.timeout(self._told.answer_seconds):
                await self._app(scope, _bounded(receive, self._told.body_seconds), answer.send)
        except Exception as error:
            instead = _instead(error, scope)
            if not answer.begun:  # else the connection is closed, since the answer has no end
                await instead(scope, receive, answer.send)

    def _let_in(self, scope: Scope) -> None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEAD_BYTES:
            raise HTTPException(431, f"Headers may have {MOST_HEAD_BYTES:,} bytes.")
        if len(scope["query_string"]) + len(scope["path"]) > MOST_ADDRESS_BYTES:
            raise HTTPException(414, f"An address may have {MOST_ADDRESS_BYTES:,} bytes.")
        if scope["query_string"].count(b"&") >= MOST_PARAMETERS:
            raise HTTPException(400, f"An address may have {MOST_PARAMETERS} parameters.")
        if "authorization" not in Headers(scope=scope):
            self._limits.stranger(address_of(scope), asyncio.get_running_loop().time())


def address_of(scope: Scope) -> str:
    """Where a request comes from; a name where that is no network (a test, a socket file)."""
    client = scope.get("client")
    return str(client[0]) if client else "here"


def _bounded(receive: Receive, seconds: float) -> Receive:
    """Bytes are counted as they come: a body sent in chunks does not say beforehand how long it is."""
    taken, complete = 0, False
    until = asyncio.get_running_loop().time() + seconds

    async def bounded() -> Message:
        nonlocal taken, complete
        try:
            async with asyncio.timeout_at(None if complete else until):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(408, "The body did not come in time.", _CLOSE) from error
        complete = not message.get("more_body", False)
        taken += len(message.get("body", b""))
        if taken > MOST_BODY_BYTES:
            raise HTTPException(413, f"A body may have {MOST_BODY_BYTES:,} bytes.", _CLOSE)
        return message

    return bounded


class _Answer:
    """What goes out, with the headers that every answer has; a page may have its own instead."""

    def __init__(self, scope: Scope, send: Send, headers: dict[str, str]) -> None:
        self.begun = False
        self._scope = scope
        self._send = send
        self._headers = headers

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers["Cache-Control"] = "no-store"
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            if self._scope.get("state", {}).get(STALE):
                headers["Pep-Stale"] = "true"
        await self._send(message)


def _instead(error: Exception, scope: Scope) -> Response:
    match error:
        case AskedTooOften(seconds=seconds):
            answer = problem(429, "Too many requests", "You ask too often. Wait a moment, then go on more slowly.")
            answer.headers["Retry-After"] = str(math.ceil(seconds))
            return answer
        case TimeoutError():
            return away("This takes too long", scope["method"])
        case HTTPException(status_code=status, detail=detail):
            return problem(status, HTTPStatus(status).phrase, detail)
        case _:
            reference = _write_down(error, scope)
            sentence = f"Something is wrong here. It is written down as {reference}: say that to whoever runs this."
            return problem(500, "Our mistake", sentence, reference=reference)


def _write_down(error: Exception, scope: Scope) -> str:
    """Which route, which kind of error and where in the code. Not its words: they may tell what somebody typed."""
    reference = uuid4().hex[:12]
    route = getattr(scope.get("route"), "path", "an unknown address")
    kinds = " from ".join(type(each).__qualname__ for each in (error, error.__cause__) if each is not None)
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    log.error("Our mistake %s: %s %s: %s at %s", reference, scope["method"], route, kinds, places)
    return reference
