"""The bar that long work shows on stderr: how far it is, how fast it goes, and how long it will still take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from pep_cli.terminal import err

Done = TypeVar("Done")


class RateColumn(ProgressColumn):
    """So many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


def progress_bar() -> Progress:
    """`with progress_bar() as progress:` … It is gone when the work is done; the result stays."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True)


def under_bar(work: Callable[[Callable[[str, int, int], None]], Coroutine[Any, Any, Done]]) -> Done:
    """Run it, showing what it says of itself: what it is at, how many are done, of how many (0: not known)."""
    with progress_bar() as bar:
        task = bar.add_task("connecting", total=None)

        def show(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of or None)

        return asyncio.run(work(show))
