"""A token is taken if its provider signed it, for us alone, for now, for access; nothing else opens the door."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from joserfc import jwt
from tests.integration.installed import Asked, service_key
from tests.integration.sign_in import SignInProvider, new_key, sign_in_provider

from pep_record.main import PARTS
from pep_runtime import provider_keys
from pep_runtime.issuers import Issuer
from pep_runtime.provider_keys import ProviderAway
from pep_runtime.service import running
from pep_runtime.service_tokens import ServiceTokens
from pep_runtime.settings import Settings
from pep_runtime.signin import Identity, SignIn
from pep_runtime.tokens import NotSignedIn


@pytest.fixture(scope="module")
def provider() -> Iterator[SignInProvider]:
    with sign_in_provider() as started:
        yield started


@pytest.fixture
async def sign_in(provider: SignInProvider, tmp_path: Path) -> AsyncIterator[SignIn]:
    made = the_door(tmp_path, northshire=provider)
    yield made
    await made.close()


def the_door(folder: Path, staff_id_claim: str | None = None, **providers: SignInProvider) -> SignIn:
    issuers = {
        each.address: Issuer(authority=name, keys_url=each.address, staff_id_claim=staff_id_claim)
        for name, each in providers.items()
    }
    services = ServiceTokens("funding", service_key("funding", folder), folder / "service-keys")
    return SignIn(issuers, services, reference, audience="openpep", seconds_at_most=3600)


async def reference(authority: str, kind: str, local_id: str) -> str:
    return f"{authority}'s {kind} {local_id}"


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
    assert await sign_in.check(provider.token("person-1", aud=["openpep"])) == found


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT"])
async def test_a_token_that_calls_itself_an_access_token_is_one(
    sign_in: SignIn, provider: SignInProvider, kind: str
) -> None:
    header = {"alg": "RS256", "kid": provider.key.kid or "", "typ": kind}
    assert (await sign_in.check(signed_by(provider.key, header, provider.claims("person-1")))).subject == "person-1"


class Hence(int):
    """So many seconds from now, whenever the test runs."""


def at_this_moment(claims: dict[str, object]) -> dict[str, object]:
    return {name: int(time.time()) + each if isinstance(each, Hence) else each for name, each in claims.items()}


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"aud": "another-application"}, "aud"),
        ({"aud": ["openpep", "another-application"]}, "for others too"),
        ({"aud": []}, "aud"),
        ({"aud": None}, "aud"),
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": None}, "exp"),
        ({"exp": Hence(-60)}, "expired"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": float("nan")}, "exp"),
        ({"exp": Hence(7200)}, "3600 seconds at most"),
        ({"iat": Hence(-7200)}, "3600 seconds at most"),
        ({"iat": None}, "iat"),
        ({"iat": Hence(3600)}, "iat"),
        ({"nbf": Hence(3600)}, "nbf"),
        ({"token_use": "refresh"}, "not an access token"),
        ({"token_use": "id"}, "not an access token"),
        ({"at_hash": "of another token"}, "not an access token"),
        ({"iss": "http://127.0.0.1:1"}, "not known here"),
        ({"iss": ["http://127.0.0.1:1"]}, "not a token of the kind"),
        ({"iss": None}, "not a token of the kind"),
    ],
    ids=lambda value: " ".join(f"{name}={said}"[:30] for name, said in value.items()) if type(value) is dict else "",
)
async def test_what_the_token_says_must_fit(
    sign_in: SignIn, provider: SignInProvider, claims: dict[str, object], said: str
) -> None:
    assert said in await refused(sign_in, provider.token("person-1", **at_this_moment(claims)))


@pytest.mark.parametrize("claims", [{"exp": Hence(-20)}, {"iat": Hence(20)}, {"nbf": Hence(20)}, {"exp": Hence(3615)}])
async def test_clocks_may_differ_by_half_a_minute(
    sign_in: SignIn, provider: SignInProvider, claims: dict[str, object]
) -> None:
    token = provider.token("person-1", **at_this_moment(claims))
    assert (await sign_in.check(token)).subject == "person-1"


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "secevent+jwt", "refresh+jwt"])
async def test_a_token_of_another_kind_is_not_taken(sign_in: SignIn, provider: SignInProvider, kind: str) -> None:
    header = {"alg": "RS256", "kid": provider.key.kid or "", "typ": kind}
    said = await refused(sign_in, signed_by(provider.key, header, provider.claims("person-1")))
    assert "not an access token" in said


async def test_which_authority_a_person_is_of_is_no_matter_of_claims(provider: SignInProvider, sign_in: SignIn) -> None:
    boast = {"authority": "southshire", "tenant": "southshire", "tid": "southshire", "roles": ["administrator"]}
    assert await sign_in.check(provider.token("person-1", **boast)) == Identity(
        authority="northshire", subject="person-1"
    )


async def test_the_provider_of_one_authority_does_not_speak_for_another(tmp_path: Path) -> None:
    with sign_in_provider() as here, sign_in_provider() as elsewhere:
        door = the_door(tmp_path, northshire=here, southshire=elsewhere)
        header = {"alg": "RS256", "kid": elsewhere.key.kid or ""}
        assert "does not publish" in await refused(door, signed_by(elsewhere.key, header, here.claims("person-1")))
        assert await refused(door, signed_by(elsewhere.key, {"alg": "RS256"}, here.claims("person-1")))
        assert (await door.check(elsewhere.token("person-1"))).authority == "southshire"
        await door.close()


async def test_a_provider_that_names_people_by_the_staff_list_is_understood(tmp_path: Path) -> None:
    with sign_in_provider() as provider:
        door = the_door(tmp_path, "oid", northshire=provider)
        found = await door.check(provider.token("something of the provider's", oid="staff-7"))
        assert found == Identity(authority="northshire", subject="northshire's person staff-7")
        for wrong in (None, "", 7, ["staff-7"]):
            assert "missing claim oid" in await refused(door, provider.token("x", oid=wrong))
        await door.close()


async def test_in_production_no_service_starts_with_a_provider_of_this_machine(door: Asked) -> None:
    settings = Settings(**{**door.service.settings.model_dump(), "environment": "production"})
    with pytest.raises(ValueError, match=r"issuers\.json: .*only a development installation trusts"):
        async with running(PARTS, settings):
            pass


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


async def test_a_key_that_comes_with_the_token_proves_nothing(sign_in: SignIn, provider: SignInProvider) -> None:
    own = new_key()
    for shown in ({"jwk": own.as_dict(private=False)}, {"jku": provider.address}, {"x5u": provider.address}):
        header = part({"alg": "RS256", "kid": provider.key.kid, **shown})
        body = part(provider.claims("person-1"))
        signature = signed_by(own, {"alg": "RS256"}, {}).rpartition(".")[2]
        assert await refused(sign_in, f"{header}.{body}.{signature}")


async def test_another_providers_key_does_not_sign_for_this_one(sign_in: SignIn, provider: SignInProvider) -> None:
    header = {"alg": "RS256", "kid": provider.key.kid or ""}
    assert await refused(sign_in, signed_by(new_key(), header, provider.claims("person-1")))


DEEP = urlsafe_b64encode(b"[" * 9000 + b"]" * 9000).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        *("", "x", "a.b", "a.b.c", "..", "é.é.é", "." * 9, f"{part([])}.{part([])}.", f"x.{part({'iss': 1})}.x"),
        *(f"{DEEP}.{DEEP}.x", f"{part({})}.{part({'iss': None})}.", f"{part({})}.{part({'iss': 'openpep-services'})}."),
    ],
    ids=range(12),
)
async def test_what_is_no_token_is_not_taken(sign_in: SignIn, token: str) -> None:
    assert await refused(sign_in, token)


@pytest.mark.parametrize("header", ["x", part([]), part("a"), part({"alg": "RS256", "kid": ["a"]})])
async def test_a_header_that_makes_no_sense_is_not_taken(
    sign_in: SignIn, provider: SignInProvider, header: str
) -> None:
    assert await refused(sign_in, f"{header}.{part(provider.claims('person-1'))}.x")


async def test_new_keys_are_taken_without_a_restart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(provider_keys, "REFETCH_SECONDS", 0.0)
    with sign_in_provider() as provider:
        door = the_door(tmp_path, northshire=provider)
        old = provider.token("person-1")
        assert (await door.check(old)).subject == "person-1"
        provider.key = new_key()
        assert (await door.check(provider.token("person-2"))).subject == "person-2"
        assert "does not publish" in await refused(door, old)
        await door.close()


async def test_tokens_with_unknown_keys_do_not_flood_the_provider(tmp_path: Path) -> None:
    with sign_in_provider() as provider:
        door = the_door(tmp_path, northshire=provider)
        forged = [signed_by(new := new_key(), {"alg": "RS256", "kid": new.kid or ""}, provider.claims("x"))]
        for answer in await asyncio.gather(*(refused(door, token) for token in forged * 50)):
            assert "does not publish" in answer
        assert (await door.check(provider.token("person-1"))).subject == "person-1"
        assert provider.asked == 1
        await door.close()


async def test_a_provider_that_is_away_is_another_matter_than_a_wrong_token(tmp_path: Path) -> None:
    with sign_in_provider() as provider:
        token = provider.token("person-1")
    door = the_door(tmp_path, northshire=provider)
    with pytest.raises(ProviderAway, match="Try again"):
        await door.check(token)
    await door.close()


async def test_a_provider_in_trouble_is_asked_once_a_second_and_not_by_everybody(tmp_path: Path) -> None:
    with sign_in_provider() as provider:
        provider.broken = True
        door = the_door(tmp_path, northshire=provider)
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
