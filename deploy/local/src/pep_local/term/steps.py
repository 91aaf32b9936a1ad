"""What was done, told as it happens; the first thing that did not happen as told ends the term."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text


class NotAsTold(Exception):
    """A step did not happen as told; the text says which step and what happened instead."""


class Steps:
    """Prints a line a step when it is done. Steps of several children and authorities may overlap."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.done: list[str] = []

    def heading(self, text: str) -> None:
        """A new day, a new part."""
        self._console.print(Text(f"\n{text}", style="bold"), soft_wrap=True)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Everything inside happens as told, or `NotAsTold` names this step."""
        began = time.monotonic()
        try:
            yield
        except NotAsTold as fault:
            raise NotAsTold(f"{what}: {fault}") from fault
        self.done.append(what)
        line = Text.assemble(("✓ ", "green"), what, (f"  {time.monotonic() - began:.1f} s", "dim"))
        self._console.print(line, soft_wrap=True)


def expect(found: object, wanted: object, what: str) -> None:
    """Raises `NotAsTold` unless the two are equal."""
    if found != wanted:
        raise NotAsTold(f"{what} should be {wanted!r}, but is {found!r}.")


async def at_once(*parts: Coroutine[Any, Any, None]) -> None:
    """All of them together. The first that fails ends the others, and its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except BaseExceptionGroup as several:
        raise first_of(several) from several


def first_of(error: BaseException) -> BaseException:
    """The first error inside a group, however deep."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
