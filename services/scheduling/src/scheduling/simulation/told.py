"""What a simulated year comes to: how much was done in time, and how much there was to do in each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import mean

from scheduling.projections.timeliness_figures import Figures, figures
from scheduling.simulation.year import Year


@dataclass(frozen=True, slots=True)
class Load:
    """Meetings in the weeks of the year in which there were any."""

    meetings: int
    reviews: int
    weeks: dict[date, int]
    officers: int

    @property
    def busiest(self) -> date | None:
        """The Monday of the week with the most meetings."""
        return max(self.weeks, key=lambda monday: self.weeks[monday], default=None)

    @property
    def a_week(self) -> float:
        return round(mean(self.weeks.values()), 1) if self.weeks else 0.0

    @property
    def an_officer_at_most(self) -> float:
        """Meetings of each officer in the busiest week."""
        return round(max(self.weeks.values(), default=0) / self.officers, 1)


def timeliness_of(year: Year, authority: str) -> list[Figures]:
    """A line an obligation, of what was due in the year."""
    rows = [row for row in year.timeliness.values() if row is not None]
    first = date(year.last.year, 1, 1)
    return figures(rows, {}, first=first, last=year.last, by="authority", authority=authority, today=year.last)


def load_of(year: Year, officers: int) -> Load:
    return Load(year.held.total(), year.reviews, dict(sorted(year.held.items())), officers)
