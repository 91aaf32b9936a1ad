"""Who is calling. A token says who somebody is, never what they may do: that is in the log (`pep_kernel.may`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import httpx
from pydantic import BaseModel, ConfigDict

from pep_runtime.issuers import Issuer
from pep_runtime.provider_keys import ProviderKeys
from pep_runtime.service_tokens import SERVICES_ISSUER, ServiceTokens
from pep_runtime.tokens import PROVIDERS_ALGORITHMS, NotSignedIn, Unchecked, bearer_claims

Reference = Callable[[str, str, str], Awaitable[str]]
_OF_ACCESS = ("jwt", "at+jwt", "application/at+jwt")


class Identity(BaseModel):
    """Who is calling: a person of an authority, or one of our services on behalf of an authority."""

    model_config = ConfigDict(frozen=True)

    authority: str
    subject: str
    is_service: bool = False


class SignIn:
    """Checks bearer tokens: signature, issuer, audience, times, kind.

    `reference(authority, kind, id)` gives the reference of a person of whom a provider says the authority's own number.
    """

    def __init__(
        self,
        issuers: Mapping[str, Issuer],
        services: ServiceTokens,
        reference: Reference,
        *,
        audience: str,
        seconds_at_most: int,
    ) -> None:
        self._issuers = issuers
        self._services = services
        self._reference = reference
        self._audience = audience
        self._seconds_at_most = seconds_at_most
        self._client = httpx.AsyncClient(timeout=5)
        self._keys = {name: ProviderKeys(issuer.keys_url, self._client) for name, issuer in issuers.items()}

    async def check(self, token: str) -> Identity:
        """Who the token speaks for. Raises `NotSignedIn`, `ProviderAway`."""
        unchecked = Unchecked.read(token)
        issuer = unchecked.word("iss")
        if issuer == SERVICES_ISSUER:
            authority, service = self._services.check(unchecked)
            return Identity(authority=authority, subject=service, is_service=True)
        known = self._issuers.get(issuer)
        if known is None:
            raise NotSignedIn("This token is from a sign-in provider that is not known here.")
        claims = await self._claims_of_person(unchecked, issuer)
        return Identity(authority=known.authority, subject=await self._subject(known, claims))

    async def _claims_of_person(self, token: Unchecked, issuer: str) -> dict[str, object]:
        keys = await self._keys[issuer].for_token(token)
        claims = bearer_claims(
            token.text,
            keys,
            PROVIDERS_ALGORITHMS,
            issuer=issuer,
            audience=self._audience,
            seconds_at_most=self._seconds_at_most,
        )
        if not _is_access_token(token.header, claims):
            raise NotSignedIn("This is not an access token.")
        return claims

    async def _subject(self, issuer: Issuer, claims: Mapping[str, object]) -> str:
        if issuer.staff_id_claim is None:
            return str(claims["sub"])
        staff_id = claims.get(issuer.staff_id_claim)
        if not isinstance(staff_id, str) or not staff_id:
            raise NotSignedIn(f"This token is not taken: missing claim {issuer.staff_id_claim}.")
        return await self._reference(issuer.authority, "person", staff_id)

    def service_token(self, audience: str, authority: str) -> str:
        """With which this service speaks to the service `audience` on behalf of an authority, for a minute."""
        return self._services.token(audience, authority)

    async def close(self) -> None:
        """Close the connections to the providers."""
        await self._client.aclose()


def _is_access_token(header: Mapping[str, object], claims: Mapping[str, object]) -> bool:
    """An ID token says that somebody signed in, to the application where they did; it opens no service."""
    kind = str(header.get("typ", "jwt")).lower()
    return kind in _OF_ACCESS and claims.get("token_use", "access") == "access" and "at_hash" not in claims
