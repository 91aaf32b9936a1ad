"""A token is taken if its provider signed it, for us, for now, as an access token; nothing else opens the door."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr
from tests.integration.sign_in import SignInProvider, new_key, sign_in_provider

from pep_runtime import signin
from pep_runtime.signin import Identity, Issuer, NotSignedIn, ProviderAway, SignIn

SECRET = SecretStr("a secret that only this test knows, long enough")


@pytest.fixture(scope="module")
def provider() -> Iterator[SignInProvider]:
    with sign_in_provider() as started:
        yield started


@pytest.fixture
async def sign_in(provider: SignInProvider) -> AsyncIterator[SignIn]:
    made = the_door(provider.address)
    yield made
    await made.close()


def the_door(address: str, service: str = "funding") -> SignIn:
    return SignIn({address: Issuer(authority="northshire", keys_url=address)}, "openpep", SECRET, service)


async def refused(sign_in: SignIn, token: str) -> str:
    with pytest.raises(NotSignedIn) as refusal:
        await sign_in.check(token)
    return str(refusal.value)


def signed_by(key: object, header: dict[str, str], claims: dict[str, object]) -> str:
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])  # type: ignore[arg-type]


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


async def test_a_token_of_the_provider_says_who_somebody_is(sign_in: SignIn, provider: SignInProvider) -> None:
    found = Identity(authority="northshire", subject="person-1")
    assert await sign_in.check(provider.token("person-1")) == found
    assert await sign_in.check(provider.token("person-1", token_use="access")) == found
    assert await sign_in.check(provider.token("person-1", aud=["other", "openpep"])) == found


NOW = int(time.time())


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": "another-application"}, "aud"),
        ({"aud": None}, "aud"),
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": None}, "exp"),
        ({"exp": NOW - 60}, "expired"),
        ({"nbf": NOW + 3600}, "nbf"),
        ({"iat": NOW + 3600}, "iat"),
        ({"token_use": "refresh"}, "not an access token"),
        ({"token_use": "id"}, "not an access token"),
        ({"iss": "http://127.0.0.1:1"}, "not known here"),
        ({"iss": None}, "not a token of the kind"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
async def test_what_the_token_says_must_fit(
    sign_in: SignIn, provider: SignInProvider, claims: dict[str, object], said: str
) -> None:
    assert said in await refused(sign_in, provider.token("person-1", **claims))


async def test_a_token_that_was_changed_is_not_taken(sign_in: SignIn, provider: SignInProvider) -> None:
    header, body, signature = provider.token("person-1").split(".")
    claims = json.loads(urlsafe_b64decode(body + "=="))
    assert await refused(sign_in, ".".join((header, part({**claims, "sub": "person-2"}), signature)))


async def test_a_token_without_a_signature_is_not_taken(sign_in: SignIn, provider: SignInProvider) -> None:
    claims = provider.claims("person-1")
    for header in ({"alg": "none"}, {"alg": "none", "kid": provider.key.kid}, {"kid": provider.key.kid}):
        assert await refused(sign_in, f"{part(header)}.{part(claims)}.")


async def test_the_public_key_is_no_shared_secret(sign_in: SignIn, provider: SignInProvider) -> None:
    header, body = part({"alg": "HS256", "kid": provider.key.kid}), part(provider.claims("person-1"))
    public = provider.key.as_pem(private=False)
    signature = urlsafe_b64encode(hmac.digest(public, f"{header}.{body}".encode(), "sha256")).decode().rstrip("=")
    assert await refused(sign_in, f"{header}.{body}.{signature}")


async def test_another_providers_key_does_not_sign_for_this_one(sign_in: SignIn, provider: SignInProvider) -> None:
    header = {"alg": "RS256", "kid": provider.key.kid or ""}
    assert await refused(sign_in, signed_by(new_key(), header, provider.claims("person-1")))


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "..", "é.é.é", f"{part([])}.{part([])}.", f"x.{part({'iss': 1})}.x", "." * 9]
)
async def test_what_is_no_token_is_not_taken(sign_in: SignIn, token: str) -> None:
    assert await refused(sign_in, token)


@pytest.mark.parametrize("header", ["x", part([]), part("a"), part({"alg": "RS256", "kid": ["a"]})])
async def test_a_header_that_makes_no_sense_is_not_taken(
    sign_in: SignIn, provider: SignInProvider, header: str
) -> None:
    assert await refused(sign_in, f"{header}.{part(provider.claims('person-1'))}.x")


async def test_new_keys_are_taken_without_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "REFETCH_SECONDS", 0.0)
    with sign_in_provider() as provider:
        door = the_door(provider.address)
        old = provider.token("person-1")
        assert (await door.check(old)).subject == "person-1"
        provider.key = new_key()
        assert (await door.check(provider.token("person-2"))).subject == "person-2"
        assert "does not publish" in await refused(door, old)
        await door.close()


async def test_tokens_with_unknown_keys_do_not_flood_the_provider() -> None:
    with sign_in_provider() as provider:
        door = the_door(provider.address)
        forged = [signed_by(new := new_key(), {"alg": "RS256", "kid": new.kid or ""}, provider.claims("x"))]
        for answer in await asyncio.gather(*(refused(door, token) for token in forged * 50)):
            assert "does not publish" in answer
        assert (await door.check(provider.token("person-1"))).subject == "person-1"
        assert provider.asked == 1
        await door.close()


async def test_a_token_of_a_service_is_for_one_service_and_names_its_authority() -> None:
    funding, journey = the_door("http://127.0.0.1:1"), the_door("http://127.0.0.1:1", "journey")
    token = funding.service_token("journey", "northshire")
    assert await journey.check(token) == Identity(authority="northshire", subject="funding", is_service=True)
    assert "aud" in await refused(funding, token)
    claims = {"iss": signin.SERVICES_ISSUER, "sub": "x", "aud": "journey", "authority": "northshire", "exp": NOW + 60}
    another = OctKey.import_key("another secret that is long enough for this")
    assert await refused(journey, signed_by(another, {"alg": "HS256"}, claims))
    assert await refused(journey, f"{part({'alg': 'none'})}.{part(claims)}.")
    await asyncio.gather(funding.close(), journey.close())


async def test_a_provider_that_is_away_is_another_matter_than_a_wrong_token() -> None:
    with sign_in_provider() as provider:
        token = provider.token("person-1")
    door = the_door(provider.address)
    with pytest.raises(ProviderAway, match="Try again"):
        await door.check(token)
    await door.close()


async def test_a_provider_in_trouble_is_asked_once_a_second_and_not_by_everybody() -> None:
    with sign_in_provider() as provider:
        provider.broken = True
        door = the_door(provider.address)
        outcomes = await asyncio.gather(*(door.check(provider.token("x")) for _ in range(20)), return_exceptions=True)
        assert [type(each) for each in outcomes] == [ProviderAway] * 20
        assert provider.asked == 1
        await door.close()


async def test_no_refusal_and_no_log_line_repeats_the_token(
    sign_in: SignIn, provider: SignInProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    whole = provider.token("person-1", aud="another-application")
    header, body, signature = provider.token("person-1").split(".")
    tokens = [whole, f"{header}.{body}.{signature[::-1]}", f"x{header}.{body}.{signature}", f"{header}.{body}"]
    said = "".join([await refused(sign_in, token) for token in tokens]) + caplog.text
    assert [each for each in (header, body, signature, whole.split(".")[1]) if each in said] == []
