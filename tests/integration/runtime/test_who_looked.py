"""Who has looked is written before anything leaves, whatever the route does, and also where somebody was refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from tests.integration.installed import Asked, database_dsn, superuser
from tests.integration.runtime.conftest import CHILD, ELSEWHERE, HERE, PLAN, child
from tests.integration.runtime.test_edge import TARGET, TARGETS, is_problem
from tests.integration.walk import entries_after, walk

from pep_kernel.contracts.scheduling import SocialWorkerAllocated
from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.http import Caller
from pep_runtime.journal_walk import JournalWalk


async def position(door: Asked) -> int:
    query = "select position from journal_head where authority = $1 and log = 'access'"
    found: int = await door.service.worker.fetchval(query, HERE)
    return found


async def looks(door: Asked, who: str, path: str) -> list[RecordAskedFor]:
    """What one request has left in the access log."""
    before = await position(door)
    await door.ask(who, "GET", path)
    return await entries_after(door.service, HERE, before)


async def test_who_reads_a_record_is_written_down_with_role_reason_and_classes(door: Asked) -> None:
    await door.ask("teacher-1", "POST", TARGETS, TARGET)
    (look,) = await looks(door, "teacher-1", f"/plans/{PLAN}")
    assert (look.about, look.classes, look.shown) == ((CHILD,), ("plan",), True)
    assert (look.action, look.route) == ("read plan", "GET /plans/{plan_id}")
    assert "on the roll of this person's school" in look.reason
    (row, *_) = await door.service.worker.fetch(
        "select * from access where authority = $1 order by position desc", HERE
    )
    assert (row["actor"], row["child_ref"], row["stream"][:8]) == ("teacher-1", CHILD, "request-")


async def test_a_list_is_one_entry_about_everybody_in_it(door: Asked) -> None:
    (look,) = await looks(door, "officer-1", "/plans")
    assert CHILD in look.about
    assert look.classes == ()


@pytest.mark.scenario("T56")
async def test_a_worker_whose_child_was_reallocated_is_refused_and_both_looks_are_written_down(door: Asked) -> None:
    await door.hears(*child("child-moved"))
    before = await position(door)
    is_200 = await door.ask("worker-1", "GET", "/plans/plan-child-moved-1")
    assert is_200.status_code == 200
    reallocated = SocialWorkerAllocated(child_ref="child-moved", on=date(2026, 10, 8), social_worker_ref="worker-2")
    await door.hears(reallocated)
    is_problem(await door.ask("worker-1", "GET", "/plans/plan-child-moved-1"), 403)
    shown, refused = await entries_after(door.service, HERE, before)
    assert [(look.about, look.action, look.shown) for look in (shown, refused)] == [
        (("child-moved",), "read plan", True),
        (("child-moved",), "read plan", False),
    ]
    assert "allocated" in refused.reason


async def test_who_works_nowhere_and_asks_for_a_child_by_name_is_written_down(door: Asked) -> None:
    reference = "a2b4c6d7e3f5g2h4i6j7k3l5m2"
    (look,) = await looks(door, "stranger-1", f"/plans?child_ref={reference}")
    assert (look.about, look.shown, look.action) == ((reference,), False, "")
    assert await looks(door, "stranger-1", "/plans?child_ref=Zebedee") == []


async def test_what_says_nothing_of_a_record_is_not_written(door: Asked) -> None:
    before = await position(door)
    is_problem(await door.ask("officer-1", "GET", "/plans/plan-nobody-1"), 404)
    assert (await door.ask("worker-1", "POST", f"/plans/{PLAN}/sign-off")).status_code in (204, 409)
    is_problem(await door.client.get(f"/plans/{PLAN}"), 401)
    assert [look.route for look in await entries_after(door.service, HERE, before)] in (
        [],
        ["POST /plans/{plan_id}/sign-off"],  # the refusal tells how the plan stands
    )


@contextlib.asynccontextmanager
async def as_owner(door: Asked, postgres_dsn: str) -> AsyncIterator[Any]:
    database = door.service.settings.postgres_app_dsn.rpartition("/")[2]
    async with superuser(database_dsn(postgres_dsn, database)) as connection:
        yield connection


async def test_what_cannot_be_written_down_is_not_shown(door: Asked, postgres_dsn: str) -> None:
    async with as_owner(door, postgres_dsn) as connection:
        await connection.execute("select freeze_authority($1, 'a person looks', 'access')", HERE)
        try:
            answer = await door.ask("teacher-1", "GET", f"/plans/{PLAN}")
            assert "written down" in is_problem(answer, 503)["detail"]
            assert CHILD not in answer.text
            theirs = await door.ask("officer-9", "GET", "/plans", authority=ELSEWHERE)
            assert theirs.status_code == 200, "another authority is read as ever"
        finally:
            await connection.execute("select thaw_authority($1, 'a person looks', 'access')", HERE)


async def test_forty_who_read_at_once_share_appends_and_the_chain_is_whole(door: Asked) -> None:
    before = await position(door)
    await asyncio.gather(*(door.ask("worker-1", "GET", f"/plans?child_ref={CHILD}") for _ in range(40)))
    rows = await door.service.worker.fetch(
        "select *, xmin::text from access where authority = $1 order by position", HERE
    )
    assert len(rows) == before + 40
    assert len({row["xmin"] for row in rows[before:]}) < 40
    chain = JournalWalk()
    for row in rows:
        chain.step(row)
    query = "select position, announced, hash from journal_head where authority = $1 and log = 'access'"
    chain.end(await door.service.worker.fetchrow(query, HERE))


async def test_the_log_is_only_ever_added_to_and_shows_no_other_authoritys(door: Asked, postgres_dsn: str) -> None:
    await looks(door, "officer-1", "/plans")
    for change in ("update access set payload = ''", "delete from access", "truncate access"):
        async with as_owner(door, postgres_dsn) as connection:
            with pytest.raises(asyncpg.PostgresError, match="only ever appended"):
                await connection.execute(change)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await door.service.pool.execute(change)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await door.service.pool.fetch("select * from access")


async def test_no_answer_of_this_service_escapes(door: Asked) -> None:
    tokens = [door.providers[HERE].token(who) for who in ("teacher-1", "worker-1", "officer-1", "carer-1")]
    found = await walk(door.service, HERE, tokens)
    assert (found.escapes, found.unanswered) == ([], set())


planted = APIRouter()


@planted.get("/planted/behind-the-desk")
async def behind_the_desk(caller: Caller) -> list[str]:
    rows = await caller.service.worker.fetch("select child_ref from journal where child_ref is not null")
    return [row["child_ref"] for row in rows]


@planted.get("/planted/while-it-is-sent")
async def while_it_is_sent(caller: Caller) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        yield "first nothing, "
        rows = await caller.fetch("select child_ref from known_child where authority = $1", caller.authority)
        yield f"then {rows[0]['child_ref']}"

    return StreamingResponse(parts())


async def test_a_route_that_goes_round_the_desk_is_found_and_one_that_tells_late_is_written(door: Asked) -> None:
    found = await walk(door.service, HERE, [door.providers[HERE].token("officer-1")], planted=planted)
    assert {escape.partition(" ")[0] for escape in found.escapes} == {"/planted/behind-the-desk"}
    assert "GET /planted/while-it-is-sent" in {entry.route for entry in found.entries}
