"""Read models of one authority that cannot go on hold up no other authority's."""

from __future__ import annotations

import logging

import pytest
from tests.integration.installed import Asked, database_dsn, superuser, until
from tests.integration.runtime.conftest import ELSEWHERE, HERE, PLAN, PLAN_ELSEWHERE

from pep_runtime import http, projector

FORBID = f"alter table plan_target add constraint nothing_elsewhere check (authority <> '{ELSEWHERE}')"
ALLOW = "alter table plan_target drop constraint nothing_elsewhere"
TARGET = {"subject": "maths", "text": "Sums.", "actions": [{"text": "Tuition.", "owner": "designated_teacher"}]}


async def shown(door: Asked, who: str, authority: str, plan: str) -> tuple[int, bool]:
    """How many targets are seen, and whether what is seen is old."""
    answer = await door.ask(who, "GET", f"/plans/{plan}", authority=authority)
    return len(answer.json()["targets"]), "pep-stale" in answer.headers


async def test_what_a_table_does_not_take_stops_its_own_authority_only(
    door: Asked, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(projector, "REST_SECONDS", 0.2)
    monkeypatch.setattr(http, "STALE_SECONDS", 0.5)
    caplog.set_level(logging.ERROR)
    database = door.service.settings.postgres_app_dsn.rpartition("/")[2]
    async with superuser(database_dsn(postgres_dsn, database)) as connection:
        await connection.execute(FORBID)
        body = {**TARGET, "text": "canary"}
        answer = await door.ask("officer-9", "POST", f"/plans/{PLAN_ELSEWHERE}/targets", body, authority=ELSEWHERE)
        assert answer.status_code == 201, answer.text
        assert await shown(door, "officer-9", ELSEWHERE, PLAN_ELSEWHERE) == (0, True)
        for number in range(1, 4):
            assert (await door.ask("teacher-1", "POST", f"/plans/{PLAN}/targets", TARGET)).status_code == 201
            assert await shown(door, "teacher-1", HERE, PLAN) == (number, False)
        await connection.execute(ALLOW)

    async def caught_up() -> bool:
        return await shown(door, "officer-9", ELSEWHERE, PLAN_ELSEWHERE) == (1, False)

    await until(caught_up)
    assert f"the read models of {ELSEWHERE} stand still" in caplog.text
    assert "canary" not in caplog.text
