"""What the door of a service does with those who ask too often, too slowly, too much, and with our own mistakes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import Body, FastAPI
from fastapi.responses import StreamingResponse
from tests.integration.installed import Asked
from tests.integration.runtime.conftest import HERE
from tests.integration.runtime.test_edge import is_problem

from pep_local.places import free_ports
from pep_runtime.doorway import MOST_ADDRESS_BYTES, MOST_HEAD_BYTES, MOST_PARAMETERS, Doorway
from pep_runtime.http import make_app
from pep_runtime.listening import listen
from pep_runtime.problems import answer_problems
from pep_runtime.rate_limits import RateLimits
from pep_runtime.settings import AtTheDoor, Rate, Settings

SECRET = "Ada Example, born on 1 May 2014"
Environment = Literal["development", "production"]
ONCE = Rate(per_second=0.01, at_once=2)


def small_app(told: AtTheDoor, environment: Environment = "production") -> FastAPI:
    """Routes that fail in every way behind the door of every service."""
    app = FastAPI()
    answer_problems(app)
    settings = Settings.model_construct(environment=environment, at_the_door=told)
    app.add_middleware(Doorway, settings=settings, limits=RateLimits(told))

    @app.get("/broken/{name}")
    async def broken(name: str) -> None:
        raise KeyError(SECRET) from ValueError(SECRET)

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def some() -> AsyncIterator[bytes]:
            yield b"The beginning"
            raise KeyError(SECRET)

        return StreamingResponse(some(), media_type="text/plain")

    @app.api_route("/never", methods=["GET", "POST"])
    async def never() -> None:
        await asyncio.Event().wait()

    @app.post("/told")
    async def told_something(said: Annotated[list[int], Body()]) -> int:
        return len(said)

    return app


@contextlib.asynccontextmanager
async def served(told: AtTheDoor, environment: Environment = "production") -> AsyncIterator[httpx.AsyncClient]:
    """A client of the small app, which listens as a service does."""
    port = free_ports(1)[0]
    listening = asyncio.ensure_future(listen(small_app(told, environment), "127.0.0.1", port, told))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            async with asyncio.timeout(20):
                while not await _answers(client):
                    await asyncio.sleep(0.02)
            yield client
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _answers(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/is-it-there", headers={"Authorization": "nobody"})).status_code == 404
    except httpx.ConnectError:
        return False


async def said_to(client: httpx.AsyncClient, *parts: bytes) -> bytes:
    """What comes back on a connection of its own until it is closed; nothing is sent after the parts."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    try:
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


OF_THE_SERVER = ("pep_runtime", "uvicorn", "asyncio", "fastapi")
Logged = Callable[[], str]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """All that the server said, at any level, with the exceptions that it said it of."""
    for each in OF_THE_SERVER:
        caplog.set_level(logging.DEBUG, each)
    write = logging.Formatter("%(message)s").format
    return lambda: "\n".join(write(each) for each in caplog.records if each.name.startswith(OF_THE_SERVER))


async def test_a_mistake_of_ours_is_answered_with_a_reference_that_is_in_the_log_and_nothing_else(
    logged: Logged,
) -> None:
    async with served(AtTheDoor()) as client:
        answer = await client.get("/broken/Ada")
    said = is_problem(answer, 500)
    assert set(said) == {"type", "title", "status", "detail", "reference"}
    assert f"Our mistake {said['reference']}: GET /broken/{{name}}: KeyError from ValueError" in logged()
    assert "test_doorway.py" in logged()
    for word in (SECRET, "Ada", "KeyError", "Traceback", ".py"):
        assert word not in answer.text
    assert [word for word in (SECRET, "Ada", "Traceback") if word in logged()] == []


async def test_a_mistake_in_the_middle_of_an_answer_closes_the_connection_and_tells_nobody_more(
    logged: Logged,
) -> None:
    async with served(AtTheDoor()) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/half")
    assert "Our mistake" in logged()
    assert SECRET not in logged()


@pytest.mark.parametrize(("method", "safely"), [("GET", False), ("POST", True)])
async def test_an_answer_that_takes_too_long_is_given_up(method: str, safely: bool) -> None:
    async with served(AtTheDoor(answer_seconds=0.3)) as client:
        answer = await client.request(method, "/never")
    said = is_problem(answer, 503)
    assert ("same Idempotency-Key" in said["detail"]) is safely
    assert answer.headers["retry-after"] == "1"


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with served(AtTheDoor(body_seconds=0.3)) as client:
        head = b"POST /told HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
        answer = await said_to(client, head, b"[1,")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("parts", [[], [b"GET /told HT"], [b"GET /told HTTP/1.1\r\nHost: here\r\nX-Slow: "]])
async def test_who_opens_a_connection_and_asks_nothing_is_sent_away(parts: list[bytes]) -> None:
    async with served(AtTheDoor(head_seconds=0.3)) as client:
        assert await said_to(client, *parts) == b""


async def test_a_connection_is_not_kept_for_long_after_an_answer() -> None:
    async with served(AtTheDoor(idle_seconds=1)) as client:
        answer = await said_to(client, b"GET /nothing HTTP/1.1\r\nHost: here\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ")


async def test_a_request_after_a_request_has_its_own_time() -> None:
    async with served(AtTheDoor(head_seconds=0.5)) as client:
        for _ in range(3):
            assert (await client.post("/told", json=[1, 2])).json() == 2
            await asyncio.sleep(0.25)  # three of these are longer than a head may take


