"""What stands unsealed in events, announcements and read models, and why it may (decision 0008).

A name holds wherever it stands; one that could mean something personal elsewhere is named with its owner.
"""

PLAIN = {
    "a keyed hash of the authority's own number of a child or person, and what is named after one or by a rule": """
        approved_by asked_by by by_delegate by_plan_id carers chaired_by child_ref corrected_by current_plan_id
        decided_by delegates glass invitee_ref invitees line_id line_ids marked_complete_by meeting_id
        met_by parts person_ref plan_id rearranges recipient recorded_by set_by social_worker_ref stream superseded_by
        supersedes taken_by target_id written_by AgreedAction.owner PlanAction.owner Present.ref
        Message.about NotificationRequested.about""",
    "a keyed hash of an imported record: whether it changed": "digest",
    "an identifier that we made, or the hash of something that holds no personal words": """
        correlation export_id file_name hash message_id replaced run_id sha256""",
    "the number of a case or request in the authority's own system, of a shape that takes no words": """
        case_ref request_ref""",
    "an authority, service or log of ours": "authority giver relied_on service AnnouncementDiscarded.type",
    "a school or place of the public register": """
        area laestab payee_ukprn payee_urn phase school_urn school_urns ukprn urn Listed.name SchoolListed.name""",
    "the name of a part of the organisation": "StaffMemberAdded.team",
    "a code or sentence from a closed list of the rules": """
        basis because capacity category apologies financial_year left_out legal_status mode next_lacks no_plan_because
        outcome payment_route placement role rule section source special_educational_needs stage standing started_by
        state template term trigger unit warnings why_not granted
        AnnouncementDiscarded.error AnnouncementDiscarded.reason ChildForgotten.reason ChildLeftCare.reason
        DueDate.note EntriesForgotten.reason GrantEnded.what KnownForgotten.reason LeftOut.reason Message.reason
        NoPlanNeeded.reason NotificationFailed.reason NotificationSuppressed.reason PEPDueDateNotCounted.reason
        PEPDueDateSet.note PEPNotApplicable.reason PEPReturned.to PlanTarget.subject PPPApprovalHeld.reason
        RecordExported.reason RoleGranted.what TargetSet.subject
        PEPForgotten.reason PPPClaimForgotten.reason""",
    "the rules themselves, as the authority published them": "corrects policy_version PolicyAdopted.text version",
    "a count, a position, a number of days or of a line": """
        attempt attempts days first first_number last last_number line_count line_number number plan_version position
        quantity year_group""",
    "money": """
        amount_pence approval_limit_pence approved_pence committed_pence line_pence over_pence released_pence
        requested_pence total_pence unit_pence withdrawn_pence""",
    "the school year in which the child was born: no child is known by it alone": "born_in_school_year school_year",
    "when something of the process happened or is due": """
        approved_on arranged_on asked_on at broken_at changed_at completed_on corrected_on decided_on due
        effective_from forgotten_on given_on held_on in_care_since kept_until last_pep_on last_review_on left_care_on
        legal_status_since made_on marked_complete_on met_on next_agreed next_on next_pep_agreed next_review next_time
        on opened_on passed_over placement_since requested_at school_since sealed_on set_on since social_worker_since
        trigger_on until written_on""",
    "yes or no about the process": """
        address_withheld began_earlier corrected final late_notice linked must_be_rearranged named
        no_authority_representative overdue pep_applies pupil_attended restricted social_worker_agrees""",
}
