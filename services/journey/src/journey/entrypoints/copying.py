"""Copying beside the API: every journal topic of every authority, and a note where it had to stop."""

from __future__ import annotations

import asyncio

from journey.adapters.copies import Copies
from pep_runtime.runner import PartitionRunner
from pep_runtime.service import RunningService
from pep_runtime.tasks import keep_trying, until_one_ends

SERVICES = ("scheduling", "pep-record", "funding", "notifications", "journey")
GROUP = "pep.journey.copies"
LOOK_SECONDS = 1.0


async def copy_journals(service: RunningService) -> None:
    """Until cancelled."""
    runner = PartitionRunner(service.settings.kafka_bootstrap, GROUP, SERVICES, "journal", Copies(service.pool))
    await until_one_ends(runner.run(), keep_trying("notes of stops", lambda: note_stops(service, runner)))


async def note_stops(service: RunningService, runner: PartitionRunner) -> None:
    """Write down each topic that was halted, once, so that a person can see it and why."""
    noted: set[tuple[str, int]] = set()
    while True:
        for claim in list(runner.claims.values()):
            stop = (claim.topic, claim.last_number + 1)
            if claim.halted is not None and stop not in noted:
                await service.pool.execute(
                    "select stop_copying($1, $2, $3, $4, $5)",
                    claim.authority,
                    claim.service,
                    claim.last_number + 1,
                    claim.halted,
                    service.clock.now(),
                )
                noted.add(stop)
        await asyncio.sleep(LOOK_SECONDS)
