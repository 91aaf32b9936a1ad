"""`pep status`: who works, how far everything is, what waits and what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pep_cli.asked_services import statuses
from pep_cli.settings import Installation, read_installation
from pep_cli.standings import AuthorityRow, ServiceStatus
from pep_cli.terminal import AsJson, OnlyAuthority, out, table_of

EVERY_SECONDS = 1.0
MOST_SENTENCES = 12
COUNTED = ("events", "to\nrelay", "to\nhear", "to\nfold", "parked", "refused\ntoday")


def status(
    authority: OnlyAuthority = None,
    every: Annotated[bool, typer.Option("--all", help="A row for every authority, the most troubled first.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again each second, until Ctrl-C.")] = False,
    check: Annotated[bool, typer.Option("--check", help="End with 1 if anything is wrong: for monitoring.")] = False,
    as_json: AsJson = False,
) -> None:
    """Who works, how far everything is, and what is wrong: a line for each service, or for each of its authorities."""
    installation = read_installation()
    if watch:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_watch(installation, authority, every))
        return
    found = asyncio.run(_asked(installation, authority))
    if as_json:
        print(json.dumps({"services": [asdict(each) for each in found], "wrong": _wrong(found)}, default=str))
    else:
        out.print(_screen(found, every or authority is not None))
    if check and _wrong(found):
        raise typer.Exit(1)


async def _asked(installation: Installation, authority: str | None) -> list[ServiceStatus]:
    found = await statuses(installation)
    for each in found:
        each.authorities = [row for row in each.authorities if authority in (None, row.authority)]
    return found


async def _watch(installation: Installation, authority: str | None, every: bool) -> None:
    with Live(console=out, screen=True, auto_refresh=False) as live:
        while True:
            live.update(_screen(await _asked(installation, authority), every or authority is not None), refresh=True)
            await asyncio.sleep(EVERY_SECONDS)


def _wrong(found: Sequence[ServiceStatus]) -> list[str]:
    return [sentence for each in found for sentence in each.wrong()]


def _screen(found: Sequence[ServiceStatus], rows: bool) -> Group:
    wrong = _wrong(found)
    said = [Text(each, style="red") for each in wrong[:MOST_SENTENCES]]
    if len(wrong) > MOST_SENTENCES:
        said.append(Text(f"and {len(wrong) - MOST_SENTENCES} more: --json has all", style="red"))
    tables = [_of_services(found), *([_of_authorities(found)] if rows else [])]
    return Group(*tables, *(said or [Text("Nothing is wrong.", style="green")]))


def _of_services(found: Sequence[ServiceStatus]) -> Table:
    """As narrow as a terminal of 80 columns; what is wrong is said below it in sentences."""
    table = table_of("service", "works", *COUNTED, whole=[each.service for each in found])
    for each in found:
        table.add_row(each.service, *_summary(each))
    return table


def _summary(each: ServiceStatus) -> list[str]:
    if each.away is not None:
        return ["[red]away[/red]"]
    rows = each.authorities
    figures = [sum(getattr(row, name) for row in rows) for name in ("position", "to_relay", "behind", "to_fold")]
    return [_works(each), *map(str, (*figures, sum(row.parked for row in rows), sum(row.refused for row in rows)))]


def _works(each: ServiceStatus) -> str:
    """Which of its three parts nobody plays, if any."""
    parts = (("api", each.api), ("relay", each.relays), ("consumer", each.consumers))
    missing = [name for name, is_there in parts if not is_there]
    return f"[red]no {', no '.join(missing)}[/red]" if missing else "[green]yes[/green]"


def _of_authorities(found: Sequence[ServiceStatus]) -> Table:
    rows = sorted((row for each in found for row in each.authorities), key=lambda row: row.trouble, reverse=True)
    table = table_of("service", "authority", *COUNTED)
    for row in rows:
        table.add_row(row.service, row.authority, *_figures(row))
    return table


def _figures(row: AuthorityRow) -> list[str]:
    return [str(each) for each in (row.position, row.to_relay, row.behind, row.to_fold, row.parked, row.refused)]
