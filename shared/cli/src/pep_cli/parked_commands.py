"""`pep parked`: records that a service put aside because it failed on them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from pep_cli.parked_records import Parked, decide, details, parked
from pep_cli.settings import ServicePlace, read_installation
from pep_cli.terminal import AsJson, OnlyAuthority, OnlyService, PageNumber, PageRows, err, out, table_of

app = typer.Typer(no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="The service that parked it.")]
Authority = Annotated[str, typer.Argument(help="The authority whose record it is.")]
Key = Annotated[str, typer.Argument(help="The child's reference (or the stream) as `pep parked list` shows it.")]


class Reason(StrEnum):
    """Why a record is given up. Words about a child stand in the case, not here."""

    SAID_BY_MISTAKE = "said_by_mistake"
    DEALT_WITH_BY_HAND = "dealt_with_by_hand"
    CANNOT_BE_READ = "cannot_be_read"


@app.command("list")
def parked_list(
    service: OnlyService = None,
    authority: OnlyAuthority = None,
    page: PageNumber = 1,
    limit: PageRows = 50,
    as_json: AsJson = False,
) -> None:
    """Whose records are parked, the oldest first: where, since when, and because of what."""
    found = asyncio.run(parked(read_installation(), service, authority, page, limit))
    if as_json:
        print(json.dumps([asdict(each) for each in found], default=str))
        return
    table = table_of(
        "service", "authority", "said by", "number", "child or stream", "error", "since", "behind", "asked"
    )
    for each in found:
        table.add_row(*_cells(each))
    out.print(table if found else "Nothing is parked." if page == 1 else "There is nothing on this page.")


def _cells(each: Parked) -> list[str]:
    since = f"{each.since:%d/%m/%Y %H:%M}"
    place = [each.service, each.authority, each.giver, str(each.number), each.key]
    return [*place, each.error, since, str(each.behind), each.asked or ""]


@app.command("show")
def parked_show(service: Service, authority: Authority, key: Key, as_json: AsJson = False) -> None:
    """The record that failed: its headers, its error, what it says, and what waits behind it."""
    found = asyncio.run(details(_place(service).worker_dsn, authority, key))
    if not found:
        _nothing(service, authority, key)
    if as_json:
        print(json.dumps(found, default=str))
        return
    for each in found:
        table = table_of("", f"{each['consumer']}: number {each['number']} of {each['topic']}")
        for name in ("error", "parked_at", "asked", "behind"):
            table.add_row(name.replace("_", " "), str(each[name]))
        for name, value in each["headers"].items():
            table.add_row(name, value)
        table.add_row("says", each["says"])
        out.print(table)


@app.command("retry")
def parked_retry(service: Service, authority: Authority, key: Key) -> None:
    """Try a child's parked records again, in order. The service does it itself within a second or two."""
    numbers = asyncio.run(decide(_place(service).worker_dsn, authority, key))
    if not numbers:
        _nothing(service, authority, key)
    out.print(f"From number {numbers[0]} on, what is parked will be tried again.", highlight=False)


@app.command("discard")
def parked_discard(
    service: Service,
    authority: Authority,
    key: Key,
    reason: Annotated[Reason, typer.Option(prompt=True, help="Why it is given up; words stand in the case.")],
    case: Annotated[
        str, typer.Option(prompt="Number of the case in which it is explained", help="The number of the case.")
    ],
    by: Annotated[str, typer.Option(prompt="Your staff reference", help="Your own staff reference.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the reference again.")] = False,
) -> None:
    """Give a child's first parked record up for good; what waits behind it is then tried, in order.

    The service writes into its journal what was given up, by whom and why.
    """
    _check_reference("--case", case)
    _check_reference("--by", by)
    dsn = _place(service).worker_dsn
    found = asyncio.run(details(dsn, authority, key))
    if not found:
        _nothing(service, authority, key)
    if not yes:
        given_up = ", ".join(f"number {each['number']} of {each['topic']}" for each in found)
        err.print(f"{service} will never know what {given_up} says.", highlight=False)
        if typer.prompt("Type the child's reference (or the stream) to give it up", err=True) != key:
            err.print("That is another one. Nothing was given up.")
            raise typer.Exit(1)
    numbers = asyncio.run(decide(dsn, authority, key, (reason, case, by)))
    if not numbers:
        _nothing(service, authority, key)
    out.print(f"Number {numbers[0]} is given up. `pep parked list` shows whether more waits.", highlight=False)


def _check_reference(option: str, value: str) -> None:
    """A reference and no words: what is decided stands in the journal for ever, readable to all who read it."""
    if not value or len(value) > 60 or not all(each.isalnum() or each in "-_/.#" for each in value):
        err.print(f"{option} {value!r} is no reference: letters, digits and -_/.# only, no spaces.", highlight=False)
        raise typer.Exit(2)


def _place(service: str) -> ServicePlace:
    place = read_installation().services.get(service)
    if place is None:
        err.print(f"There is no service {service} in this installation.")
        raise typer.Exit(2)
    return place


def _nothing(service: str, authority: str, key: str) -> NoReturn:
    err.print(f"{service} has nothing parked of {key} at {authority}.", highlight=False)
    raise typer.Exit(1)
