"""`make bench`: measures the engine beside its peers and beside raw limits, on servers of its own with fsync on."""

from __future__ import annotations

import asyncio
import importlib
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import psutil
import typer
import uvloop
from rich.console import Console
from tests.bench.harness import ROOT, run_by_turns
from tests.bench.measure import Bench, Measure
from tests.bench.report import Result, page, read_json, result_of, write_json

from pep_local.places import make_folder, state_folder
from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.trouble import Trouble, say_trouble

HERE = Path(__file__).parent
JSON, PAGE = ROOT / "build" / "bench.json", ROOT / "docs" / "performance.md"
console = Console(stderr=True, highlight=False, soft_wrap=True)


def bench(
    only: Annotated[str, typer.Option(help="Some measures, as P1,P4; the others keep their last figures.")] = "",
    runs: Annotated[int, typer.Option(min=1, help="How often each side runs.")] = 5,
    seed: Annotated[int, typer.Option(help="What the data are made from.")] = 7,
    full: Annotated[bool, typer.Option("--full", help="The largest journals too: this takes long.")] = False,
) -> None:
    """Measure, and write build/bench.json and docs/performance.md."""
    names = chosen(only, modules())
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=make_folder(state_folder())))
    try:
        with Supervisor(folder, console) as supervisor:
            stack = Stack.on_free_ports(folder, secured=False)
            supervisor.start(stack.stores(fsync=True))
            _measure_all(names, Bench(stack, make_folder(folder / "bench"), seed, runs, full), keep=bool(only))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure_all(names: Sequence[str], bench: Bench, keep: bool) -> None:
    """Written after each measure, so that Ctrl-C loses only the one that runs."""
    servers = psutil.Process().children()
    results: dict[str, Result] = read_json(JSON) if keep else {}
    for name in names:
        measure = load(name)
        console.print(f"[bold]{name}[/bold] {measure.title}")
        results[name] = result_of(measure, bench, uvloop.run(run_by_turns(measure, bench, servers, console)))
        for aim in results[name]["aims"]:
            seen = f"{aim['value']:.3g}"
            met = "met" if aim["met"] else "missed"
            console.print(f"  {aim['ours']} beside {aim['beside'] or '–'}: {seen}, aim {aim['aim']}: {met}")
        write(results)


def write(results: dict[str, Result]) -> None:
    """Both files, in the order of the measures."""
    in_order = {name: results[name] for name in sorted(results, key=by_number)}
    notes = {path.stem: path.read_text() for path in (HERE / "notes").glob("P*.md")}
    write_json(JSON, in_order)
    PAGE.write_text(page(in_order, notes))


def modules() -> dict[str, str]:
    """Id of each measure → its module, in order: P1 stands in p1_append.py."""
    found = {path.stem.partition("_")[0].upper(): path.stem for path in HERE.glob("p[0-9]*_*.py")}
    return {name: found[name] for name in sorted(found, key=by_number)}


def by_number(name: str) -> int:
    """P2 goes before P11."""
    return int(re.sub(r"\D", "", name))


def chosen(only: str, known: dict[str, str]) -> list[str]:
    """The ids that ONLY names, by id or word (P13 stands in p13_due.py), in order; all if it names none.

    Trouble: a name that no measure has.
    """
    by_word = {module.partition("_")[2].upper(): name for name, module in known.items()}
    named = (name.strip().upper() for name in only.split(",") if name.strip())
    wanted = {by_word.get(name, name) for name in named}
    if unknown := sorted(wanted - known.keys()):
        raise Trouble(f"ONLY={only}: there is no measure {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [name for name in known if not wanted or name in wanted]


def load(name: str) -> Measure:
    """A measure by its id."""
    found: Measure = importlib.import_module(f"tests.bench.{modules()[name]}").MEASURE
    return found


def main() -> None:
    """Trouble is said in one sentence. Whoever sends SIGTERM gets the code that the shell has for it."""
    try:
        say_trouble(lambda: typer.run(bench))
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
