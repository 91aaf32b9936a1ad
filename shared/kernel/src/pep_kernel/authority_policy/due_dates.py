"""By when what must be done: obligations and whom they are for, the termly cycle, school days, what is overdue.

A rule of an authority may be for some children only. What is not known of a child excludes no rule: a date too many
is better than one too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, Day, PolicyModel
from pep_kernel.authority_policy.succession import Entries
from pep_kernel.calendars import Roll, SchoolTerm, Term, Unit
from pep_kernel.may import Role

Age = Annotated[int, Field(ge=0, le=25)]
YearGroup = Annotated[int, Field(ge=-3, le=14)]
YEAR_12 = 12


class Trigger(StrEnum):
    """What starts an obligation's clock."""

    ENTERED_CARE = "entered_care"
    SCHOOL_MOVED = "school_moved"
    MEETING_HELD = "meeting_held"
    PROGRESS_REVIEW_HELD = "progress_review_held"
    REVIEW_HELD = "review_held"
    EMERGENCY_PLACEMENT_MADE = "emergency_placement_made"
    TERM_OPENED = "term_opened"
    URGENT_PEP_REQUESTED = "urgent_pep_requested"


TRIGGER_OF = {
    "ChildEnteredCare": Trigger.ENTERED_CARE,
    "SchoolMoved": Trigger.SCHOOL_MOVED,
    "MeetingHeld": Trigger.MEETING_HELD,
    "MeetingMustBeRearranged": Trigger.PROGRESS_REVIEW_HELD,
    "ReviewHeld": Trigger.REVIEW_HELD,
    "EmergencyPlacementMade": Trigger.EMERGENCY_PLACEMENT_MADE,
    "TermOpened": Trigger.TERM_OPENED,
    "UrgentPEPRequested": Trigger.URGENT_PEP_REQUESTED,
}
"""The event that is each trigger."""


@dataclass(frozen=True, slots=True)
class AboutChild:
    """What is known of a child on the day of a trigger, as far as rules ask for it; none where it is not known."""

    year_group: int | None = None
    age_years: int | None = None
    legal_status: str | None = None
    emergency: bool | None = None
    out_of_county: bool | None = None
    first_pep: bool | None = None


class Conditions(PolicyModel):
    """For whom a rule holds: all that stands here must be so. Left out, it holds for every child."""

    year_groups: tuple[YearGroup, ...] = Field((), description="Only in these year groups; 0 is Reception.")
    from_age_years: Age | None = Field(None, description="Only from this birthday on.")
    until_age_years: Age | None = Field(None, description="Only until this birthday.")
    legal_statuses: tuple[str, ...] = Field((), description="Only under these legal statuses.")
    emergency: bool | None = Field(None, description="Only if the child was placed in an emergency, or only if not.")
    out_of_county: bool | None = Field(
        None, description="Only at a school in another authority's area, or only at one in the authority's own."
    )
    first_pep: bool | None = Field(
        None, description="Only for the first PEP of a spell in care, or only for later ones."
    )

    def excludes(self, about: AboutChild) -> bool:
        """Whether something known of the child says that the rule is not for it."""
        return any(self._against(about))

    def _against(self, about: AboutChild) -> Iterator[bool]:
        yield _outside(about.year_group, self.year_groups)
        yield _outside(about.legal_status, self.legal_statuses)
        if about.age_years is not None:
            yield about.age_years < (self.from_age_years or 0)
            yield self.until_age_years is not None and about.age_years >= self.until_age_years
        yield _other(about.emergency, self.emergency)
        yield _other(about.out_of_county, self.out_of_county)
        yield _other(about.first_pep, self.first_pep)


def _outside(known: int | str | None, listed: tuple[int | str, ...]) -> bool:
    return known is not None and listed != () and known not in listed


def _other(known: bool | None, wanted: bool | None) -> bool:
    return known is not None and wanted is not None and known != wanted


