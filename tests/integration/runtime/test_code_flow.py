"""Somebody is signed in if the provider that we asked answers what we began, for us; whatever else comes is refused."""

from __future__ import annotations

import base64
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from tests.integration.open_id import OpenIdProvider, open_id_provider
from tests.integration.sign_in import new_key

from pep_runtime import provider_keys
from pep_runtime.code_flow import Begun, Client, CodeFlow, SignedIn
from pep_runtime.provider_keys import ProviderAway
from pep_runtime.tokens import NotSignedIn

HERE = "http://127.0.0.1:8000/signed-in"


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with open_id_provider() as started:
        yield started


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


def flow_of(provider: OpenIdProvider, http: httpx.AsyncClient, secret: str | None = None) -> CodeFlow:
    known = Client(issuer=provider.address, client_id="portal", client_secret=SecretStr(secret) if secret else None)
    return CodeFlow(known, "development", http)


async def signed_in(flow: CodeFlow, provider: OpenIdProvider) -> SignedIn:
    begun = await flow.begin(HERE)
    return await flow.finish(begun, provider.came_back(begun.address))


async def refused(flow: CodeFlow, provider: OpenIdProvider) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        await signed_in(flow, provider)
    return str(refusal.value)


async def test_whoever_signs_in_is_given_an_access_token(provider: OpenIdProvider, http: httpx.AsyncClient) -> None:
    found = await signed_in(flow_of(provider, http), provider)
    assert found.subject == "person-1"
    assert found.access_token.get_secret_value().count(".") == 2


