"""Signing a person in: OpenID Connect's authorization code flow with PKCE, as a page or a command needs it.

`begin` says where to send the browser; the provider sends it back to an address of ours, and `finish` makes of that
address a person and an access token. What `begin` returns is kept where only the same person's browser leads
(a session on the server, the memory of a command): it is what the answer is held against.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import ClaimError
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from pep_runtime.clock import real_seconds
from pep_runtime.issuers import Environment, must_be_safe
from pep_runtime.provider_keys import ProviderAway, ProviderKeys
from pep_runtime.tokens import LEEWAY_SECONDS, PROVIDERS_ALGORITHMS, NotSignedIn, Unchecked, decoded, not_taken


class Client(BaseModel):
    """How an application of ours is known to one authority's provider. Without a secret: on people's own machines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    scope: str = "openid"


class Begun(BaseModel):
    """A sign-in under way. All but `address` is ours to keep and nobody else's to see."""

    model_config = ConfigDict(frozen=True)

    address: str = Field(description="Where to send the browser.")
    redirect_uri: str
    state: str = Field(repr=False)
    nonce: str = Field(repr=False)
    verifier: str = Field(repr=False)


class SignedIn(BaseModel):
    """Somebody signed in. `subject` is how the provider calls them here; services judge by the access token alone."""

    model_config = ConfigDict(frozen=True)

    subject: str
    access_token: SecretStr
    expires_at: int = Field(description="Seconds since 1970.")


class _Described(BaseModel):
    """The part of a provider's discovery document that we go by."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(BaseModel):
    """What a provider gives for a code. `expires_in` is only recommended: without it, a token is short."""

    access_token: str
    id_token: str
    token_type: str
    expires_in: int = 300


class CodeFlow:
    """Signs people in at one provider."""

    def __init__(self, client: Client, environment: Environment, http: httpx.AsyncClient) -> None:
        """Raises `ValueError` for a provider that this environment does not trust."""
        must_be_safe(client.issuer, environment)
        self._client = client
        self._environment = environment
        self._http = http
        self._provider: tuple[_Described, ProviderKeys] | None = None

    async def begin(self, redirect_uri: str) -> Begun:
        """Where to send the browser. Raises `ProviderAway`, `NotSignedIn`."""
        provider, _ = await self._described()
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        address = prepare_grant_uri(
            provider.authorization_endpoint,
            client_id=self._client.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=self._client.scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(address=address, redirect_uri=redirect_uri, state=state, nonce=nonce, verifier=verifier)

    async def finish(self, begun: Begun, came_back_to: str) -> SignedIn:
        """Who signed in, by the address to which the browser came back. Raises `NotSignedIn`, `ProviderAway`."""
        provider, keys = await self._described()
        code = _code_of(came_back_to, begun, provider)
        tokens = await self._exchange(provider, begun, code)
        claims = await self._id_token(keys, tokens, begun.nonce)
        return SignedIn(
            subject=claims["sub"],
            access_token=SecretStr(tokens.access_token),
            expires_at=real_seconds() + tokens.expires_in,
        )

    async def _described(self) -> tuple[_Described, ProviderKeys]:
        """What the provider says of itself, asked once; it must be the one that we mean, and safe to ask."""
        if self._provider is None:
            address = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
            found: _Described = await self._ask(self._http.build_request("GET", address), _Described)
            if found.issuer != self._client.issuer:
                raise NotSignedIn(f"The sign-in provider at {self._client.issuer} says that it is another one.")
            self._must_be_safe(found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            self._provider = found, ProviderKeys(found.jwks_uri, self._http)
        return self._provider

    def _must_be_safe(self, *endpoints: str) -> None:
        try:
            for endpoint in endpoints:
                must_be_safe(endpoint, self._environment)
        except ValueError as error:
            raise NotSignedIn(str(error)) from error

    async def _exchange(self, provider: _Described, begun: Begun, code: str) -> _Tokens:
        client, secret = self._client, self._client.client_secret
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": begun.redirect_uri}
        form |= {"code_verifier": begun.verifier, **({} if secret else {"client_id": client.client_id})}
        request = self._http.build_request("POST", provider.token_endpoint, data=form)
        login = (quote_plus(client.client_id), quote_plus(secret.get_secret_value())) if secret else None
        tokens: _Tokens = await self._ask(request, _Tokens, login)
        if tokens.token_type.lower() != "bearer":
            raise NotSignedIn("The sign-in provider gave a token of a kind that is not used here.")
        return tokens

    async def _ask(self, request: httpx.Request, kind: type[Any], login: tuple[str, str] | None = None) -> Any:
        """A provider's answer. That it says no is about this sign-in; anything else it says, it should not."""
        try:
            answer = await self._http.send(request, auth=login, follow_redirects=False)
            if answer.status_code in (400, 401, 403):
                raise NotSignedIn("The sign-in provider did not accept this sign-in. Begin again.")
            return kind.model_validate(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway from error

    async def _id_token(self, keys: ProviderKeys, tokens: _Tokens, nonce: str) -> Mapping[str, Any]:
        """What the ID token says: from this provider, for this client, of this sign-in, beside this access token."""
        unchecked = Unchecked.read(tokens.id_token)
        token = decoded(tokens.id_token, await keys.for_token(unchecked), PROVIDERS_ALGORITHMS)
        rules = {
            "iss": {"essential": True, "value": self._client.issuer},
            "aud": {"essential": True, "value": self._client.client_id},
        }
        here = {"nonce": nonce, "client_id": self._client.client_id, "access_token": tokens.access_token}
        claims: Any = CodeIDToken(token.claims, token.header, rules, here)
        try:
            claims.validate(leeway=LEEWAY_SECONDS)
        except ClaimError as error:
            raise not_taken(error) from error
        return dict(claims)


def _code_of(came_back_to: str, begun: Begun, provider: _Described) -> str:
    """The code in the address, if it answers what we began, at the provider that we asked (RFC 9207)."""
    answered = parse_qsl(urlsplit(came_back_to).query)
    said = dict(answered)
    if len(said) < len(answered) or not hmac.compare_digest(said.get("state", "").encode(), begun.state.encode()):
        raise NotSignedIn("This answer does not belong to a sign-in that was begun here. Begin again.")
    unsaid = "" if provider.authorization_response_iss_parameter_supported else provider.issuer
    if said.get("iss", unsaid) != provider.issuer:
        raise NotSignedIn("This answer is not from the sign-in provider that was asked. Begin again.")
    if "code" not in said:
        raise NotSignedIn("The sign-in provider did not sign you in.")
    return said["code"]
