"""What a calendar that is fetched by a secret address shows of meetings."""

from __future__ import annotations

from pydantic import Field

from pep_kernel.authority_policy.dated import Dated


class CalendarFeed(Dated):
    """What stands in a person's calendar: never whom a meeting is about."""

    shows_joining_link: bool = Field(
        description="Whether an entry holds the joining link; where not, it says where to sign in."
    )
    days_back: int = Field(ge=0, le=366, description="For how many days a meeting stays that is over.")
