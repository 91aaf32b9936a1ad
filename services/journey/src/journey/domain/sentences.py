"""What each event is told as. An event without a sentence is told by its name.

Only plain fields stand here: days, references, codes and sums. An event that copies what another service said is told
as what this service learned, because the story shows who knew what, and when.

An event is told as it was written: a sentence fits its event's current version. Where an older version has other
fields, a sentence of its own stands beside under `<Event>.v<N>`.
"""

from __future__ import annotations

SCHEDULING = {
    "ChildIdentified": "Who the child is was recorded.",
    "ChildEnteredCare": "The child was in care from {on:day}.",
    "ChildLeftCare": "The child left care on {on:day}: {reason:words}.",
    "PlacementChanged": "The child lived in another placement from {on:day}.",
    "LegalStatusChanged": "The legal status was {legal_status} from {on:day}.",
    "SchoolMoved": "The child was on the roll of {school_urn:school} from {on:day}.",
    "SocialWorkerAllocated": "Social worker {social_worker_ref} was responsible from {on:day}.",
    "EmergencyPlacementMade": "The placement of {on:day} was made in an emergency.",
    "PlacementNoticeDue": "The school had to be told in writing of the placement of {on:day} by {due:day}.",
    "SchoolNotified": "The school was told in writing of the placement of {placement_on:day} on {on:day}.",
    "FosteringAllowanceTold": "Whether a fostering allowance was paid was noted from {on:day}.",
    "SchoolMovePlanned": "A move to {school_urn:school} was planned for {on:day}.",
    "ChildRemovedFromRoll": "The child was taken off the roll of {school_urn:school} on {on:day}.",
    "ReviewingOfficerAssigned": "{reviewing_officer_ref} was the reviewing officer from {on:day}.",
    "SiblingLinked": "A brother or sister was noted: {sibling_ref}.",
    "SiblingUnlinked": "{sibling_ref} was not a brother or sister after all.",
    "YearGroupTold": "The school taught the child in Year {year_group} from {on:day}.",
    "SpecialEducationalNeedsChanged": "Help for special educational needs from {on:day}: {special_educational_needs}.",
    "EHCPIssued": "The child had an education, health and care plan from {on:day}.",
    "FactFlagged": "The {fact:words} of {on:day} stood, and lacked: {lacks:words}.",
    "FactCorrected": "What had been told of the {fact:words} of {on:day} was wrong: {by:words} corrected it.",
    "CareResponsibilityTransferred": "Another authority, {to_authority}, was responsible from {on:day}.",
    "CareResponsibilityAccepted": "This authority took the child over from {from_authority} on {on:day}.",
    "ReviewHeld": "The care of the child was reviewed on {on:day}.",
    "LastPEPNoted": "A PEP meeting of {on:day}, before OpenPEP, was noted.",
    "PEPApplicable": "The child must have a PEP: {because:words}.",
    "PEPNotApplicable": "No PEP is due: {reason:words}.",
    "PEPDueDateSet": "{obligation:duty} was due by {due:day}, counted from {trigger_on:day}.",
    "PEPDueDateNotCounted": "{obligation:duty} had no date: {reason:words}.",
    "PEPDueDateWithdrawn": "{obligation:duty} was no longer due: {because:words}.",
    "ObligationMet": "{obligation:duty} was done on {on:day}, by {by}.",
    "ObligationReopened": "{obligation:duty} was open again: {by} did not count any more.",
    "PEPOverdue": "{obligation:duty} was not done by {due:day}: overdue.",
    "PEPDueDateRevised": "{obligation:duty} was counted again: due by {due:day}, not {was:day}.",
    "PEPOverdueEscalated": "{obligation:duty} was still not done: the {role:words} was to know.",
    "LateReasonRecorded": "{obligation:duty} was late because: {because:words}.",
    "TermlyMeetingNotDue": "No PEP meeting was due for the {term} term: {because:words}.",
    "PEPMarkedCompleteKnown": "Scheduling learned that plan {plan_id} was marked complete on {on:day}.",
    "LegalHoldPlaced": "The record was held for case {case_ref}: nothing of it may be removed.",
    "LegalHoldLifted": "The record was not held for case {case_ref} any more.",
    "ForgettingRequested": "{by} asked that the record, or entries of it, be removed: {basis:words}.",
    "ForgettingDeclined": "{by} declined to remove it.",
    "ForgettingApproved": "{by} agreed to remove it.",
    "ChildForgotten": "The personal data of the record was removed on {on:day}: {reason:words}.",
    "EntriesForgotten": "Entries of the record were removed on {on:day}: {reason:words}.",
    "DelegateNamed": "{by} named {person_ref} as the designated teacher's delegate from {on:day}.",
    "DelegateEnded": "{person_ref} was the designated teacher's delegate no more from {on:day}.",
    "RecordRestricted": "{by} restricted the record on {on:day}.",
    "RecordUnrestricted": "{by} opened the restricted record again on {on:day}.",
    "GlassBroken": "{person_ref} broke the glass as {role:words}, to look at the record until {until:moment}.",
    "CarerLinked": "{person_ref} was noted as a carer.",
    "CarerUnlinked": "{person_ref} was a carer no more.",
    "PupilAccountOpened": "The child was allowed to sign in.",
    "PupilAccountClosed": "The child was not allowed to sign in any more.",
    "MeetingScheduled": "A meeting was arranged for {at:moment} ({invitees:count} invited).",
    "InviteeListed": "Somebody was on the invitation list as {capacity:words}.",
    "InviteeAdded": "Somebody was invited later as {capacity:words}.",
    "MeetingHeld": "The meeting was held on {on:day}; outcome: {outcome:words}.",
    "MeetingMustBeRearranged": "The meeting was no PEP meeting; another had to be arranged.",
    "MeetingOutcomeCorrected": "The outcome of the meeting of {on:day} was corrected to: {outcome:words}.",
    "UrgentPEPRequested": "A PEP meeting was asked for at once on {on:day}: {reason:words}.",
    "PersistentAbsenceRiskDetected": "From {since:day} to {on:day}, {missed} of {possible} sessions were missed.",
    "PersistentAbsenceRecovered": "Fewer sessions were missed again: {missed} of {possible} up to {on:day}.",
    "SuspensionNotified": "The school suspended the child from {began:day}: {half_days} half days.",
    "PermanentExclusionNotified": "The school excluded the child for good from {on:day}.",
    "SafeguardingConcernRaised": "{by} was worried about the child on {on:day}; the social worker was to be told.",
    "ApprovalNoted": "All had agreed on {on:day}: {decision:words}.",
    "NoApprovalRecorded": "The move of {on:day} had no approval on record: {decision:words}.",
    "AgendaItemAdded": "The next PEP meeting had to speak of this: {about:words}.",
    "AgendaItemTaken": "Meeting {meeting_id} was held, which had to speak of {item}.",
    "AgendaItemReopened": "Meeting {meeting_id} was no PEP meeting: {item} waited again.",
    "LACReviewScheduled": "A review of the child's care was set for {on:day}.",
    "PathwayPlanScheduled": "The pathway plan was set for {on:day}.",
    "PlanBecameAvailable": "Plan {plan_id} was complete on {on:day}.",
    "PlanNoLongerAvailable": "Plan {plan_id} was complete no more.",
    "AttendanceMarksReceived": "Attendance of {days:count} days came in.",
    "ApprovalRequested": "{by} asked on {on:day} for a decision: {decision:words}.",
    "ConsultationRecorded": "The {consulted:words} was asked on {on:day}.",
    "ProfessionalsMet": "Professionals met about it on {on:day}.",
    "RequestAgreed": "{by} agreed as {job:words}.",
    "SchoolChangeApproved": "The change to {school_urn:school} was agreed to on {on:day}.",
    "TermTimeHolidayDecided": "The holiday from {first_day:day} to {last_day:day} was decided on {on:day}.",
    "PlacementApproved": "It was agreed to on {on:day}: {decision:words}.",
    "RequestDeclined": "{by} declined as {job:words}: {decision:words}.",
    "RequestWithdrawn": "{by} withdrew the request: {decision:words}.",
}

