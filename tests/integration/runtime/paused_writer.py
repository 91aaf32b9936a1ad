"""A process of pep-record that stops itself in the middle of its first command: it has loaded and not yet appended.

For test_paused_writer, which runs it with the settings of a service, an authority and a plan.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from typing import Any

from pep_kernel.decider import Act, AnyDecider
from pep_kernel.may import Role
from pep_kernel.message import Person
from pep_record.domain.plan.commands import PlannedAction, SetTarget
from pep_record.main import PARTS
from pep_runtime.handler import ByPerson
from pep_runtime.service import running
from pep_runtime.settings import Settings


def pausing(decider: AnyDecider) -> AnyDecider:
    """Decides as ever; the first time the process stops before it says what."""
    times = 0

    def decide(state: Any, command: Any) -> Any:
        nonlocal times
        times += 1
        decided = decider.decide(state, command)
        if times == 1:
            os.kill(os.getpid(), signal.SIGSTOP)
        return decided

    return replace(decider, decide=decide)


async def write(authority: str, plan_id: str) -> None:
    parts = replace(PARTS, deciders={**PARTS.deciders, "plan": pausing(PARTS.deciders["plan"])})
    async with running(parts, Settings()) as service:
        command = SetTarget(
            target_id="target-paused",
            subject="maths",
            text="Set by the one that was paused.",
            actions=(PlannedAction(text="Tuition.", owner="designated_teacher"),),
            by="teacher-1",
            role=Role.DESIGNATED_TEACHER,
            on=service.clock.today(),
        )
        origin = ByPerson(Person("teacher-1", Role.DESIGNATED_TEACHER), "the paused one's key", b"what it asked")
        await service.handler.handle(authority, Act(command, (plan_id,)), origin)


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
