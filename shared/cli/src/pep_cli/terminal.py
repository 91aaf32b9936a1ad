"""What the commands share: where they print, how a table looks, how they read a service's database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pep_runtime.database import connected

out, err = Console(), Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
OnlyAuthority = Annotated[str | None, typer.Option("--authority", help="Only this authority.")]
OnlyService = Annotated[str | None, typer.Option("--service", help="Only this service.")]
PageNumber = Annotated[int, typer.Option("--page", min=1, help="Which page.")]
PageRows = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many rows a page has.")]


class Away(Exception):
    """A server of the installation cannot be reached; the text says how it showed."""


def table_of(*headings: str, whole: Iterable[str] = ()) -> Table:
    """A table whose long words are folded, never cut; the names in `whole`, in its first column, stay in one line."""
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    table.columns[0].min_width = max(map(len, whole), default=None)
    return table


async def fetch(dsn: str, query: str, *arguments: Any) -> list[Any]:
    """The rows of one query, by a connection of its own."""
    async with connected(dsn) as connection:
        rows: list[Any] = await connection.fetch(query, *arguments)
    return rows


async def authorities_of(dsn: str) -> list[str]:
    """The authorities that have been opened in a service's database."""
    query = "select authority from journal_head where log = 'journal' order by authority"
    return [row["authority"] for row in await fetch(dsn, query)]
