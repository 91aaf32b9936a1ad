"""The keys with which a sign-in provider signs: fetched, kept for a while, asked for anew when they change."""

from __future__ import annotations

import asyncio
import math
import time

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pep_runtime.tokens import NotSignedIn, Unchecked

REFETCH_SECONDS = 10.0
AWAY_SECONDS = 1.0
KEPT_SECONDS = 300.0


class ProviderAway(Exception):
    """An authority's sign-in provider cannot be asked."""

    def __init__(self) -> None:
        super().__init__("The sign-in provider cannot be reached. Try again in a moment.")


class ProviderKeys:
    """What is known of one provider's keys. Each has its own lock: a provider that hangs holds up nobody else's."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self._address = address
        self._client = client
        self._keys: KeySet | None = None
        self._fetched_at = -math.inf
        self._failed_at = -math.inf
        self._fetching = asyncio.Lock()

    async def for_token(self, token: Unchecked) -> KeySet:
        """Keys among which is the token's. Raises `NotSignedIn`, `ProviderAway`."""
        keys = await self._kept_for(KEPT_SECONDS)
        if not token.is_signed_by_one_of(keys):  # the provider may have changed its keys
            keys = await self._kept_for(REFETCH_SECONDS)
            if not token.is_signed_by_one_of(keys):
                raise NotSignedIn("This token is signed with a key that its provider does not publish.")
        return keys

    async def _kept_for(self, seconds: float) -> KeySet:
        """Asked for again when older; a provider that does not answer is not asked by each caller."""
        async with self._fetching:
            now = time.monotonic()
            if self._keys is None or now - self._fetched_at > seconds:
                if now - self._failed_at < AWAY_SECONDS:
                    raise ProviderAway
                try:
                    self._keys = await self._fetch()
                    self._fetched_at = now
                except (httpx.HTTPError, ValueError, JoseError) as error:
                    self._failed_at = now
                    raise ProviderAway from error
            return self._keys

    async def _fetch(self) -> KeySet:
        answer = await self._client.get(self._address)
        answer.raise_for_status()
        return KeySet.import_key_set(answer.json())
