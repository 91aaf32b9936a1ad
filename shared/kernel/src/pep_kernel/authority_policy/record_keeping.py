"""Until when a child's record must be kept (regulation 50 of the Care Planning Regulations), and who sees it when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from pep_kernel.authority_policy.dated import Dated
from pep_kernel.calendars import age_on

GROWN_UP = 18


class RecordKeeping(Dated):
    """How long a child's record is kept: until an anniversary of birth, or of death if the child died before 18."""

    years_after_birth: Annotated[int, Field(ge=75, le=150)] = Field(
        description="Kept until this anniversary of the child's birth, in years; the law says 75."
    )
    years_after_death: Annotated[int, Field(ge=15, le=150)] = Field(
        description="Kept for so many years after the death of a child who died before 18; the law says 15."
    )
    leap_day_anniversary: Literal["28_february", "1_march"] = Field(
        description="The anniversary of 29 February in a year that has none."
    )
    open_after_care_days: Annotated[int, Field(ge=0, le=366)] = Field(
        description="For so many days after care ended, school, social worker and carers still see the record, so that"
        " what happened before is recorded; after adoption, death or a transfer for none."
    )

    def kept_until(self, date_of_birth: date, died_on: date | None) -> date:
        """The first day on which the record need not be kept any more (T59)."""
        if died_on is not None and age_on(date_of_birth, died_on) < GROWN_UP:
            return self._anniversary(died_on, self.years_after_death)
        return self._anniversary(date_of_birth, self.years_after_birth)

    def _anniversary(self, day: date, years: int) -> date:
        try:
            return day.replace(year=day.year + years)
        except ValueError:  # 29 February, in a year without one
            last = date(day.year + years, 2, 28)
            return last if self.leap_day_anniversary == "28_february" else last + timedelta(days=1)
