"""Whenever another service announces something, what becomes of it here."""

from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    CarerLinked,
    CarerUnlinked,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    MeetingHeld,
    MeetingOutcomeCorrected,
    PEPApplicable,
    PEPNotApplicable,
    RecordRestricted,
    RecordUnrestricted,
    SchoolMoved,
    SocialWorkerAllocated,
)
from pep_kernel.policy import Policies
from pep_record.policies.close_plans_when_child_forgotten import close_plans_when_child_forgotten
from pep_record.policies.open_plan_when_pep_applies import open_plan_when_pep_applies
from pep_record.policies.take_in_facts import (
    note_carer_linked,
    note_carer_unlinked,
    note_child_entered_care,
    note_child_left_care,
    note_delegate_ended,
    note_delegate_named,
    note_glass_broken,
    note_meeting_held,
    note_no_plan_needed,
    note_record_restricted,
    note_record_unrestricted,
    note_responsibility_transferred,
    note_school,
    note_social_worker,
)
from pep_record.policies.withdraw_completion_when_meeting_is_corrected import (
    withdraw_completion_when_meeting_is_corrected,
)

POLICIES: Policies = {
    ChildEnteredCare: note_child_entered_care,
    ChildLeftCare: note_child_left_care,
    CareResponsibilityTransferred: note_responsibility_transferred,
    SchoolMoved: note_school,
    SocialWorkerAllocated: note_social_worker,
    DelegateNamed: note_delegate_named,
    DelegateEnded: note_delegate_ended,
    CarerLinked: note_carer_linked,
    CarerUnlinked: note_carer_unlinked,
    RecordRestricted: note_record_restricted,
    RecordUnrestricted: note_record_unrestricted,
    GlassBroken: note_glass_broken,
    PEPApplicable: open_plan_when_pep_applies,
    PEPNotApplicable: note_no_plan_needed,
    MeetingHeld: note_meeting_held,
    MeetingOutcomeCorrected: withdraw_completion_when_meeting_is_corrected,
    ChildForgotten: close_plans_when_child_forgotten,
}
