"""Whole commands through the handler: load, replay, decide, seal, append; and the same where nothing is personal."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from tests.bench.journals import TEACHER, Journals, drop
from tests.bench.measure import Bench
from tests.integration.engine import jars

from pep_kernel.decider import Act
from pep_kernel.message import Event
from pep_runtime.clock import Clock
from pep_runtime.codec import EventTypes
from pep_runtime.database import connect, provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.handler import ByPerson, Handler
from pep_runtime.journal import Pool
from pep_runtime.keyring import Keyring
from pep_runtime.wake import Bell


class Poured(Event):
    """As `Filled`, with a label that everybody may read."""

    amount: int
    label: str
    quiet: bool = False


def _fill_twice(total: int, command: jars.Fill) -> list[jars.Filled]:
    return [*jars.decide(total, command), *jars.decide(total, command)]


def _pour_twice(_total: int, command: jars.Fill) -> list[Poured]:
    return [Poured(amount=command.amount, label=command.label, quiet=command.quiet)] * 2


@contextlib.asynccontextmanager
async def handling(
    bench: Bench, journals: Journals, pool: Pool, *, sealed: bool = True, children: int = 1
) -> AsyncIterator[Callable[[int], Awaitable[object]]]:
    """Gives what handles the command of a number: a new jar is filled twice, with a label each time.

    The labels are `sealed`, or plain. The jars are those of so many `children` in turn: the first of each makes a key.
    """
    database, run = f"keys_{secrets.token_hex(6)}", secrets.token_hex(4)
    logins, files = await provision(bench.postgres_dsn, database, "keys"), FileKeys(bench.folder / database)
    for authority in journals.authorities:
        await files.create(authority)
    try:
        async with await connect(logins.app, size=2, check_lineage=False) as keys:
            handler = Handler(
                pool, {"jar": replace(jars.JAR, decide=_fill_twice if sealed else _pour_twice)},
                EventTypes([jars.Filled, Poured]), Keyring(keys, files), Clock(), Bell(),
            )  # fmt: skip

            async def handle(number: int) -> object:
                authority = journals.authorities[number % len(journals.authorities)]
                act = Act(jars.Fill(amount=1), (f"jar-{run}-{number}",), child_ref=f"child-{number % children}")
                return await handler.handle(authority, act, ByPerson(TEACHER, f"{run}-{number}", b"fill it"))

            yield handle
    finally:
        await drop(bench.postgres_dsn, database)
