"""A whole installation of its own, and the term played on it once for all tests of this folder.

It has its own Kafka: consumer groups are named after services, so a second installation on one cluster would join them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from tests.undisturbed import undisturbed

from pep_local.installation import install
from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.term.authority import Authority
from pep_local.term.desk import client_of_services
from pep_local.term.play import Term, set_first_day
from pep_local.term.steps import Steps


@dataclass
class Played:
    """What the term left behind, with everything still running."""

    stack: Stack
    traces: Path
    steps: list[str]
    authorities: dict[str, Authority]


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    found = Path(tempfile.mkdtemp(prefix="openpep-journeys-"))
    yield found
    shutil.rmtree(found)


@pytest.fixture(scope="session")
async def played(folder: Path) -> AsyncIterator[Played]:
    stack = Stack.on_free_ports(folder / "state")
    traces = folder / "traces"
    traces.mkdir()
    with undisturbed(), Supervisor(stack.folder) as supervisor:
        set_first_day(stack)
        supervisor.start(stack.servers(fsync=False))
        installed = await install(stack)
        environments = {
            service: {**environment, "PEP_TRACES_FILE": str(traces / f"{service}.jsonl")}
            for service, environment in installed.environments.items()
        }
        supervisor.start(stack.services(environments))
        steps = Steps(Console(stderr=True))
        async with client_of_services() as client:
            term = Term(stack, installed.administrators, steps, client)
            await term.play()
            yield Played(stack, traces, steps.done, {each.desk.authority: each for each in term.authorities})
