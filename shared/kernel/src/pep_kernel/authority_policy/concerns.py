"""Scheduling's rules for what cannot wait for the next termly meeting: absence, exclusions, urgent PEPs, reviews."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated
from pep_kernel.calendars import Unit, age_on

Age = Annotated[int, Field(ge=0, le=25)]
Percent = Annotated[int, Field(ge=1, le=100)]
UrgentReason = Literal[
    "persistent_absence",
    "suspension",
    "permanent_exclusion",
    "behaviour_of_greater_concern",
    "wrong_provision",
    "placement_change",
]
"""Why a PEP is asked for at once."""

ByItself = Literal["persistent_absence", "suspension", "permanent_exclusion"]
"""The reasons that facts show, so that nobody need ask."""


class UrgentPEPs(Dated):
    """For which reasons an urgent PEP is asked for by itself, and for which a person may ask.

    By when it must be held are obligations of the trigger `urgent_pep_requested`.
    """

    automatic: tuple[ByItself, ...] = Field(description="The reasons for which it is asked for as soon as they show.")
    on_request: tuple[UrgentReason, ...] = Field(description="The reasons that a person may give who asks for one.")


class AttendanceFeed(Dated):
    """Who tells each school day which children in care are present, and from which birthday on a child is asked about.

    "Over five" is read as: the fifth birthday has been reached (T50).
    """

    provider: str | None = Field(None, description="Who collects attendance; left out, nobody does.")
    from_age_years: Age | None = Field(None, description="The birthday from which a child is covered, that day too.")
    late_after_working_days: Annotated[int, Field(ge=1, le=20)] | None = Field(
        None, description="How many working days after a school day its file may come; later is an alert."
    )

    @model_validator(mode="after")
    def _provider_needs_the_rest(self) -> AttendanceFeed:
        if len({each is None for each in (self.provider, self.from_age_years, self.late_after_working_days)}) > 1:
            raise ValueError("'provider', 'from_age_years' and 'late_after_working_days' go together")
        return self

    def covers(self, date_of_birth: date, on: date) -> bool:
        """Whether this child's attendance is collected on this day."""
        return self.from_age_years is not None and age_on(date_of_birth, on) >= self.from_age_years


class PersistentAbsence(Dated):
    """From which share of missed sessions on a child is at risk of persistent absence, and when that is over.

    Said once. It can be said again only after the share has fallen below the re-arming one.
    """

    threshold_percent: Percent = Field(description="Missed sessions of a hundred possible ones from which it is said.")
    rearm_below_percent: Percent = Field(description="The share below which it is over, and may be said again.")
    fewest_sessions: int = Field(ge=1, le=380, description="With fewer possible sessions nothing is said.")
    window_weeks: Annotated[int, Field(ge=1, le=52)] | None = Field(
        None, description="Only so many weeks are looked at; left out, the school year so far. Never an earlier year."
    )

    @model_validator(mode="after")
    def _falls_before_it_rises_again(self) -> PersistentAbsence:
        if self.rearm_below_percent > self.threshold_percent:
            raise ValueError("'rearm_below_percent' must not be more than 'threshold_percent'")
        return self


class Exclusions(Dated):
    """The days of suspension that a school year may have, and the school day from which a child is taught elsewhere."""

    most_days_a_year: int = Field(ge=1, le=190, description="Days of suspension that one school year may have.")
    provision_from_day: int = Field(
        ge=1, le=10, description="The school day of a suspension or exclusion from which other teaching is provided."
    )


class ReviewReadiness(Dated):
    """How long before a review of the child's care the PEP should be with the reviewing officer."""

    days_before: int = Field(ge=1, le=30, description="So many days before the review.")
    unit: Unit = Field(description="Which days count: all, those on which offices work, those on which schools teach.")
