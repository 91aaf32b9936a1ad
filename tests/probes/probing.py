"""One probe: a request with ids of another authority, and its twin with ids that do not exist at all.

R9: whoever asks must not be able to tell the two answers apart. Everything comes from a seed and the probe's number.
"""

from __future__ import annotations

import math
import os
import string
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

import httpx
from tests.integration.installed import Asked
from tests.probes.bodies import Bodies, filled, slots_in
from tests.probes.scene import ELSEWHERE, HERE, NAMES, Scene

from pep_kernel.may import Role

SEED = int(os.environ.get("PEP_PROBES_SEED", "20260921"))
COUNT = int(os.environ.get("PEP_PROBES_COUNT", "1500"))
ROLES = tuple(Role)
TOKEN_KEPT_SECONDS = 20.0  # a service's token holds for a minute
OF_THE_SAME_KIND = 0.8
CHANGES = ("pep-position",)  # tells how much was done here, whatever was asked for
Ids = dict[str, list[str]]


@dataclass(frozen=True)
class Route:
    """An operation as its service describes it."""

    service: str
    method: str
    path: str
    places: tuple[str, ...]
    questions: tuple[str, ...]
    schema: dict[str, Any] | None = field(hash=False)

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"


@dataclass(frozen=True)
class Request:
    """What is asked, by whom; `str` of it can be asked again by hand."""

    service: str
    role: Role
    method: str
    url: str
    body: Any
    key: str

    def __str__(self) -> str:
        return f"{self.role} at {HERE} asks {self.service}: {self.method} {self.url} {self.body or ''}"


@dataclass(frozen=True)
class Probe:
    """Two requests that differ in ids alone."""

    route: Route
    role: Role
    ids: dict[str, str]
    body: Any
    number: int

    def request(self, of: str) -> Request:
        """The one with the ids of another authority (`theirs`) or with those of nobody (`nobodys`)."""
        ids = self.ids if of == "theirs" else {name: made_up(value) for name, value in self.ids.items()}
        path = self.route.path.format(**{name: quote(ids[name], safe="") for name in self.route.places})
        asked = "&".join(f"{name}={quote(ids[name], safe='')}" for name in self.route.questions if name in ids)
        key = f"probe-{self.number}-{of}"
        url = f"{path}?{asked}" if asked else path
        return Request(self.route.service, self.role, self.route.method, url, filled(self.body, ids), key)


def routes_of(scene: Scene) -> list[Route]:
    """All operations of all services."""
    return [route for name, asked in scene.items() for route in _routes(name, description_of(asked))]


def description_of(asked: Asked) -> dict[str, Any]:
    """What the service says of itself."""
    app = asked.client._transport.app  # type: ignore[attr-defined]
    found: dict[str, Any] = app.openapi()
    return found


def _routes(service: str, description: dict[str, Any]) -> Iterator[Route]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            names = {kind: _names(operation, kind) for kind in ("path", "query")}
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            yield Route(service, method.upper(), path, names["path"], names["query"], schema)


def _names(operation: dict[str, Any], place: str) -> tuple[str, ...]:
    return tuple(each["name"] for each in operation.get("parameters", []) if each["in"] == place)


def made_up(value: str) -> str:
    """An id of the same shape that nobody has: each letter and digit becomes another."""
    chance = Random(f"made up {value}")
    kinds = ("234567", "0189", string.ascii_lowercase, string.ascii_uppercase)  # of references in base 32 too
    alike = {letter: kind for kind in kinds for letter in kind}
    if value.startswith("plan-"):
        return "plan-" + made_up(value.removeprefix("plan-"))
    return "".join(chance.choice(alike[each].replace(each, "")) if each in alike else each for each in value)


def probes(
    routes: list[Route], bodies: Mapping[str, dict[str, Any]], ids: Ids, seed: int, count: int
) -> Iterator[Probe]:
    """So many probes: every route in turn, every role in turn within it, ids and bodies by chance."""
    made = 0
    for number in range(count * 20):
        if made == count:
            return
        route = routes[number % len(routes)]
        role = ROLES[number // len(routes) % len(ROLES)]
        chance = Random(f"{seed} {number}")
        body = Bodies(bodies[route.service], chance).body(route.schema) if route.schema else None
        asked = [name for name in route.questions if name not in ("limit", "after")]
        wanted = {*route.places, *chance.sample(asked, min(len(asked), 1)), *(slot.name for slot in slots_in(body))}
        if wanted:
            made += 1
            yield Probe(route, role, {name: _one(chance, ids, name) for name in sorted(wanted)}, body, number)


def _one(chance: Random, ids: Ids, name: str) -> str:
    same = ids.get(name.removesuffix("s"))
    if same and chance.random() < OF_THE_SAME_KIND:
        return chance.choice(same)
    return chance.choice(sorted({each for several in ids.values() for each in several}))


class Asking:
    """Sends requests as the people of one authority, each with a token that is made anew before it expires."""

    def __init__(self, scene: Scene, authority: str = HERE) -> None:
        self._scene = scene
        self._authority = authority
        self._tokens: dict[tuple[str, Role], tuple[str, float]] = {}

    async def ask(self, request: Request) -> httpx.Response:
        """The answer."""
        headers = {
            "Authorization": f"Bearer {await self.token(request.service, request.role)}",
            "Idempotency-Key": request.key,
        }
        return await self._scene[request.service].client.request(
            request.method, request.url, json=request.body, headers=headers
        )

    async def token(self, service: str, role: Role) -> str:
        """Who has this role at the authority."""
        token, made = self._tokens.get((service, role), ("", -math.inf))
        if time.monotonic() - made > TOKEN_KEPT_SECONDS:
            token, made = await token_of(self._scene[service], role, self._authority), time.monotonic()
            self._tokens[service, role] = token, made
        return token


async def token_of(asked: Asked, role: Role, authority: str, **claims: Any) -> str:
    """Whoever has the role at the authority signs in; a service has its own kind of token."""
    if role is Role.SERVICE:
        return asked.service.sign_in.service_token(asked.service.parts.name, authority)
    subject = await asked.subject(NAMES[authority].person(role), authority)
    return asked.providers[authority].token(subject, **claims)


def told_apart(probe: Probe, theirs: httpx.Response, nobodys: httpx.Response) -> list[str]:
    """What tells the two answers apart, or tells of the other authority; both with their own ids taken out."""
    one, other = _seen(theirs, probe.ids.values()), _seen(nobodys, map(made_up, probe.ids.values()))
    found = [
        f"{name}: {mine!r} and {its!r}"
        for name, mine, its in zip(("status", "headers", "body"), one, other, strict=True)
        if mine != its
    ]
    if NAMES[ELSEWHERE].word in theirs.text:
        found.append("words that were written at the other authority")
    return found


def _seen(answer: httpx.Response, ids: Any) -> tuple[int, list[tuple[str, str]], str]:
    body = answer.text
    for each in sorted(ids, key=len, reverse=True):
        body = body.replace(each, "…")
    headers = [(name, value) for name, value in answer.headers.items() if name not in CHANGES]
    if answer.is_success and answer.request.method != "GET":
        return answer.status_code, [], ""  # something new was made here, with a name of its own
    return answer.status_code, headers, body
