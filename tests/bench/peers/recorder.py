"""`eventsourcing`'s PostgreSQL recorder saves aggregates with two events each: 16 threads, a pool of 16 connections.

It is used as its documentation says, without the work of its mapper: the bytes are given. By default it locks its
table, so that who reads by its sequence misses nothing. With `functions` it makes one call, without that lock: a number
may be seen after a larger one.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from tests.bench.peers.turns import answer_each_line

THREADS = 16
STATE = bytes(550)  # as many bytes as our envelope and payload have together


def main(dsn: str, functions: str, count: str) -> None:
    """Saves `count` aggregates a run."""
    recorder = PostgresFactory(_environment(dsn, functions)).application_recorder()
    threads = ThreadPoolExecutor(THREADS)

    def save(_number: int) -> None:
        stream = uuid4()
        recorder.insert_events([StoredEvent(stream, version, "plan:PlanOpened", STATE) for version in (1, 2)])

    answer_each_line(lambda: len(list(threads.map(save, range(int(count))))))


def _environment(dsn: str, functions: str) -> Environment:
    parts = urlsplit(dsn)
    return Environment(
        "bench",
        {
            "POSTGRES_DBNAME": parts.path[1:],
            "POSTGRES_HOST": str(parts.hostname),
            "POSTGRES_PORT": str(parts.port),
            "POSTGRES_USER": str(parts.username),
            "POSTGRES_PASSWORD": str(parts.password),
            "POSTGRES_POOL_SIZE": str(THREADS),
            "POSTGRES_ENABLE_DB_FUNCTIONS": functions,
        },
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
