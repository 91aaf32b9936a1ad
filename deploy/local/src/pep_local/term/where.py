"""What is there to look at when the term has been played, and how to get in."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from pep_local.stack import PACKAGES, STREAMS, Stack

AUDITOR = "U01"


def people_file(stack: Stack, authority: str) -> Path:
    """Who may sign in, with the passwords of this run."""
    return stack.folder / "secrets" / f"people-{authority}.json"


def write_for_owner(path: Path, content: object) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2))


def tell_where_to_look(console: Console, stack: Stack) -> None:
    """Addresses, files and commands, a line each."""
    for line in _lines(stack):
        console.print(line, soft_wrap=True, markup=False)


def _lines(stack: Stack) -> list[str]:
    return [
        "\nWhere to look",
        *(f"  API of {service}: {stack.url(service)}/docs" for service in PACKAGES),
        *(f"  Live counters of {service}: {stack.url(f'{service}_stream')}/live/" for service in STREAMS),
        f"  Mailbox: {stack.mailbox_url}",
        *(f"  Finance file: {path}" for path in sorted((stack.folder / "finance").glob("*.csv"))),
        f"  Logs: {stack.folder / 'logs'}",
        *(line for authority in stack.sign_ins for line in _signing_in(stack, authority)),
        "  Everything: .venv/bin/pep verify, .venv/bin/pep status" + _installation(stack),
    ]


def _signing_in(stack: Stack, authority: str) -> list[str]:
    people = people_file(stack, authority)
    if not people.exists():
        return []
    auditor = next(each for name, each in json.loads(people.read_text()).items() if name.endswith(AUDITOR))
    token = f"PEP_PASSWORD={auditor['password']} .venv/bin/pep token {authority} {auditor['person']}"
    return [
        f"  People of {authority} and their passwords: {people}",
        f"  A token of its auditor: export PEP_TOKEN=$({token})",
    ]


def _installation(stack: Stack) -> str:
    return f" (with PEP_INSTALLATION={stack.folder / 'installation.json'})"
