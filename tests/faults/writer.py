"""Somebody at a keyboard: sends commands with keys, tries the unknown again, writes everything into the history."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from tests.faults.history import Attempt, History, Kind

from pep_local.stack import Stack
from pep_local.term.desk import POSITION, Desk

WORDS = "Is proud of a model bridge."
OTHER_WORDS = "Is proud of a model boat."
TRIES = 6
ANSWER_SECONDS = 8.0
LOOK_SECONDS = 3.0
QUICKER = "Somebody else was quicker"
AWAY = range(500, 600)


class NotYet(Exception):
    """It cannot be done now; perhaps later, with the same key."""


class Refused(Exception):
    """The service said no, and would again."""


@dataclass
class Writer:
    """One of several writers; its chances come from a seed."""

    number: int
    stack: Stack
    client: httpx.AsyncClient
    history: History
    random: Random
    until: float
    child: str = ""
    seen: dict[str, int] = field(default_factory=dict)

    async def tell(self, desk: Desk, who: str, service: str, what: str, body: Any = None, *, step: str) -> Any:
        """A command (`what` is method and path): what it answers. Raises `NotYet` or `Refused`.

        Now and then it is sent once more although it was acknowledged, now and then with another body.
        """
        key = f"{self.child}-{step}"
        answer = await self._until_known(desk, who, service, what, body, key)
        if not answer.is_success:
            raise Refused(f"{answer.status_code} {says(answer)}")
        if self.random.random() < 0.1:
            await self._attempt(desk, who, service, what, body, key, "repeat")
        if (other := _otherwise(body)) and self.random.random() < 0.1:
            await self._attempt(desk, who, service, what, other, key, "other_body")
        return answer.json() if answer.content and "json" in answer.headers["Content-Type"] else None

    async def look(
        self, desk: Desk, who: str, service: str, path: str, is_there: Callable[[Any], Any] = lambda found: found
    ) -> Any:
        """The first truthy answer of `is_there` to what is shown. `NotYet` after a while."""
        deadline = min(time.monotonic() + LOOK_SECONDS, self.until)
        while time.monotonic() < deadline:
            headers = self._headers(desk, who, service)
            try:
                answer = await self.client.get(f"{self.stack.url(service)}{path}", headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success and (found := is_there(answer.json())):
                return found
            await asyncio.sleep(0.2 * self.random.uniform(0.5, 1.5))
        raise NotYet(f"{path} of {service}")

    async def _until_known(self, desk: Desk, who: str, service: str, what: str, body: Any, key: str) -> httpx.Response:
        for attempt in range(TRIES):
            answer = await self._attempt(desk, who, service, what, body, key, "command")
            if answer is not None and answer.status_code not in AWAY and QUICKER not in answer.text:
                return answer
            if time.monotonic() > self.until:
                break
            await asyncio.sleep(min(0.1 * 2**attempt, 2.0) * self.random.uniform(0.5, 1.0))
        raise NotYet(f"{what} of {service}")

    async def _attempt(
        self, desk: Desk, who: str, service: str, what: str, body: Any, key: str, kind: Kind
    ) -> httpx.Response | None:
        method, path = what.split(" ")
        content = json.dumps(body).encode() if body is not None else b""
        headers = {**self._headers(desk, who, service), "Idempotency-Key": key, "Content-Type": "application/json"}
        began, answer, error = time.monotonic(), None, None
        try:
            url = f"{self.stack.url(service)}{path}"
            answer = await self.client.request(method, url, content=content, headers=headers)
        except httpx.TransportError as trouble:
            error = type(trouble).__name__
        if answer is not None and answer.status_code == 409 and QUICKER in answer.text:
            error = QUICKER
        position = _position(answer)
        self.seen[f"{desk.authority} {service}"] = max(self.seen.get(f"{desk.authority} {service}", 0), position or 0)
        self.history.note(
            Attempt(
                writer=self.number,
                child=self.child,
                kind=kind,
                authority=desk.authority,
                actor=desk.person(who),
                service=service,
                what=what,
                key=key,
                body_hash=hashlib.sha256(content).hexdigest()[:16],
                began=began,
                seconds=round(time.monotonic() - began, 3),
                status=answer.status_code if answer is not None else None,
                error=error,
                position=position,
                says="" if answer is None or answer.is_success else says(answer),
            )
        )
        return answer

    def _headers(self, desk: Desk, who: str, service: str) -> dict[str, str]:
        seen = self.seen.get(f"{desk.authority} {service}", 0)
        return {"Authorization": f"Bearer {desk.token(who)}", POSITION: f"{service}:{seen}"}


def says(answer: httpx.Response) -> str:
    """The sentence of a problem."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return answer.text[:200]


def _position(answer: httpx.Response | None) -> int | None:
    given = answer.headers.get(POSITION) if answer is not None and answer.is_success else None
    return int(given.partition(":")[2]) if given else None


def _otherwise(body: Any) -> Any:
    """The same body with other words, or nothing where there are no words."""
    told = json.dumps(body)
    return json.loads(told.replace(WORDS, OTHER_WORDS)) if WORDS in told else None
