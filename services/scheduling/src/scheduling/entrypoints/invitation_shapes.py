"""What the API takes and shows of those who are invited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from scheduling.domain.meeting.people import Invitee, KnownInvitee
from scheduling.entrypoints.shapes import CHILD_REF, MEETING_ID, PERSON_REF, Shown, example

LETTERS = "abcdefghijklmnopqrstuvwxyz"
InviteeRef = Annotated[str, Field(pattern=r"^([a-z2-7]{26}|guest-\d{1,3})$")]


class InviteeBody(BaseModel):
    """One more person to invite."""

    model_config = example(invitee={"kind": "known", "person_ref": PERSON_REF, "capacity": "carer"})

    invitee: Invitee


class OfficerBody(BaseModel):
    """The officer of the Virtual School who comes."""

    model_config = example(officer={"kind": "known", "person_ref": PERSON_REF, "capacity": "virtual_school_officer"})

    officer: KnownInvitee


class ApprovalBody(BaseModel):
    """Who of those that were put forward may come; nobody named: all about whom you decide."""

    model_config = example(invitees=["guest-2"])

    invitees: Annotated[tuple[InviteeRef, ...], Field(max_length=30)] = ()


class AnswerBody(BaseModel):
    """Whether you come, or whether somebody does for whom you answer."""

    model_config = example(comes=True)

    comes: bool
    invitee_ref: InviteeRef | None = Field(None, description="For whom; left out, for yourself.")


class ReplyLinkMade(BaseModel):
    """The secret of a link by which one person answers once. It is shown here and kept nowhere."""

    token: str = Field(examples=[LETTERS])
    until: datetime


class ReplyBody(BaseModel):
    """The secret of a reply link, and the answer; without one, only the time of the meeting is shown."""

    model_config = example(token=LETTERS, comes=True)

    token: Annotated[str, Field(pattern=r"^[a-z2-7]{26}$")]
    comes: bool | None = None


class ReplyShown(BaseModel):
    """When the meeting is, and what was answered. No name, no school, nobody else."""

    at: datetime
    lasts_minutes: int
    answer: Literal["not_answered", "comes", "does_not_come"]


class MeetingInviteeShown(Shown):
    """Somebody on the list, and what they said. How to reach them is not shown."""

    meeting_id: str = Field(examples=[MEETING_ID])
    child_ref: str = Field(examples=[CHILD_REF])
    invitee_ref: str = Field(examples=["guest-2"])
    capacity: str = Field(examples=["nurse"])
    person_ref: str | None
    name: str | None = Field(None, examples=["Pat Sample"])
    answer: Literal["not_answered", "comes", "does_not_come"]
    awaits_approval: bool
    late_notice: bool = Field(description="They were told after the others, with short notice.")


class InviteePage(BaseModel):
    """Some invitees; `next` is what to send as `after` for those that follow."""

    items: list[MeetingInviteeShown]
    next: str | None
