"""`pep policy`: the authorities' rules, from their files: checked, shown, laid side by side. Needs no server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from pep_cli.terminal import AsJson, err, out, table_of
from pep_kernel.authority_policy import FILES, NotInForce, PolicyFile, PolicyFileError, RulesFile
from pep_kernel.authority_policy.lines import Line, lines_on
from pep_runtime.clock import Clock
from pep_runtime.policies import AuthorityPolicies, read_policies

app = typer.Typer(no_args_is_help=True)
Key = tuple[str, str]
"""A file, and a key in it."""

Folder = Annotated[
    Path,
    typer.Option("--folder", envvar="PEP_AUTHORITIES_DIR", help="The folder that has a folder for each authority."),
]
OnlyFile = Annotated[str | None, typer.Option("--file", help=f"Only this file: {', '.join(FILES)}.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day, for example 2026-09-21.")]
AUTHORITIES = Path("shared/authorities")


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(envvar="PEP_AUTHORITIES_DIR", help="The folder that has a folder for each authority.")
    ] = AUTHORITIES,
    as_json: AsJson = False,
) -> None:
    """Check all files of all authorities; a line for each fault: file, key, reason. Ends with 1 if there is any.

    Dates that can end after the statutory ones are no fault; they are told too.
    """
    try:
        policies = read_policies(folder).authorities
    except PolicyFileError as wrong:
        if as_json:
            print(json.dumps({"faults": [asdict(fault) for fault in wrong.faults]}))
        else:
            print(wrong)
        raise typer.Exit(1) from wrong
    found, notes = sorted(policies), list(_notes(policies))
    if as_json:
        print(json.dumps({"authorities": found, "faults": [], "notes": notes}))
        return
    out.print(f"Nothing is wrong in the files of {', '.join(found)}.", highlight=False)
    for note in notes:
        out.print(f"To know: {note}.", highlight=False, soft_wrap=True)


def _notes(policies: Mapping[str, AuthorityPolicies]) -> Iterator[str]:
    """What is right and still surprises: told here, once, and not of each child."""
    for name, each in sorted(policies.items()):
        newest = each.scheduling.in_force(each.scheduling.days()[-1])
        yield from (f"{name}, scheduling: {note}" for note in newest.can_miss_the_law())


@app.command()
def show(
    authority: Annotated[str, typer.Argument(help="The name of the authority's folder.")],
    on: Day = None,
    file: OnlyFile = None,
    folder: Folder = AUTHORITIES,
    as_json: AsJson = False,
) -> None:
    """The rules in force on a day (today if none is given), each with its first day, its source, and the version."""
    day = _day(on)
    files = _files(policies_of(folder, authority), file)
    rows = {name: _on(each, name, day) for name, each in files.items()}
    versions = {name: _version(each, day) for name, each in files.items()}
    if as_json:
        shown = [
            {"file": name, "version": versions[name], "rules": [asdict(line) for line in lines]}
            for name, lines in rows.items()
        ]
        print(json.dumps({"authority": authority, "on": str(day), "files": shown}, default=_as_json))
        return
    for name, lines in rows.items():
        table = table_of("key", "rule", "since", "source")
        table.title = f"{name}: version {versions[name]}" if versions[name] else name
        for line in lines:
            table.add_row(line.key, line.text, f"{line.since:%d/%m/%Y}" if line.since else "", ", ".join(line.source))
        out.print(table)


@app.command()
def diff(
    authority: Annotated[str, typer.Argument(help="The name of an authority's folder.")],
    other: Annotated[str | None, typer.Argument(help="Another's, to compare the two on one day.")] = None,
    on: Day = None,
    begin: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Compare one authority's rules of this day …"),
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="… with those of this day; today if left out.")
    ] = None,
    file: OnlyFile = None,
    folder: Folder = AUTHORITIES,
    as_json: AsJson = False,
) -> None:
    """What two authorities decided differently (`diff A B`), or one changed between two days (`diff A --from DAY`)."""
    if (other is None) == (begin is None) or (other is None and on is not None) or (begin is None and end is not None):
        err.print("Give two authorities (and perhaps --on), or one with --from (and perhaps --to).")
        raise typer.Exit(2)
    policies = [policies_of(folder, name) for name in (authority, other) if name is not None]
    if len(policies) > 1:
        sides = {each.authority.authority: _by_key(each, file, _day(on)) for each in policies}
    else:
        sides = {f"{day:%d/%m/%Y}": _by_key(policies[0], file, day) for day in (_day(begin), _day(end))}
    _print_differences(sides, as_json)


def _print_differences(sides: Mapping[str, Mapping[Key, Line]], as_json: bool) -> None:
    keys = dict.fromkeys(key for side in sides.values() for key in side)
    rows = {key: [side.get(key) for side in sides.values()] for key in keys}
    differ = {key: row for key, row in rows.items() if len({_said(line) for line in row}) > 1}
    if as_json:
        told = [
            {"file": name, "key": key, **{side: line and line.value for side, line in zip(sides, row, strict=True)}}
            for (name, key), row in differ.items()
        ]
        print(json.dumps(told, default=_as_json))
        return
    table = table_of("file", "key", *sides)
    for (name, key), row in differ.items():
        table.add_row(name, key, *map(_said, row))
    out.print(table if differ else "They say the same.")


def _said(line: Line | None) -> str:
    return line.text if line else "(no such rule)"


def _by_key(policies: AuthorityPolicies, file: str | None, day: date) -> dict[Key, Line]:
    files = _files(policies, file)
    return {(name, line.key): line for name, each in files.items() for line in _on(each, name, day)}


def _files(policies: AuthorityPolicies, file: str | None) -> dict[str, PolicyFile]:
    if file is not None and file not in FILES:
        err.print(f"There is no file '{file}': {', '.join(FILES)} are.")
        raise typer.Exit(2)
    return {name: getattr(policies, name.replace("-", "_")) for name in FILES if file in (None, name)}


def _on(file: PolicyFile, name: str, day: date) -> Sequence[Line]:
    try:
        return lines_on(file, day)
    except NotInForce as none:
        err.print(f"{file.authority}, {name}: {none}.", highlight=False)
        raise typer.Exit(1) from none


def _version(file: PolicyFile, day: date) -> str | None:
    return file.in_force(day).version if isinstance(file, RulesFile) else None


def policies_of(folder: Path, authority: str) -> AuthorityPolicies:
    try:
        policies = read_policies(folder)
    except PolicyFileError as wrong:
        print(wrong)
        raise typer.Exit(1) from wrong
    if authority not in policies.authorities:
        err.print(f"{folder} has no authority '{authority}': {', '.join(sorted(policies.authorities))} are there.")
        raise typer.Exit(1)
    return policies.for_authority(authority)


def _day(given: datetime | None) -> date:
    return given.date() if given else Clock().today()


def _as_json(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else str(value)