class Obligation(Dated):
    """One duty with one date of its own: so many days after its trigger, met by one event and by nothing else."""

    NAMED_BY = ("trigger", "duty", "name")

    trigger: Trigger = Field(description="What starts the clock.")
    duty: Literal["convene", "hold", "complete", "available", "notify"] = Field(
        description="What must be done: arrange the meeting, hold it, complete the plan, have it ready for the review, "
        "tell the school in writing where the child lives now."
    )
    name: str = Field("", description="Tells it from another rule about the same duty after the same trigger.")
    days: int = Field(ge=1, le=365, description="How many days after the trigger; the day after it is day 1.")
    unit: Unit = Field(description="Which days count: all, those on which offices work, those on which schools teach.")
    roll: Roll = Field(
        Roll.KEEP, description="Where a due date goes that falls on a day when nobody works: nowhere, on, or back."
    )
    met_by: Literal["MeetingScheduled", "MeetingHeld", "PEPMarkedComplete", "PEPCompleted", "SchoolNotified"] = Field(
        description="The one event that meets it."
    )
    applies_to: Conditions | None = Field(None, description="For which children it holds; left out, for all.")

    def is_for(self, about: AboutChild) -> bool:
        return self.applies_to is None or not self.applies_to.excludes(about)

    @property
    def is_statutory(self) -> bool:
        """Whether it rests on the law, by a regulation among its sources."""
        return any(source.startswith("reg ") for source in self.source)


STEPS = ("convene", "hold", "complete", "available")
"""What a PEP goes through, in this order: whatever comes late makes all after it late."""


def can_miss(rule: Obligation, statutory: Obligation) -> bool:
    """Whether a local rule can end after a statutory date of the same step or of one after it."""
    if rule.is_statutory or not statutory.is_statutory or rule.trigger is not statutory.trigger:
        return False
    if rule.duty not in STEPS or statutory.duty not in STEPS[STEPS.index(rule.duty) :]:
        return False
    longer = rule.unit is statutory.unit and rule.days > statutory.days
    return longer or (rule.unit is Unit.SCHOOL and statutory.unit is not Unit.SCHOOL)


class CutOff(PolicyModel):
    """The last day for the meetings of one term."""

    NAMED_BY = ("school_year", "term")

    school_year: int = Field(ge=2000, le=2100, description="The calendar year in which the school year began.")
    term: Term = Field(description="The term.")
    on: Day = Field(description="The day by which its meetings must be held.")


class Cadence(Dated):
    """The terms in which each child has a PEP meeting after the first, by when, and what stands for one."""

    school_age_terms: tuple[Term, ...] = Field(
        min_length=1, description="The terms of a child from Reception to Year 11."
    )
    early_years_terms: tuple[Term, ...] = Field(min_length=1, description="The terms of a child below school age.")
    post_16_terms: tuple[Term, ...] = Field(min_length=1, description="The terms of a young person from Year 12 on.")
    cut_offs: Entries[CutOff] = Field(
        (), description="The last day for each term's meetings; left out, the last day of the child's own term."
    )
    first_pep_covers: bool = Field(
        description="Whether a first PEP, or one at a new school, that is due within the term stands for its meeting."
    )
    recent_pep_days: int = Field(
        0, ge=0, le=90, description="A PEP held at most so many days before the term opens stands for its meeting too."
    )
    last_school_days: int = Field(
        0, ge=0, le=40, description="Whoever first needs a PEP in so many last school days of a term needs none for it."
    )

    def terms_of(self, year: int) -> frozenset[Term]:
        """The terms with a meeting of those in this year group."""
        if year < 0:
            return frozenset(self.early_years_terms)
        return frozenset(self.post_16_terms if year >= YEAR_12 else self.school_age_terms)

    def cut_off(self, term: SchoolTerm) -> date:
        """By when the term's meetings must be held."""
        agreed = (each.on for each in self.cut_offs if (each.school_year, each.term) == (term.school_year, term.term))
        return next(agreed, term.last)


CountedAs = Literal["term_dates", "working_days"]


class SchoolDays(Dated):
    """How school days are counted for a child to whom no school's term dates speak."""

    without_school: CountedAs = Field(
        description="For a child on no roll: by the authority's own term dates, or every working day."
    )
    year_11_after_exams: CountedAs = Field(
        description="In Year 11 after the last exam: by term dates as before, or every working day."
    )


class EscalationStep(PolicyModel):
    """Who is told when something is still overdue."""

    NAMED_BY = ("to",)

    after_working_days: int = Field(ge=1, le=60, description="So many working days after the due date.")
    to: Role = Field(description="Who is told.")


class Overdue(Dated):
    """Who is told of what is overdue, one after another, until it is done."""

    steps: Entries[EscalationStep] = Field((), description="The steps, in order; left out, it is shown and no more.")

    @model_validator(mode="after")
    def _one_after_another(self) -> Overdue:
        if any(later.after_working_days <= step.after_working_days for step, later in pairwise(self.steps)):
            raise ValueError("each step comes after more working days than the one before it")
        return self
