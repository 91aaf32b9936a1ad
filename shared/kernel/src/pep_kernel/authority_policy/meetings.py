"""How people come together for a meeting: who sets its date, chairs, invites and must attend, and what it settles."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, PolicyModel, Source
from pep_kernel.authority_policy.succession import Entries
from pep_kernel.may import Role

YEAR_12 = 12


class Capacity(StrEnum):
    """In what capacity somebody comes to a meeting."""

    SOCIAL_WORKER = "social_worker"
    DUTY_SOCIAL_WORKER = "duty_social_worker"
    TEAM_MANAGER = "team_manager"
    PERSONAL_ADVISER = "personal_adviser"
    FOSTERING_SOCIAL_WORKER = "fostering_social_worker"
    DESIGNATED_TEACHER = "designated_teacher"
    NEXT_DESIGNATED_TEACHER = "next_designated_teacher"
    SCHOOL_STAFF = "school_staff"
    VIRTUAL_SCHOOL_OFFICER = "virtual_school_officer"
    SENIOR_VIRTUAL_SCHOOL_OFFICER = "senior_virtual_school_officer"
    VIRTUAL_SCHOOL_HEAD = "virtual_school_head"
    PEP_COORDINATOR = "pep_coordinator"
    CARER = "carer"
    CHILD = "child"
    FAMILY = "family"
    KEY_WORKER = "key_worker"
    NURSE = "nurse"
    CAREERS_LEAD = "careers_lead"
    INTERPRETER = "interpreter"
    PSYCHOLOGIST = "psychologist"
    CAMHS = "camhs"


OF_ROLE = {
    Role.SOCIAL_WORKER: Capacity.SOCIAL_WORKER,
    Role.PERSONAL_ADVISER: Capacity.PERSONAL_ADVISER,
    Role.TEAM_MANAGER: Capacity.TEAM_MANAGER,
    Role.DESIGNATED_TEACHER: Capacity.DESIGNATED_TEACHER,
    Role.DELEGATE: Capacity.SCHOOL_STAFF,
    Role.PEP_COORDINATOR: Capacity.PEP_COORDINATOR,
    Role.VIRTUAL_SCHOOL_OFFICER: Capacity.VIRTUAL_SCHOOL_OFFICER,
    Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: Capacity.SENIOR_VIRTUAL_SCHOOL_OFFICER,
    Role.VIRTUAL_SCHOOL_HEAD: Capacity.VIRTUAL_SCHOOL_HEAD,
    Role.CARER: Capacity.CARER,
}
"""In what capacity somebody comes who has one of these jobs."""


class Convener(Dated):
    """Who sets the date of a meeting: of a child's first, and of each after it."""

    first_meeting: tuple[Role, ...] = Field(min_length=1, description="Who sets the date of a child's first meeting.")
    later_meetings: tuple[Role, ...] = Field(min_length=1, description="Who sets the date of each later meeting.")
    agreed_date_stands: bool = Field(
        description="Whether a date that was agreed at the meeting before stands without the convener's doing."
    )
    may_stand_in: tuple[Role, ...] = Field((), description="Who else may set a date where the convener does not.")

    def setters(self, *, first: bool) -> tuple[Role, ...]:
        """Who sets the date of a child's first meeting, or of a later one."""
        return self.first_meeting if first else self.later_meetings

    def may_set(self, *, first: bool) -> tuple[Role, ...]:
        """They, and whoever else may where they do not."""
        return (*self.setters(first=first), *self.may_stand_in)


class Chair(Dated):
    """Who may chair a meeting."""

    capacities: tuple[Capacity, ...] = Field(min_length=1, description="In which capacity people may chair.")


class Invitation(PolicyModel):
    """Who may invite somebody who comes in one capacity."""

    NAMED_BY = ("invited",)

    invited: Capacity = Field(description="In which capacity the invited person comes.")
    by: tuple[Role, ...] = Field(min_length=1, description="Who may invite them.")
    recorded_decision: bool = Field(False, description="Whether the reason for inviting them must be recorded.")
    source: Source

    @model_validator(mode="after")
    def _family_is_the_social_workers_to_invite(self) -> Invitation:
        if self.invited is Capacity.FAMILY and not (self.by == (Role.SOCIAL_WORKER,) and self.recorded_decision):
            raise ValueError("family is invited by the social worker alone, by a recorded decision (L-16)")
        return self


class Invitations(Dated):
    """Who may invite whom. Whoever is not named is invited by the convener; family always by the social worker."""

    each: Entries[Invitation] = Field(
        min_length=1, description="One entry for each capacity of which the authority says something."
    )

    def of(self, capacity: Capacity) -> Invitation | None:
        """What is said of this capacity, if anything is."""
        return next((entry for entry in self.each if entry.invited is capacity), None)


class Quorum(Dated):
    """Who makes a meeting a PEP meeting (L-19, L-20): any one of these. In Year 12 and 13 some more may.

    Where nobody is required every meeting is a PEP meeting, and one without any of these is marked (T23).
    """

    authority_must_attend: bool = Field(description="Whether a meeting without any of these is no PEP meeting.")
    represents_authority: tuple[Capacity, ...] = Field(min_length=1, description="Who speaks for the authority.")
    represents_authority_from_year_12: tuple[Capacity, ...] = Field(
        (), description="Who also speaks for it, for a pupil in Year 12 or 13."
    )

    def is_represented(self, attended: frozenset[Capacity], year: int) -> bool:
        """Whether one of those who attended speaks for the authority, for a pupil in this year group."""
        more = self.represents_authority_from_year_12 if year >= YEAR_12 else ()
        return not attended.isdisjoint((*self.represents_authority, *more))


class Notice(Dated):
    """How many calendar days before the meeting its details must be sent; none where the authority sets no time."""

    days_before: int | None = Field(
        None, ge=1, le=60, description="Calendar days before the meeting; left out, no time is set."
    )


class NextMeeting(Dated):
    """What must be agreed about the next meeting before this one ends."""

    fields: tuple[Literal["date", "time", "venue"], ...] = Field(min_length=1, description="What must be agreed.")
