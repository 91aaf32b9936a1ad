"""What is missing before a review of the child's care: the reviewing officer should have the PEP some days before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pep_kernel.authority_policy.concerns import ReviewReadiness
from pep_kernel.calendars import Calendar, TermDatesMissing

STILL_OPEN: Mapping[str, str] = {
    "convene": "A PEP meeting must be arranged",
    "hold": "A PEP meeting must be held",
    "complete": "The plan must be marked complete",
    "available": "The plan must be available",
    "notify": "The school must be told of the placement",
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """By when the plan is wanted, and what is missing, in sentences; nothing if all is there."""

    wanted_by: date
    missing: tuple[str, ...]


def wanted_by(review_on: date, rule: ReviewReadiness, calendar: Calendar) -> date:
    """The day so many days before the review. Where no term dates reach, every day counts."""
    day, left = review_on, rule.days_before
    while left:
        day -= timedelta(days=1)
        left -= _counts(day, rule, calendar)
    return day


def _counts(day: date, rule: ReviewReadiness, calendar: Calendar) -> bool:
    try:
        return calendar.why_not_counted(day, rule.unit) is None
    except TermDatesMissing:
        return True


def readiness(
    review_on: date,
    wanted: date,
    *,
    last_review_on: date | None,
    held_on: date | None,
    available_on: date | None,
    open_dues: tuple[str, ...],
) -> Readiness:
    """What came before the last review is that review's, and does not do for the next. Later dates are none of it.

    `open_dues` are as a review's row has them: what, by when, and since when.
    """
    since = last_review_on or date.min
    missing = []
    if held_on is None or held_on <= since:
        missing.append("No PEP meeting has been held since the last review.")
    if available_on is None or available_on <= since:
        missing.append("No plan has been completed since the last review.")
    for each in open_dues:
        obligation, day, _since = each.split()
        due = date.fromisoformat(day)
        if due <= review_on:
            missing.append(f"{STILL_OPEN[obligation]} by {due:%d/%m/%Y}.")
    return Readiness(wanted, tuple(missing))
