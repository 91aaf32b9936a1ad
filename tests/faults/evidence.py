"""What is left when the faults are over: journals, tables, mails, topics, the history of what was sent."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import asyncpg
from tests.faults.history import History
from tests.faults.town import Town

from pep_kernel.message import Recorded
from pep_local.stack import PACKAGES, Stack
from pep_runtime.codec import EventTypes, decode_envelope
from pep_runtime.service import ServiceParts

_JOURNAL = (
    "select position, type, schema_version, recorded_at, announced, envelope, payload from journal"
    " where authority = $1 order by position"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept. `child` names whose history shows it, where one child's does."""

    where: str
    what: str
    child: str | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Evidence:
    """What checkers look at. The connections are a superuser's: they see every authority."""

    town: Town
    history: History
    databases: Mapping[str, Any]

    @property
    def stack(self) -> Stack:
        return self.town.direct

    @property
    def authorities(self) -> list[str]:
        return list(self.town.stack.sign_ins)

    @cached_property
    def parts(self) -> dict[str, ServiceParts]:
        """What each service is made of."""
        return {name: import_module(f"{package}.main").PARTS for name, package in PACKAGES.items()}

    def types(self, service: str) -> EventTypes:
        """The events that may stand in a service's journal."""
        return self.parts[service].event_types()

    async def journal(self, service: str, authority: str) -> list[Recorded]:
        """A whole journal, decoded: a run of minutes has some ten thousand events."""
        decode = self.types(service).decode
        return [
            Recorded(
                decode(row["type"], row["schema_version"], row["payload"]),
                decode_envelope(row["envelope"]),
                row["position"],
                row["recorded_at"],
                row["announced"],
            )
            for row in await self.databases[service].fetch(_JOURNAL, authority)
        ]


@contextlib.asynccontextmanager
async def evidence(town: Town, history: History) -> AsyncIterator[Evidence]:
    """What is there now, looked at past the proxies."""
    async with contextlib.AsyncExitStack() as open_until_the_end:
        databases = {}
        for service in PACKAGES:
            databases[service] = await asyncpg.connect(town.direct.superuser_dsn(service))
            open_until_the_end.push_async_callback(databases[service].close)
        yield Evidence(town, history, databases)
