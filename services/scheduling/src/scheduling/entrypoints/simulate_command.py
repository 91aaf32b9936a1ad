"""`pep simulate scheduling`: a year of fictional lives under an authority's rules, for planning. Needs no server."""

from __future__ import annotations

import json
import random  # noqa: TID251  lives are fictional: the seed is printed, and gives the same lives again
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from pep_kernel.calendars import Term
from pep_runtime.policies import Policies, read_policies
from scheduling.domain.rules import SchedulingRules
from scheduling.projections.timeliness_figures import OUTCOMES, REASONS, Figures
from scheduling.simulation.core import Core
from scheduling.simulation.lives import lives
from scheduling.simulation.told import Load, load_of, timeliness_of
from scheduling.simulation.year import Practice, Year

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)
LONGEST_BAR = 36
out, err = Console(), Console(stderr=True)


@app.callback()
def simulate() -> None:
    """Play fictional lives through the rules, to see what they come to."""


@app.command()
def scheduling(
    children: Annotated[int, typer.Option(min=1, max=100_000, help="How many children.")] = 5_000,
    year: Annotated[int, typer.Option(min=2012, max=2100, help="The calendar year.")] = 2026,
    authority: Annotated[str, typer.Option(help="By whose rules; the first by name where none is given.")] = "",
    officers: Annotated[int, typer.Option(min=1, help="Officers of the Virtual School who go to meetings.")] = 40,
    meetings_a_week: Annotated[int, typer.Option(min=1, help="Meetings an officer can go to in a week.")] = 8,
    late: Annotated[int, typer.Option(min=0, max=100, help="Meetings in a hundred that are arranged too late.")] = 5,
    absent: Annotated[
        int, typer.Option(min=0, max=100, help="In a hundred, to which nobody of the authority goes.")
    ] = 8,
    seed: Annotated[int, typer.Option(help="The same seed gives the same lives.")] = 7,
    folder: Annotated[
        Path, typer.Option("--folder", envvar="PEP_AUTHORITIES_DIR", help="The folder with the authorities' rules.")
    ] = Path("shared/authorities"),
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Play a year: how much would be done in time, obligation by obligation, and how many meetings a week there are.

    Ends with 2 for a wrong call.
    """
    policies = read_policies(folder)
    name = authority or min(policies.authorities)
    if name not in policies.authorities:
        err.print(f"There is no authority {name}: {', '.join(sorted(policies.authorities))} are.", highlight=False)
        raise typer.Exit(2)
    chance = random.Random(seed)  # noqa: S311  no secret hangs on it
    practice = Practice(officers * meetings_a_week, late / 100, absent / 100)
    played = Year.of(Core(_rules(policies, name)), practice, chance, year)
    with _days_of(year) as begun:
        played.play(lives(children, year, chance), begun)
    lines, load = timeliness_of(played, name), load_of(played, officers)
    asked = {"authority": name, "children": children, "year": year, "seed": seed}
    missing = played.terms_missing
    if as_json:
        print(json.dumps({**_summary(asked, lines, load), "terms_missing": missing}))
    else:
        _say(asked, lines, load, officers)
        _warn(asked, missing)


def _rules(policies: Policies, name: str) -> SchedulingRules:
    return SchedulingRules(policies.for_authority(name).scheduling, partial(policies.calendar_for, name))


@contextmanager
def _days_of(year: int) -> Iterator[Callable[[date], None]]:
    """A bar that goes through the year."""
    first = date(year, 1, 1)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(f"{first:%d/%m/%Y}", total=(date(year + 1, 1, 1) - first).days)
        yield lambda day: bar.update(task, description=f"{day:%d/%m/%Y}", completed=(day - first).days)


def _summary(asked: dict[str, Any], lines: list[Figures], load: Load) -> dict[str, Any]:
    return {
        **asked,
        "timeliness": [
            {
                "obligation": line.obligation,
                **{each: line.counts.get(each, 0) for each in OUTCOMES},
                "percent_in_time": line.percent_in_time,
                "days_in_quality_assurance": line.days_in_quality_assurance,
                "late_because": {each: line.late_because.get(each, 0) for each in REASONS},
            }
            for line in lines
        ],
        "load": {
            "meetings": load.meetings,
            "reviews_of_progress": load.reviews,
            "a_week": load.a_week,
            "an_officer_at_most": load.an_officer_at_most,
            "weeks": {str(monday): meetings for monday, meetings in load.weeks.items()},
        },
    }


def _weeks(load: Load, officers: int) -> Table:
    """Each week with its meetings, and a bar whose longest is the busiest week."""
    table = Table("week of", "meetings", "an officer", "")
    most = max(load.weeks.values(), default=0)
    for monday, meetings in sorted(load.weeks.items()):
        bar = "█" * round(LONGEST_BAR * meetings / most)
        table.add_row(f"{monday:%d/%m/%Y}", f"{meetings:,}", f"{meetings / officers:.1f}", bar)
    return table


def _warn(asked: dict[str, Any], missing: list[Term]) -> None:
    if missing:
        terms = ", ".join(missing)
        out.print(
            "The term dates of {authority} do not cover {year}: ".format(**asked)
            + f"missing are those of the terms that begin in it ({terms}). "
            "No termly meeting is counted in them, and no date that rests on their school days."
        )


def _say(asked: dict[str, Any], lines: list[Figures], load: Load, officers: int) -> None:
    out.print("{children:,} children under the rules of {authority} in {year}, seed {seed}.".format(**asked))
    table = Table("obligation", "in time", "late", "overdue", "open", "withdrawn", "% in time")
    for line in lines:
        percent = "" if line.percent_in_time is None else f"{line.percent_in_time:.1f}"
        table.add_row(line.obligation, *(f"{line.counts.get(each, 0):,}" for each in OUTCOMES), percent)
    out.print(table)
    out.print(_weeks(load, officers))
    busiest = f", most in the week of {load.busiest:%d/%m/%Y}" if load.busiest else ""
    out.print(
        f"{load.meetings:,} meetings were held, {load.a_week} a week{busiest}: {load.an_officer_at_most} an officer."
    )
    out.print(f"{load.reviews:,} of them were reviews of progress, and had to be arranged again.")
