"""`pep offboard`: an authority leaves. Everything of it is exported and proved whole; then two people may remove it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pep_cli.infrastructure import infrastructure_of, policies_of, refuse, said
from pep_cli.progress import under_bar
from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, Away, out, table_of

if TYPE_CHECKING:
    from pep_runtime.authority_removal import Removed
    from pep_runtime.export_files import Manifest

Done = TypeVar("Done")
Progress = Callable[[str, int, int], None]


def offboard(
    authority: Annotated[str, typer.Argument(help="The authority that leaves.")],
    export: Annotated[
        Path, typer.Option(help="The folder of the export: a new one, or with --remove the one that was made.")
    ],
    remove: Annotated[bool, typer.Option("--remove", help="Remove what was exported. Cannot be undone.")] = False,
    receipt: Annotated[Path | None, typer.Option(help="The new file for the signed receipt of the removal.")] = None,
    approved_by: Annotated[
        list[str] | None, typer.Option(help="Who approves the removal: given twice, for two different people.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Export everything of an authority and prove the export whole; with --remove, remove what was exported.

    Rows, the access log, read models, files, wrapped keys, topics' records and policy files become JSON lines. Removal
    asks each of two people to type the authority's name. Ends with 1 if nothing was exported or removed.
    """
    installation = read_installation()
    if not remove:
        _say_exported(export, _run(_export(installation, authority, export)), as_json)
        return
    file, people = _checked(receipt, approved_by or [])
    operator_key = said(installation.operator_key, "the key that signs receipts (operator_key)")
    manifest = _run(_prove(authority, export))
    if not as_json:
        _say_exported(export, manifest, as_json)
    for person in people:
        _confirm(person, authority)
    removed = _run(_remove(installation, manifest))
    _sign(installation, manifest, removed, people, export, operator_key, file)
    if as_json:
        print(file.read_text())
    else:
        out.print(f"{authority} is gone from this installation. The receipt is {file}.", soft_wrap=True)


def _checked(receipt: Path | None, approved_by: list[str]) -> tuple[Path, tuple[str, str]]:
    people = tuple(person.strip() for person in approved_by)
    if len(people) != 2 or not all(people):
        refuse("Two people approve a removal: --approved-by NAME --approved-by NAME.", 2)
    if len({person.casefold() for person in people}) != 2:
        refuse("The two who approve must be two different people.", 2)
    if receipt is None or receipt.exists() or not receipt.absolute().parent.is_dir():
        refuse("--receipt names the new file for the receipt, in a folder that is there.", 2)
    return receipt, (people[0], people[1])


def _confirm(person: str, authority: str) -> None:
    typed = typer.prompt(f"{person}, type the authority's name to have it removed", default="", err=True)
    if typed != authority:
        refuse("Nothing was removed.")


def _export(
    installation: Installation, authority: str, folder: Path
) -> Callable[[Progress], Coroutine[Any, Any, Manifest]]:
    async def work(progress: Progress) -> Manifest:
        from pep_runtime.authority_export import export_authority
        from pep_runtime.clock import Clock

        keys, now = said(installation.keys, "where its keys are"), Clock(installation.clock_file).now()
        async with infrastructure_of(installation) as infrastructure:
            return await export_authority(
                infrastructure, authority, keys.operator_dsn, policies_of(installation), folder, now, progress
            )

    return work


def _prove(authority: str, folder: Path) -> Callable[[Progress], Coroutine[Any, Any, Manifest]]:
    async def work(progress: Progress) -> Manifest:
        from pep_runtime.export_files import BadExport
        from pep_runtime.export_proof import prove

        manifest = await asyncio.to_thread(prove, folder, progress)
        if manifest.authority != authority:
            raise BadExport(f"{folder} is an export of {manifest.authority}.")
        return manifest

    return work


def _remove(installation: Installation, manifest: Manifest) -> Callable[[Progress], Coroutine[Any, Any, Removed]]:
    async def work(progress: Progress) -> Removed:
        from pep_runtime.authority_removal import remove_authority

        keys = said(installation.keys, "where its keys are")
        async with infrastructure_of(installation) as infrastructure:
            return await remove_authority(infrastructure, keys.operator_dsn, manifest, progress)

    return work


def _run(work: Callable[[Progress], Coroutine[Any, Any, Done]]) -> Done:
    """Under a bar; what it says no to ends the command with that sentence."""
    from aiokafka.errors import KafkaError

    from pep_runtime.authority_removal import CannotRemove
    from pep_runtime.backup import BadBackup
    from pep_runtime.export_files import BadExport

    try:
        return under_bar(work)
    except (BadExport, BadBackup, CannotRemove) as reason:
        sentence = str(reason)
    except KafkaError as error:
        raise Away(type(error).__name__) from error
    refuse(sentence)


def _sign(
    installation: Installation,
    manifest: Manifest,
    removed: Removed,
    people: tuple[str, str],
    folder: Path,
    operator_key: Path,
    file: Path,
) -> None:
    from pep_runtime.clock import Clock
    from pep_runtime.export_files import MANIFEST
    from pep_runtime.receipt import Receipt, public_key, write_receipt

    receipt = Receipt(
        authority=manifest.authority,
        removed_at=Clock(installation.clock_file).now(),
        approved_by=people,
        manifest_sha256=hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest(),
        heads=manifest.heads,
        rows=dict(removed.rows),
        topics=removed.topics,
        kafka_users=removed.kafka_users,
        rights=removed.rights,
        public_key=public_key(operator_key),
    )
    write_receipt(receipt, operator_key, file)


def _say_exported(folder: Path, manifest: Manifest, as_json: bool) -> None:
    if as_json:
        print(json.dumps(manifest.model_dump(mode="json")))
        return
    table = table_of("file", "lines")
    for file in manifest.files:
        table.add_row(file.name, str(file.lines))
    out.print(table)
    out.print(f"{folder} holds everything of {manifest.authority}, and was proved whole.", soft_wrap=True)
