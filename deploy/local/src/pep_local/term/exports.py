"""The authority's files as they would have been on a day, sent by the same command that an administrator uses."""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from pep_local.stack import Stack
from pep_local.term.steps import NotAsTold

Row = dict[str, str]
BEGINS = {"episodes": "DECOM", "education": "ENTERED", "sw_episodes": "SW_DECOM", "reviews": "REVIEW"}
ENDS = {"episodes": ("DEC", "REC"), "education": ("LEFT",), "sw_episodes": ("SW_DEC",)}
OF_CHILDREN = ("header", "people", "education", "sw_episodes", "reviews", "uasc", "last_pep", "carers")


def export_as_of(samples: Path, day: date, folder: Path) -> list[Path]:
    """The sample files without what was still to come on that day: later rows, later ends, children not yet in care."""
    tables = {path.stem: _read(path) for path in sorted(samples.glob("*.csv"))}
    known = {name: list(_known_on(name, rows, day)) for name, rows in tables.items()}
    in_care = {row["CHILD"] for row in known["episodes"]}
    for name in OF_CHILDREN:
        known[name] = [row for row in known.get(name, []) if row["CHILD"] in in_care]
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.csv", tables[name][0], known[name]) for name in tables if known[name]]


def _known_on(table: str, rows: Iterable[Row], day: date) -> Iterator[Row]:
    for row in rows:
        if table not in BEGINS or _day(row[BEGINS[table]]) <= day:
            yield {**row, **dict.fromkeys(_ends_after(table, row, day), "")}


def _ends_after(table: str, row: Row, day: date) -> tuple[str, ...]:
    ends = ENDS.get(table, ())
    return ends if ends and row[ends[0]] and _day(row[ends[0]]) > day else ()


def _day(text: str) -> date:
    """Real exports write years with two figures, too."""
    day, month, year = map(int, text.split("/"))
    return date(year % 100 + 2000, month, day)


def _read(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write(path: Path, like: Row, rows: list[Row]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(like))
        writer.writeheader()
        writer.writerows(rows)
    return path


async def pep(stack: Stack, *arguments: str, token: str = "", wanted: int = 0, typed: str = "") -> str:
    """What the `pep` command prints when this is `typed`; it must end with the `wanted` code."""
    environment: Mapping[str, str] = {
        **os.environ,
        "PEP_INSTALLATION": str(stack.folder / "installation.json"),
        "PEP_TOKEN": token,
        "COLUMNS": "160",
    }
    running = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("pep")),
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await running.communicate(typed.encode())
    if running.returncode != wanted:
        raise NotAsTold(f"`pep {arguments[0]}` ended with {running.returncode}: {said.decode()[-3000:]}")
    return said.decode()


def addresses(samples: Path) -> dict[str, str]:
    """Id of each member of staff and carer → e-mail address, for those who have one."""
    staff = {row["STAFF_ID"]: row["EMAIL"] for row in _read(samples / "staff.csv")}
    carers = {row["CARER_ID"]: row["EMAIL"] for row in _read(samples / "carers.csv")}
    return {who: email for who, email in {**staff, **carers}.items() if email}


def staff_ids(samples: Path, role: str | None = None) -> list[str]:
    """Everybody on the authority's list of staff, or those of one role."""
    return [row["STAFF_ID"] for row in _read(samples / "staff.csv") if role in (None, row["ROLE"])]
