"""What this process counts, for Prometheus to fetch. Labels are authorities, services and outcomes, and few."""

from __future__ import annotations

from collections.abc import Awaitable

from prometheus_client import Counter, Histogram

from pep_runtime.journal import Answer

APPENDS = Counter("pep_appends", "Calls that appended to the journal, by what came of them.", ["outcome"])
APPEND_SECONDS = Histogram(
    "pep_append_seconds",
    "How long a call to append took.",
    buckets=(0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1, 2, 5),
)
DECIDED_AGAIN = Counter("pep_decided_again", "Commands that were decided again, since others were quicker.")
RETRIES = Counter("pep_retries", "Work that began again after passing trouble, by the trouble's name.", ["trouble"])
PARKED = Counter("pep_parked", "Records that were put aside.", ["consumer", "authority"])
REFUSED = Counter("pep_refused", "Commands of policies that the rules refused.", ["consumer", "authority"])
UNREADABLE = Counter("pep_unreadable", "Records without a number that can be read, passed over.")


async def counted(appending: Awaitable[Answer]) -> Answer:
    """What the append answers, counted and timed; what it raises is counted by name."""
    try:
        with APPEND_SECONDS.time():
            answer = await appending
    except Exception as error:
        APPENDS.labels(type(error).__name__).inc()
        raise
    APPENDS.labels(answer.outcome).inc()
    return answer
