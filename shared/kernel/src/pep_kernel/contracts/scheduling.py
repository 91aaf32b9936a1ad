"""Scheduling says: who is in care and where they learn, what is due, what became of a meeting, who works here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.announcement import Announcement

Obligation = Literal["convene", "hold", "complete", "available"]
Outcome = Literal["PEP", "PROGRESS_REVIEW"]


class ChildEnteredCare(Announcement):
    """A spell in care began. `born_in_school_year` is the first calendar year of the school year of birth."""

    type: Literal["uk.openpep.scheduling.ChildEnteredCare.v1"] = "uk.openpep.scheduling.ChildEnteredCare.v1"
    child_ref: str
    on: date
    born_in_school_year: int
    school_urn: str | None = None


class ChildLeftCare(Announcement):
    """The spell in care ended."""

    type: Literal["uk.openpep.scheduling.ChildLeftCare.v1"] = "uk.openpep.scheduling.ChildLeftCare.v1"
    child_ref: str
    on: date


class SchoolMoved(Announcement):
    """The child is on the roll of this school from this day; none: of no school."""

    type: Literal["uk.openpep.scheduling.SchoolMoved.v1"] = "uk.openpep.scheduling.SchoolMoved.v1"
    child_ref: str
    on: date
    school_urn: str | None


class SocialWorkerAllocated(Announcement):
    """This social worker is responsible for the child from this day."""

    type: Literal["uk.openpep.scheduling.SocialWorkerAllocated.v1"] = "uk.openpep.scheduling.SocialWorkerAllocated.v1"
    child_ref: str
    social_worker_ref: str
    on: date


class PEPApplicable(Announcement):
    """The child must have a PEP: after entering care (`entered_care`) or at a new school (`school_moved`)."""

    type: Literal["uk.openpep.scheduling.PEPApplicable.v1"] = "uk.openpep.scheduling.PEPApplicable.v1"
    child_ref: str
    on: date
    because: Literal["entered_care", "already_in_care", "school_moved"]


class PEPNotApplicable(Announcement):
    """No PEP is due for this child: the reason is a short code, for example `short_break`."""

    type: Literal["uk.openpep.scheduling.PEPNotApplicable.v1"] = "uk.openpep.scheduling.PEPNotApplicable.v1"
    child_ref: str
    on: date
    reason: str


class PEPDueDateSet(Announcement):
    """One obligation has a date."""

    type: Literal["uk.openpep.scheduling.PEPDueDateSet.v1"] = "uk.openpep.scheduling.PEPDueDateSet.v1"
    child_ref: str
    obligation: Obligation
    due: date
    source: str


class PEPOverdue(Announcement):
    """The day of one obligation has passed and it is not met. Said once for each due date."""

    type: Literal["uk.openpep.scheduling.PEPOverdue.v1"] = "uk.openpep.scheduling.PEPOverdue.v1"
    child_ref: str
    obligation: Obligation
    due: date


class MeetingScheduled(Announcement):
    """A meeting has a date. Invitees are references; who they are and the joining link are asked for when sending."""

    type: Literal["uk.openpep.scheduling.MeetingScheduled.v1"] = "uk.openpep.scheduling.MeetingScheduled.v1"
    meeting_id: str
    child_ref: str
    at: datetime
    invitees: tuple[str, ...]


class MeetingHeld(Announcement):
    """A meeting took place, as a PEP meeting or only as a review of progress (L-19, L-20)."""

    type: Literal["uk.openpep.scheduling.MeetingHeld.v1"] = "uk.openpep.scheduling.MeetingHeld.v1"
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome


class MeetingMustBeRearranged(Announcement):
    """The meeting was no PEP meeting; another must be arranged (L-21)."""

    type: Literal["uk.openpep.scheduling.MeetingMustBeRearranged.v1"] = (
        "uk.openpep.scheduling.MeetingMustBeRearranged.v1"
    )
    meeting_id: str
    child_ref: str


class MeetingOutcomeCorrected(Announcement):
    """What was recorded of a meeting was wrong; this outcome holds."""

    type: Literal["uk.openpep.scheduling.MeetingOutcomeCorrected.v1"] = (
        "uk.openpep.scheduling.MeetingOutcomeCorrected.v1"
    )
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome


class StaffMemberAdded(Announcement):
    """Somebody works here in this role from now on; said again when role, school or limit change."""

    type: Literal["uk.openpep.scheduling.StaffMemberAdded.v1"] = "uk.openpep.scheduling.StaffMemberAdded.v1"
    person_ref: str
    role: str
    school_urn: str | None = None
    approval_limit_pence: int = 0


class CarerNamed(Announcement):
    """This person looks after children, and may sign in as a carer. Who it is, and how to reach them, is not said."""

    type: Literal["uk.openpep.scheduling.CarerNamed.v1"] = "uk.openpep.scheduling.CarerNamed.v1"
    person_ref: str


class CarerLinked(Announcement):
    """This carer looks after this child."""

    type: Literal["uk.openpep.scheduling.CarerLinked.v1"] = "uk.openpep.scheduling.CarerLinked.v1"
    person_ref: str
    child_ref: str


class CarerUnlinked(Announcement):
    """This carer does not look after this child any more."""

    type: Literal["uk.openpep.scheduling.CarerUnlinked.v1"] = "uk.openpep.scheduling.CarerUnlinked.v1"
    person_ref: str
    child_ref: str


class PupilAccountOpened(Announcement):
    """The child may sign in, under the reference of the own record."""

    type: Literal["uk.openpep.scheduling.PupilAccountOpened.v1"] = "uk.openpep.scheduling.PupilAccountOpened.v1"
    child_ref: str


class PupilAccountClosed(Announcement):
    """The child may not sign in any more."""

    type: Literal["uk.openpep.scheduling.PupilAccountClosed.v1"] = "uk.openpep.scheduling.PupilAccountClosed.v1"
    child_ref: str


class RoleEnded(Announcement):
    """Somebody does not work here any more."""

    type: Literal["uk.openpep.scheduling.RoleEnded.v1"] = "uk.openpep.scheduling.RoleEnded.v1"
    person_ref: str


class SchoolListed(Announcement):
    """A school that the authority's children attend, as payments need it."""

    type: Literal["uk.openpep.scheduling.SchoolListed.v1"] = "uk.openpep.scheduling.SchoolListed.v1"
    urn: str
    ukprn: str | None = None
    laestab: str | None = None


