"""How much was done in time: counts for the annual report, by school, by team or for the whole authority.

What is counted is due on a day of the report. It was in time if it was met on its day at the latest. No figure names
a child; those of a small school may still concern one child alone.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from pep_kernel.spreadsheet import safe_cells
from scheduling.domain.child.events import LateBecause
from scheduling.projections.timeliness import Duty, LateReason, Seen, TimelinessOfChild

By = Literal["authority", "school", "team"]
Outcome = Literal["in_time", "late", "open", "overdue", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = ("in_time", "late", "overdue", "open", "withdrawn")
REASONS: tuple[LateReason, ...] = (*get_args(Seen), *get_args(LateBecause))
COLUMNS = ("place", "obligation", *OUTCOMES, "percent_in_time", "days_in_quality_assurance", *REASONS)


@dataclass(frozen=True, slots=True)
class Figures:
    """One obligation at one place. `overdue` is open and its day has passed; `open` is still to come.

    `late_because` counts known reasons among those that were late or are overdue: one may have several, or none.
    `days_in_quality_assurance` is how long all their plans waited there: it is no lateness of a school.
    """

    place: str
    obligation: str
    counts: Mapping[Outcome, int]
    late_because: Mapping[LateReason, int]
    days_in_quality_assurance: int = 0

    @property
    def percent_in_time(self) -> float | None:
        """Of those whose day has passed or that were met; none where there are none."""
        judged = sum(self.counts.get(each, 0) for each in ("in_time", "late", "overdue"))
        return round(100 * self.counts.get("in_time", 0) / judged, 1) if judged else None


def figures(
    children: Iterable[TimelinessOfChild],
    teams: Mapping[str, str],
    *,
    first: date,
    last: date,
    by: By,
    authority: str,
    today: date,
) -> list[Figures]:
    """What was due from `first` to `last`, sorted by place and obligation. `teams` is worker → team."""
    counts: dict[tuple[str, str], Counter[Outcome]] = defaultdict(Counter)
    reasons: dict[tuple[str, str], Counter[LateReason]] = defaultdict(Counter)
    queued: Counter[tuple[str, str]] = Counter()
    for duty in (each for child in children for each in child.every_duty() if first <= each.due <= last):
        line, outcome = (_place(duty, by, teams, authority), duty.obligation), _outcome(duty, today)
        counts[line][outcome] += 1
        queued[line] += duty.days_in_queue(today)
        reasons[line].update(duty.reasons if outcome in ("late", "overdue") else ())
    return [Figures(*line, counts[line], reasons[line], queued[line]) for line in sorted(counts)]


def _place(duty: Duty, by: By, teams: Mapping[str, str], authority: str) -> str:
    match by:
        case "authority":
            return authority
        case "school":
            return duty.school_urn or "no school"
        case "team":
            return teams.get(duty.social_worker_ref or "", "no team")


def _outcome(duty: Duty, today: date) -> Outcome:
    if duty.state == "withdrawn":
        return "withdrawn"
    if duty.met_on is not None:
        return "in_time" if duty.met_on <= duty.due else "late"
    return "overdue" if duty.due < today else "open"


def as_csv(lines: Iterable[Figures]) -> str:
    """A table for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows(safe_cells(row(each)) for each in lines)
    return out.getvalue()


def row(line: Figures) -> tuple[str | int, ...]:
    """The cells of one line, in the order of the columns."""
    percent = "" if line.percent_in_time is None else f"{line.percent_in_time:.1f}"
    counts = (line.counts.get(each, 0) for each in OUTCOMES)
    reasons = (line.late_because.get(each, 0) for each in REASONS)
    return (line.place, line.obligation, *counts, percent, line.days_in_quality_assurance, *reasons)
