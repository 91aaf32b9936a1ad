"""Runs a measure: its sides by turns (A B C A B C …), so that a noisy minute of the machine falls on all of them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from rich.console import Console
from tests.bench.measure import CPU, RATE, SECONDS, SERVERS_CPU, Bench, Figures, Measure, Runs, Side

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"


async def run_by_turns(measure: Measure, bench: Bench, servers: Iterable[psutil.Process], console: Console) -> Runs:
    """`bench.runs` rounds over all sides, a line for each run."""
    _let_sigterm_cancel_this()
    async with measure.sides(bench) as sides:
        runs: dict[str, list[Figures]] = {side.name: [] for side in sides}
        for number in range(1 - measure.warm_up, bench.runs + 1):
            for side in sides:
                name = f"{number}/{bench.runs}" if number > 0 else "warm"
                with console.status(f"{side.name}, {name}"):
                    figures = await run_once(side, servers)
                if number > 0:
                    runs[side.name].append(figures)
                console.print(f"  {name}  {side.name:<42}  {_in_words(figures)}")
        return runs


def _let_sigterm_cancel_this() -> None:
    """As Ctrl-C does: what was set up is taken down in order. Clients that end all at once wait for each other."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def run_once(side: Side, servers: Iterable[psutil.Process]) -> Figures:
    """One timed run of one side."""
    await side.prepare()
    with Stopwatch(servers) as watch:
        done = await side.run()
    return {**watch.figures(), **({RATE: done / watch.seconds} if isinstance(done, int) else done)}


class Stopwatch:
    """Wall time and CPU time between entering and leaving: of this process and its children, and of the servers."""

    def __init__(self, servers: Iterable[psutil.Process]) -> None:
        self._servers = list(servers)

    def __enter__(self) -> Self:
        self._all, self._of_servers, self._began = self._cpu()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        everything, of_servers, ended = self._cpu()
        self.seconds = ended - self._began
        self.servers_cpu = of_servers - self._of_servers
        self.cpu = everything - self._all - self.servers_cpu

    def figures(self) -> dict[str, float]:
        return {SECONDS: self.seconds, CPU: self.cpu, SERVERS_CPU: self.servers_cpu}

    def _cpu(self) -> tuple[float, float, float]:
        return cpu_seconds([psutil.Process()]), cpu_seconds(self._servers), time.perf_counter()


def cpu_seconds(roots: Iterable[psutil.Process]) -> float:
    """CPU time of these processes and all below them, also of those that have ended meanwhile."""
    total = 0.0
    for root in roots:
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])  # user, system, and both of the children that were waited for
    return total


@contextlib.asynccontextmanager
async def peer(
    module: str, *arguments: str, python: Path = PEERS_PYTHON
) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """A side in a process of its own, which speaks as tests/bench/peers/turns.py does: gives what runs it once."""
    process = await asyncio.create_subprocess_exec(
        str(python), "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asked, answers = process.stdin, process.stdout

    async def run() -> int:
        asked.write(b"go\n")
        answer = await answers.readline()
        if not answer:
            raise RuntimeError(f"{module} ended with code {await process.wait()}; what it said stands above.")
        return int(answer)

    try:
        yield run
    finally:
        asked.close()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _in_words(figures: Figures) -> str:
    return ", ".join(f"{value:,.{0 if value >= 100 else 2}f} {name}" for name, value in sorted(figures.items()))
