"""Before money leaves: is all that the other services have said taken in? If not, the run is put off and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx

from pep_kernel.refusal import Refusal
from pep_runtime.service import RunningService
from pep_runtime.upstream import UpstreamError

WAIT_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 0.05


class PutOff(Refusal):
    """The run cannot be made now: another service does not answer, or we lag behind what it has said."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The release run is put off, nothing was released: {why}")


async def rely_on_upstreams(
    service: RunningService, authority: str, wait_seconds: float = WAIT_SECONDS
) -> Mapping[str, int]:
    """The number of each other service's last announcement, as soon as all up to it are taken in. Raises `PutOff`."""
    announced = {name: await _announced(service, authority, name) for name in service.parts.upstreams}
    try:
        async with asyncio.timeout(wait_seconds):
            while await _late(service, authority, announced):
                await service.bell.wait(LOOK_AGAIN_SECONDS)
    except TimeoutError:
        late = " and ".join(await _late(service, authority, announced)) or "another service"
        raise PutOff(f"what {late} said last has not been taken in yet.") from None
    return announced


async def _announced(service: RunningService, authority: str, name: str) -> int:
    try:
        return await service.upstream(name).announced(authority)
    except (httpx.TransportError, UpstreamError) as trouble:
        raise PutOff(f"{name} does not answer.") from trouble


async def _late(service: RunningService, authority: str, announced: Mapping[str, int]) -> list[str]:
    return [name for name, number in announced.items() if await service.consumed(authority, name) < number]
