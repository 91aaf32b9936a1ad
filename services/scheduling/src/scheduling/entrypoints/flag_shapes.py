"""What the lists of flags and of the days of feeds show, and how the file of a day is told of."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from pep_kernel.authority_policy.approvals import Decision
from pep_kernel.contracts.scheduling import Feed, FlagEnds, Flagged, Lacked
from pep_runtime.http import Desk
from scheduling.domain.days import Day, DayOfLife
from scheduling.entrypoints.shapes import CHILD_REF, PERSON_REF, Shown, example
from scheduling.projections.fact_flag import FactFlag


class FlagShown(Shown):
    """A fact that stands, and what it lacks or lacked."""

    child_ref: str = Field(examples=[CHILD_REF])
    fact: Flagged = Field(examples=["school"])
    fact_on: date = Field(description="The day from which the fact is told.")
    lacks: Lacked = Field(examples=["approval"])
    decision: Decision | None = Field(description="Of a missing approval: which one.", examples=["school_change"])
    state: Literal["awaited", "flagged", "late", "ended"]
    flagged_at: AwareDatetime | None = Field(description="When it was said; of a notice that is awaited, not yet.")
    due: date | None = Field(description="Of a notice: the last day on which it would have been in time.")
    school_urn: str | None = Field(description="Of a change of school: where to.", examples=["999102"])
    emergency: bool = Field(description="The move could not wait, as whoever told it said.")
    because: FlagEnds | None = Field(description="Why it is flagged no more.", examples=["approval_given"])
    ended_on: date | None
    by: str | None = Field(description="Who let it be.", examples=[PERSON_REF])
    reason: str | None = Field(description="Why somebody let it be.", examples=["The school closed that week."])


async def flag_shown(caller: Desk, flag: FactFlag) -> FlagShown:
    shown = {name: getattr(flag, name) for name in FlagShown.model_fields}
    return FlagShown(**{**shown, "decision": flag.decision or None, "reason": await caller.open(flag.reason)})


class LetBeBody(BaseModel):
    """Which flag, as the list shows it, and why nobody need act on it any more. Who sees the flag sees the reason."""

    model_config = example(
        fact="school",
        fact_on="2026-11-02",
        lacks="approval",
        decision="school_change",
        reason="The head teacher agreed by telephone; the form was lost.",
    )

    fact: Flagged
    fact_on: DayOfLife
    lacks: Lacked
    decision: Decision | None = None
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class FlagPage(BaseModel):
    """Some flags, the longest first; `next` is what to send as `after` for those that follow."""

    items: list[FlagShown]
    next: str | None


class CareFeedBody(BaseModel):
    """The file of this day: of which feed, how many rows, and the hash of the file."""

    model_config = example(feed="care", of="2026-11-02", rows=12, sha256="0" * 64)

    feed: Feed = "care"
    of: Day
    rows: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CareFeedShown(BaseModel):
    """Whether the file is new, and how many days late it is."""

    feed: Feed
    of: date
    is_new: bool
    days_late: int = Field(examples=[0])


class FeedDayShown(BaseModel):
    """One day of a feed: its file came, came late, or is missing."""

    feed: Feed
    of: date
    state: Literal["came", "late", "missing"] = Field(examples=["late"])
    came_on: date | None
    rows: int | None = Field(examples=[12])
    due: date | None = Field(description="The last day on which the file would have been in time; where it was not.")
    days_late: int = Field(description="Up to the day on which it came, or today.", examples=[2])


class FeedDayPage(BaseModel):
    """Some days, the earliest first; `next` is what to send as `after` for those that follow."""

    items: list[FeedDayShown]
    next: str | None
