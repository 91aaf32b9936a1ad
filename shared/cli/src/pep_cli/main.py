"""The root of the `pep` command, and what is not one service's: verify, status, parked, clock, token."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pep_cli.settings import Installation, NoInstallation, ServicePlace, name_services, read_installation
from pep_runtime.clock import LONDON, Clock

if TYPE_CHECKING:
    from pep_runtime.verify import Verdict

VERIFIED_AT_ONCE = 4

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
clock_app = typer.Typer(no_args_is_help=True)
parked_app = typer.Typer(no_args_is_help=True)
app.add_typer(clock_app, name="clock", help="The frozen clock of a demo or test installation.")
app.add_typer(parked_app, name="parked", help="Records that a service put aside because it failed on them.")
out, err = Console(), Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]
OnlyAuthority = Annotated[str | None, typer.Option("--authority", help="Only this authority.")]
OnlyService = Annotated[str | None, typer.Option("--service", help="Only this service.")]


class Away(Exception):
    """A server of the installation cannot be reached; the text says how it showed."""


@app.callback()
def pep() -> None:
    """OpenPEP at the terminal. The installation is described by the file that PEP_INSTALLATION names."""


@app.command()
def verify(authority: OnlyAuthority = None, service: OnlyService = None, as_json: AsJson = False) -> None:
    """Prove that every journal is dense and chained, and equal to its topics. Ends with 1 if one is not."""
    verdicts = asyncio.run(_verify(read_installation(), authority, service))
    if as_json:
        print(json.dumps([asdict(each) for each in verdicts]))
    else:
        _print_verdicts(verdicts)
    if any(each.fault for each in verdicts) or not verdicts:
        raise typer.Exit(1)


async def _verify(installation: Installation, authority: str | None, service: str | None) -> list[Verdict]:
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load; only this command needs it

    from pep_runtime.verify import Verifier

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    at_once = asyncio.Semaphore(VERIFIED_AT_ONCE)
    with Progress(*columns, console=err, transient=True) as progress:

        async def one(name: str, place: ServicePlace, each: str) -> Verdict:
            async with at_once:
                task = progress.add_task(f"{each} {name}", total=None)

                def show(done: int, of: int) -> None:
                    progress.update(task, completed=done, total=of)

                return await Verifier(place.worker_dsn, installation.kafka_bootstrap, name, each, show).verify()

        wanted = [
            one(name, place, each)
            for name, place in installation.services.items()
            if service in (None, name)
            for each in await _authorities(place.worker_dsn)
            if authority in (None, each)
        ]
        try:
            return await asyncio.gather(*wanted)
        except KafkaError as error:
            raise Away(type(error).__name__) from error


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    table = _table("authority", "service", "events", "announced", "repeats", "verdict")
    for each in verdicts:
        said = f"[red]{each.fault}[/red]" if each.fault else "[green]whole[/green]"
        table.add_row(each.authority, each.service, *map(str, (each.events, each.announcements, each.repeats)), said)
    out.print(table)


def _table(*headings: str) -> Table:
    """A table whose long words are folded, never cut."""
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


async def _authorities(dsn: str) -> list[str]:
    query = "select authority from journal_head where log = 'journal' order by authority"
    return [row["authority"] for row in await _fetch(dsn, query)]


async def _fetch(dsn: str, query: str, *arguments: Any) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(query, *arguments)
    finally:
        await connection.close()


@app.command()
def status(as_json: AsJson = False) -> None:
    """How far everything is: journal, relay, read models, and what waits, by service and authority."""
    rows = asyncio.run(_status(read_installation()))
    if as_json:
        print(json.dumps(rows))
        return
    table = _table("service", "authority", "position", "to relay", "to fold", "parked", "frozen")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table)


_STATUS = """
select h.authority, h.position, h.position - coalesce(r.position, 0) as to_relay,
       coalesce(h.position - (select min(p.position) from projection_position p
                              where p.authority = h.authority), 0) as to_fold,
       (select count(*) from parked_event e where e.authority = h.authority) as parked, coalesce(h.frozen, '') as frozen
