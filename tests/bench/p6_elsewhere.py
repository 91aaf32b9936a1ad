"""P6: from a command at one service until it can be seen in another service's read model, fifty commands a second."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.elsewhere import A_SECOND, P50, P99, Elsewhere, elsewhere
from tests.bench.measure import Aim, Bench, Measure, Side
from tests.bench.suite import installed_suite

SECONDS_A_RUN = float(os.environ.get("SECONDS", "20"))
WARM_UP_MOVES = 5 * A_SECOND
FEW, MANY = 2, 150


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with suites(bench, FEW) as found:
        yield found


@contextlib.asynccontextmanager
async def suites(bench: Bench, *sizes: int) -> AsyncIterator[Sequence[Side]]:
    """A suite for each number of authorities. Only the services of the one whose turn it is run."""
    async with contextlib.AsyncExitStack() as stays:
        everywhere: list[Elsewhere] = []
        for size in sizes:
            names = [f"shire_{number}" for number in range(1, size + 1)]
            folder = Path(stays.enter_context(TemporaryDirectory(dir=bench.folder)))
            suite = await stays.enter_async_context(installed_suite(folder, names))
            everywhere.append(await stays.enter_async_context(elsewhere(suite)))
            suite.stop()
        yield [_side(each, everywhere) for each in everywhere]


def _side(ours: Elsewhere, everywhere: Sequence[Elsewhere]) -> Side:
    async def prepare() -> None:
        for each in everywhere:
            each.suite.stop()
        ours.suite.start()
        await ours.move(WARM_UP_MOVES)

    return Side(side_of(len(ours.suite.authorities)), lambda: ours.run(SECONDS_A_RUN), prepare)


def side_of(authorities: int) -> str:
    """How the side of so many authorities is called."""
    return f"{A_SECOND} commands a second, {authorities} authorities"


MEASURE = Measure(
    "from a command over HTTP until it can be seen in another service's read model",
    "ms",
    [Aim(side_of(FEW), at_most=40, figure=P50), Aim(side_of(FEW), at_most=250, figure=P99)],
    sides,
)
