"""Asking another service, with a token of our own, on behalf of one authority."""

from __future__ import annotations

from typing import Any

import httpx

from pep_runtime.signin import SignIn
from pep_runtime.tracing import current_trace


class UpstreamError(Exception):
    """The other service answered with an error."""

    def __init__(self, service: str, status: int) -> None:
        super().__init__(f"{service} answered {status}.")
        self.status = status


class Upstream:
    """One other service."""

    def __init__(self, client: httpx.AsyncClient, name: str, sign_in: SignIn) -> None:
        self._client = client
        self._name = name
        self._sign_in = sign_in

    async def get(self, path: str, authority: str, **query: str) -> Any:
        """The JSON of an answer. Raises `UpstreamError`, or `httpx.TransportError` if it cannot be reached."""
        headers = {"Authorization": f"Bearer {self._sign_in.service_token(self._name, authority)}"}
        if traceparent := current_trace():
            headers["traceparent"] = traceparent
        answer = await self._client.get(path, params=query, headers=headers)
        if answer.status_code != 200:
            raise UpstreamError(self._name, answer.status_code)
        return answer.json()

    async def announced(self, authority: str) -> int:
        """How many announcements it has made for the authority, relayed or not."""
        return int((await self.get("/announced", authority))["announced"])
