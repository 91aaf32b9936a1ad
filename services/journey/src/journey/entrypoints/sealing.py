"""Sealing, once a day in London: how far each journal was copied, where anything came since its last seal.

The copies come from Kafka, every hash of them checked. So a seal is a second pair of eyes: a service's own database has
no part in it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from journey.adapters.copies import CONSUMER
from journey.domain.seal import SealJournal
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_runtime.handler import ByPolicy
from pep_runtime.runner import ONE_AUTHORITYS
from pep_runtime.service import RunningService
from pep_runtime.tasks import keep_trying
from pep_runtime.topics import parts

LOOK_SECONDS = 5.0
_TO_SEAL = (
    "select o.authority, o.topic, o.last_number, o.last_hash from consumer_offset o"
    " left join journal_seal s on s.authority = o.authority and s.service = split_part(o.topic, '.', 3)"
    " where o.consumer = $1 and o.last_number > coalesce(s.position, 0) and coalesce(s.sealed_on, '-infinity') < $2"
    " order by o.authority, o.topic"
)

log = logging.getLogger("journey.seals")


async def seal_journals(service: RunningService) -> None:
    """Until cancelled."""
    await keep_trying("seals", partial(_look_again_and_again, service))


async def _look_again_and_again(service: RunningService) -> None:
    while True:
        await seal_what_is_new(service)
        await asyncio.sleep(LOOK_SECONDS)


async def seal_what_is_new(service: RunningService) -> None:
    """Seal every journal that has no seal of today and more rows than its last seal says."""
    for copied in await service.worker.fetch(_TO_SEAL, CONSUMER, service.clock.today()):
        try:
            await _seal(service, copied)
        except ONE_AUTHORITYS as trouble:  # its own: it is looked at again, the others are sealed
            log.warning("%s is not sealed yet: %s", copied["topic"], type(trouble).__name__)


async def _seal(service: RunningService, copied: Any) -> None:
    authority, name = parts(copied["topic"])
    today = service.clock.today()
    command = SealJournal(
        authority=authority,
        service=name,
        position=copied["last_number"],
        hash=copied["last_hash"].hex(),
        on=today,
    )
    cause = timer_cause("journal sealed", authority, name, today.isoformat())
    await service.handler.handle(authority, Act(command, (f"seal-{name}",)), ByPolicy("daily seal", cause, cause))
