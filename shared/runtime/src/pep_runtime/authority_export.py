"""Exporting an authority: its rows in every database, its topics' records, its wrapped keys, its policy files.

The folder gets its name only when all is in it and was proved whole. Each service's rows are those of one moment, and
its topics are read up to that moment. The authority's own key is not among them: it is handed over apart.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from pep_runtime.backup import becoming, write_new
from pep_runtime.cloud_events import NUMBER
from pep_runtime.database import connected
from pep_runtime.export_files import MANIFEST, BadExport, Manifest, described, write_record
from pep_runtime.export_proof import Progress, prove
from pep_runtime.kafka import newest_record, reader
from pep_runtime.onboarding import Infrastructure
from pep_runtime.receipt import Head
from pep_runtime.topics import POSITION, topic

ROWS, RECORDS = 500, 1_000
TOPIC_SECONDS = 30.0
LOOK_SECONDS = 0.2

TABLES = """
    select quote_ident(c.relname) as name,
           string_agg(quote_ident(a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum)) as key
    from pg_class c
    join pg_index i on i.indrelid = c.oid and i.indisprimary
    join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and exists (select from pg_attribute where attrelid = c.oid and attname = 'authority' and not attisdropped)
    group by c.relname order by c.relname
"""
_HEADS = (
    "select log, position, announced, encode(hash, 'hex') as hash from journal_head where authority = $1 order by log"
)


async def export_authority(
    infrastructure: Infrastructure,
    authority: str,
    keys_dsn: str,
    policies: Path,
    folder: Path,
    now: datetime,
    progress: Progress,
) -> Manifest:
    """Write it to `folder`, which must not exist, and prove it whole. Raises `BadExport` and `BadBackup`."""
    with becoming(folder) as half:
        _make_folders(half, infrastructure)
        heads: list[Head] = []
        for service, dsn in infrastructure.databases.items():
            heads += await _export_service(infrastructure.bootstrap, authority, service, dsn, half, progress)
        if not heads:
            raise BadExport(f"There is no authority {authority} in this installation.")
        await _export_database(keys_dsn, authority, half / "keys", progress)
        if (policies / authority).is_dir():
            shutil.copytree(policies / authority, half / "policies")
        files = tuple(described(half, str(file.relative_to(half))) for file in sorted(half.glob("*/*")))
        manifest = Manifest(authority=authority, made_at=now, heads=tuple(heads), files=files)
        write_new(half / MANIFEST, manifest.model_dump_json(indent=2).encode())
        return await asyncio.to_thread(prove, half, progress)


def _make_folders(folder: Path, infrastructure: Infrastructure) -> None:
    for name in (*infrastructure.databases, "topics", "keys"):
        (folder / name).mkdir()


async def _export_service(
    bootstrap: str, authority: str, service: str, dsn: str, folder: Path, progress: Progress
) -> list[Head]:
    heads = await _export_database(dsn, authority, folder / service, progress)
    for head in heads:
        await _export_topic(bootstrap, topic(authority, service, head["log"]), POSITION, head["position"], folder)
        if head["log"] == "journal":
            await _export_topic(bootstrap, topic(authority, service, "events"), NUMBER, head["announced"], folder)
    return [Head(service=service, **{name: head[name] for name in ("log", "position", "hash")}) for head in heads]


async def _export_database(dsn: str, authority: str, folder: Path, progress: Progress) -> list[Mapping[str, Any]]:
    """Every table that has rows of authorities; gives the heads of the same moment."""
    async with connected(dsn) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("set local timezone = 'UTC'")
        tables = await connection.fetch(TABLES)
        for number, table in enumerate(tables):
            progress(f"exporting {folder.name}/{table['name']}", number, len(tables))
            await _export_table(connection, authority, table["name"], table["key"], folder)
        if not await connection.fetchval("select to_regclass('journal_head') is not null"):
            return []
        heads: list[Mapping[str, Any]] = await connection.fetch(_HEADS, authority)
        return heads


async def _export_table(connection: Any, authority: str, table: str, key: str, folder: Path) -> None:
    query = f"select to_jsonb(t)::text from {table} t where authority = $1 order by {key}"
    written = 0
    with (folder / f"{table}.jsonl").open("xb") as file:
        async for row in connection.cursor(query, authority, prefetch=ROWS):
            file.write(row[0].encode() + b"\n")
            written += 1
    there = await connection.fetchval(f"select count(*) from {table} where authority = $1", authority)
    if there != written:
        raise BadExport(f"{folder.name}/{table}: {written} rows were written, {there} are there.")


async def _export_topic(bootstrap: str, name: str, header: str, last: int, folder: Path) -> None:
    """Every record up to the number `last`, repeats too; what was appended meanwhile is not of this export."""
    async with reader(bootstrap) as consumer:
        await _reached(consumer, name, header, last)
        partition = TopicPartition(name, 0)
        first = (await consumer.beginning_offsets([partition]))[partition]
        end = (await consumer.end_offsets([partition]))[partition]
        consumer.seek(partition, first)
        read = 0
        with (folder / "topics" / f"{name}.jsonl").open("xb") as file:
            while await consumer.position(partition) < end:
                fetched = await consumer.getmany(partition, timeout_ms=500, max_records=RECORDS)
                for record in fetched.get(partition, []):
                    read += record.offset < end
                    if record.offset < end and int(dict(record.headers)[header]) <= last:
                        write_record(file, record)
    if read != end - first:
        raise BadExport(f"{name}: {read} records were read, {end - first} are there.")


async def _reached(consumer: AIOKafkaConsumer, name: str, header: str, last: int) -> None:
    """Wait until the relay has sent all that the log held."""
    try:
        async with asyncio.timeout(TOPIC_SECONDS):
            while last:
                newest, _end = await newest_record(consumer, name, header)
                if newest is not None and int(dict(newest.headers)[header]) >= last:
                    return
                await asyncio.sleep(LOOK_SECONDS)
            consumer.assign([TopicPartition(name, 0)])
    except TimeoutError as error:
        raise BadExport(f"{name} does not reach {last}: does the relay run?") from error
