"""A faust agent that counts a journal topic's records by their key: an event each, into a dictionary in memory.

It is spared what a table of faust's would add (a changelog record a count) and what a read model needs (decoding).
Prints how many it counted a second between its first record and its last, and the CPU seconds that this took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from typing import Any

import faust


def counting(bootstrap: str, topic: str, group: str, events: int, folder: str, done: asyncio.Event) -> faust.App:
    """The app; `group` is new, so that it begins at the beginning."""
    app = faust.App(group, broker=f"kafka://{bootstrap}", store="memory://", web_enabled=False, datadir=folder)
    records = app.topic(topic, key_serializer="raw", value_serializer="raw")

    async def count(stream: Any) -> None:
        counts: Counter[bytes] = Counter()
        seen, began, cpu_began = 0, 0.0, 0.0
        async for event in stream.events():
            if not seen:
                began, cpu_began = time.perf_counter(), time.process_time()
            counts[event.key] += 1
            seen += 1
            if seen == events:
                print(json.dumps([events / (time.perf_counter() - began), time.process_time() - cpu_began]), flush=True)
                done.set()

    app.agent(records, name="count")(count)
    return app


async def main(bootstrap: str, topic: str, group: str, events: str) -> None:
    """Until all are counted."""
    done = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:  # for notes of its own, which nobody reads
        app = counting(bootstrap, topic, group, int(events), folder, done)
        await app.start()
        await done.wait()
        await app.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
