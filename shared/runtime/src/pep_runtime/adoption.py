"""Writing down the rules that a service goes by, when it first meets them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pep_kernel.adopted_rules import AdoptPolicy
from pep_kernel.authority_policy import InForce, NotInForce
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_runtime.handler import ByPolicy
from pep_runtime.tasks import keep_trying

if TYPE_CHECKING:
    from pep_runtime.service import RunningService

LOOK_SECONDS = 5.0


class RuleFile(Protocol):
    """An authority's file for one service."""

    @property
    def corrections(self) -> tuple[str, ...]:
        """Adopted versions that it declares mistaken."""

    def days(self) -> tuple[date, ...]:
        """The days on which something in it begins to hold."""

    def in_force(self, on: date) -> InForce:
        """The rules of a day."""


def versions(file: RuleFile) -> list[AdoptPolicy]:
    """Every version that the file holds, the oldest first."""
    found = list(_in_force(file))
    days = tuple(day for day, _ in found)
    return [
        AdoptPolicy(
            effective_from=day, version=rules.version, text=rules.text(), days=days, corrections=file.corrections
        )
        for day, rules in found
    ]


def _in_force(file: RuleFile) -> Iterator[tuple[date, InForce]]:
    """The rules of each day on which a version begins; on the file's first days not everything may hold yet."""
    for day in file.days():
        with contextlib.suppress(NotInForce):
            yield day, file.in_force(day)


async def adopt(service: RunningService) -> None:
    """Adopt the rules of every authority, opened now or later. Raises `Refusal` for a version changed since."""
    await keep_trying("adoption", partial(_adopt, service))


async def _adopt(service: RunningService) -> None:
    adopted: set[str] = set()
    while True:
        for authority in await service.authorities():
            if authority not in adopted and authority in service.policies.authorities:
                await adopt_of(service, authority)
                adopted.add(authority)
        await asyncio.sleep(LOOK_SECONDS)


async def adopt_of(service: RunningService, authority: str) -> None:
    """Adopt one authority's rules; what was adopted before is passed."""
    assert service.parts.rule_file is not None  # noqa: S101  # the service has rules, or this is not called
    for command in versions(service.parts.rule_file(service.policies, authority)):
        cause = timer_cause("policy adopted", authority, command.effective_from.isoformat(), command.version)
        act = Act(command, (f"policy-{authority}",), policy_version=command.version)
        await service.handler.handle(authority, act, ByPolicy("adoption", cause, cause))
