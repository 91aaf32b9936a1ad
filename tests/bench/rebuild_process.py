"""One rebuild in a process of its own, so that its memory can be seen. Prints events, seconds and the peak in MB."""

from __future__ import annotations

import asyncio
import json
import resource
import sys

from pep_record.main import PARTS
from pep_runtime.codec import EventTypes
from pep_runtime.rebuild import rebuild


async def main(worker_dsn: str, authority: str, table: str, rows_in_memory: str) -> None:
    (model,) = (each for each in PARTS.read_models if each.table == table)
    types = EventTypes(PARTS.events)
    found = await rebuild(worker_dsn, model, types, authority, rows_in_memory=int(rows_in_memory))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([found.events, found.seconds, peak]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
