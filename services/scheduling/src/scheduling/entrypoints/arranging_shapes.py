"""What the API takes and shows where meetings are proposed, arranged, put off and called off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from pep_kernel.authority_policy.meeting_practice import Circumstance
from pep_kernel.authority_policy.meetings import Capacity
from scheduling.domain.days import At
from scheduling.domain.meeting.people import Invitee, Short, Wish
from scheduling.entrypoints.shapes import (
    CHILD_REF,
    MEETING_ID,
    PERSON_REF,
    MeetingId,
    MeetingShown,
    Ref,
    Shown,
    example,
)

Link = Annotated[str, Field(pattern=r"^https://\S+$", max_length=2000)]
Minutes = Annotated[int, Field(ge=10, le=480)]


class PlacedBody(BaseModel):
    """Where and how long a meeting is, who is invited, and what makes one more person necessary."""

    lasts_minutes: Minutes = 60
    venue: Short | None = None
    joining_link: Link | None = None
    invitees: Annotated[tuple[Invitee, ...], Field(min_length=1, max_length=30)]
    chair: Capacity | None = None
    circumstances: frozenset[Circumstance] = frozenset()
    details: Literal["now", "later"] = Field(
        "now", description="When people are told; `later` by a request of its own."
    )
    notice_waived_because: Short | None = Field(
        None,
        description="Why people are told late. It is late notice all the same, unless an urgent PEP is open.",
    )
    after_due_because: Short | None = None


class MeetingBody(PlacedBody):
    """A meeting to arrange. Family can be invited by the social worker only."""

    model_config = example(
        child_ref=CHILD_REF,
        at="2026-10-06T14:00:00+01:00",
        venue="The meeting room of the school",
        joining_link="https://meet.example/5b0f3c1d",
        invitees=[
            {"kind": "known", "person_ref": PERSON_REF, "capacity": "social_worker"},
            {"kind": "guest", "name": "Pat Sample", "email": "pat.sample@example.org", "capacity": "nurse"},
        ],
    )

    child_ref: Ref
    at: At
    rearranges: MeetingId | None = None


class ScheduleBody(PlacedBody):
    """What a meeting that was proposed still lacks; without `at` it is on the day that was agreed."""

    model_config = example(
        venue="The meeting room of the school",
        invitees=[{"kind": "known", "person_ref": PERSON_REF, "capacity": "social_worker"}],
    )

    at: At | None = None


class ClashShown(BaseModel):
    """Somebody invited has another meeting then, or no time to travel, or a week that is full."""

    person_ref: str = Field(examples=[PERSON_REF])
    kind: Literal["overlap", "travel", "week_is_full"]
    meeting_id: str | None = Field(examples=[MEETING_ID])


class MeetingArranged(BaseModel):
    """The new meeting, and what its convener should look at; nothing of it was refused.

    `address_withheld`: a school does not pass on how carers are reached (L-37). `awaiting_approval` were put forward,
    and hear nothing until whoever decides about them says so. `not_invited` should be asked by the authority's rules.
    """

    meeting_id: str = Field(examples=[MEETING_ID])
    address_withheld: list[str] = Field([], examples=[["guest-2"]])
    awaiting_approval: list[str] = Field([], examples=[["guest-2"]])
    not_invited: list[str] = Field([], examples=[["careers_lead"]])
    clashes: list[ClashShown] = []
    also_scheduled: list[str] = Field([], description="Other meetings about this child that are still to come.")
    in_lessons: bool = Field(False, description="It would take the pupil out of lessons (O-61).")


class ProposalBody(BaseModel):
    """Days to choose from, and those who must come, by reference."""

    model_config = example(
        child_ref=CHILD_REF,
        dates=["2026-10-06T14:00:00+01:00", "2026-10-07T09:30:00+01:00"],
        asked=[PERSON_REF],
    )

    child_ref: Ref
    dates: Annotated[tuple[At, ...], Field(min_length=1, max_length=10)]
    asked: Annotated[tuple[Ref, ...], Field(min_length=1, max_length=30)]
    rearranges: MeetingId | None = None


class ProposalAnswerBody(BaseModel):
    """Which of the days suit; none, if no day does. Whoever answers for somebody else names them."""

    model_config = example(suits=["2026-10-06T14:00:00+01:00"])

    suits: Annotated[tuple[At, ...], Field(max_length=10)]
    person_ref: Ref | None = None


class ProposalMade(BaseModel):
    """The proposal."""

    meeting_id: str = Field(examples=[MEETING_ID])


class DaysOfOne(BaseModel):
    """Which of the days suit somebody who has answered; none may."""

    person_ref: str = Field(examples=[PERSON_REF])
    dates: list[datetime]


class ProposalShown(Shown):
    """Days that were proposed, to whom, and what they said."""

    meeting_id: str = Field(examples=[MEETING_ID])
    child_ref: str = Field(examples=[CHILD_REF])
    state: Literal["open", "agreed", "arranged", "cancelled"]
    proposed_on: date
    dates: list[datetime]
    asked: list[str] = Field(examples=[[PERSON_REF]])
    suits: list[DaysOfOne]
    unanswered: list[str]
    agreed: datetime | None
    rearranges: str | None


class ProposalPage(BaseModel):
    """Some proposals; `next` is what to send as `after` for those that follow."""

    items: list[ProposalShown]
    next: str | None


class RescheduleBody(BaseModel):
    """Another day, and why. What is left out stays as it was."""

    model_config = example(at="2026-10-13T14:00:00+01:00", reason="The carer cannot come on the sixth.")

    at: At
    reason: Short
    lasts_minutes: Minutes | None = None
    venue: Short | None = None
    joining_link: Link | None = None
    details: Literal["now", "later"] = "now"
    notice_waived_because: Short | None = None
    after_due_because: Short | None = None


class CancellationBody(BaseModel):
    """Why the meeting does not take place."""

    model_config = example(reason="The child moves to another school next week.")

    reason: Short


class DetailsBody(BaseModel):
    """Tell everybody on the list when and where. A place or link that is given takes the place of the one before."""

    model_config = example(joining_link="https://meet.example/5b0f3c1d")

    venue: Short | None = None
    joining_link: Link | None = None
    notice_waived_because: Short | None = None


class ProceedBody(BaseModel):
    """Whether the meeting takes place although somebody important is missing (L-11)."""

    model_config = example(proceeds=True, reason="The teacher knows the child well, and an officer comes.")

    proceeds: bool
    reason: Short | None = None


class WishBody(BaseModel):
    """What the pupil wants of the meeting (L-32)."""

    model_config = example(wish="part")

    wish: Wish


class ToMeetBody(BaseModel):
    """One child of a block. Brothers and sisters, by the children's records, stand beside each other."""

    child_ref: Ref
    lasts_minutes: Minutes = 45


