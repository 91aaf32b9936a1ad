"""How meetings go: who must be asked to come, when to warn, what is written down, whose time it takes."""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, PolicyModel, Source
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.authority_policy.succession import Entries


class Circumstance(StrEnum):
    """What may be true of a child and make one more person necessary."""

    INTERPRETER_NEEDED = "interpreter_needed"
    HEALTH_CONCERN = "health_concern"
    MENTAL_HEALTH_CONCERN = "mental_health_concern"
    LEARNING_CONCERN = "learning_concern"
    MOVE_DUE = "move_due"
    OUT_OF_COUNTY = "out_of_county"


class Wanted(PolicyModel):
    """Somebody who must be asked to come, to which meetings and when."""

    NAMED_BY = ("invited", "meetings")

    invited: Capacity = Field(description="In which capacity they come.")
    meetings: Literal["every", "first", "later"] = Field("every", description="To which of a child's meetings.")
    from_year_group: int | None = Field(
        None, ge=0, le=13, description="From this year group on; left out, in every one."
    )
    when: Circumstance | None = Field(None, description="Only when this is so; left out, always.")
    source: Source

    def is_wanted(self, *, first: bool, year_group: int, circumstances: frozenset[Circumstance]) -> bool:
        fits = self.meetings in ("every", "first" if first else "later")
        old_enough = self.from_year_group is None or year_group >= self.from_year_group
        return fits and old_enough and (self.when is None or self.when in circumstances)


class MustInvite(Dated):
    """Who must be asked to come. Whoever convenes or chairs is there anyway. Who is left out is shown, not refused."""

    each: Entries[Wanted] = Field(min_length=1, description="One entry for each capacity and kind of meeting.")

    def capacities(
        self, *, first: bool, year_group: int, circumstances: frozenset[Circumstance]
    ) -> tuple[Capacity, ...]:
        wanted = (
            each.invited
            for each in self.each
            if each.is_wanted(first=first, year_group=year_group, circumstances=circumstances)
        )
        return tuple(dict.fromkeys(wanted))


class QuorumWarning(Dated):
    """When to warn that a meeting will be no PEP meeting: nobody who speaks for the authority has said yes (T63)."""

    working_days_before: tuple[Annotated[int, Field(ge=1, le=60)], ...] = Field(
        min_length=1, description="So many working days ahead, each time anew."
    )


class MeetingRecord(Dated):
    """What the record of a meeting should say beside what it must. What is not said is shown as a warning."""

    wanted: tuple[Literal["note_taker", "length", "views_shared", "leader_trained"], ...] = Field(
        description="Who took notes, how long it took, whether the pupil's views were shared, whether whoever led it"
        " was trained by the Virtual School."
    )


class Agenda(Dated):
    """In which order a meeting hears people."""

    order: tuple[
        Literal["pupil_voice", "carer_voice", "social_care", "school_view", "outcomes", "actions", "next_meeting"], ...
    ] = Field(min_length=1, description="The items, the first one first.")


class Diary(Dated):
    """How much one officer of the Virtual School can do. More is shown as a warning and not refused."""

    officer_meetings_per_week: int = Field(ge=1, le=100, description="Meetings that one officer can attend in a week.")
    travel_minutes: int = Field(ge=0, le=480, description="Minutes between two meetings at different places.")


class LessonTimes(Dated):
    """When pupils are in lessons: a meeting then is shown with a hint, since nobody should be pulled out (O-61)."""

    begin: time | None = Field(None, description="When lessons begin; left out, no hint is given.")
    end: time | None = Field(None, description="When they end.")

    @model_validator(mode="after")
    def _both_or_none(self) -> LessonTimes:
        if (self.begin is None) != (self.end is None) or (self.begin and self.end and self.end <= self.begin):
            raise ValueError("'begin' and 'end' go together, and lessons end after they begin")
        return self

    def touches(self, begins: time, ends: time) -> bool:
        """Whether some of this stretch of a school day is lesson time."""
        return self.begin is not None and self.end is not None and begins < self.end and ends > self.begin
