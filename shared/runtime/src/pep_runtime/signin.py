"""Who is calling. A token says who somebody is, never what they may do: that is in the log (`pep_kernel.may`).

One issuer an authority, mapped to it by configuration and not by a claim.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet, OctKey
from pydantic import BaseModel, ConfigDict, SecretStr

SERVICES_ISSUER = "openpep-services"
SERVICE_TOKEN_SECONDS = 60
LEEWAY_SECONDS = 30
REFETCH_SECONDS = 10.0
AWAY_SECONDS = 1.0
_KEYS_KEPT_SECONDS = 300.0


class NotSignedIn(Exception):
    """The token is missing, or is not one that we take; the sentence says which, and never repeats the token."""


class ProviderAway(Exception):
    """An authority's sign-in provider cannot be asked for its keys."""


class Issuer(BaseModel):
    """One authority's sign-in provider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    keys_url: str


class Identity(BaseModel):
    """Who is calling: a person of an authority, or one of our services on behalf of an authority."""

    model_config = ConfigDict(frozen=True)

    authority: str
    subject: str
    is_service: bool = False


def read_issuers(file: Path) -> dict[str, Issuer]:
    """The issuers that are trusted, by their `iss`. Raises `ValueError` that names file and key."""
    try:
        found: dict[str, Any] = json.loads(file.read_text())
        return {name: Issuer.model_validate(issuer) for name, issuer in found.items()}
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from error


@dataclass(slots=True)
class _Keys:
    """What is known of one provider's keys. Each has its own lock: a provider that hangs holds up nobody else's."""

    keys: KeySet | None = None
    fetched_at: float = -math.inf
    failed_at: float = -math.inf
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)


class SignIn:
    """Checks bearer tokens: signature, issuer, audience, times, kind."""

    def __init__(self, issuers: Mapping[str, Issuer], audience: str, secret: SecretStr, service: str) -> None:
        self._issuers = issuers
        self._audience = audience
        self._secret = OctKey.import_key(secret.get_secret_value())
        self._service = service
        self._client = httpx.AsyncClient(timeout=5)
        self._keys = {name: _Keys() for name in issuers}

    async def check(self, token: str) -> Identity:
        """Who the token speaks for. Raises `NotSignedIn`, `ProviderAway`."""
        issuer = _claim_before_checking(token, "iss")
        if issuer == SERVICES_ISSUER:
            claims = self._decode(token, self._secret, ["HS256"], issuer, self._service)
            return Identity(authority=claims["authority"], subject=claims["sub"], is_service=True)
        known = self._issuers.get(issuer)
        if known is None:
            raise NotSignedIn("This token is from a sign-in provider that is not known here.")
        claims = await self._claims_of_person(token, issuer, known)
        if claims.get("token_use", "access") != "access":
            raise NotSignedIn("This is not an access token.")
        return Identity(authority=known.authority, subject=claims["sub"])

    async def _claims_of_person(self, token: str, name: str, issuer: Issuer) -> dict[str, Any]:
        keys = await self._keys_of(name, issuer, refetch_after=_KEYS_KEPT_SECONDS)
        if not _has_key_for(token, keys):  # the provider may have changed its keys
            keys = await self._keys_of(name, issuer, refetch_after=REFETCH_SECONDS)
            if not _has_key_for(token, keys):
                raise NotSignedIn("This token is signed with a key that its provider does not publish.")
        return self._decode(token, keys, ["RS256", "ES256"], name, self._audience)

    def _decode(self, token: str, key: Any, algorithms: list[str], issuer: str, audience: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            claims = jwt.decode(token, key, algorithms=algorithms).claims
            rules.validate(claims)
        except ClaimError as error:
            raise NotSignedIn(f"This token is not taken: {error.error.replace('_', ' ')} {error.claim}.") from error
        except JoseError as error:
            raise NotSignedIn(f"This token is not taken: {error.error.replace('_', ' ')}.") from error
        return dict(claims)

    async def _keys_of(self, name: str, issuer: Issuer, *, refetch_after: float) -> KeySet:
        """The provider's keys. Asked for again after a while; one who does not answer is not asked by each caller."""
        kept = self._keys[name]
        async with kept.fetching:
            now = time.monotonic()
            if kept.keys is None or now - kept.fetched_at > refetch_after:
                if now - kept.failed_at < AWAY_SECONDS:
                    raise ProviderAway("The sign-in provider cannot be reached. Try again in a moment.")
                try:
                    kept.keys = await self._fetch(issuer)
                    kept.fetched_at = now
                except (httpx.HTTPError, ValueError, JoseError) as error:
                    kept.failed_at = now
                    raise ProviderAway("The sign-in provider cannot be reached. Try again in a moment.") from error
            return kept.keys

    async def _fetch(self, issuer: Issuer) -> KeySet:
        answer = await self._client.get(issuer.keys_url)
        answer.raise_for_status()
        return KeySet.import_key_set(answer.json())

    def service_token(self, audience: str, authority: str) -> str:
        """A short-lived token with which this service speaks to the service `audience` on behalf of an authority."""
        now = int(time.time())
        claims = {
            "iss": SERVICES_ISSUER,
            "sub": self._service,
            "aud": audience,
            "authority": authority,
            "iat": now,
            "exp": now + SERVICE_TOKEN_SECONDS,
        }
        return jwt.encode({"alg": "HS256"}, claims, self._secret)

    async def close(self) -> None:
        """Close the connections to the providers."""
        await self._client.aclose()


def _claim_before_checking(token: str, name: str) -> str:
    """One claim, read only to find the key with which to check the whole."""
    try:
        _, body, _ = token.split(".")
        claims = json.loads(_decoded(body))
        return str(claims[name])
    except (ValueError, KeyError, TypeError) as error:
        raise NotSignedIn("This is not a token of the kind that is taken here.") from error


def _has_key_for(token: str, keys: KeySet) -> bool:
    try:
        header = json.loads(_decoded(token.split(".")[0]))
        return "kid" not in header or any(key.kid == header["kid"] for key in keys.keys)
    except (ValueError, TypeError) as error:
        raise NotSignedIn("This is not a token of the kind that is taken here.") from error


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
