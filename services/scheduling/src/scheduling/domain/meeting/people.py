"""Who is invited and who was there, each in a capacity: as social worker, as carer, as family (L-14 to L-18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pep_kernel.authority_policy.meetings import Capacity
from scheduling.domain.days import Day

Mode = Literal["in_person", "by_video", "by_telephone"]
Wish = Literal["all", "part", "none", "ask_social_worker"]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Short = Annotated[str, Field(min_length=1, max_length=400)]


def filled(capacities: Iterable[str], *, adviser_is_worker: bool) -> frozenset[str]:
    """In which capacities somebody is there: in Year 12 or 13 a personal adviser is the social worker (O-12)."""
    there = frozenset(capacities)
    return there | {Capacity.SOCIAL_WORKER} if adviser_is_worker and Capacity.PERSONAL_ADVISER in there else there


class Said(BaseModel):
    """Unknown fields are refused, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KnownInvitee(Said):
    """Somebody whom the records know: staff or a carer, by reference."""

    kind: Literal["known"] = "known"
    person_ref: Annotated[str, Field(pattern=r"^[a-z2-7]{26}$")]
    capacity: Capacity


class GuestInvitee(Said):
    """Somebody without an account: a relative, a nurse, a psychologist. The invitation goes to this address."""

    kind: Literal["guest"] = "guest"
    name: Short
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    capacity: Capacity
    language: Annotated[str, Field(max_length=40)] | None = None


Invitee = Annotated[KnownInvitee | GuestInvitee, Field(discriminator="kind")]


class Attendee(Said):
    """Somebody who was there. `ref` is a person's or an invitee's reference, where there is one; never a name."""

    capacity: Capacity
    mode: Mode = "in_person"
    ref: Annotated[str, Field(pattern=r"^([a-z2-7]{26}|guest-\d{1,3})$")] | None = None


class PupilAttended(Said):
    """The pupil was there, for all of the meeting or for a part of it, perhaps after the adults had met (L-33)."""

    attended: Literal["yes"] = "yes"
    part: Literal["all", "part"] = "all"


class PupilStayedAway(Said):
    """The pupil was not there: why (L-47, an open list), and who tells the pupil what was said (L-50)."""

    attended: Literal["no"] = "no"
    reason: Short
    feedback_by: Short


Pupil = Annotated[PupilAttended | PupilStayedAway, Field(discriminator="attended")]


class NextMeeting(Said):
    """What was agreed of the next meeting (L-77: date and venue; O-60: date and time)."""

    on: Day | None = None
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    venue: Short | None = None
