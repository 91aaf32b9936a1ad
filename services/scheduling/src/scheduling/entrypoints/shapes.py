"""What the API shows and takes: its bodies and answers, with fictional examples."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts.scheduling import Obligation
from scheduling.domain.days import Day
from scheduling.domain.meeting.people import Attendee, NextMeeting, Pupil, Text

CHILD_REF = "a2b4c6d7e3f5g2h4i6j7k3l5m2"
PERSON_REF = "x3kq5m7nvd2ra4ty6bhwj4cipe"
MEETING_ID = "5b0f3c1d9a7e5f62b8c0d1e2f3a4b5c6"
Ref = Annotated[str, Field(pattern=r"^[a-z2-7]{26}$")]
MeetingId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


def example(**fields: Any) -> ConfigDict:
    """A body that refuses unknown fields and shows this example."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields]})


class Shown(BaseModel):
    """Base of the answers."""

    model_config = ConfigDict(from_attributes=True)


class ChildShown(Shown):
    """A child in care, as those see it who may."""

    child_ref: str = Field(examples=[CHILD_REF])
    given_name: str | None = Field(examples=["Robin"])
    family_name: str | None = Field(examples=["Example"])
    preferred_name: str | None
    language: str | None
    date_of_birth: str | None = Field(examples=["2012-02-29"])
    born_in_school_year: int | None
    in_care_since: date | None
    left_care_on: date | None
    school_urn: str | None
    social_worker_ref: str | None
    pep_applies: bool | None
    why_not: str | None = Field(examples=["short_break"])
    last_review_on: date | None
    last_pep_on: date | None = Field(description="The last meeting that counts as a PEP meeting.")
    next_due: date | None
    next_obligation: Obligation | None
    next_meeting_at: datetime | None
    next_meeting_id: str | None


class DueDateShown(Shown):
    """One obligation: what, by when, counted how, by which rule, and what became of it."""

    child_ref: str = Field(examples=[CHILD_REF])
    obligation: Obligation
    trigger: str = Field(examples=["entered_care"])
    trigger_on: date
    state: Literal["open", "met", "overdue", "withdrawn", "not_counted"]
    due: date | None
    days: int | None
    unit: str | None = Field(examples=["school"])
    source: list[str] = Field(examples=[["O-31"]])
    policy_version: str | None
    note: str | None = Field(examples=["20 school days end after the statutory date, 19/10/2026."])
    overdue: bool = Field(description="Whether its day passed before it was met.")
    met_on: date | None
    met_by: str | None
    was: date | None = Field(description="The date before it was counted again.")
    escalated: int = Field(description="How many people of the authority's ladder were told that it is overdue.")
    days_late: int | None = Field(description="Calendar days between the due date and the day on which it was met.")
    late_because: str | None = Field(examples=["school_holiday"])
    late_details: str | None = Field(None, description="In a person's words; shown in the list of one child.")
    days_in_quality_queue: int | None = Field(
        description="Calendar days that the plan waited for quality assurance: not the school's lateness."
    )


class MeetingShown(Shown):
    """One meeting, without what was said at it.

    `not_invited` should have been asked by the authority's rules; `warnings` are what the record shows or lacks.
    """

    meeting_id: str = Field(examples=[MEETING_ID])
    child_ref: str = Field(examples=[CHILD_REF])
    at: AwareDatetime
    arranged_on: date
    late_notice: bool = Field(description="Its details came late. A reason alone changes nothing of that.")
    rearranges: str | None
    held_on: date | None
    outcome: Literal["PEP", "PROGRESS_REVIEW"] | None
    chaired_by: str | None
    no_authority_representative: bool
    pupil_attended: bool | None
    must_be_rearranged: bool
    corrected: bool
    next_on: date | None
    next_lacks: list[str]
    state: Literal["scheduled", "cancelled", "held"]
    lasts_minutes: int
    convener: str | None
    planned_chair: str | None
    not_invited: list[str] = Field(examples=[["careers_lead"]])
    details_sent_on: date | None
    notice_waived: bool = Field(description="A reason was given why people are told later than usual.")
    times_rescheduled: int
    agreed_at: str | None = Field(description="The meeting at which this date was agreed.")
    proceeds: bool | None = Field(description="What the social worker decided, if somebody important is missing.")
    pupil_wish: Literal["all", "part", "none", "ask_social_worker"] | None
    at_risk: bool = Field(description="With those who said yes it will not be a PEP meeting.")
    warned_days: int | None = Field(description="How many working days ahead that was said last.")
    lasted_minutes: int | None
    pupil_part: Literal["all", "part"] | None
    views_shared: bool | None
    warnings: list[str] = Field(examples=[["no_note_taker"]])


class PersonShown(BaseModel):
    """Somebody around a child, to be invited by reference. How to reach them is not shown."""

    person_ref: str = Field(examples=[PERSON_REF])
    role: str = Field(examples=["designated_teacher"])
    name: str | None = Field(examples=["Pat Sample"])


