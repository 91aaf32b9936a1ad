"""The day's release run, made by a timer: once a day and authority, if there is anything to release."""

from __future__ import annotations

import logging
from datetime import date, time

from funding.adapters.release_runs import has_been_made, preview, run_to_make
from pep_kernel.ids import timer_cause
from pep_kernel.refusal import Refusal
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService

log = logging.getLogger("funding.daily_release")
PURPOSE = "daily release run"


async def release_when_due(service: RunningService, daily_from: time) -> None:
    """From this time of day on, each authority's run of the day. The next sweep tries again what was put off."""
    now = service.clock.now()
    if now.time() < daily_from:
        return
    for authority in await service.authorities():
        await _release_today(service, authority, now.date())


async def _release_today(service: RunningService, authority: str, today: date) -> None:
    run_id = f"daily-{today.isoformat()}"
    if await has_been_made(service, authority, run_id) or not (await preview(service, authority, today)).payable:
        return
    cause = timer_cause(PURPOSE, authority, today.isoformat())
    try:
        act = await run_to_make(service, authority, run_id, today)
        await service.handler.handle(authority, act, ByPolicy(PURPOSE, cause, cause))
    except Refusal as refusal:
        log.warning("%s: %s", authority, refusal.sentence)
