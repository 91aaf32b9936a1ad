"""Copying beside the API: every journal and every access log of every authority."""

from __future__ import annotations

from journey.adapters.copies import Copies
from journey.adapters.looks import LookCopies
from pep_runtime.runner import PartitionRunner
from pep_runtime.service import RunningService

SERVICES = ("scheduling", "pep-record", "funding", "notifications", "journey")
GROUP = "pep.journey.copies"
LOOKS_GROUP = "pep.journey.looks"
GATHER_SECONDS = 0.5  # an auditor does not see the difference; each question names every topic


async def copy_journals(service: RunningService) -> None:
    """Until cancelled."""
    copies = Copies(service.pool)
    await PartitionRunner(
        service.settings.kafka_bootstrap, GROUP, SERVICES, "journal", copies, gather_seconds=GATHER_SECONDS
    ).run()


async def copy_looks(service: RunningService) -> None:
    """Until cancelled."""
    looks = LookCopies(service.pool)
    await PartitionRunner(
        service.settings.kafka_bootstrap, LOOKS_GROUP, SERVICES, "access", looks, gather_seconds=GATHER_SECONDS
    ).run()
