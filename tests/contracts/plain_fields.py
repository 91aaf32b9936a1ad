"""What stands unsealed in events, announcements and read models, and why it may (decision 0008).

A name holds wherever it stands; one that could mean something personal elsewhere is named with its owner.
"""

PLAIN = {
    "a keyed hash of the authority's own number of a child or person, and what is named after one or by a rule": """
        AgreedAction.owner AskedInstead.came AskedInstead.left ChildOverview.dues ChildOverview.meetings Message.about
        NotificationRequested.about PlanAction.owner Present.ref TimelinessOfChild.duties agreed_at approved_by asked
        asked_by by by_delegate by_plan_id carers chaired_by child_ref corrected_by current_plan_id decided_by
        delegates deputy_ref glass in_place_of invitee_ref invitees likeness line_id line_ids marked_complete_by
        meeting_id met_by next_meeting_id parts person_ref plan_id rearranges recipient recorded_by request_id
        reviewing_officer_ref set_by sibling_ref siblings social_worker_ref stream superseded_by supersedes taken_by
        target_id written_by""",
    "a keyed hash of an imported record, or of a part of it: whether it changed": "digest digests",
    "an identifier that we made, or the hash of something that holds no personal words": """
        concern_id correlation export_id file_name hash message_id pack_sha256 replaced reply_hash run_id sha256
        token_hash""",
    "the number of a case or request in the authority's own system, of a shape that takes no words": """
        case_ref request_ref""",
    "an authority, service or log of ours": """
        AnnouncementDiscarded.type authority feed from_authority giver relied_on service to_authority""",
    "a school or place of the public register": """
        Listed.name SchoolListed.name area laestab payee_ukprn payee_urn phase planned_school_urn predecessor_urn
        school_urn school_urns ukprn urn""",
    "the name of a part of the organisation": "StaffMemberAdded.team TeamOfWorker.team",
    "a code or sentence from a closed list of the rules": """
        AnnouncementDiscarded.error AnnouncementDiscarded.reason ChildCircumstances.ended ChildForgotten.reason
        ChildLeftCare.reason DueDate.note EntriesForgotten.reason FactCorrected.right FactCorrected.was
        GrantEnded.what KnownForgotten.reason LeftOut.reason Message.reason NoPlanNeeded.reason
        NotificationFailed.reason NotificationSuppressed.reason PEPDueDateNotCounted.reason PEPDueDateRevised.note
        PEPDueDateSet.note
        PEPForgotten.reason PEPNotApplicable.reason PEPReturned.to PPPApprovalHeld.reason PPPClaimForgotten.reason
        PlanTarget.subject RecordExported.reason RoleGranted.what TargetSet.subject UrgentPEP.reason
        UrgentPEPRequested.reason
        UrgentPEPWithdrawn.reason about agreed answer apologies approvers basis because cancelled_because capacity
        category consulted convener decision fact financial_year granted item job lacks late_because left_out
        legal_status mode must_consult must_invite next_lacks next_obligation no_plan_because outcome payment_route
        placement placement_area planned_chair pupil_part pupil_wish role rule section source
        special_educational_needs stage standing started_by state template term trigger unconfirmed unit warnings
        vacant why_not""",
    "the rules themselves, as the authority published them": "PolicyAdopted.text corrects policy_version version",
    "a count, a position, a number of days or of a line": """
        MeetingInCalendar.changes attempt attempts days days_late escalated first first_number last last_number
        lasted_minutes lasts_minutes line_count line_number number plan_version position quantity rows sequence step
        times_rescheduled warned_days working_days_before year_group year_group_told""",
    "money": """
        amount_pence approval_limit_pence approved_pence committed_pence line_pence over_pence released_pence
        requested_pence total_pence unit_pence withdrawn_pence""",
    "the school year in which the child was born: no child is known by it alone": "born_in_school_year school_year",
    "when something of the process happened or is due": """
        absent_on approved_on arranged_on asked_on at at_risk_since back_on began broken_at came_on changed_at
        cleared_on closes_on completed_on corrected_on dates decided_on details_sent_on due effective_from ended_on
        fact_on first_day flagged_at for_day forgotten_on fostering_since given_on held_on in_care_since
        kept_until last_day last_pep_on last_review_on left_care_on legal_status_since let_be_on made_on
        marked_complete_on met_on newest_day next_agreed next_due next_meeting_at next_on next_review next_time
        notified_on of on opened_on passed_over pathway_plan_on pep_held_on placement_area_since placement_on
        placement_since plan_available_on planned_school_on professionals_met_on proposed_on provision_from
        raised_on reply_until requested_at requested_on review_on review_planned_on reviewing_officer_since
        right_on school_since sealed_on set_on since social_worker_since special_needs_since trained_on
        trigger_on until verified_on was was_at was_on withdrawn_on written_on year_group_since""",
    "yes or no about the process": """
        MeetingInCalendar.told address_withheld adviser_is_worker at_risk awaits_approval began_earlier by_link
        cancelled changes_school corrected correction earlier emergency final fostering_allowance late_notice
        leader_trained linked must_be_rearranged named never_happened no_authority_representative notice_waived
        outcome_stands overdue paid pep_applies permanent proceeds professionals_meet
        pupil_attended renumbered restated restricted resumed same_carers school_expected social_worker_agrees stands
        too_many urgent views_shared""",
    "sessions at school that were possible or missed, and days of suspension, as sums": """
        half_days half_days_in_year half_days_served missed most_half_days possible unauthorised""",
    "what is due, by when and since when, and the days of PEP meetings": "met_dues open_dues peps",
    "a reference, a code of a closed list, and an answer or a day": "MeetingProposal.suits invited",
    "days that suit somebody": "MeetingProposal.agreed ProposalAnswered.suits",
}
