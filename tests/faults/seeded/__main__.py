"""`make seeded`: lets each bug that was kept as a patch into a copy of the tree, and sees that its tests find it.

Ends with 0 when every bug was caught, 1 when one was not or its patch does not apply any more, 2 for a wrong call,
130 after Ctrl-C.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Column, Table
from tests.faults.seeded.copies import CannotRun, apply, check_imports, copy_tree, run_tests
from tests.faults.seeded.patches import SeededBug, seeded_bugs

from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.trouble import say_trouble

out, err = Console(), Console(stderr=True, highlight=False)
AT_ONCE = 2
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a bug was caught by all the tests that it names, and what they said."""

    number: str
    bug: str
    breaks: str
    caught: bool
    tests: tuple[str, ...]
    said: str
    seconds: float


def seeded(
    only: Annotated[str, typer.Option(help="Some bugs by their numbers, as 03,07.")] = "",
    at_once: Annotated[int, typer.Option(min=1, max=16, help="How many copies are tested at once.")] = AT_ONCE,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one line of JSON a bug.")] = False,
) -> None:
    """Let known bugs into copies of the tree and see that the tests find them."""
    bugs = chosen(only, seeded_bugs())
    folder = Path(tempfile.mkdtemp(prefix="openpep-seeded-"))
    try:
        with servers(folder) as found:
            verdicts = _all(folder, bugs, found, at_once)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except CannotRun as reason:
        err.print(f"[red]Without any bug: {escape(str(reason))}")
        raise typer.Exit(1) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    (_say_json if as_json else _say)(verdicts)
    raise typer.Exit(0 if all(each.caught for each in verdicts) else 1)


def chosen(only: str, bugs: Sequence[SeededBug]) -> list[SeededBug]:
    """Those whose numbers are named; all, if none is. A number that there is not is a wrong call."""
    wanted = {number.strip().zfill(2) for number in only.split(",") if number.strip()}
    if unknown := wanted - {bug.number for bug in bugs}:
        raise typer.BadParameter(f"There is no bug {', '.join(sorted(unknown))}.")
    return [bug for bug in bugs if not wanted or bug.number in wanted]


@contextmanager
def servers(folder: Path) -> Iterator[Mapping[str, str]]:
    """One PostgreSQL and one Kafka for all tests: those that the environment names, else our own."""
    named = {name: os.environ.get(name, "") for name in ("PEP_TEST_POSTGRES_DSN", "PEP_TEST_KAFKA_BOOTSTRAP")}
    if all(named.values()):
        yield named
        return
    with Supervisor(folder / "servers", err) as supervisor:
        stack = Stack.on_free_ports(folder / "servers", secured=False)
        supervisor.start(stack.stores(fsync=False))
        yield {"PEP_TEST_POSTGRES_DSN": stack.postgres_dsn, "PEP_TEST_KAFKA_BOOTSTRAP": stack.kafka_bootstrap}


def _all(folder: Path, bugs: Sequence[SeededBug], servers: Mapping[str, str], at_once: int) -> list[Verdict]:
    """The healthy tree first; some copies at once. Ctrl-C reaches the tests by itself; what waits is not begun."""
    copies = ThreadPoolExecutor(at_once)
    try:
        healthy = copies.submit(_healthy, folder, bugs, servers)
        judged = copies.map(lambda bug: _judge(folder, bug, servers), bugs)
        verdicts = [*track(judged, "bugs let in", len(bugs), console=err, transient=True)]
        healthy.result()
        return verdicts
    finally:
        copies.shutdown(cancel_futures=True)


def _healthy(folder: Path, bugs: Sequence[SeededBug], servers: Mapping[str, str]) -> None:
    """Without any bug the same tests pass, and it is the copy that they test. Raises `CannotRun`."""
    tree = folder / "healthy"
    copy_tree(tree)
    check_imports(tree)
    ran = run_tests(tree, dict.fromkeys(test for bug in bugs for test in bug.caught_by), servers)
    if failed := {test: each.why for test, each in ran.items() if not each.passed}:
        raise CannotRun("; ".join(f"{test} fails: {why}" for test, why in failed.items()))


def _judge(folder: Path, bug: SeededBug, servers: Mapping[str, str]) -> Verdict:
    began, tree = time.monotonic(), folder / bug.number
    try:
        copy_tree(tree)
        apply(bug, tree)
        ran = run_tests(tree, bug.caught_by, servers)
        caught = all(each.failed for each in ran.values())
        said = "; ".join(
            f"{name}: {each.why or 'passed'}" for name, each in zip(_names(bug), ran.values(), strict=True)
        )
    except CannotRun as reason:
        caught, said = False, str(reason)
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    return Verdict(bug.number, bug.name, bug.breaks, caught, _names(bug), said, round(time.monotonic() - began, 1))


def _names(bug: SeededBug) -> tuple[str, ...]:
    return tuple(test.rpartition("::")[2] for test in bug.caught_by)


def _say(verdicts: Sequence[Verdict]) -> None:
    table = Table("", "bug", "breaks", Column("caught by", overflow="fold"), "s")
    for each in verdicts:
        by = "\n".join(each.tests) if each.caught else f"[red]NOT CAUGHT[/] {escape(each.said)}"
        table.add_row(each.number, each.bug, each.breaks, by, f"{each.seconds:.0f}")
    out.print(table)
    out.print(f"{sum(each.caught for each in verdicts)} of {len(verdicts)} bugs were caught.")


def _say_json(verdicts: Sequence[Verdict]) -> None:
    for each in verdicts:
        out.file.write(json.dumps(asdict(each)) + "\n")


if __name__ == "__main__":
    say_trouble(lambda: typer.run(seeded))
