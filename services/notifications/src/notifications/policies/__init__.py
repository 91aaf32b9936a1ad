"""Whenever somebody announces …, somebody must be told."""

from notifications.policies.alert_when_glass_is_broken import alert_when_glass_is_broken
from notifications.policies.ask_for_quality_assurance_when_plan_marked_complete import (
    ask_for_quality_assurance_when_plan_marked_complete,
)
from notifications.policies.hold_back_about_a_child import (
    hold_back_when_child_forgotten,
    hold_back_when_child_left_care,
    hold_back_when_responsibility_transferred,
    note_child_in_care,
)
from notifications.policies.keep_roster import (
    note_colleague_gone_when_role_ended,
    note_colleague_when_staff_member_added,
    note_granted_when_role_granted,
)
from notifications.policies.tell_of_meetings import invite_when_details_are_sent, tell_when_meeting_is_cancelled
from notifications.policies.tell_school_when_premium_released import tell_school_when_premium_released
from notifications.policies.tell_teacher_when_plan_returned import tell_teacher_when_plan_returned
from pep_kernel.contracts.funding import PPPReleased
from pep_kernel.contracts.pep_record import PEPMarkedComplete, PEPReturned
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    GlassBroken,
    MeetingCancelled,
    MeetingDetailsSent,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from pep_kernel.policy import Policies

POLICIES: Policies = {
    StaffMemberAdded: note_colleague_when_staff_member_added,
    RoleGranted: note_granted_when_role_granted,
    RoleEnded: note_colleague_gone_when_role_ended,
    MeetingDetailsSent: invite_when_details_are_sent,
    MeetingCancelled: tell_when_meeting_is_cancelled,
    PEPMarkedComplete: ask_for_quality_assurance_when_plan_marked_complete,
    PEPReturned: tell_teacher_when_plan_returned,
    PPPReleased: tell_school_when_premium_released,
    GlassBroken: alert_when_glass_is_broken,
    ChildEnteredCare: note_child_in_care,
    ChildLeftCare: hold_back_when_child_left_care,
    CareResponsibilityTransferred: hold_back_when_responsibility_transferred,
    ChildForgotten: hold_back_when_child_forgotten,
}
