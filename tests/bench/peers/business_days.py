"""The same due dates by numpy.busday_offset: one call a date, as a service asks, or one call for all of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tests.bench.peers.turns import answer_each_line


def main(file: str, how: str) -> None:
    told = json.loads(Path(file).read_text())
    calendars = {unit: np.busdaycalendar(holidays=days) for unit, days in told["closed"].items()}
    run = one_by_one(told, calendars) if how == "one" else all_at_once(told, calendars)
    agrees(told, calendars)
    answer_each_line(run)


def agrees(told: dict[str, Any], calendars: dict[str, Any]) -> None:
    """A peer that counts otherwise would be no peer."""
    for (start, days, unit), answer in zip(told["asked"], told["answers"], strict=True):
        found = np.busday_offset(start, days, roll="backward", busdaycal=calendars[unit])
        assert str(found) == answer, (start, days, unit, answer, str(found))


def one_by_one(told: dict[str, Any], calendars: dict[str, Any]) -> Callable[[], int]:
    asked = [(date.fromisoformat(start), days, calendars[unit]) for start, days, unit in told["asked"]]

    def run() -> int:
        for start, days, calendar in asked:
            np.busday_offset(start, days, roll="backward", busdaycal=calendar).item()
        return len(asked)

    return run


def all_at_once(told: dict[str, Any], calendars: dict[str, Any]) -> Callable[[], int]:
    units = {unit: [each for each in told["asked"] if each[2] == unit] for unit in calendars}
    arrays = {
        unit: (np.array([start for start, _, _ in each], dtype="datetime64[D]"), np.array([n for _, n, _ in each]))
        for unit, each in units.items()
    }

    def run() -> int:
        for unit, (starts, days) in arrays.items():
            np.busday_offset(starts, days, roll="backward", busdaycal=calendars[unit])
        return len(told["asked"])

    return run


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
