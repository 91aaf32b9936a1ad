"""Read models follow the journal: each event is folded once, for its own authority, whatever fails in between."""

from __future__ import annotations

import asyncpg
import pytest
from tests.integration.engine.conftest import OpenService, SmallService
from tests.integration.engine.test_relay import as_owner

from pep_runtime import projector


async def totals(service: SmallService, authority: str) -> dict[str, int]:
    """Jars and what the read model says is in them."""
    connection = await asyncpg.connect(service.superuser_dsn)
    try:
        rows = await connection.fetch("select stream, total from jar_total where authority = $1", authority)
    finally:
        await connection.close()
    return {row["stream"]: row["total"] for row in rows}


@pytest.mark.parametrize("table", ["jar_total", "projection_position"])
async def test_rows_and_the_position_are_written_together_or_not_at_all(
    alpha: SmallService, authority: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "REST_SECONDS", 0.0)
    for _ in range(3):
        await alpha.fill(authority)
    column = "total" if table == "jar_total" else "position"
    following = alpha.projector
    await as_owner(alpha, f"alter table {table} add constraint not_yet check ({column} < 3)")
    await following.catch_up()
    await as_owner(alpha, f"alter table {table} drop constraint not_yet")
    assert await totals(alpha, authority) == {}
    await following.catch_up()
    assert await totals(alpha, authority) == {"jar-1": 3}


async def test_the_read_models_of_an_authority_are_made_of_its_own_events_alone(
    open_service: OpenService, authority: str
) -> None:
    here, there = authority, f"{authority}_b"
    service = await open_service("alpha", here, there)
    for _ in range(2):
        await service.fill(here)
    await service.fill(there, amount=5)
    while await service.projector.catch_up():
        pass
    assert (await totals(service, here), await totals(service, there)) == ({"jar-1": 2}, {"jar-1": 5})
