"""One rebuild in a process of its own, so that its memory can be seen. Prints events, seconds and the peak in MB."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from pep_record.main import PARTS
from pep_runtime.codec import EventTypes
from pep_runtime.rebuild import rebuild


async def main(worker_dsn: str, authority: str, table: str, rows_in_memory: str) -> None:
    (model,) = (each for each in PARTS.read_models if each.table == table)
    types = EventTypes(PARTS.events)
    found = await rebuild(worker_dsn, model, types, authority, rows_in_memory=int(rows_in_memory))
    print(json.dumps([found.events, found.seconds, peak_megabytes()]))


def peak_megabytes() -> float:
    """Of this process alone: what `getrusage` says begins with the memory of the process that started it."""
    kilobytes = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
    return int(kilobytes) / 1024


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