PEP_RECORD = {
    "EPEPOpened": "Plan {number} was opened for the {term} term: {because:words}.",
    "SectionContributed": "The section {section:words} was written.",
    "TargetSet": "A target was set: {subject:words}.",
    "CarerViewsRecorded": "A carer gave their views.",
    "PupilViewsRecorded": "The child gave their views.",
    "DelegateApprovedByDT": "The designated teacher approved what a delegate wrote ({parts:count} parts).",
    "PEPMarkedComplete": "Version {plan_version} of the plan was marked complete.",
    "SignedOffBySW": "The social worker signed version {plan_version} off.",
    "PEPReturned": "Quality assurance returned version {plan_version}.",
    "PEPCompleted": "Quality assurance approved version {plan_version}: the PEP was complete.",
    "PEPCompletionWithdrawn": "The completion of version {plan_version} was withdrawn.",
    "PEPSuperseded": "Plan {by_plan_id} took this plan's place.",
    "KnownInCare": "The record learned that the child was in care from {on:day}.",
    "KnownToHaveLeftCare": "The record learned that the child left care on {on:day}.",
    "SchoolKnown": "The record learned that the child was on the roll of {school_urn:school} from {on:day}.",
    "SocialWorkerKnown": "The record learned of social worker {social_worker_ref} from {on:day}.",
    "DelegateKnown": "The record learned of {person_ref} as the designated teacher's delegate, or not any more.",
    "CarerKnown": "The record learned of {person_ref} as a carer of the child, or not any more.",
    "RestrictionKnown": "The record learned that it was restricted, or open again, from {on:day}.",
    "BrokenGlassKnown": "The record learned that {person_ref} might look at it until {until:moment}.",
    "NoPlanNeeded": "The record learned that no PEP is due: {reason:words}.",
    "MeetingKnown": "The record learned of the meeting of {on:day}; outcome: {outcome:words}.",
    "MeetingCorrectionKnown": "The record learned that the outcome of the meeting of {on:day} was: {outcome:words}.",
    "PlanBecameCurrent": "Plan {number} became the current plan.",
    "KnownForgotten": "The record learned that the child's personal data was removed: {reason:words}.",
    "PEPForgotten": "Nothing more is done with this plan.",
}

