"""What lists over all children show: the caseload, and what is overdue by how many days."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field

from pep_kernel.contracts.scheduling import Obligation
from scheduling.entrypoints.shapes import CHILD_REF, MEETING_ID, PERSON_REF, DueDateShown


class CaseShown(BaseModel):
    """A child in care and what is next for the child. `days_overdue` counts from the day after the date."""

    child_ref: str = Field(examples=[CHILD_REF])
    given_name: str | None = Field(examples=["Robin"])
    family_name: str | None = Field(examples=["Example"])
    preferred_name: str | None
    year_group: int | None = Field(examples=[8])
    school_urn: str | None = Field(examples=["999101"])
    social_worker_ref: str | None = Field(examples=[PERSON_REF])
    pep_applies: bool | None
    next_due: date | None = Field(description="The earliest day by which something open must be done.")
    next_obligation: Obligation | None
    days_overdue: int | None = Field(description="Of the next due date; none where it has not passed.", examples=[3])
    next_meeting_at: AwareDatetime | None = Field(description="The earliest meeting that is not recorded as held.")
    next_meeting_id: str | None = Field(examples=[MEETING_ID])


class CaseloadPage(BaseModel):
    """Some children by their next due date; `next` is what to send as `after` for those that follow."""

    items: list[CaseShown]
    next: str | None


class OverdueShown(DueDateShown):
    """One obligation whose day has passed, and by how many days."""

    days_overdue: int = Field(examples=[3])


class OverduePage(BaseModel):
    """What is overdue, the longest first; `next` is what to send as `after` for what follows."""

    items: list[OverdueShown]
    next: str | None


class CalendarFeedMade(BaseModel):
    """Where the calendar is, for a calendar program to subscribe to. Whoever knows the address can read it."""

    path: str = Field(
        description="The address without the host. It is shown this once.",
        examples=["/calendar/anytown.3vX0example-of-a-secretT9c.ics"],
    )
