"""Before money leaves: is all that the other services have said taken in? If not, the run is put off and says so.

The services are asked in the order in which they hear each other. Each is first asked to take in what those before it
have said: a meeting's outcome that scheduling has corrected must have become pep-record's withdrawal by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from pep_kernel.refusal import Refusal
from pep_runtime.service import RunningService
from pep_runtime.upstream import Progress, UpstreamError

WAIT_SECONDS = 10.0


class PutOff(Refusal):
    """The run cannot be made now: another service does not answer, or somebody lags behind what was said."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The release run is put off, nothing was released: {why}")


@dataclass(frozen=True, slots=True)
class Relied:
    """Each service's last announcement, all of which are taken in; and whose records somebody upstream has parked."""

    numbers: Mapping[str, int]
    parked: frozenset[str]


async def rely_on_upstreams(service: RunningService, authority: str, wait_seconds: float = WAIT_SECONDS) -> Relied:
    """What a run can rest on. Raises `PutOff`."""
    numbers: dict[str, int] = {}
    parked: frozenset[str] = frozenset()
    for name in service.parts.upstreams:
        progress = await _progress(service, authority, name, numbers)
        numbers[name] = progress.announced
        parked |= progress.parked
    if late := await service.late(authority, numbers, wait_seconds):
        raise PutOff(f"what {' and '.join(late)} said last has not been taken in yet.")
    return Relied(numbers, parked)


async def _progress(service: RunningService, authority: str, name: str, before: Mapping[str, int]) -> Progress:
    try:
        return await service.upstream(name).progress(authority, before)
    except UpstreamError as error:
        raise PutOff(f"{name} {'lags behind' if error.status == 503 else 'does not answer'}.") from error
    except httpx.TransportError as trouble:
        raise PutOff(f"{name} does not answer.") from trouble
