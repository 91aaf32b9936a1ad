"""Asking another service, with a token of our own, on behalf of one authority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field

from pep_runtime.signin import SignIn
from pep_runtime.tracing import current_trace


class UpstreamError(Exception):
    """The other service answered with an error."""

    def __init__(self, service: str, status: int) -> None:
        super().__init__(f"{service} answered {status}.")
        self.status = status


class Progress(BaseModel):
    """How many announcements a service has made for an authority, relayed or not, and whose records it has parked."""

    model_config = ConfigDict(frozen=True)

    announced: int = Field(examples=[17])
    parked: frozenset[str] = frozenset()


class Upstream:
    """One other service."""

    def __init__(self, client: httpx.AsyncClient, name: str, sign_in: SignIn) -> None:
        self._client = client
        self._name = name
        self._sign_in = sign_in

    async def get(self, path: str, authority: str, **query: str) -> Any:
        """The JSON of an answer. Raises `UpstreamError`, or `httpx.TransportError` if it cannot be reached."""
        return self._answered(await self._client.get(path, params=query, headers=self._headers(authority)))

    async def post(self, path: str, authority: str, *, key: str) -> Any:
        """The same of a command without a body; `key` makes it safe to repeat."""
        headers = {**self._headers(authority), "Idempotency-Key": key}
        return self._answered(await self._client.post(path, headers=headers))

    def _headers(self, authority: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._sign_in.service_token(self._name, authority)}"}
        if traceparent := current_trace():
            headers["traceparent"] = traceparent
        return headers

    def _answered(self, answer: httpx.Response) -> Any:
        if answer.status_code != 200:
            raise UpstreamError(self._name, answer.status_code)
        return answer.json()

    async def progress(self, authority: str, taken_in: Mapping[str, int]) -> Progress:
        """How far it is, once it has itself taken in what others said up to these numbers.

        Raises as `get`; `UpstreamError` with status 503 if it has not taken that in after a few seconds.
        """
        wanted = ",".join(f"{name}:{number}" for name, number in taken_in.items())
        return Progress.model_validate(await self.get("/progress", authority, taken_in=wanted))