FUNDING = {
    "PPPRequested": "Money was requested for {lines:count} lines of version {plan_version}.",
    "PPPReferred": "Line {line_id} was left to a person to decide ({rule}).",
    "PPPDeclined": "Line {line_id} was declined ({rule}).",
    "PPPApproved": "{approved_pence:pounds} was approved for line {line_id}.",
    "PPPApprovalHeld": "The approvals for version {plan_version} were held.",
    "PPPApprovalStands": "The head let the approvals for version {plan_version} stand.",
    "PPPApprovalWithdrawn": "Approvals of {withdrawn_pence:pounds} were withdrawn: {because:words}.",
    "PPPReleased": "{released_pence:pounds} was released to school {payee_urn} for line {line_id}.",
    "ChildInCareKnown": "Funding learned that the child was in care from {on:day}.",
    "ChildOutOfCareKnown": "Funding learned that the child left care on {on:day}.",
    "SchoolKnown": "Funding learned that the child was on the roll of {school_urn:school} from {on:day}.",
    "PPPClaimStopped": "Nothing more is paid for this plan: plan {by_plan_id} took its place.",
    "KnownForgotten": "Funding learned that the child's personal data was removed: {reason:words}.",
    "PPPClaimForgotten": "Nothing more is paid for this plan: the child's personal data was removed.",
}

NOTIFICATIONS = {
    "NotificationRequested": "{recipient} was to be told: {template:words}.",
    "NotificationAttempted": "Attempt {attempt} to send the message began.",
    "NotificationSent": "The mail server took the message.",
    "NotificationFailed": "The message was not taken, or nobody knows: {reason:words}.",
    "NotificationSuppressed": "The message was held back: {reason:words}.",
    "KnownForgotten": "Nobody is told anything about the child any more: {reason:words}.",
}

JOURNEY = {
    "RecordExported": "The record was given out to {by}: {reason:words}, request {request_ref}.",
    "KnownForgotten": "Nothing of the record is given out any more: {reason:words}.",
}

SENTENCES: dict[tuple[str, str], str] = {
    (service, event): sentence
    for service, sentences in {
        "scheduling": SCHEDULING,
        "pep-record": PEP_RECORD,
        "funding": FUNDING,
        "notifications": NOTIFICATIONS,
        "journey": JOURNEY,
    }.items()
    for event, sentence in sentences.items()
}


def sentence_of(service: str, event: str, version: int) -> str:
    """The sentence of this version of an event, else of the event. Raises `KeyError` if it has none."""
    return SENTENCES.get((service, f"{event}.v{version}")) or SENTENCES[service, event]
