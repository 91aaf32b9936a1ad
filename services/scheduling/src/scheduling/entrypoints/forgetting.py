"""What two people decided is done: the child's keys are destroyed, again until it is so, and only then is it said.

The decision stands in the journal first. Destroying keys twice destroys nothing more, so a process may die anywhere.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_runtime.handler import ByPolicy
from pep_runtime.runner import ONE_AUTHORITYS
from pep_runtime.service import RunningService
from pep_runtime.tasks import keep_trying
from scheduling.domain.keeping.commands import ConfirmForgotten
from scheduling.domain.meeting_of_child import child_stream

LOOK_SECONDS = 2.0
AT_ONCE = 100
_APPROVED = "select * from record_keeping where stage = 'approved' order by approved_on, child_ref limit $1"

log = logging.getLogger("scheduling.forgetting")


async def forget_what_is_approved(service: RunningService) -> None:
    """Until cancelled."""
    await keep_trying("forgetting", partial(_look_again_and_again, service))


async def _look_again_and_again(service: RunningService) -> None:
    while True:
        await forget_all_approved(service)
        await asyncio.sleep(LOOK_SECONDS)


async def forget_all_approved(service: RunningService) -> None:
    """Everything that is approved and not done. Trouble with one authority stops no other."""
    for approved in await service.worker.fetch(_APPROVED, AT_ONCE):
        try:
            await _forget(service, approved)
        except ONE_AUTHORITYS as trouble:
            log.warning("%s: forgetting is put off: %s", approved["authority"], type(trouble).__name__)


async def _forget(service: RunningService, approved: Any) -> None:
    authority, child_ref, reason = approved["authority"], approved["child_ref"], approved["basis"].replace("_", " ")
    if approved["stream"] is None:
        await service.keyring.destroy(authority, child_ref, reason, service.clock.now())
    else:
        entries = (approved["stream"], approved["first"], approved["last"])
        await service.keyring.hide(authority, child_ref, entries, reason, service.clock.now())
    command = ConfirmForgotten(child_ref=child_ref, on=service.clock.today())
    cause = timer_cause("forgotten", authority, child_ref, str(approved["stream"]), str(approved["approved_on"]))
    act = Act(command, (child_stream(child_ref),), child_ref=child_ref)
    await service.handler.handle(authority, act, ByPolicy("forget_when_two_people_agreed", cause, cause))
