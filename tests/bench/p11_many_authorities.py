"""P11: the same as P6 with 150 authorities, beside the same with two: what each authority costs that only is there."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence

from tests.bench.elsewhere import EVERYTHING, P50, P99
from tests.bench.measure import Aim, Bench, Measure, Side
from tests.bench.p6_elsewhere import FEW, MANY, side_of, suites


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with suites(bench, MANY, FEW) as found:
        yield found


MEASURE = Measure(
    "from a command until it can be seen elsewhere, with 150 authorities beside two",
    "ms",
    [
        Aim(side_of(MANY), side_of(FEW), at_most=2, figure=P50),
        Aim(side_of(MANY), side_of(FEW), at_most=2, figure=P99),
        Aim(side_of(MANY), side_of(FEW), at_most=3, figure=EVERYTHING),
    ],
    sides,
)