class BlockPlanBody(BaseModel):
    """Children to see one after the other; `person_ref` is whose diary counts, usually the designated teacher's."""

    model_config = example(
        person_ref=PERSON_REF,
        begins="2026-10-06T09:00:00+01:00",
        ends="2026-10-06T12:30:00+01:00",
        children=[{"child_ref": CHILD_REF, "lasts_minutes": 45}],
    )

    person_ref: Ref
    begins: At
    ends: At
    pause_minutes: Annotated[int, Field(ge=0, le=120)] = 10
    children: Annotated[tuple[ToMeetBody, ...], Field(min_length=1, max_length=20)]


class SlotShown(Shown):
    """A time for one child."""

    child_ref: str = Field(examples=[CHILD_REF])
    begins: datetime
    ends: datetime


class BlockBody(BaseModel):
    """Meetings to arrange together: all of them, or none."""

    model_config = example(meetings=[MeetingBody.model_config["json_schema_extra"]["examples"][0]])  # type: ignore[index]

    meetings: Annotated[tuple[MeetingBody, ...], Field(min_length=1, max_length=20)]


class ConflictShown(BaseModel):
    """Two meetings of one person that cannot both be attended, or hardly."""

    kind: Literal["overlap", "travel"]
    one: MeetingShown
    other: MeetingShown
