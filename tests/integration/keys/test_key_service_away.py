"""While the key service is away people are told so, nothing is half done, and afterwards all goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from tests.integration.installed import api_of, installed
from tests.integration.keys.conftest import Place
from tests.integration.scheduling.conftest import HERE, TODAY, World
from tests.integration.sign_in import SignInProvider

from pep_runtime.authority_keys import KeysAway, authority_keys
from pep_runtime.service import running
from pep_runtime.transit_keys import TRIES, TransitKeys
from scheduling.main import PARTS

PEOPLE = {
    "records": [
        {"kind": "staff", "staff_id": "new", "name": "New Sample", "email": "new@example.org", "role": "social_worker"}
    ]
}


@pytest.fixture
async def world(
    postgres_dsn: str, place: Place, providers: dict[str, SignInProvider], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A service whose authorities' keys are in a key service, which was there when the first people were added."""
    folder = tmp_path_factory.mktemp("scheduling")
    told: dict[str, Any] = {
        "keys_service": "transit",
        "keys_address": place.address,
        "keys_token_file": place.token_file,
    }
    async with (
        installed("scheduling", postgres_dsn, folder, providers, today=TODAY, **told) as settings,
        running(PARTS, settings) as service,
        api_of(service) as client,
    ):
        found = World(service=service, client=client, providers=providers, here=HERE)
        async with place.running(), authority_keys("transit", None, place.address, place.token_file) as keys:
            await keys.create(HERE)
            await found.add_staff("admin")
        yield found


async def import_people(world: World) -> httpx.Response:
    return await world.ask("admin", "POST", "/people", PEOPLE, **{"Idempotency-Key": "once"})


async def events(world: World) -> int:
    found: int = await world.service.worker.fetchval("select count(*) from journal where authority = $1", HERE)
    return found


async def test_who_asks_is_told_and_nothing_is_done_until_it_is_back(world: World, place: Place) -> None:
    before = await events(world)
    answer = await import_people(world)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert answer.json()["title"] == "The key service cannot be reached"
    assert answer.headers["Retry-After"]
    assert await events(world) == before
    async with place.running():
        answer = await import_people(world)
        assert (answer.status_code, answer.json()["changed"]) == (HTTPStatus.OK, 1)
        assert (await import_people(world)).json()["changed"] == 0
    assert await events(world) == before + 1


async def test_it_is_asked_a_few_times_and_no_more(place: Place) -> None:
    asked: list[str] = []

    def silent(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        raise httpx.ConnectTimeout("no answer")

    def sealed(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(HTTPStatus.SERVICE_UNAVAILABLE)

    for behaviour in (silent, sealed):
        asked.clear()
        async with httpx.AsyncClient(transport=httpx.MockTransport(behaviour), base_url=place.address) as client:
            with pytest.raises(KeysAway, match="cannot be reached"):
                await TransitKeys(client, place.token_file).unwrap(HERE, b"vault:v1:", b"x")
        assert asked == ["/v1/transit/decrypt/openpep-oxfordshire"] * TRIES