class ChildForgotten(Announcement):
    """The keys of all that was sealed about the child are destroyed, for this lawful reason."""

    type: Literal["uk.openpep.scheduling.ChildForgotten.v1"] = "uk.openpep.scheduling.ChildForgotten.v1"
    child_ref: str
    on: date
    reason: str


class RoleGranted(Announcement):
    """All that is granted to somebody beside the role: a role or permission, `… until 2026-12-31` where it ends."""

    type: Literal["uk.openpep.scheduling.RoleGranted.v1"] = "uk.openpep.scheduling.RoleGranted.v1"
    person_ref: str
    granted: tuple[str, ...]


class DelegateNamed(Announcement):
    """This person writes and attends for the child's designated teacher from this day."""

    type: Literal["uk.openpep.scheduling.DelegateNamed.v1"] = "uk.openpep.scheduling.DelegateNamed.v1"
    child_ref: str
    on: date
    person_ref: str


class DelegateEnded(Announcement):
    """This person does so no more."""

    type: Literal["uk.openpep.scheduling.DelegateEnded.v1"] = "uk.openpep.scheduling.DelegateEnded.v1"
    child_ref: str
    on: date
    person_ref: str


class RecordRestricted(Announcement):
    """Only people to whom it was granted by name may see the child's record."""

    type: Literal["uk.openpep.scheduling.RecordRestricted.v1"] = "uk.openpep.scheduling.RecordRestricted.v1"
    child_ref: str
    on: date


class RecordUnrestricted(Announcement):
    """The child's record is open again to those around the child."""

    type: Literal["uk.openpep.scheduling.RecordUnrestricted.v1"] = "uk.openpep.scheduling.RecordUnrestricted.v1"
    child_ref: str
    on: date


class GlassBroken(Announcement):
    """Somebody may look at the child's record until then, whoever they are to the child. The worker is alerted."""

    type: Literal["uk.openpep.scheduling.GlassBroken.v1"] = "uk.openpep.scheduling.GlassBroken.v1"
    child_ref: str
    person_ref: str
    until: datetime
    social_worker_ref: str | None = None
