"""What a measure is: sides that do the same work by turns, the figures of each run, and what they should come to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pep_local.stack import Stack

RATE, SECONDS, CPU, SERVERS_CPU = "a second", "seconds", "CPU seconds", "servers' CPU seconds"

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measure is given: servers with fsync on, a folder for files, and how much is asked for."""

    stack: Stack
    folder: Path
    seed: int = 7
    runs: int = 5
    full: bool = False

    @property
    def postgres_dsn(self) -> str:
        """For the superuser, of the database `postgres`."""
        return self.stack.postgres_dsn

    @property
    def kafka_bootstrap(self) -> str:
        return self.stack.kafka_bootstrap


async def nothing() -> None:
    """What most sides have to prepare."""


@dataclass(frozen=True, slots=True)
class Side:
    """One way of doing the work. `run` does it once; `prepare`, before each run, is not timed.

    `run` gives how many were done (events, appends), from which the rate follows, or figures of its own by name. The
    harness adds `SECONDS`, `CPU` (this process and its children) and `SERVERS_CPU`, unless the side gives them itself.
    """

    name: str
    run: Callable[[], Awaitable[int | Figures]]
    prepare: Callable[[], Awaitable[None]] = nothing


@dataclass(frozen=True, slots=True)
class Aim:
    """`figure` of the side `ours`, divided by that of `beside`, is at least or at most this much.

    Without `beside` the figure itself is compared. The first aim of a measure is the one that its summary shows.
    """

    ours: str
    beside: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    figure: str = RATE

    def __str__(self) -> str:
        sign, limit = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        return f"{sign} {limit:g}" + (" ×" if self.beside else "")

    def value(self, medians: Mapping[str, Figures]) -> float:
        """What is compared with the limit. `medians` is side → figures."""
        ours = medians[self.ours][self.figure]
        return ours / medians[self.beside][self.figure] if self.beside else ours

    def is_met(self, medians: Mapping[str, Figures]) -> bool:
        """Whether the medians are on the right side of the limit."""
        value = self.value(medians)
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)


Sides = AbstractAsyncContextManager[Sequence[Side]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the promises. `unit` is what a figure of the first aim counts, as "appends/s" or "ms".

    `sides` sets up what they need and takes it down again. It stands as `MEASURE` in a module `pN_something.py`, which
    gives it its id, PN. The first `warm_up` rounds are not counted: Kafka's Java compiles what it has often done.
    """

    title: str
    unit: str
    aims: Sequence[Aim]
    sides: Callable[[Bench], Sides]
    warm_up: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several runs, and the two ends."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))


Runs = Mapping[str, Sequence[Figures]]  # side → the figures of each of its runs


def spreads(runs: Runs) -> dict[str, dict[str, Spread]]:
    """Side → figure → its spread over the runs."""
    return {
        side: {figure: Spread.of([run[figure] for run in each]) for figure in each[0]} for side, each in runs.items()
    }


def medians(runs: Runs) -> dict[str, dict[str, float]]:
    """Side → figure → its median over the runs."""
    return {side: {name: spread.median for name, spread in figures.items()} for side, figures in spreads(runs).items()}