class MinutesShown(BaseModel):
    """What was said at a meeting. What is not for the pupil was said before the pupil came in (L-33).

    What somebody may not see is left out, as if nothing had been said.
    """

    minutes: str | None = Field(examples=["What was said, in words that the pupil may read."])
    minutes_not_for_pupil: str | None
    minutes_professionals_only: str | None
    carried_over: str | None = Field(
        None, description="What was said at the review of progress in whose place this meeting comes."
    )


class AgendaShown(BaseModel):
    """The items of a meeting in their order, and where that comes from."""

    order: list[str] = Field(examples=[["pupil_voice", "carer_voice", "school_view"]])
    source: list[str] = Field(examples=[["O-53"]])


class ChildPage(BaseModel):
    """Some children; `next` is what to send as `after` for those that follow."""

    items: list[ChildShown]
    next: str | None


class DueDatePage(BaseModel):
    """Some due dates; `next` is what to send as `after` for those that follow."""

    items: list[DueDateShown]
    next: str | None


class MeetingPage(BaseModel):
    """Some meetings; `next` is what to send as `after` for those that follow."""

    items: list[MeetingShown]
    next: str | None


class MeetingRecordBody(BaseModel):
    """What happened at the meeting. If the pupil was not there: why, and who tells the pupil what was said."""

    model_config = example(
        on="2026-10-06",
        chair={"capacity": "designated_teacher"},
        note_taker={"capacity": "school_staff"},
        lasted_minutes=50,
        attendees=[{"capacity": "social_worker", "mode": "by_video"}, {"capacity": "carer"}],
        apologies=["nurse"],
        pupil={"attended": "no", "reason": "chose not to", "feedback_by": "the form tutor"},
        views_shared=True,
        minutes="What was said, in words that the pupil may read.",
        next_meeting={"on": "2027-02-02", "time": "14:00", "venue": "The meeting room of the school"},
    )

    on: Day
    chair: Attendee
    note_taker: Attendee | None = None
    lasted_minutes: Annotated[int, Field(ge=1, le=600)] | None = None
    attendees: Annotated[tuple[Attendee, ...], Field(max_length=40)]
    apologies: Annotated[tuple[Capacity, ...], Field(max_length=40)] = ()
    pupil: Pupil
    views_shared: bool | None = Field(None, description="Whether what the pupil's views forms say was shared.")
    minutes: Text
    minutes_not_for_pupil: Text | None = None
    minutes_professionals_only: Text | None = None
    next_meeting: NextMeeting | None = None


class CorrectionBody(BaseModel):
    """The outcome that holds, and why what was recorded was wrong."""

    model_config = example(outcome="PROGRESS_REVIEW", reason="The social worker had left before the meeting began.")

    outcome: Literal["PEP", "PROGRESS_REVIEW"]
    on: Day | None = Field(None, description="The day on which it was held, if another one was recorded.")
    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class StandingShown(BaseModel):
    """A meeting, or a proposal with its first day, that rests on the record and that people have taken up."""

    meeting_id: str = Field(examples=[MEETING_ID])
    state: Literal["proposed", "scheduled"]
    at: datetime


class CorrectionMade(BaseModel):
    """What became of the meetings that the wrong record arranged, or that were to take its meeting's place.

    `called_off`: nobody had answered, told or changed anything since. `standing`: people have, so decide whether it
    takes place, and call it off or put it off if it does not.
    """

    called_off: list[str] = Field([], examples=[[MEETING_ID]])
    standing: list[StandingShown] = []


class ContactShown(BaseModel):
    """How somebody is reached. For the services that write to people."""

    person_ref: str = Field(examples=[PERSON_REF])
    role: str = Field(examples=["carer"])
    name: str | None = Field(examples=["Pat Sample"])
    email: str | None = Field(examples=["pat.sample@example.org"])


class OwnInvitation(BaseModel):
    """When and where a meeting is, for somebody who was told of it, or who arranges it."""

    meeting_id: str = Field(examples=[MEETING_ID])
    at: AwareDatetime
    lasts_minutes: int
    venue: str | None = Field(examples=["The meeting room of the school"])
    joining_link: str | None = Field(examples=["https://meet.example/5b0f3c1d"])
    details_sent_on: date | None = Field(description="When people were told; none: only who arranges it sees this.")


class InvitationShown(BaseModel):
    """What one invitee must know of a meeting, and how the invitee is reached. Names neither child nor school."""

    meeting_id: str = Field(examples=[MEETING_ID])
    invitee_ref: str
    at: AwareDatetime
    lasts_minutes: int
    sequence: int = Field(description="Rises each time that people are told.")
    cancelled: bool = Field(description="The meeting does not take place.")
    venue: str | None
    joining_link: str | None
    email: str | None = Field(examples=["pat.sample@example.org"])
    language: str | None
    answers_by_link: bool = Field(False, description="Has no account: ask for a reply link when you write to them.")
