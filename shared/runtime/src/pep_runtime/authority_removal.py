"""Removing an authority after a proved export: its rows, its topics and their readers, its keys. Others are untouched.

Its logs are frozen first, and must end where the export ended. What was stopped half way can be done again: it goes on
with what is still there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.errors import for_code

from pep_runtime.authority_export import TABLES
from pep_runtime.database import connected
from pep_runtime.export_files import Manifest
from pep_runtime.export_proof import Progress
from pep_runtime.kafka_rights import READER_QUOTA, reader_user
from pep_runtime.kafka_users import KafkaUsers
from pep_runtime.onboarding import Infrastructure, administering, passwords_of, topics_of
from pep_runtime.receipt import Head

REASON = "the authority is being removed"
TOPIC_SECONDS = 30.0
LOOKS = 5
_HEADS = (
    "select log, position, encode(hash, 'hex') as hash from journal_head where authority = $1 order by log for update"
)


class CannotRemove(Exception):
    """Nothing is removed, and why."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What is gone: rows by `service/table`, topics, users of Kafka, and how many rights they had."""

    rows: Mapping[str, int]
    topics: tuple[str, ...]
    kafka_users: tuple[str, ...]
    rights: int


async def remove_authority(
    infrastructure: Infrastructure, keys_dsn: str, manifest: Manifest, progress: Progress
) -> Removed:
    """Remove the authority of this proved export. Raises `CannotRemove` if its logs went on since."""
    authority, databases = manifest.authority, infrastructure.databases
    await _freeze(infrastructure, manifest)
    rows = dict(manifest.rows())  # of what an earlier run removed, the export knows how many there were
    for number, (service, dsn) in enumerate(databases.items()):
        progress(f"removing rows of {service}", number, len(databases))
        rows |= await _remove_rows(dsn, service, manifest)
    progress("removing topics and users of Kafka", 0, 0)
    topics = await _remove_topics(infrastructure, authority)
    users, rights = await _shut_out(infrastructure, authority) if infrastructure.signs_in else ((), 0)
    progress("removing keys", 0, 0)
    rows |= await _remove_rows(keys_dsn, "keys", manifest)
    await _until_nothing_is_left(databases, manifest)
    await infrastructure.keys.destroy(authority)
    return Removed(rows, topics, users, rights)


async def _freeze(infrastructure: Infrastructure, manifest: Manifest) -> None:
    """From here on nothing is appended; the logs must end as they did in the export."""
    try:
        for service, dsn in infrastructure.databases.items():
            async with connected(dsn) as connection, connection.transaction():
                freeze = "select freeze_authority($1, $2, log) from journal_head where authority = $1"
                await connection.execute(freeze, manifest.authority, REASON)
                await _check_heads(connection, service, manifest)
    except CannotRemove:
        for dsn in infrastructure.databases.values():
            async with connected(dsn) as connection:
                thaw = "select thaw_authority($1, $2, log) from journal_head where authority = $1"
                await connection.execute(thaw, manifest.authority, REASON)
        raise


async def _check_heads(connection: Any, service: str, manifest: Manifest) -> None:
    found = [Head(service=service, **row) for row in await connection.fetch(_HEADS, manifest.authority)]
    wanted = [head for head in manifest.heads if head.service == service]
    if found and found != sorted(wanted, key=lambda head: head.log):
        raise CannotRemove(f"{service} went on after the export: export the authority again. Nothing was removed.")


async def _remove_rows(dsn: str, service: str, manifest: Manifest) -> dict[str, int]:
    """Every row of the authority in one database, in one transaction; gives what there was."""
    gone: dict[str, int] = {}
    async with connected(dsn) as connection, connection.transaction():
        if service != "keys":
            await _check_heads(connection, service, manifest)
        # The triggers that keep the logs append-only are off for this transaction of a superuser alone.
        await connection.execute("set local session_replication_role = replica")
        for table in await connection.fetch(TABLES):
            done = await connection.execute(f"delete from {table['name']} where authority = $1", manifest.authority)
            gone[f"{service}/{table['name']}"] = int(done.rpartition(" ")[2])
    return {table: count for table, count in gone.items() if count}


async def _remove_topics(infrastructure: Infrastructure, authority: str) -> tuple[str, ...]:
    """Gives the names of all that the authority had, and returns when Kafka shows none of them."""
    names = topics_of(authority, infrastructure.databases)
    async with administering(infrastructure.bootstrap) as admin, asyncio.timeout(TOPIC_SECONDS):
        there = set(names) & set(await admin.list_topics())
        if there:
            _check((await admin.delete_topics(sorted(there))).topic_error_codes)
        while set(names) & set(await admin.list_topics()):
            await asyncio.sleep(0.1)
    return tuple(sorted(names))


def _check(codes: Iterable[tuple[str, int]]) -> None:
    for name, code in codes:
        if code:
            raise for_code(code)(name)


async def _shut_out(infrastructure: Infrastructure, authority: str) -> tuple[tuple[str, ...], int]:
    """Rights on the authority's topics end, and its own users with them."""
    users = tuple(sorted(reader_user(reader, authority) for reader in infrastructure.readers))
    rights = infrastructure.own_rights(authority)
    async with KafkaUsers(infrastructure.bootstrap) as kafka:
        await kafka.revoke(rights & await kafka.rights())
        for user in set(users) & await kafka.names():
            await kafka.unlimit(user, READER_QUOTA)
            await kafka.remove(user)
    for user in users:
        passwords_of(infrastructure).forget(user)
    return users, len(rights)


async def _until_nothing_is_left(databases: Mapping[str, str], manifest: Manifest) -> None:
    """Running services may have written down, meanwhile, how far they had read: that goes too."""
    for _ in range(LOOKS):
        left = [await _remove_rows(dsn, service, manifest) for service, dsn in databases.items()]
        if not any(left):
            return
        await asyncio.sleep(1)
    raise CannotRemove("Rows come back: stop the services and do it again. Topics and their users are gone.")