async def test_the_browser_takes_along_a_challenge_and_never_the_verifier(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    flow = flow_of(provider, http)
    begun, again = await flow.begin(HERE), await flow.begin(HERE)
    asked = dict(parse_qsl(urlsplit(begun.address).query))
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid")
    assert (asked["redirect_uri"], asked["state"], asked["nonce"]) == (HERE, begun.state, begun.nonce)
    assert begun.verifier not in begun.address
    assert len({begun.state, begun.nonce, begun.verifier, again.state, again.nonce, again.verifier}) == 6
    shown = repr(begun).replace(begun.address, "")
    assert [each for each in (begun.state, begun.nonce, begun.verifier) if each in shown] == []


async def test_a_client_with_a_secret_shows_it_in_no_address_and_no_form(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    await signed_in(flow_of(provider, http, "a secret: ü/+"), provider)
    sent = provider.exchanges[0]
    login = base64.b64decode(sent.pop("authorization").removeprefix("Basic ")).decode()
    assert login == "portal:a+secret%3A+%C3%BC%2F%2B"
    assert "client_id" not in sent
    assert not any("secret" in value for value in sent.values())


async def test_a_sign_in_that_is_kept_between_two_requests_can_be_finished(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    begun = await flow_of(provider, http).begin(HERE)
    kept = Begun.model_validate_json(begun.model_dump_json())
    assert (await flow_of(provider, http).finish(kept, provider.came_back(begun.address))).subject == "person-1"


def change(**other: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(other)


LIES: dict[str, list[tuple[dict[str, Any], str]]] = {
    "redirect": [
        ({"state": "another"}, "does not belong to a sign-in that was begun here"),
        ({"state": None}, "does not belong"),
        ({"iss": "https://another.example.org"}, "not from the sign-in provider that was asked"),
        ({"iss": None}, "not from the sign-in provider"),
        ({"code": None, "error": "access_denied"}, "did not sign you in"),
        ({"code": "code-of-somebody-else"}, "did not accept this sign-in"),
    ],
    "id_token": [
        ({"iss": "https://another.example.org"}, "iss"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": ["portal", "another-client"]}, "azp"),
        ({"aud": ["portal", "another-client"], "azp": "another-client"}, "azp"),
        ({"azp": "another-client"}, "azp"),
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 32503680000}, "iat"),
        ({"sub": None}, "sub"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
    ],
    "tokens": [
        ({"token_type": "mac"}, "not used here"),
        ({"id_token": "no token"}, "not a token of the kind"),
    ],
    "discovery": [({"issuer": "https://another.example.org"}, "says that it is another one")],
}


@pytest.mark.parametrize(
    ("what", "lie", "said"), [(what, *each) for what, lies in LIES.items() for each in lies], ids=str
)
async def test_a_provider_that_lies_signs_nobody_in(
    provider: OpenIdProvider, http: httpx.AsyncClient, what: str, lie: dict[str, Any], said: str
) -> None:
    provider.lies[what] = change(**lie)
    assert said in await refused(flow_of(provider, http), provider)


async def test_a_provider_that_promises_no_iss_need_not_send_one(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    provider.lies["discovery"] = change(authorization_response_iss_parameter_supported=None)
    provider.lies["redirect"] = change(iss=None)
    assert (await signed_in(flow_of(provider, http), provider)).subject == "person-1"
    provider.lies["redirect"] = change(iss="https://another.example.org")
    assert "not from the sign-in provider" in await refused(flow_of(provider, http), provider)


async def test_an_answer_to_one_sign_in_does_not_finish_another(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    flow = flow_of(provider, http)
    mine, yours = await flow.begin(HERE), await flow.begin(HERE)
    with pytest.raises(NotSignedIn, match="does not belong"):
        await flow.finish(mine, provider.came_back(yours.address))
    stolen = provider.came_back(yours.address).replace(yours.state, mine.state)
    with pytest.raises(NotSignedIn, match="did not accept"):  # it is the verifier of another challenge
        await flow.finish(mine, stolen)


async def test_a_code_is_good_for_one_sign_in(provider: OpenIdProvider, http: httpx.AsyncClient) -> None:
    flow = flow_of(provider, http)
    begun = await flow.begin(HERE)
    back = provider.came_back(begun.address)
    await flow.finish(begun, back)
    with pytest.raises(NotSignedIn, match="did not accept"):
        await flow.finish(begun, back)


async def test_an_answer_that_says_a_thing_twice_is_refused(provider: OpenIdProvider, http: httpx.AsyncClient) -> None:
    flow = flow_of(provider, http)
    begun = await flow.begin(HERE)
    with pytest.raises(NotSignedIn, match="does not belong"):
        await flow.finish(begun, f"{provider.came_back(begun.address)}&state={begun.state}")


async def test_new_keys_of_the_provider_are_fetched_once(
    provider: OpenIdProvider, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = flow_of(provider, http)
    await signed_in(flow, provider)
    provider.key = new_key()
    assert "does not publish" in await refused(flow, provider)  # asked a moment ago
    monkeypatch.setattr(provider_keys, "REFETCH_SECONDS", 0.0)
    await signed_in(flow, provider)
    assert provider.asked == 2


async def test_an_id_token_that_another_key_signed_under_its_name_is_refused(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    flow = flow_of(provider, http)
    await signed_in(flow, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": str(provider.key.kid)})
    assert "signature" in await refused(flow, provider)


async def test_a_provider_that_is_away_or_makes_no_sense_is_away(
    provider: OpenIdProvider, http: httpx.AsyncClient
) -> None:
    provider.lies["discovery"] = change(token_endpoint=None)
    with pytest.raises(ProviderAway):
        await flow_of(provider, http).begin(HERE)
    nowhere = Client(issuer="http://127.0.0.1:1", client_id="portal")
    with pytest.raises(ProviderAway):
        await CodeFlow(nowhere, "development", http).begin(HERE)


async def test_in_production_the_provider_is_asked_by_https_and_on_another_machine(http: httpx.AsyncClient) -> None:
    for issuer in ("http://sign-in.example.org", "https://127.0.0.1", "https://localhost:8443", "https://[::1]", "x"):
        with pytest.raises(ValueError, match="only a development installation"):
            CodeFlow(Client(issuer=issuer, client_id="portal"), "production", http)
    assert CodeFlow(Client(issuer="https://sign-in.example.org", client_id="portal"), "production", http)


async def test_a_provider_that_sends_people_elsewhere_by_http_is_refused_in_production() -> None:
    issuer = "https://sign-in.example.org"
    endpoints = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for unsafe in endpoints:
        said = {"issuer": issuer, **{name: f"{issuer}/{name}" for name in endpoints}}
        said[unsafe] = "http://sign-in.example.org/"
        answers = httpx.MockTransport(lambda _, said=said: httpx.Response(200, json=said))
        async with httpx.AsyncClient(transport=answers) as http:
            with pytest.raises(NotSignedIn, match="is not https"):
                await CodeFlow(Client(issuer=issuer, client_id="portal"), "production", http).begin(HERE)


async def test_no_refusal_and_no_log_line_repeats_what_is_secret(
    provider: OpenIdProvider, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    flow = flow_of(provider, http, "canary-client-secret")
    said = [await refused(flow, provider) for _ in [provider.lies.update(id_token=change(aud="x"))]]
    sent = provider.exchanges[0]
    secrets = ("canary-client-secret", sent["code_verifier"], provider.token("person-1").partition(".")[0])
    assert [each for each in secrets if each in "".join(said) + caplog.text] == []
