"""Scheduling's rules: who has a PEP, by when what must be done, and when a meeting counts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pep_kernel.authority_policy.dated import (
    Dated,
    InForce,
    RulesFile,
    Versions,
    all_in_force,
    followed_on_by,
    in_force,
)
from pep_kernel.calendars import Roll, Term, Unit, age_on, year_group

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
    NURSE = "nurse"


class Trigger(StrEnum):
    """What starts an obligation's clock."""

    ENTERED_CARE = "entered_care"
    SCHOOL_MOVED = "school_moved"
    MEETING_HELD = "meeting_held"


class Applicability(Dated):
    """Which children have a PEP: from and until a birthday, unless their legal status is a short break (reg 48).

    Below compulsory school age (the term after the fifth birthday) a child may need to be in a setting to have one.
    """

    legal_statuses_without: tuple[str, ...]
    from_age_years: int
    until_age_years: int
    early_years_needs_setting: bool

    def why_not(self, legal_status: str, date_of_birth: date, on: date, *, in_setting: bool) -> str | None:
        """The short code of why no PEP applies on this day; none when it does."""
        age_years = age_on(date_of_birth, on)
        if legal_status in self.legal_statuses_without:
            return "short_break"
        if age_years < self.from_age_years:
            return "too_young"
        if age_years >= self.until_age_years:
            return "grown_up"
        below_reception = year_group(date_of_birth, on) < 0
        return (
            "no_early_years_setting" if self.early_years_needs_setting and below_reception and not in_setting else None
        )


class Obligation(Dated):
    """One duty with one date of its own: so many days after its trigger, met by one event and by nothing else."""

    trigger: Trigger
    duty: Literal["convene", "hold", "complete", "available"]
    days: Annotated[int, Field(ge=1)]
    unit: Unit
    roll: Roll = Roll.KEEP
    met_by: Literal["MeetingScheduled", "MeetingHeld", "PEPMarkedComplete", "PEPCompleted"]

    @property
    def key(self) -> str:
        return f"{self.trigger}/{self.duty}"


class Cadence(Dated):
    """The terms in which each child has a PEP meeting after the first, and those for children in the early years."""

    school_age_terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    early_years_terms: Annotated[tuple[Term, ...], Field(min_length=1)]

    def terms_for(self, date_of_birth: date, on: date) -> frozenset[Term]:
        return frozenset(self.early_years_terms if year_group(date_of_birth, on) < 0 else self.school_age_terms)


class Quorum(Dated):
    """Who makes a meeting a PEP meeting (L-19, L-20): any one of these. In Year 12 and 13 some more may.

    Where nobody is required every meeting is a PEP meeting, and one without any of these is marked (T23).
    """

    authority_must_attend: bool
    represents_authority: Annotated[tuple[Capacity, ...], Field(min_length=1)]
    represents_authority_from_year_12: tuple[Capacity, ...] = ()

    def is_represented(self, attended: frozenset[Capacity], year: int) -> bool:
        """Whether one of those who attended speaks for the authority, for a pupil in this year group."""
        more = self.represents_authority_from_year_12 if year >= YEAR_12 else ()
        return not attended.isdisjoint((*self.represents_authority, *more))


class Notice(Dated):
    """How many calendar days before the meeting its details must be sent; none where the authority sets no time."""

    days_before: Annotated[int, Field(ge=1)] | None = None


class NextMeeting(Dated):
    """What must be agreed about the next meeting before this one ends."""

    fields: Annotated[tuple[Literal["date", "time", "venue"], ...], Field(min_length=1)]


class SchedulingPolicy(InForce):
    """Scheduling's rules of one authority on one day."""

    applicability: Applicability
    obligations: tuple[Obligation, ...]
    cadence: Cadence
    quorum: Quorum
    notice: Notice
    next_meeting: NextMeeting

    def obligations_after(self, trigger: Trigger) -> tuple[Obligation, ...]:
        return tuple(obligation for obligation in self.obligations if obligation.trigger is trigger)


def _key(obligation: Obligation) -> str:
    return obligation.key


class SchedulingFile(RulesFile):
    """`scheduling.toml`: every version of every rule."""

    applicability: Versions[Applicability]
    obligations: Annotated[tuple[Obligation, ...], Field(min_length=1), AfterValidator(followed_on_by(_key))]
    cadence: Versions[Cadence]
    quorum: Versions[Quorum]
    notice: Versions[Notice]
    next_meeting: Versions[NextMeeting]

    def in_force(self, on: date) -> SchedulingPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return SchedulingPolicy(
            applicability=in_force("applicability", self.applicability, on),
            obligations=all_in_force(self.obligations, on),
            cadence=in_force("cadence", self.cadence, on),
            quorum=in_force("quorum", self.quorum, on),
            notice=in_force("notice", self.notice, on),
            next_meeting=in_force("next_meeting", self.next_meeting, on),
        )
