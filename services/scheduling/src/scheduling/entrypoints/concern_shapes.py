"""What the routes about concerns and reviews show and take, with fictional examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from pep_kernel.authority_policy.concerns import UrgentReason
from pep_kernel.contracts.scheduling import WithdrawnBecause
from scheduling.domain.attendance.marks import JudgedDay
from scheduling.domain.concerns.events import ExclusionCategory
from scheduling.domain.days import Day
from scheduling.entrypoints.flag_shapes import FlagShown
from scheduling.entrypoints.shapes import CHILD_REF, Shown, example

Words = Annotated[str, Field(min_length=1, max_length=4000)]
HALF_DAY = 0.5


class UrgentPEPBody(BaseModel):
    """Why a PEP meeting cannot wait."""

    model_config = example(reason="wrong_provision", what="The school cannot teach what the plan asks for.")

    reason: UrgentReason
    what: Words


class SafeguardingBody(BaseModel):
    """What somebody who sees the child each day is worried about. An emergency is for the telephone."""

    model_config = example(what="She came without a coat for the third day and will not say where she slept.")

    what: Words


class SafeguardingShown(BaseModel):
    """What somebody was worried about."""

    raised_on: date
    by: str
    what: str | None = Field(examples=["She came without a coat for the third day."])


class SafeguardingPage(BaseModel):
    """Some of them; `next` is what to send as `after` for those that follow."""

    items: list[SafeguardingShown]
    next: str | None


class SuspensionBody(BaseModel):
    """The school suspended the child: from this day, for so many days, in halves."""

    model_config = example(
        began="2026-11-03", days=2.5, category="persistent_disruption", reason="What the school wrote."
    )

    began: JudgedDay
    days: Annotated[float, Field(ge=HALF_DAY, le=45, multiple_of=HALF_DAY)]
    category: ExclusionCategory
    reason: Words


class PermanentExclusionBody(BaseModel):
    """The school excluded the child for good from this day."""

    model_config = example(on="2026-11-03", category="other", reason="What the school wrote.")

    on: JudgedDay
    category: ExclusionCategory
    reason: Words


class SuspensionWithdrawalBody(BaseModel):
    """The suspension does not stand. Days served before that count in the year all the same."""

    model_config = example(because="cancelled", days_served=1, reason="The head teacher heard both pupils again.")

    because: WithdrawnBecause
    days_served: Annotated[float, Field(ge=0, le=45, multiple_of=HALF_DAY)] = 0
    reason: Words

    @model_validator(mode="after")
    def _nothing_was_served_by_mistake(self) -> Self:
        if self.because == "told_by_mistake" and self.days_served:
            raise ValueError("'days_served' of what was told by mistake is 0")
        return self


class ExclusionWithdrawalBody(BaseModel):
    """The exclusion for good does not stand: the child is on the school's roll again from `back_on`."""

    model_config = example(because="overturned", back_on="2026-11-24", reason="The governors decided against it.")

    because: WithdrawnBecause
    back_on: JudgedDay
    reason: Words


class ReviewBody(BaseModel):
    """The child's care will be reviewed on this day."""

    model_config = example(on="2026-12-01", school_expected=False)

    on: Day
    school_expected: bool = False
    instead_of: Day | None = Field(None, description="The planned day that does not hold any more.")


class PathwayPlanBody(BaseModel):
    """The pathway plan is made or looked at again on this day."""

    model_config = example(on="2026-12-01")

    on: Day


class AgendaItemShown(Shown):
    """Something that the next PEP meeting must speak of; `meeting_id` is the meeting that did."""

    item: str = Field(examples=["suspension-2026-11-03"])
    about: str = Field(examples=["suspension"])
    since: date
    meeting_id: str | None


class ExclusionShown(BaseModel):
    """A suspension, or an exclusion for good."""

    began: date
    permanent: bool
    notified_on: date
    category: str | None = Field(examples=["persistent_disruption"])
    reason: str | None
    days: float | None
    days_in_year: float | None = Field(description="Of that school year so far, with this one.")
    most_days_a_year: float | None
    provision_from: date | None = Field(
        description="From when on the child must be taught elsewhere; consecutive suspensions are one period."
    )
    withdrawn_on: date | None = Field(description="It does not stand since then.")
    withdrawn_because: WithdrawnBecause | None
    withdrawn_reason: str | None
    days_served: float | None = Field(description="Of a suspension that does not stand: what counts in the year.")
    back_on: date | None


class UrgentPEPShown(BaseModel):
    """A PEP meeting that was asked for at once. Nobody is named where the facts asked by themselves."""

    asked_on: date
    reason: str
    by: str | None
    what: str | None
    withdrawn_on: date | None = Field(description="What had asked for it is not so since then.")


class AttendanceShown(Shown):
    """One school year. `at_risk_since`: from that day on too much had been missed."""

    school_year: int = Field(examples=[2026])
    possible: int
    missed: int
    unauthorised: int
    newest_day: date | None
    at_risk_since: date | None


class ConcernsShown(BaseModel):
    """What of a child must not wait or be forgotten, the newest last."""

    agenda: list[AgendaItemShown]
    urgent_peps: list[UrgentPEPShown]
    exclusions: list[ExclusionShown]
    moves_without_approval: list[FlagShown] = Field(description="Also those that were agreed to later.")
    attendance: list[AttendanceShown]


class ReviewAheadShown(BaseModel):
    """A review that comes, and what is missing for it."""

    child_ref: str = Field(examples=[CHILD_REF])
    given_name: str | None
    family_name: str | None
    review_on: date
    pathway_plan_on: date | None
    wanted_by: date = Field(description="When the PEP should be with the reviewing officer.")
    plan_available_on: date | None
    ready: bool
    missing: list[str] = Field(examples=[["No PEP meeting has been held since the last review."]])


class ReviewPage(BaseModel):
    """Some of them; `next` is what to send as `after` for those that follow."""

    items: list[ReviewAheadShown]
    next: str | None
