"""`pep backup` and `pep restore`: all databases and, apart from them, the keys of personal data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar, get_args

import asyncpg
import typer
from rich.table import Table

from pep_cli.progress import under_bar
from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, err, fetch, out, table_of

if TYPE_CHECKING:
    from pep_runtime.backup import Kind, Manifest
    from pep_runtime.postgres_tools import PostgresTools
    from pep_runtime.restore import Restored

Done = TypeVar("Done")
Progress = Callable[[str, int, int], None]
Only = Annotated[str | None, typer.Option(help="Only `journals` (every service's database), or only `keys`.")]
PostgresBin = Annotated[
    Path | None,
    typer.Option(envvar="PEP_POSTGRES_BIN", help="The folder of pg_dump and pg_restore, if the system does not know."),
]


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that does not hold such a backup yet.")],
    only: Only = None,
    postgres_bin: PostgresBin = None,
    as_json: AsJson = False,
) -> None:
    """Write FOLDER/journals (every service's database) and FOLDER/keys, each with a manifest, while all runs on.

    Keep the two apart: whoever has both can read everything. Keys come last, so that they open all that the journals
    hold. Ends with 1 if a backup could not be made.
    """
    installation = read_installation()
    made = {}
    for kind in _kinds(only):
        databases, key_files = _databases(installation, kind), _key_files(installation, kind)
        tools = _tools(installation, postgres_bin)
        made[kind] = _with_progress(_back_up(kind, databases, folder / kind, tools, key_files))
    if as_json:
        print(json.dumps({kind: manifest.model_dump(mode="json") for kind, manifest in made.items()}))
        return
    for kind, manifest in made.items():
        out.print(_table(manifest, {}))
        out.print(f"{folder / kind} is complete.", highlight=False, soft_wrap=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="The folder that `pep backup` wrote.")],
    only: Only = None,
    postgres_bin: PostgresBin = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a backup, say what it would bring back, and, if you agree, put it back. Stop the services first.

    What is there now keeps its data in a database of its own, `…_before`. Afterwards start the services: the relay
    compares with Kafka, and `pep recover` takes back what was published since. Ends with 1 if nothing was restored.
    """
    installation = read_installation()
    kinds = [kind for kind in _kinds(only) if only or (folder / kind).exists()]
    if not kinds:
        _refuse(f"{folder} holds neither journals nor keys: `pep backup` did not write it.")
    backups = {kind: _with_progress(_read(folder / kind, kind)) for kind in kinds}
    if not as_json:
        for kind, manifest in backups.items():
            out.print(_table(manifest, asyncio.run(_events_now(_databases(installation, kind)))))
    if not (yes or (not as_json and typer.confirm("Put this back?", err=True))):
        raise typer.Exit(1)
    done: list[Restored] = []
    for kind, manifest in backups.items():
        tools = _tools(installation, postgres_bin)
        done += _with_progress(_restore(manifest, folder / kind, installation, tools))
    _say_restored(done, as_json)


def _say_restored(done: list[Restored], as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        print(json.dumps([asdict(each) for each in done]))
        return
    for each in done:
        kept = f"; what was there is in {each.kept_as}" if each.kept_as else ""
        out.print(f"{each.name} is back{kept}.", highlight=False, soft_wrap=True)
        if not each.joined:
            err.print(
                "There were no keys to join with: destroy again whatever was destroyed after this backup, before the"
                " services start.",
                style="red",
            )
    out.print("Start the services, look at `pep status`, and run `pep recover` for what is frozen.", highlight=False)


def _kinds(only: str | None) -> tuple[Kind, ...]:
    from pep_runtime.backup import Kind

    kinds: tuple[Kind, ...] = get_args(Kind)
    if only is not None and only not in kinds:
        _refuse(f"--only: {only} is neither journals nor keys.", 2)
    return tuple(kind for kind in kinds if only in (None, kind))


def _tools(installation: Installation, postgres_bin: Path | None) -> PostgresTools:
    from pep_runtime.postgres_tools import PostgresTools

    return PostgresTools(postgres_bin or installation.postgres_bin)


def _databases(installation: Installation, kind: Kind) -> dict[str, str]:
    if kind == "keys":
        if installation.keys is None:
            _refuse("This installation does not say where its keys are.", 2)
        return {"keys": installation.keys.operator_dsn}
    unknown = [name for name, place in installation.services.items() if place.operator_dsn is None]
    if unknown:
        _refuse(f"This installation names no operator_dsn (a superuser's address) for {', '.join(unknown)}.", 2)
    return {name: place.operator_dsn for name, place in installation.services.items() if place.operator_dsn}


def _key_files(installation: Installation, kind: Kind) -> list[Path]:
    folder = installation.keys.folder if kind == "keys" and installation.keys else None
    return sorted(folder.glob("*.key")) if folder else []


def _back_up(
    kind: Kind, databases: Mapping[str, str], folder: Path, tools: PostgresTools, key_files: list[Path]
) -> Callable[[Progress], Coroutine[Any, Any, Manifest]]:
    from pep_runtime.backup import back_up

    return lambda progress: back_up(kind, databases, folder, tools, progress, key_files)


def _read(folder: Path, kind: Kind) -> Callable[[Progress], Coroutine[Any, Any, Manifest]]:
    from pep_runtime.backup import read_backup

    async def read(progress: Progress) -> Manifest:
        return read_backup(folder, kind, progress)

    return read


def _restore(
    manifest: Manifest, folder: Path, installation: Installation, tools: PostgresTools
) -> Callable[[Progress], Coroutine[Any, Any, list[Restored]]]:
    from pep_runtime.restore import restore

    databases = _databases(installation, manifest.kind)
    key_folder = installation.keys.folder if manifest.kind == "keys" and installation.keys else None
    return lambda progress: restore(manifest, folder, databases, tools, progress, key_folder)


def _with_progress(work: Callable[[Progress], Coroutine[Any, Any, Done]]) -> Done:
    """Run it under a bar; what it says no to ends the command with that sentence."""
    from pep_runtime.backup import BadBackup
    from pep_runtime.keys_union import OtherKeys
    from pep_runtime.postgres_tools import ToolFailed
    from pep_runtime.restore import CannotRestore

    try:
        return under_bar(work)
    except (BadBackup, CannotRestore, OtherKeys, ToolFailed) as reason:
        sentence = str(reason)
    _refuse(sentence)


def _refuse(sentence: str, code: int = 1) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def _table(manifest: Manifest, now: Mapping[str, int | None]) -> Table:
    table = table_of("file", "moment", "MB", "authorities", "events", *(["events now"] if now else []))
    for file in manifest.files:
        events = sum(head.position for head in file.heads)
        moment = file.moment.isoformat(timespec="seconds") if file.moment else ""
        row = [file.name, moment, f"{file.bytes / 1e6:.1f}", str(len(file.heads) or ""), str(events or "")]
        if now:
            there = now.get(file.database or "")
            row.append("" if there is None else str(there))
        table.add_row(*row)
    return table


async def _events_now(databases: Mapping[str, str]) -> dict[str, int | None]:
    """How many events each service's database holds now; None for one that is not there."""
    query = "select coalesce(sum(position), 0)::bigint as events from journal_head where log = 'journal'"
    found: dict[str, int | None] = {}
    for name, dsn in databases.items():
        try:
            found[name] = None if name == "keys" else (await fetch(dsn, query))[0]["events"]
        except asyncpg.InvalidCatalogNameError:
            found[name] = None
    return found
