"""Scheduling's rules: who has a PEP, whose attendance is collected, what several people must agree to.

By when what must be done is in `due_dates.py`; how people come together for a meeting in `meetings.py`, how it goes in
`meeting_practice.py`; what waits for approval in `approvals.py`; what cannot wait in `concerns.py`.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field, model_validator

from pep_kernel.authority_policy.approvals import Decision, DualApproval, OfficersApproval, ProfessionalMeeting
from pep_kernel.authority_policy.calendar_feed import CalendarFeed
from pep_kernel.authority_policy.care_feed import CareFeed
from pep_kernel.authority_policy.concerns import (
    AttendanceFeed,
    Exclusions,
    PersistentAbsence,
    ReviewReadiness,
    UrgentPEPs,
)
from pep_kernel.authority_policy.dated import Dated, InForce, RulesFile
from pep_kernel.authority_policy.due_dates import Age, Cadence, Obligation, Overdue, SchoolDays, Trigger, can_miss
from pep_kernel.authority_policy.meeting_practice import (
    Agenda,
    Diary,
    LessonTimes,
    MeetingRecord,
    MustInvite,
    QuorumWarning,
)
from pep_kernel.authority_policy.meetings import Chair, Convener, Invitations, NextMeeting, Notice, Quorum
from pep_kernel.authority_policy.record_keeping import RecordKeeping
from pep_kernel.authority_policy.succession import Several, Versions
from pep_kernel.calendars import age_on, year_group


class Applicability(Dated):
    """Which children have a PEP: from and until a birthday, unless their legal status is a short break (reg 48).

    Below compulsory school age (the term after the fifth birthday) a child may need to be in a setting to have one.
    """

    legal_statuses_without: tuple[str, ...] = Field(description="Legal statuses under which no plan is made.")
    from_age_years: Age = Field(description="The birthday from which a child has a plan.")
    until_age_years: Age = Field(description="The birthday from which there is none any more.")
    early_years_needs_setting: bool = Field(
        description="Whether a child below compulsory school age has a plan only while at a nursery or the like."
    )

    @model_validator(mode="after")
    def _grows_older(self) -> Applicability:
        if self.until_age_years <= self.from_age_years:
            raise ValueError("'until_age_years' must be more than 'from_age_years'")
        return self

    def why_not(self, legal_status: str, date_of_birth: date, on: date, *, in_setting: bool) -> str | None:
        """The short code of why no PEP applies on this day; none when it does."""
        age_years, year = age_on(date_of_birth, on), year_group(date_of_birth, on)
        return self.why_not_known(legal_status, age_years, year, in_setting=in_setting)

    def why_not_known(
        self, legal_status: str | None, age_years: int | None, year: int | None, *, in_setting: bool
    ) -> str | None:
        """The same of a child of whom not all is known: what is not known excludes nothing."""
        if legal_status in self.legal_statuses_without:
            return "short_break"
        if age_years is not None and age_years < self.from_age_years:
            return "too_young"
        if age_years is not None and age_years >= self.until_age_years:
            return "grown_up"
        below_reception = year is not None and year < 0
        return (
            "no_early_years_setting" if self.early_years_needs_setting and below_reception and not in_setting else None
        )


class SchedulingPolicy(InForce):
    """Scheduling's rules of one authority on one day."""

    applicability: Applicability
    obligations: tuple[Obligation, ...]
    cadence: Cadence
    school_days: SchoolDays
    overdue: Overdue
    convener: Convener
    chair: Chair
    invitations: Invitations
    quorum: Quorum
    notice: Notice
    next_meeting: NextMeeting
    must_invite: MustInvite
    quorum_warning: QuorumWarning
    meeting_record: MeetingRecord
    agenda: Agenda
    diary: Diary
    lesson_times: LessonTimes
    record_keeping: RecordKeeping
    attendance_feed: AttendanceFeed
    care_feed: CareFeed
    dual_approvals: tuple[DualApproval, ...]
    calendar_feed: CalendarFeed
    officers_approvals: tuple[OfficersApproval, ...]
    professional_meeting: ProfessionalMeeting
    urgent_peps: UrgentPEPs
    persistent_absence: PersistentAbsence
    exclusions: Exclusions
    review_readiness: ReviewReadiness

    def approval_of(self, decision: Decision) -> DualApproval | OfficersApproval | None:
        """Whose agreement this decision needs; none where it needs nobody's."""
        approvals: tuple[DualApproval | OfficersApproval, ...] = (*self.dual_approvals, *self.officers_approvals)
        return next((each for each in approvals if each.decision == decision), None)

    def can_miss_the_law(self) -> tuple[str, ...]:
        """Local dates that can end after a statutory one, each told once, in words for whoever keeps the file."""
        pairs = ((rule, law) for rule in self.obligations for law in self.obligations if can_miss(rule, law))
        return tuple(
            f"'{rule.label}' ({rule.days} {rule.unit} days) can end after the statutory date of '{law.label}' "
            f"({law.days} {law.unit} days); a child for whom it does has a note that says so"
            for rule, law in pairs
        )

    def obligations_after(self, trigger: Trigger) -> tuple[Obligation, ...]:
        return tuple(obligation for obligation in self.obligations if obligation.trigger is trigger)


class SchedulingFile(RulesFile):
    """Who has a plan, by when what must be done, how meetings come about."""

    applicability: Versions[Applicability]
    obligations: Several[Obligation] = Field(min_length=1)
    cadence: Versions[Cadence]
    school_days: Versions[SchoolDays]
    overdue: Versions[Overdue]
    convener: Versions[Convener]
    chair: Versions[Chair]
    invitations: Versions[Invitations]
    quorum: Versions[Quorum]
    notice: Versions[Notice]
    next_meeting: Versions[NextMeeting]
    must_invite: Versions[MustInvite]
    quorum_warning: Versions[QuorumWarning]
    meeting_record: Versions[MeetingRecord]
    agenda: Versions[Agenda]
    diary: Versions[Diary]
    lesson_times: Versions[LessonTimes]
    record_keeping: Versions[RecordKeeping]
    attendance_feed: Versions[AttendanceFeed]
    care_feed: Versions[CareFeed]
    dual_approvals: Several[DualApproval] = ()
    calendar_feed: Versions[CalendarFeed]
    officers_approvals: Several[OfficersApproval] = ()
    professional_meeting: Versions[ProfessionalMeeting]
    urgent_peps: Versions[UrgentPEPs]
    persistent_absence: Versions[PersistentAbsence]
    exclusions: Versions[Exclusions]
    review_readiness: Versions[ReviewReadiness]

    def in_force(self, on: date) -> SchedulingPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return self._in_force(SchedulingPolicy, on)
