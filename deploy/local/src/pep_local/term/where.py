"""What happened in the term and what is there to look at; how to get in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pep_kernel.money import pounds
from pep_local.places import ROOT
from pep_local.stack import PACKAGES, STREAMS, Stack
from pep_local.term.story import Road, Story, read_story, with_story


def tell_what_happened(console: Console, stack: Stack) -> None:
    """A row a child: the particular thing about the term, and the money."""
    for authority in with_story(stack.sign_ins):
        table = Table("child", "what was particular", "approved", "released", title=authority, title_justify="left")
        for road in read_story(authority).children:
            table.add_row(road.child, road.tells, pounds(road.approved_pence), pounds(road.released_pence))
        console.print(table)


def tell_where_to_look(console: Console, stack: Stack) -> None:
    """Addresses, files and commands, a line each."""
    console.print("\nWhere to look", style="bold")
    for line in _lines(stack):
        console.print(f"  {line}", soft_wrap=True, markup=False)


def _lines(stack: Stack) -> Iterator[str]:
    yield from (f"API of {service}: {stack.url(service)}/docs" for service in PACKAGES)
    yield from (f"Live counters of {service}: {stack.url(f'{service}_stream')}/live/" for service in STREAMS)
    yield f"Mailbox: {stack.mailbox_url}"
    yield from (f"Finance file: {path}" for path in sorted((stack.folder / "finance").glob("*.csv")))
    yield f"Logs: {stack.folder / 'logs'}"
    yield f"All journals and topics: {_pep(stack, 'verify')}, {_pep(stack, 'status')}"
    for authority in stack.sign_ins:
        yield from _getting_in(stack, authority)


def _getting_in(stack: Stack, authority: str) -> Iterator[str]:
    path = people_file(stack, authority)
    if not path.exists():
        return
    known, story = json.loads(path.read_text()), read_story(authority)
    auditor, child = known["staff"][story.jobs.auditor], known["children"][_most_told(story).child]
    token = _pep(stack, f"token {authority} {auditor['reference']}")
    yield f"People of {authority}, their passwords, and the children: {path}"
    yield f"Signing in as its auditor: export PEP_TOKEN=$(PEP_PASSWORD={auditor['password']} {token})"
    yield f"  then a child's story: {_pep(stack, f'journey {child}')}"
    yield f"  and who has looked at it: {_pep(stack, f'access {child}')}"


def _most_told(story: Story) -> Road:
    return next((road for road in story.children if road.corrected), story.children[0])


def _pep(stack: Stack, arguments: str) -> str:
    """The command; with the installation's file where it is not the one that the command takes by itself."""
    named = "" if stack.folder == ROOT / ".state" else f"PEP_INSTALLATION={stack.folder / 'installation.json'} "
    return f"{named}.venv/bin/pep {arguments}"


def people_file(stack: Stack, authority: str) -> Path:
    """Who may sign in, with the passwords of this run, and the children's references."""
    return stack.folder / "secrets" / f"people-{authority}.json"


def write_people(stack: Stack, authority: str, staff: Mapping[str, Any], children: Mapping[str, str]) -> None:
    """For the owner of the folder only."""
    path = people_file(stack, authority)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"staff": staff, "children": children}, indent=2))
