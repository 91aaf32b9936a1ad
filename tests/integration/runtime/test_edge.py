"""What everybody meets at the door of every service: who is let in, what is said to whom, what is safe to repeat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.integration.installed import Asked, database_dsn, superuser
from tests.integration.runtime.conftest import CHILD, ELSEWHERE, HERE, PLAN, PLAN_ELSEWHERE, child

from pep_runtime import http
from pep_runtime.doorway import MOST_BODY_BYTES

TARGET = {"subject": "maths", "text": "Sums.", "actions": [{"text": "Tuition.", "owner": "designated_teacher"}]}
TARGETS = f"/plans/{PLAN}/targets"


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    said: dict[str, Any] = answer.json()
    assert (said["status"], said["type"]) == (status, "about:blank")
    assert said["detail"].endswith(".") or status == 422
    assert answer.headers["cache-control"] == "no-store"
    return said


async def test_who_brings_no_token_is_asked_to_sign_in(door: Asked) -> None:
    answer = await door.client.get("/plans")
    assert "Sign in first" in is_problem(answer, 401)["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer ", "Basic YTpi", "x"])
async def test_who_brings_a_wrong_token_stays_outside(door: Asked, header: str) -> None:
    is_problem(await door.client.get("/plans", headers={"Authorization": header}), 401)


async def test_who_works_nowhere_is_told_so(door: Asked) -> None:
    answer = await door.ask("stranger-1", "GET", "/plans")
    assert "nobody has said that you work here" in is_problem(answer, 403)["detail"]


async def test_a_token_of_one_authority_opens_nothing_at_another(door: Asked) -> None:
    is_problem(await door.ask("officer-1", "GET", "/plans", authority=ELSEWHERE), 403)


async def test_who_may_not_is_told_why(door: Asked) -> None:
    is_problem(await door.ask("teacher-1", "GET", "/quality-assurance-queue"), 403)


@pytest.mark.parametrize("made_up", ["plan-nobody-1", "x", "plan-child-here-1%00", "a%2F..%2Fb", "é" * 40])
async def test_another_authoritys_plan_is_answered_like_one_that_is_made_up(door: Asked, made_up: str) -> None:
    theirs = await door.ask("officer-1", "GET", f"/plans/{PLAN_ELSEWHERE}")
    ours = await door.ask("officer-9", "GET", f"/plans/{PLAN_ELSEWHERE}", authority=ELSEWHERE)
    answer = await door.ask("officer-1", "GET", f"/plans/{made_up}")
    assert ours.status_code == 200
    if "%00" in made_up:
        is_problem(answer, 422)
    elif "%2F" in made_up:
        is_problem(answer, 404)
    else:
        assert is_problem(answer, 404) == is_problem(theirs, 404)


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_another_authoritys_plan_cannot_be_written_either(door: Asked, method: str) -> None:
    path = f"/plans/{PLAN_ELSEWHERE}/targets" + ("/target-1" if method == "PUT" else "")
    is_problem(await door.ask("officer-1", method, path, TARGET), 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**TARGET, "subject": 7}, "subject"),
        ({**TARGET, "subject": "sums"}, "subject"),
        ({"subject": "maths", "text": "x"}, "actions"),
        ({**TARGET, "also": 1}, "also"),
        ({**TARGET, "actions": [{"text": "x", "owner": "designated_teacher", "extra": 1}]}, "actions.0.extra"),
        ({**TARGET, "text": ""}, "text"),
        ({**TARGET, "text": "x" * 20_001}, "text"),
        ([], "body"),
        ("maths", "body"),
        (None, "body"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_wrong_shape_names_the_field_and_repeats_nothing(door: Asked, body: Any, field: str) -> None:
    answer = await door.ask("teacher-1", "POST", TARGETS, body)
    assert field in [each["field"] for each in is_problem(answer, 422)["errors"]]
    assert len(answer.content) < 2_000


async def test_of_a_list_in_which_all_is_at_fault_only_that_is_said(door: Asked) -> None:
    answer = await door.ask("teacher-1", "POST", TARGETS, {**TARGET, "actions": [{"text": "Tuition."}]})
    assert [each["field"] for each in is_problem(answer, 422)["errors"]] == ["actions.0.owner"]
    answer = await door.ask("teacher-1", "POST", TARGETS, {**TARGET, "actions": []})
    assert [each["field"] for each in is_problem(answer, 422)["errors"]] == ["actions"]


@pytest.mark.parametrize(
    "content", [b"{", b'{"subject": ', b"\xff\xfe", b"", b"nonsense", b'{"text": "\\ud800"}', b"[" * 100_000]
)
async def test_broken_json_is_not_understood(door: Asked, content: bytes) -> None:
    answer = await raw(door, content)
    assert answer.status_code in (400, 422)
    is_problem(answer, answer.status_code)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_a_character_that_no_table_can_hold_does_not_get_in(door: Asked, encoding: str) -> None:
    answer = await raw(door, '{"subject": "maths", "text": "a\\u0000b"}'.encode(encoding))
    assert "cannot be stored" in is_problem(answer, 422)["detail"]


async def raw(door: Asked, content: Any, **headers: str) -> httpx.Response:
    token = door.providers[HERE].token("teacher-1")
    said = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
    return await door.client.post(TARGETS, content=content, headers=said)


async def test_what_the_rules_refuse_is_said_with_the_rules(door: Asked) -> None:
    said = is_problem(await door.ask("teacher-1", "POST", f"/plans/{PLAN}/completion"), 409)
    assert said["title"] == "Refused"
    assert isinstance(said["rules"], list)


async def test_the_same_key_gives_the_same_answer_and_another_body_is_an_error(door: Asked) -> None:
    first, again = [await door.ask("teacher-1", "POST", TARGETS, TARGET, **{"Idempotency-Key": "k1"}) for _ in "12"]
    assert first.status_code == again.status_code == 201
    assert (first.json(), first.headers["Pep-Position"]) == (again.json(), again.headers["Pep-Position"])
    other = {**TARGET, "text": "Other sums."}
    answer = await door.ask("teacher-1", "POST", TARGETS, other, **{"Idempotency-Key": "k1"})
    assert "another command" in is_problem(answer, 422)["detail"]
    another_person = await door.ask("worker-1", "POST", TARGETS, TARGET, **{"Idempotency-Key": "k1"})
    assert another_person.status_code == 201
    assert another_person.json() != first.json()


async def test_a_key_that_is_too_long_is_named(door: Asked) -> None:
    answer = await door.ask("teacher-1", "POST", TARGETS, TARGET, **{"Idempotency-Key": "k" * 201})
    assert is_problem(answer, 422)["errors"][0]["field"] == "idempotency-key"


async def test_who_names_a_position_sees_what_was_done_there(door: Asked) -> None:
    for number in range(10):
        text = f"Sums to {number}."
        made = await door.ask("teacher-1", "POST", TARGETS, {**TARGET, "text": text})
        shown = await door.ask("teacher-1", "GET", f"/plans/{PLAN}", **{"Pep-Position": made.headers["Pep-Position"]})
        assert text in [target["text"] for target in shown.json()["targets"]]
        assert "pep-stale" not in shown.headers


@pytest.mark.parametrize(("path", "status"), [(f"/plans/{PLAN}", 200), ("/plans/plan-nobody-1", 404)])
async def test_an_answer_from_old_data_says_so(
    door: Asked, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.setattr(http, "STALE_SECONDS", 0.2)
    answer = await door.ask("teacher-1", "GET", path, **{"Pep-Position": "pep-record:1000000"})
    assert (answer.status_code, answer.headers["pep-stale"]) == (status, "true")


@pytest.mark.parametrize("position", ["-1", "x", "17", "pep-record:1.5", "pep-record:" + "9" * 30])
async def test_a_position_that_is_none_is_not_understood(door: Asked, position: str) -> None:
    answer = await door.ask("teacher-1", "GET", "/plans", **{"Pep-Position": position})
    assert answer.status_code == 422
    assert "pep-position" in answer.text


async def test_another_services_position_is_ignored(door: Asked) -> None:
    answer = await door.ask("teacher-1", "GET", "/plans", **{"Pep-Position": "scheduling:1000000"})
    assert answer.status_code == 200
    assert "pep-stale" not in answer.headers


async def in_chunks(size: int) -> AsyncIterator[bytes]:
    yield b'{"text": "'
    for _ in range(size // 1_000):
        yield b"x" * 1_000


async def test_a_body_may_have_two_million_bytes_and_no_more(door: Asked) -> None:
    is_problem(await raw(door, b"x" * (MOST_BODY_BYTES + 1)), 413)
    is_problem(await raw(door, b"x" * MOST_BODY_BYTES), 422)


async def test_a_body_in_chunks_is_counted_too(door: Asked) -> None:
    is_problem(await raw(door, in_chunks(MOST_BODY_BYTES)), 413)
    is_problem(await raw(door, in_chunks(100_000)), 422)


@pytest.fixture(scope="module")
async def many(door: Asked) -> list[str]:
    """Plans of several children."""
    for number in range(7):
        await door.hears(*child(f"child-{number}"))
    answer = await door.ask("officer-1", "GET", "/plans?limit=200")
    return [plan["plan_id"] for plan in answer.json()["items"]]


@pytest.mark.parametrize("limit", [1, 3, 8, 200])
async def test_pages_give_everything_once_and_in_order(door: Asked, many: list[str], limit: int) -> None:
    found: list[str] = []
    after = ""
    while True:
        page = (await door.ask("officer-1", "GET", f"/plans?limit={limit}{after}")).json()
        found += [plan["plan_id"] for plan in page["items"]]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == many == sorted(many)
    assert len(many) == 8


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "after=a~b", "after=%00"])
async def test_a_page_that_cannot_be_is_not_understood(door: Asked, query: str) -> None:
    is_problem(await door.ask("officer-1", "GET", f"/plans?{query}"), 422)


@pytest.mark.parametrize(
    ("path", "wrong", "have"),
    [("/plans?limt=1&limit=2", "limt", "after, "), (f"/plans/{PLAN}?limit=1", "limit", "It has none.")],
)
async def test_a_parameter_that_an_address_has_not_is_named_and_so_are_those_that_it_has(
    door: Asked, path: str, wrong: str, have: str
) -> None:
    (fault,) = is_problem(await door.ask("teacher-1", "GET", path), 422)["errors"]
    assert fault["field"] == wrong
    assert have in fault["reason"]


@pytest.mark.parametrize("after", ["", "zzz", "'; drop table plan_overview; --", "é", "x" * 5_000])
async def test_after_the_end_there_is_nothing_and_no_harm_is_done(door: Asked, after: str) -> None:
    answer = await door.ask("officer-1", "GET", str(httpx.URL("/plans", params={"after": after})))
    assert answer.status_code in (200, 422)
    assert (await door.ask("officer-1", "GET", "/plans")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/plans", 405), ("GET", "/../etc/passwd", 404)]
)
async def test_an_address_that_is_none_is_a_problem_too(door: Asked, method: str, path: str, status: int) -> None:
    is_problem(await door.client.request(method, path), status)


async def test_a_mistake_of_ours_shows_neither_stack_nor_query(
    door: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    async def broken(*_: object, **__: object) -> None:
        async with door.service.pool.acquire() as connection:
            await connection.fetch("select secret_column from plan_overview")

    monkeypatch.setattr(http.Desk, "rows", broken)
    answer = await door.ask("officer-1", "GET", "/plans")
    is_problem(answer, 500)
    assert [word for word in ("Traceback", "select", "secret_column", "asyncpg", ".py") if word in answer.text] == []


async def test_a_frozen_authority_takes_nothing_says_so_and_can_be_read(door: Asked, postgres_dsn: str) -> None:
    database = door.service.settings.postgres_app_dsn.rpartition("/")[2]
    async with superuser(database_dsn(postgres_dsn, database)) as connection:
        await connection.execute("select freeze_authority($1, 'topic ahead: position 12')", HERE)
        try:
            answer = await door.ask("teacher-1", "POST", TARGETS, TARGET)
            said = is_problem(answer, 503)
            assert "operator" in said["detail"]
            assert "position" not in answer.text
            assert answer.headers["retry-after"] == "1"
            assert (await door.ask("teacher-1", "GET", f"/plans/{PLAN}")).status_code == 200
        finally:
            await connection.execute("update journal_head set frozen = null")


async def test_an_authority_that_was_not_opened_here_is_told_nothing(door: Asked) -> None:
    token = door.service.sign_in.service_token("pep-record", "nowhere")
    answer = await door.send(token, "POST", f"/plans/{PLAN}/completion", None, "nowhere")
    assert answer.status_code == 404


async def test_forty_people_at_once_are_all_served(door: Asked) -> None:
    answers = await asyncio.gather(*(door.ask("worker-1", "GET", f"/plans?child_ref={CHILD}") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}


async def test_a_provider_that_is_away_is_no_mistake_of_the_caller(door: Asked) -> None:
    provider = door.providers[HERE]
    keys = door.service.sign_in._keys[provider.address]
    kept, keys._keys = keys._keys, None
    provider.broken = True
    try:
        is_problem(await door.ask("teacher-1", "GET", "/plans"), 503)
    finally:
        provider.broken = False
        keys._keys, keys._failed_at = kept, 0.0
