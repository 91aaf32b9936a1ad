"""Who is not signed in is told that, and nothing else: the same words at every address, whatever is asked for."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.integration.sign_in import SignInProvider, new_key
from tests.probes.probing import Ids, Probe, Request, Route, routes_of, token_of
from tests.probes.scene import ELSEWHERE, HERE, Scene

from pep_kernel.may import Role

OPEN_TO_ALL = {"/health", "/calendar/{secret}.ics", "/replies"}
HEADERS: dict[str, str | None] = {
    "none": None,
    "no token": "Bearer ",
    "nonsense": "Bearer x.y.z",
    "another scheme": "Basic YTpi",
    "several": "Bearer a, Bearer b",
}
CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - 3_600},
    "not yet": {"nbf": int(time.time()) + 3_600},
    "for somebody else": {"aud": "another system"},
    "for nobody": {"aud": None},
    "of nobody": {"sub": None},
    "from an unknown issuer": {"iss": "https://elsewhere.example"},
    "without an end": {"exp": None},
    "an identity token": {"token_use": "id"},
}


@pytest.fixture
async def wrong(scene: Scene, providers: dict[str, SignInProvider]) -> dict[str, str | None]:
    """What is brought instead of a right token, by what is wrong with it."""
    asked = scene["scheduling"]
    tokens = {name: await token_of(asked, Role.ADMINISTRATOR, HERE, **claims) for name, claims in CLAIMS.items()}
    stranger = SignInProvider(address=providers[HERE].address, key=new_key())
    tokens["signed by a stranger"] = stranger.token("somebody")
    tokens["in the name of another issuer"] = providers[HERE].token("somebody", iss=providers[ELSEWHERE].address)
    tokens["unsigned"] = tokens["expired"].rpartition(".")[0] + "."
    return {**HEADERS, **{name: f"Bearer {token}" for name, token in tokens.items()}}


async def test_without_a_right_token_every_address_answers_alike(
    scene: Scene, their_ids: Ids, wrong: dict[str, str | None]
) -> None:
    said: dict[str, set[tuple[int, str]]] = {name: set() for name in wrong}
    for route in routes_of(scene):
        if route.path in OPEN_TO_ALL:
            continue
        for name, header in wrong.items():
            headers = {"Authorization": header} if header is not None else {}
            request = _request(route, their_ids)
            answer = await scene[route.service].client.request(request.method, request.url, headers=headers)
            assert answer.headers["www-authenticate"] == "Bearer", f"{name}: {route}"
            said[name].add((answer.status_code, answer.text))
    assert {name: {status for status, _ in each} for name, each in said.items()} == {name: {401} for name in wrong}
    assert {name: len(each) for name, each in said.items()} == dict.fromkeys(wrong, 1)


def _request(route: Route, ids: Ids) -> Request:
    places = {name: ids.get(name, ["x"])[0] for name in route.places}
    return Probe(route, Role.ADMINISTRATOR, places, None, 0).request("theirs")


async def test_what_is_open_to_all_says_whether_the_service_is_ready_and_nothing_else(scene: Scene) -> None:
    for name, asked in scene.items():
        answer = await asked.client.get("/health")
        assert answer.json() == {"service": name, "status": "ready"}


async def test_whoever_has_no_valid_reply_link_learns_nothing(scene: Scene) -> None:
    said = set()
    for secret in ("a" * 26, "b" * 26):
        for body in ({"token": secret}, {"token": secret, "comes": True}):
            answer = await scene["scheduling"].client.post("/replies", json=body)
            said.add((answer.status_code, answer.text))
    assert [status for status, _ in said] == [409]