async def test_no_more_connections_are_taken_than_there_is_room_for() -> None:
    async with served(AtTheDoor(connections=3, answer_seconds=1)) as client:
        waiting = [asyncio.ensure_future(client.get("/never")) for _ in range(5)]
        done, still = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        assert {each.result().status_code for each in done} == {503}
        for each in still:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * MOST_ADDRESS_BYTES + b" HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\n" + b"X-Long: " + b"x" * MOST_HEAD_BYTES + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\n" + b"".join(b"X-%d: x\r\n" % n for n in range(4_000)) + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /told HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01 not http",
    ],
    ids=["address", "header", "headers", "no host", "two lengths", "negative length", "no http"],
)
async def test_a_head_that_is_too_long_or_none_at_all_gets_in(head: bytes) -> None:
    async with served(AtTheDoor(idle_seconds=1)) as client:
        answer = await said_to(client, head)
    assert answer.split(b" ")[1] in (b"400", b"414", b"431")


async def test_an_address_has_few_parameters() -> None:
    async with served(AtTheDoor()) as client:
        is_problem(await client.get("/nothing?" + "&".join("a=1" for _ in range(MOST_PARAMETERS + 1))), 400)
        is_problem(await client.get("/nothing?" + "&".join("a=1" for _ in range(MOST_PARAMETERS))), 404)


async def test_a_stranger_who_asks_too_often_waits_and_who_is_signed_in_does_not() -> None:
    async with served(AtTheDoor(stranger=ONCE)) as client:
        assert [(await client.get("/nothing")).status_code for _ in range(3)] == [404, 404, 429]
        answer = await client.get("/nothing")
        assert is_problem(answer, 429)["title"] == "Too many requests"
        assert int(answer.headers["retry-after"]) > 50
        assert (await client.get("/nothing", headers={"Authorization": "Bearer x"})).status_code == 404


@pytest.mark.parametrize(("proxies", "answers"), [((), [404, 404, 429]), (("127.0.0.1",), [404, 404, 404])])
async def test_a_proxy_is_believed_about_who_calls_only_where_it_is_named(
    proxies: tuple[str, ...], answers: list[int]
) -> None:
    async with served(AtTheDoor(stranger=ONCE, proxies=proxies)) as client:
        asked = [await client.get("/x", headers={"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(3)]
    assert [answer.status_code for answer in asked] == answers


@pytest.fixture
async def strict(door: Asked) -> AsyncIterator[Asked]:
    """The service with limits that are soon reached."""
    app = make_app(door.service)
    app.state.limits = RateLimits(AtTheDoor(stranger=ONCE, person=ONCE, service=Rate(per_second=0.01, at_once=4)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        yield Asked(service=door.service, client=client, providers=door.providers, here=HERE)


async def test_each_person_has_a_limit_and_a_service_a_larger_one(strict: Asked) -> None:
    async def asked(token: str, times: int) -> list[int]:
        return [(await strict.send(token, "GET", "/plans", None, HERE)).status_code for _ in range(times)]

    officer, worker = (strict.providers[HERE].token(who) for who in ("officer-1", "worker-1"))
    service = strict.service.sign_in.service_token("pep-record", HERE)
    assert await asked(officer, 3) == [200, 200, 429]
    assert await asked(worker, 2) == [200, 200]
    assert (await asked(service, 5))[-1] == 429
    assert 429 not in (await asked(service, 0))


async def test_who_tries_tokens_is_counted_as_a_stranger(strict: Asked) -> None:
    tried = [await strict.client.get("/plans", headers={"Authorization": f"Bearer a.b.{n}"}) for n in range(3)]
    assert [answer.status_code for answer in tried] == [401, 401, 429]
    assert (await strict.ask("officer-1", "GET", "/plans")).status_code == 200


PROTECTING = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/health", "/plans", "/nowhere", "/docs", "/openapi.json", "/docs-assets/x"])
async def test_every_answer_has_the_headers_that_protect(door: Asked, path: str) -> None:
    answer = await door.client.get(path)
    assert {name: answer.headers[name] for name in PROTECTING} == PROTECTING
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert [name for name in answer.headers if name.startswith("access-control-")] == []


async def test_the_page_that_shows_the_api_runs_its_own_scripts_only(door: Asked) -> None:
    answer = await door.client.get("/docs")
    script_sources = answer.headers["content-security-policy"].partition("script-src ")[2].partition(";")[0]
    assert script_sources.startswith("'self' 'sha256-")
    assert "http" not in script_sources


@pytest.mark.parametrize(("environment", "told"), [("production", True), ("development", False)])
async def test_in_production_browsers_are_told_to_come_encrypted_only(environment: Environment, told: bool) -> None:
    async with served(AtTheDoor(), environment) as client:
        answer = await client.get("/nothing")
    assert ("strict-transport-security" in answer.headers) is told
    assert "server" not in answer.headers


async def test_no_other_site_may_read_an_answer(door: Asked) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = await door.client.options("/plans", headers=asked)
    assert answer.status_code == 405
    assert [name for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_that_is_not_said_to_be_json_is_not_read_as_json(door: Asked, kind: str) -> None:
    async with served(AtTheDoor()) as client:
        answer = await client.post("/told", content=b"[1, 2]", headers={"Content-Type": kind} if kind else {})
        said = await client.post("/told", content=b"[1, 2]", headers={"Content-Type": "application/json"})
    assert (answer.status_code, said.json()) == (422, 2)
