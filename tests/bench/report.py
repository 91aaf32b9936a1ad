"""The figures as build/bench.json for programs, and as docs/performance.md for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from tests.bench.measure import CPU, SERVERS_CPU, Aim, Bench, Figures, Measure, Runs, medians, spreads

Result = Mapping[str, Any]

HOW = """\
# Performance

Every figure stands beside a peer or a limit that was measured in the same run, on the same servers, with fsync on. The
sides take turns, so that a noisy minute falls on all of them. A figure is the median of its runs; the smallest and the
largest follow in brackets. The ratio is what counts: the machine is shared, and another one has other figures.

To repeat it: `make bench`. `make bench ONLY=P1,P4` measures some of them, `RUNS=9` takes more runs, `SEED=11` other
data, `FULL=1` the large journals too. The figures are also in `build/bench.json`.
"""


def result_of(measure: Measure, bench: Bench, runs: Runs) -> Result:
    """One measure's entry of build/bench.json. Its first aim gives `ours`, `peer` and `ratio`."""
    first, middle = measure.aims[0], medians(runs)
    return {
        "title": measure.title,
        "ours": middle[first.ours][first.figure],
        "peer": middle[first.beside][first.figure] if first.beside else None,
        "ratio": first.value(middle) if first.beside else None,
        "unit": measure.unit,
        "met": all(aim.is_met(middle) for aim in measure.aims),
        "aims": [_aim(aim, middle) for aim in measure.aims],
        "sides": {
            side: {figure: asdict(spread) for figure, spread in figures.items()}
            for side, figures in spreads(runs).items()
        },
        "runs": bench.runs,
        "seed": bench.seed,
        "full": bench.full,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
    }


def _aim(aim: Aim, middle: Mapping[str, Figures]) -> Result:
    return {
        "ours": aim.ours,
        "beside": aim.beside,
        "figure": aim.figure,
        "aim": str(aim),
        "value": aim.value(middle),
        "met": aim.is_met(middle),
    }


def machine() -> str:
    """What the figures were measured on, in a few words."""
    gigabytes = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores ({platform.machine()}), {gigabytes:.0f} GB, Python {platform.python_version()}"


def write_json(path: Path, results: Mapping[str, Result]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Result]:
    """What was measured before; nothing if nothing was."""
    found: dict[str, Result] = json.loads(path.read_text()) if path.exists() else {}
    return found


def page(results: Mapping[str, Result], notes: Mapping[str, str]) -> str:
    """docs/performance.md. `notes` is id → what was written by hand about a measure."""
    sections = (_section(name, result, notes.get(name, "")) for name, result in results.items())
    return "\n".join((HOW, *_summary(results), *sections))


def _summary(results: Mapping[str, Result]) -> Iterable[str]:
    yield "| | measure | beside | aim | seen | |"
    yield "|---|---|---|---|---|---|"
    for name, result in results.items():
        for aim in result["aims"]:
            what = f"{aim['ours']}, {aim['figure']}"
            seen = _number(aim["value"]) + (" ×" if aim["beside"] else "")
            yield f"| {name} | {what} | {aim['beside'] or '–'} | {aim['aim']} | {seen} | {_met(aim['met'])} |"
    yield ""


def _section(name: str, result: Result, note: str) -> str:
    figures = list(dict.fromkeys(figure for side in result["sides"].values() for figure in side))
    heads = [_head(figure, result["unit"]) for figure in figures]
    rows = [
        f"| {side} | {' | '.join(_cell(figure, seen.get(figure)) for figure in figures)} |"
        for side, seen in result["sides"].items()
    ]
    when = f"{result['runs']} runs, seed {result['seed']}, {result['measured_at'][:10]}, {result['machine']}."
    table = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|", *rows]
    return "\n".join((f"## {name}: {result['title']}", "", *table, "", when, "", *([note.strip(), ""] if note else [])))


def _head(figure: str, unit: str) -> str:
    return unit if figure == "a second" else figure


def _cell(figure: str, spread: Mapping[str, float] | None) -> str:
    if spread is None:
        return ""
    ends = f" ({_number(spread['least'])} – {_number(spread['most'])})" if figure not in (CPU, SERVERS_CPU) else ""
    return _number(spread["median"]) + ends


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _met(met: bool) -> str:
    return "met" if met else "**missed**"
