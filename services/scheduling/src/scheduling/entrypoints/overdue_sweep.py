"""Looks through all open due dates whose day has passed, and says of each, once, that it is overdue."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date

from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from pep_runtime.tasks import PASSING
from scheduling.policies.flag_overdue_when_day_has_passed import flag_overdue
from scheduling.projections.due_date import DUE_DATES, DueDate

AT_MOST = 500
log = logging.getLogger("scheduling.stream")


async def sweep(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    for authority in await service.authorities():
        try:
            await _sweep_one(service, authority)
        except PASSING as trouble:
            log.warning("overdue sweep of %s put off: %s", authority, type(trouble).__name__)


async def _sweep_one(service: RunningService, authority: str) -> None:
    today = service.clock.today()
    for row in await _passed(service, authority, today):
        act, cause = flag_overdue(authority, row.child_ref, row.obligation, row.trigger_on, row.due, today)
        await service.handler.handle(authority, act, ByPolicy("flag_overdue_when_day_has_passed", cause, cause))


async def _passed(service: RunningService, authority: str, today: date) -> Sequence[DueDate]:
    async with service.worker.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        records = await connection.fetch(
            "select * from due_date where authority = $1 and state = 'open' and due < $2 order by due limit $3",
            authority,
            today,
            AT_MOST,
        )
    table = service.tables[DUE_DATES.table]
    return [table.row(dict(record)) for record in records]