from journal_head h left join relay_cursor r on r.authority = h.authority where h.log = 'journal' order by 1
"""


async def _status(installation: Installation) -> list[dict[str, Any]]:
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await _fetch(place.worker_dsn, _STATUS)
    ]


@parked_app.command("list")
def parked_list(as_json: AsJson = False) -> None:
    """What is parked, where, since when, and because of what."""
    rows = asyncio.run(_parked(read_installation()))
    if as_json:
        print(json.dumps(rows, default=str))
        return
    table = _table("service", "authority", "topic", "number", "child or stream", "error", "since", "to be retried")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table if rows else "Nothing is parked.")


async def _parked(installation: Installation) -> list[dict[str, Any]]:
    query = (
        "select authority, topic, number, key, error, parked_at, retry from parked_event order by 1, 2, 3 limit 1000"
    )
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await _fetch(place.worker_dsn, query)
    ]


@app.command()
def refusals(as_json: AsJson = False) -> None:
    """What the rules refused although another service's announcement asked for it, newest first."""
    rows = asyncio.run(_refusals(read_installation()))
    if as_json:
        print(json.dumps(rows, default=str))
        return
    table = _table("service", "authority", "announcement", "child", "refused because", "when")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table if rows else "Nothing was refused.")


async def _refusals(installation: Installation) -> list[dict[str, Any]]:
    query = (
        "select authority, type, coalesce(child_ref, '') as child, sentence, refused_at from policy_refusal"
        " order by refused_at desc limit 1000"
    )
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await _fetch(place.worker_dsn, query)
    ]


@parked_app.command("retry")
def parked_retry(
    service: Annotated[str, typer.Argument(help="The service that parked it.")],
    authority: Annotated[str, typer.Argument(help="The authority whose record it is.")],
    key: Annotated[str, typer.Argument(help="The child reference (or stream) as `pep parked list` shows it.")],
) -> None:
    """Try a child's parked records again, in order. The service does it itself within a second or two."""
    place = read_installation().services.get(service)
    if place is None:
        err.print(f"There is no service {service} in this installation.")
        raise typer.Exit(2)
    marked = asyncio.run(_mark_for_retry(place.worker_dsn, authority, key))
    out.print(f"{marked} record{'' if marked == 1 else 's'} will be tried again.")
    if not marked:
        raise typer.Exit(1)


async def _mark_for_retry(dsn: str, authority: str, key: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", authority)
            done: str = await connection.execute(
                "update parked_event set retry = true where authority = $1 and key = $2", authority, key
            )
            return int(done.split()[-1])
    finally:
        await connection.close()


@clock_app.command("show")
def clock_show() -> None:
    """What time it is for the services."""
    out.print(Clock(read_installation().clock_file).now().isoformat(), highlight=False)


@clock_app.command("set")
def clock_set(
    instant: Annotated[
        datetime, typer.Argument(help="London time, for example 2026-09-21T09:00; it moves forward only.")
    ],
) -> None:
    """Move the frozen clock of a demo or test installation forward."""
    try:
        Clock(read_installation().clock_file).set(instant.replace(tzinfo=LONDON))
    except ValueError as error:
        err.print(str(error))
        raise typer.Exit(1) from error
    clock_show()


@app.command()
def token(
    authority: Annotated[str, typer.Argument(help="The authority whose sign-in provider is asked.")],
    person: Annotated[str, typer.Argument(help="The person's reference.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="PEP_PASSWORD")],
) -> None:
    """Sign in at a development installation's provider and print a token: `export PEP_TOKEN=$(pep token …)`."""
    import httpx  # only this command needs it

    place = read_installation().sign_in.get(authority)
    if place is None:
        err.print(f"This installation names no sign-in provider for {authority} that takes a password.")
        raise typer.Exit(2)
    form = {"grant_type": "password", "username": person, "password": password}
    try:
        answer = httpx.post(place.token_url, data=form, auth=(place.client_id, place.client_secret), trust_env=False)
    except httpx.TransportError as error:
        raise Away(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        err.print("The provider does not know this person, or the password is wrong.")
        raise typer.Exit(1)
    print(answer.json()["access_token"])


def main() -> None:
    """`pep`: the commands above, and those of each installed service."""
    for found in _wanted(sys.argv[1:2], sorted(entry_points(group="pep.commands"), key=lambda each: each.name)):
        app.add_typer(found.load(), name=found.name)
    try:
        name_services()
        app()
    except NoInstallation as missing:
        _give_up(str(missing))
    except (Away, OSError, asyncpg.PostgresError) as away:
        how = str(away) if isinstance(away, Away) else type(away).__name__
        _give_up(f"A server of this installation cannot be reached ({how}). Is it running?")


def _wanted(first: list[str], found: list[EntryPoint]) -> list[EntryPoint]:
    """What the first word names, none for a command of the root, else all: a service takes seconds to load."""
    own = {str(each.name or getattr(each.callback, "__name__", "")) for each in app.registered_commands}
    groups = {str(each.name) for each in app.registered_groups}
    named = [each for each in found if first == [each.name]]
    return named or ([] if set(first) & (own | groups) else found)


def _give_up(sentence: str) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    sys.exit(1)
