"""The page that Prometheus fetches: what this process counted, and how the whole service stands by its database.

Every process of a service shows the latter, since one that does not run cannot say how much waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pep_runtime.standing import Standing, standing
from pep_runtime.tasks import PASSING

if TYPE_CHECKING:
    from pep_runtime.service import RunningService

LOOK_SECONDS = 5.0


class Shown(Collector):
    """How the service stands, as figures; None where its database does not answer."""

    def __init__(self, found: Standing | None) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        """The figures."""
        yield GaugeMetricFamily("pep_database_answers", "1 if the service's database answers.", int(bool(self._found)))
        if self._found is not None:
            yield GaugeMetricFamily("pep_relay_works", "1 if a relay holds the lease.", int(self._found.relays))
            yield from _of_authorities(self._found)
            yield from _of_readers(self._found)


def _of_authorities(found: Standing) -> Iterator[Metric]:
    families = {
        "position": GaugeMetricFamily("pep_journal_position", "The journal's last position.", labels=["authority"]),
        "announced": GaugeMetricFamily("pep_announced", "The last announcement's number.", labels=["authority"]),
        "to_relay": GaugeMetricFamily("pep_relay_backlog", "Positions not yet on Kafka.", labels=["authority"]),
        "relay_seconds": GaugeMetricFamily(
            "pep_relay_backlog_seconds", "How long the oldest of them has waited.", labels=["authority"]
        ),
        "to_fold": GaugeMetricFamily("pep_projection_lag", "Positions not yet in read models.", labels=["authority"]),
        "frozen": GaugeMetricFamily("pep_frozen", "1 if the journal takes nothing.", labels=["authority"]),
    }
    for row in found.authorities:
        for name, family in families.items():
            value = getattr(row, name)
            family.add_metric([row.authority], int(value is not None) if name == "frozen" else value)
    return iter(families.values())


def _of_readers(found: Standing) -> Iterator[Metric]:
    labels = ["consumer", "authority", "giver"]
    families = {
        "last_number": GaugeMetricFamily(
            "pep_taken_in", "The last number taken in; the giver's pep_announced less this is the lag.", labels=labels
        ),
        "halted": GaugeMetricFamily("pep_topic_halted", "1 if the consumer stands still.", labels=labels),
        "parked": GaugeMetricFamily("pep_parked_records", "Records that wait for an operator.", labels=labels),
        "parked_children": GaugeMetricFamily("pep_parked_children", "Children of whom some wait.", labels=labels),
    }
    for row in found.readers:
        for name, family in families.items():
            value = getattr(row, name)
            family.add_metric([row.consumer, row.authority, row.giver], int(bool(value)) if name == "halted" else value)
    return iter(families.values())


async def page(service: RunningService) -> bytes:
    """The page's text. A database that is away is shown, not waited for."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            found = await standing(service.worker, service.clock.now())
    except PASSING:
        found = None
    registry = CollectorRegistry()
    registry.register(Shown(found))
    return generate_latest(REGISTRY) + generate_latest(registry)


def metrics_app(service: RunningService) -> FastAPI:
    """An application of its own, on a port of its own: whoever reads the API need not see it."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(await page(service), media_type=CONTENT_TYPE_LATEST)

    return app
