"""R9: nobody sees, writes or infers anything of another authority, whatever they ask any service for."""

from __future__ import annotations

from collections import Counter
from itertools import product

import httpx
import pytest
from tests.probes.conftest import owner_of
from tests.probes.probing import (
    COUNT,
    ROLES,
    SEED,
    Asking,
    Ids,
    Probe,
    Route,
    description_of,
    made_up,
    probes,
    routes_of,
    told_apart,
)
from tests.probes.scene import ELSEWHERE, NAMES, Scene

from pep_kernel.may import Role

FOUND = {200, 409}
"""It is there, or it is there and its time has not come: a hand-over before the transfer."""
OPENED_BY_ITS_ADDRESS = {"secret"}
"""Whoever knows a calendar's secret address is let in by it, signed in or not (decision 0042)."""


@pytest.mark.scenario("T57")
@pytest.mark.timeout(3_600)
async def test_what_another_authority_has_is_answered_like_what_does_not_exist(
    scene: Scene, their_ids: Ids, postgres_dsn: str
) -> None:
    routes, asking = routes_of(scene), Asking(scene)
    descriptions = {name: description_of(asked) for name, asked in scene.items()}
    before = await journals(scene, postgres_dsn)
    answers: Counter[int] = Counter()
    for probe in probes(routes, descriptions, their_ids, SEED, COUNT):
        theirs, nobodys = [await asking.ask(probe.request(of)) for of in ("theirs", "nobodys")]
        answers[theirs.status_code] += 1
        assert told_apart(probe, theirs, nobodys) == [], f"SEED={SEED}: {probe.request('theirs')}"
    assert answers.total() == COUNT
    assert answers[404] > COUNT / 20, answers
    assert answers[500] == answers[503] == 0, answers
    assert await journals(scene, postgres_dsn) == before


async def journals(scene: Scene, postgres_dsn: str) -> dict[str, int]:
    """How much the other authority's journals hold: a probe from here adds nothing."""
    found = {}
    for service in scene:
        async with owner_of(scene, service, postgres_dsn) as connection:
            found[service] = await connection.fetchval("select count(*) from journal where authority = $1", ELSEWHERE)
    return found


async def test_their_own_people_find_by_the_same_ids_what_others_do_not(scene: Scene, their_ids: Ids) -> None:
    """Else the probes would show nothing: every address of one thing is answered to somebody there."""
    asking = Asking(scene, ELSEWHERE)
    for route in routes_of(scene):
        if route.method == "GET" and set(route.places) - OPENED_BY_ITS_ADDRESS:
            answers = {answer.status_code for answer in await every_answer(asking, route, their_ids)}
            assert answers & FOUND, str(route)


async def every_answer(asking: Asking, route: Route, ids: Ids) -> list[httpx.Response]:
    """What everybody there is answered, for whatever the address may be made of."""
    probes_of = [
        Probe(route, role, dict(zip(route.places, several, strict=True)), None, 0)
        for role in ROLES
        for several in product(*(ids[place] for place in route.places))
    ]
    return [await asking.ask(probe.request("theirs")) for probe in probes_of]


async def test_lists_hold_nothing_of_another_authority(scene: Scene) -> None:
    asking = Asking(scene)
    for route in routes_of(scene):
        if route.method == "GET" and not route.places:
            for role in ROLES:
                answer = await asking.ask(Probe(route, role, {}, None, 0).request("theirs"))
                assert told_apart(Probe(route, role, {}, None, 0), answer, answer) == [], f"{role} {route}"


def answered(status: int, body: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, text=body, headers=headers, request=httpx.Request("GET", "http://here"))


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (answered(404, "There is no child-a here."), False),
        (answered(403, "There is no child-a here."), True),
        (answered(404, "There is no child-a here!"), True),
        (answered(404, "There is no child-b here."), True),
        (answered(404, "There is no child-a here.", etag="1"), True),
        (answered(404, f"There is no child-a of {NAMES[ELSEWHERE].word} here."), True),
    ],
)
def test_a_probe_finds_what_tells_two_answers_apart(theirs: httpx.Response, found: bool) -> None:
    route = Route("scheduling", "GET", "/children/{child_ref}", ("child_ref",), (), None)
    probe = Probe(route, Role.ADMINISTRATOR, {"child_ref": "child-a"}, None, 0)
    nobodys = answered(404, f"There is no {made_up('child-a')} here.")
    assert (told_apart(probe, theirs, nobodys) != []) is found
