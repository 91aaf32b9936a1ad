"""The finance file as it was stored with the run; where a restore took the bytes, made again from the journal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from funding.domain.release.finance_file import finance_files
from funding.domain.streams import release_stream
from funding.projections.release_run import ReleaseRun
from pep_kernel.refusal import NotFound, Refusal
from pep_runtime.codec import EventTypes

_STORED = "select content from stored_file where authority = $1 and name = $2"
# One run is one append: all of its events stand together, from its stream's first to the one that tells of the file.
_OF_RUN = """
    select type, schema_version, payload from journal where authority = $1 and position between
        (select position from journal where authority = $1 and stream = $2 and version = 1) and
        (select position from journal where authority = $1 and stream = $2 and type = 'FinanceFileMade')
    order by position
"""
Fetch = Callable[..., Awaitable[list[Any]]]
"""Runs a query as one authority: row-level security shows no other's rows."""


async def file_of(fetch: Fetch, types: EventTypes, authority: str, run: ReleaseRun) -> bytes:
    """The bytes of a run's file. Raises `NotFound`, or `Refusal` if they cannot be made as they were."""
    if stored := await fetch(_STORED, authority, run.file_name):
        content: bytes = stored[0]["content"]
        return content
    rows = await fetch(_OF_RUN, authority, release_stream(run.run_id))
    made = finance_files([types.decode(row["type"], row["schema_version"], row["payload"]) for row in rows])
    if run.file_name not in made:
        raise NotFound("There is no such file here.")
    if sha256(made[run.file_name]).hexdigest() != run.sha256:
        raise Refusal("This file is not stored any more, and this version would write it differently.")
    return made[run.file_name]
