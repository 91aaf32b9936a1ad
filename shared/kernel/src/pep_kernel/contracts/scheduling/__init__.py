"""Scheduling says: who is in care and where they learn, what is due, what became of a meeting, who works here."""

from pep_kernel.contracts.scheduling.access import (
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    RecordRestricted,
    RecordUnrestricted,
)
from pep_kernel.contracts.scheduling.care import (
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    SchoolMoved,
    SocialWorkerAllocated,
)
from pep_kernel.contracts.scheduling.due import Obligation, PEPApplicable, PEPDueDateSet, PEPNotApplicable, PEPOverdue
from pep_kernel.contracts.scheduling.meetings import (
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingScheduled,
    Outcome,
)
from pep_kernel.contracts.scheduling.people import (
    CarerLinked,
    CarerNamed,
    CarerUnlinked,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    SchoolListed,
    StaffMemberAdded,
)

__all__ = [
    "CarerLinked",
    "CarerNamed",
    "CarerUnlinked",
    "ChildEnteredCare",
    "ChildForgotten",
    "ChildLeftCare",
    "DelegateEnded",
    "DelegateNamed",
    "GlassBroken",
    "MeetingHeld",
    "MeetingMustBeRearranged",
    "MeetingOutcomeCorrected",
    "MeetingScheduled",
    "Obligation",
    "Outcome",
    "PEPApplicable",
    "PEPDueDateSet",
    "PEPNotApplicable",
    "PEPOverdue",
    "PupilAccountClosed",
    "PupilAccountOpened",
    "RecordRestricted",
    "RecordUnrestricted",
    "RoleEnded",
    "RoleGranted",
    "SchoolListed",
    "SchoolMoved",
    "SocialWorkerAllocated",
    "StaffMemberAdded",
]
