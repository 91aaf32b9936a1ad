"""What people look at is folded from the journal, the same however often it is folded."""

from datetime import date, datetime
from typing import Any

import msgspec
from tests.scheduling.worked_examples import MONDAY, REF, WORKER, journal

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.colleagues import Colleague
from pep_kernel.message import Event
from pep_kernel.read_model import ReadModel
from pep_kernel.sealed import Contact, Identity, PlanText, ThirdParty
from pep_runtime.clock import LONDON
from scheduling.domain.child import events as child
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.concerns.events import LACReviewScheduled
from scheduling.domain.meeting import events as meeting
from scheduling.domain.meeting import invitation_events as invitation
from scheduling.domain.person import events as person
from scheduling.domain.school.decider import SchoolListed
from scheduling.domain.school.states import Listed
from scheduling.projections import READ_MODELS
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.circumstances import CIRCUMSTANCES
from scheduling.projections.colleague import COLLEAGUES
from scheduling.projections.contact import CARERS_OF_CHILDREN, CONTACTS, CarerOfChild, PersonContact
from scheduling.projections.due_date import DUE_DATES, DueDate
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview
from scheduling.projections.meeting_invitee import MEETING_INVITEES, MeetingInvitee
from scheduling.projections.meeting_proposal import MEETING_PROPOSALS, MeetingProposal
from scheduling.projections.review_ahead import REVIEWS_AHEAD, ReviewAhead
from scheduling.projections.school import SCHOOLS

EARLIER, LATER = date(2026, 9, 1), date(2026, 11, 2)
AT_TWO = datetime(2026, 10, 6, 14, tzinfo=LONDON)
LINK = Contact(token="sealed link")
NAME = ThirdParty(token="sealed name")


def folded(model: ReadModel[Any], *events: Event) -> list[Any]:
    """The rows of the model after these events."""
    rows: dict[Any, Any] = {}
    for recorded in journal(*events):
        for key in model.keys(recorded):
            rows[key] = model.fold(rows.get(key), recorded, key)
    return [row for row in rows.values() if row is not None]


def entered(**more: Any) -> child.ChildEnteredCare:
    told = {"on": MONDAY, "born_in_school_year": 2014, "legal_status": "C2", "placement": "U1"}
    return child.ChildEnteredCare(child_ref=REF, **{**told, **more})


def test_a_child_is_shown_by_the_newest_facts_in_whichever_order_they_come() -> None:
    (row,) = folded(
        CHILD_OVERVIEWS,
        child.ChildIdentified(
            child_ref=REF, digests=(), date_of_birth=Identity(token="born"), sex=Identity(token="sex")
        ),
        entered(),
        child.SchoolMoved(child_ref=REF, on=LATER, school_urn="999102"),
        child.SchoolMoved(child_ref=REF, on=EARLIER, school_urn="999101"),
        child.PlacementChanged(child_ref=REF, on=LATER, placement="K2"),
        child.PlacementChanged(child_ref=REF, on=EARLIER, placement="U4"),
        child.LegalStatusChanged(child_ref=REF, on=LATER, legal_status="C1"),
        child.LegalStatusChanged(child_ref=REF, on=EARLIER, legal_status="V2"),
        child.SocialWorkerAllocated(child_ref=REF, on=LATER, social_worker_ref=WORKER),
        child.SocialWorkerAllocated(child_ref=REF, on=EARLIER, social_worker_ref="somebody"),
        child.ReviewHeld(child_ref=REF, on=LATER),
        child.ReviewHeld(child_ref=REF, on=EARLIER),
        child.LastPEPNoted(child_ref=REF, on=EARLIER, next_agreed=LATER),
        child.PEPApplicable(child_ref=REF, on=MONDAY, because="entered_care"),
    )
    assert row == ChildOverview(
        child_ref=REF,
        date_of_birth=Identity(token="born"),
        born_in_school_year=2014,
        in_care_since=MONDAY,
        placement="K2",
        placement_since=LATER,
        legal_status="C1",
        legal_status_since=LATER,
        school_urn="999102",
        school_since=LATER,
        social_worker_ref=WORKER,
        social_worker_since=LATER,
        pep_applies=True,
        last_review_on=LATER,
        last_pep_on=EARLIER,
        peps=(f"{EARLIER} noted",),
    )


def test_an_older_spell_that_is_told_late_does_not_take_the_place_of_the_newest() -> None:
    older = entered(on=date(2025, 1, 6), placement="K2")
    (row,) = folded(
        CHILD_OVERVIEWS, entered(), older, child.ChildLeftCare(child_ref=REF, on=date(2025, 3, 3), reason="E4A")
    )
    assert (row.in_care_since, row.left_care_on, row.placement) == (MONDAY, None, "U1")


def test_an_older_spell_that_ends_on_the_day_of_the_newest_leaves_the_child_in_care() -> None:
    older = entered(on=date(2025, 1, 6), placement="K2")
    over = child.ChildLeftCare(child_ref=REF, on=MONDAY, reason="E4A", earlier=True)
    (row,) = folded(CHILD_OVERVIEWS, entered(), older, over)
    assert (row.in_care_since, row.left_care_on, row.why_not) == (MONDAY, None, None)
    (known,) = folded(CIRCUMSTANCES, entered(), older, over)
    assert (known.ended, known.ended_on) == (None, None)
    review = LACReviewScheduled(child_ref=REF, on=LATER, by=WORKER)
    (ahead,) = folded(REVIEWS_AHEAD, review, over)
    assert ahead.review_on == LATER


def test_a_child_without_a_pep_is_shown_with_the_reason() -> None:
    (row,) = folded(CHILD_OVERVIEWS, entered(), child.PEPNotApplicable(child_ref=REF, on=MONDAY, reason="too_young"))
    assert (row.pep_applies, row.why_not) == (False, "too_young")
    (row,) = folded(CHILD_OVERVIEWS, entered(), child.ChildLeftCare(child_ref=REF, on=LATER, reason="E4A"))
    assert (row.pep_applies, row.why_not, row.left_care_on) == (False, "left_care", LATER)


def test_the_record_closes_when_care_has_ended_and_opens_when_it_goes_on() -> None:
    closing = child.ChildLeftCare(child_ref=REF, on=LATER, reason="E4A", closes_on=date(2026, 12, 1))
    (row,) = folded(CHILD_OVERVIEWS, entered(), closing)
    assert row.closes_on == date(2026, 12, 1)
    (row,) = folded(CHILD_OVERVIEWS, entered(), child.ChildLeftCare(child_ref=REF, on=LATER, reason="E4A"))
    assert row.closes_on == LATER, "told before it was said when"
    wrong: dict[str, Any] = {"child_ref": REF, "by": WORKER, "never_happened": True, "reason": PlanText(token="r")}
    for again in (entered(on=date(2026, 12, 1)), FactCorrected(fact="left_care", on=LATER, **wrong)):
        (row,) = folded(CHILD_OVERVIEWS, entered(), closing, again)
        assert (row.closes_on, row.left_care_on) == (None, None)
    (row,) = folded(CHILD_OVERVIEWS, entered(), FactCorrected(fact="entered_care", on=MONDAY, **wrong))
    assert row.closes_on == MONDAY, "a child who never was in care is nobody's to see"


OF_ONE: dict[str, Any] = {"child_ref": REF, "obligation": "hold", "trigger_on": MONDAY}
due_set = child.PEPDueDateSet(
    **OF_ONE, trigger="entered_care", due=LATER, unit="school", source=("O-31",), policy_version="v1", days=20
)
overdue = child.PEPOverdue(**OF_ONE, due=LATER)
met = child.ObligationMet(**OF_ONE, on=LATER, by="m1")
reopened = child.ObligationReopened(**OF_ONE, by="m1")


def due_after(*events: Event) -> DueDate:
    (row,) = folded(DUE_DATES, due_set, *events)
    assert isinstance(row, DueDate)
    return row


def test_a_due_date_is_open_met_opened_again_overdue_or_withdrawn() -> None:
    withdrawn = child.PEPDueDateWithdrawn(**OF_ONE, because="left_care")
    assert due_after().state == "open"
    assert (due_after(met).state, due_after(met).met_by) == ("met", "m1")
    assert (due_after(met, reopened).state, due_after(met, reopened).met_on) == ("open", None)
    assert (due_after(overdue).state, due_after(overdue, met).state) == ("overdue", "met")
    assert due_after(overdue, met, reopened).state == "overdue"
    assert due_after(withdrawn).state == "withdrawn"
    assert due_after(withdrawn, due_set).state == "open"
    assert due_after(overdue, withdrawn, due_set).state == "overdue"
    told = child.PEPOverdueEscalated(**OF_ONE, due=due_set.due, step=1, role="social_worker")
    assert due_after(overdue, told, withdrawn, due_set).escalated == 1
    back = child.PEPDueDateRestored(**OF_ONE, trigger="entered_care", due=due_set.due)
    assert due_after(withdrawn, back).state == "open"


def test_what_could_not_be_counted_is_shown_as_that() -> None:
    (row,) = folded(DUE_DATES, child.PEPDueDateNotCounted(**OF_ONE, trigger="entered_care", reason="No term dates."))
    assert (row.state, row.due, row.note) == ("not_counted", None, "No term dates.")
    assert folded(DUE_DATES, met) == []


scheduled = meeting.MeetingScheduled(
    meeting_id="m1", child_ref=REF, on=MONDAY, at=AT_TWO, invitees=("guest-1",), by=WORKER, joining_link=LINK
)
held = meeting.MeetingHeld(
    meeting_id="m1",
    child_ref=REF,
    on=date(2026, 10, 6),
    outcome="PROGRESS_REVIEW",
    chair=meeting.Present("designated_teacher", "in_person"),
    attendees=(),
    recorded_by=WORKER,
    minutes=PlanText(token="sealed minutes"),
    pupil_attended=False,
    no_authority_representative=True,
)
rearrange = meeting.MeetingMustBeRearranged(meeting_id="m1", child_ref=REF)
corrected = meeting.MeetingOutcomeCorrected(
    meeting_id="m1",
    child_ref=REF,
    on=date(2026, 10, 6),
    outcome="PEP",
    corrected_on=LATER,
    corrected_by=WORKER,
    reason=PlanText(token="sealed reason"),
)


def test_a_meeting_is_shown_from_its_date_to_its_corrected_outcome() -> None:
    (row,) = folded(MEETING_OVERVIEWS, scheduled, held, rearrange)
    assert isinstance(row, MeetingOverview)
    assert row.minutes == PlanText(token="sealed minutes")
    assert (row.joining_link, row.outcome, row.must_be_rearranged, row.corrected) == (
        LINK,
        "PROGRESS_REVIEW",
        True,
        False,
    )
    (row,) = folded(MEETING_OVERVIEWS, scheduled, held, rearrange, corrected)
    assert (row.outcome, row.must_be_rearranged, row.corrected) == ("PEP", False, True)
    assert folded(MEETING_OVERVIEWS, held) == []


def test_invitees_are_shown_whether_listed_at_first_or_added_later() -> None:
    listed = invitation.InviteeListed(
        meeting_id="m1", child_ref=REF, invitee_ref="guest-1", capacity="nurse", name=NAME, email=LINK
    )
    added = invitation.InviteeAdded(
        meeting_id="m1",
        child_ref=REF,
        on=MONDAY,
        invitee_ref=WORKER,
        capacity="social_worker",
        at=AT_TWO,
        person_ref=WORKER,
    )
    rows = folded(MEETING_INVITEES, scheduled, listed, added)
    assert rows == [
        MeetingInvitee("m1", "guest-1", "nurse", None, NAME, LINK, None, None, REF),
        MeetingInvitee("m1", WORKER, "social_worker", WORKER, None, None, None, None, REF),
    ]


OF_MEETING: dict[str, Any] = {"meeting_id": "m1", "child_ref": REF, "on": MONDAY}
listed = invitation.InviteeListed(
    meeting_id="m1", child_ref=REF, invitee_ref=WORKER, capacity="social_worker", person_ref=WORKER
)
nurse = invitation.InviteeAdded(**OF_MEETING, invitee_ref="guest-2", capacity="nurse", at=AT_TWO, awaits_approval=True)
WHO: dict[str, Any] = {"invitee_ref": WORKER, "capacity": "social_worker"}
comes = invitation.AttendanceConfirmed(**OF_MEETING, **WHO, by=WORKER)
declines = invitation.AttendanceDeclined(**OF_MEETING, **WHO, by=WORKER)
sent = meeting.MeetingDetailsSent(
    **OF_MEETING, at=AT_TWO, invitees=(WORKER,), by=WORKER, sequence=0, late_notice=True, joining_link=LINK
)
put_off = meeting.MeetingRescheduled(
    **OF_MEETING,
    was_at=AT_TWO,
    at=AT_TWO.replace(day=13),
    invitees=(WORKER, "guest-2"),
    by=WORKER,
    reason=PlanText(token="why"),
)
link_made = invitation.ReplyLinkMade(**OF_MEETING, invitee_ref=WORKER, token_hash="h", until=AT_TWO, by=WORKER)


def overview(*events: Event) -> MeetingOverview:
    must = msgspec.structs.replace(scheduled, must_invite=("social_worker", "carer"), convener="pep_coordinator")
    (row,) = folded(MEETING_OVERVIEWS, must, listed, *events)
    assert isinstance(row, MeetingOverview)
    return row


def test_a_meeting_shows_who_comes_and_who_should_have_been_asked() -> None:
    assert overview(nurse).invited == (f"{WORKER} social_worker not_answered", "guest-2 nurse awaits_approval")
    approval = invitation.InvitationListApproved(**OF_MEETING, invitees=(WORKER, "guest-2"), by=WORKER)
    assert overview(comes, nurse, approval).invited == (f"{WORKER} social_worker comes", "guest-2 nurse not_answered")
    assert overview(nurse, put_off).invited == ("guest-2 nurse awaits_approval", f"{WORKER} social_worker not_answered")
    assert overview().not_invited == ["carer"]
    assert overview().expected == frozenset(), "whoever convenes and is not invited was told of nothing"
    convener = msgspec.structs.replace(nurse, invitee_ref="c", capacity="pep_coordinator", awaits_approval=False)
    assert overview(convener).expected == {Capacity.PEP_COORDINATOR}
    assert overview(msgspec.structs.replace(convener, awaits_approval=True)).expected == frozenset()
    assert overview(comes).expected == {Capacity.SOCIAL_WORKER}
    officer = invitation.OfficerSent(**OF_MEETING, invitee_ref="o", capacity="virtual_school_officer", by=WORKER)
    assert Capacity.VIRTUAL_SCHOOL_OFFICER in overview(officer).expected
    assert overview(declines).capacities("does_not_come") == {"social_worker"}
    gone = invitation.InviteeWithdrawn(**OF_MEETING, **WHO, because="decided")
    assert overview(gone).not_invited == ["social_worker", "carer"]


def test_a_meeting_shows_that_it_is_at_risk_until_it_is_not() -> None:
    risk = invitation.QuorumAtRisk(**OF_MEETING, at=AT_TWO, working_days_before=3)
    assert (overview(risk).at_risk, overview(risk).warned_days) == (True, 3)
    assert not overview(risk, invitation.QuorumSecured(**OF_MEETING)).at_risk
    assert (overview(risk, put_off).at_risk, overview(risk, put_off).warned_days) == (False, None)
    off = meeting.MeetingCancelled(**OF_MEETING, because="left_care")
    assert (overview(risk, off).at_risk, overview(off).state, overview(off).cancelled_because) == (
        False,
        "cancelled",
        "left_care",
    )
    assert (overview(risk, held).at_risk, overview(risk, held).state) == (False, "held")


def test_a_meeting_that_is_put_off_is_told_and_answered_anew() -> None:
    row = overview(comes, sent)
    assert (row.details_sent_on, row.late_notice, row.joining_link, row.sequence) == (MONDAY, True, LINK, 0)
    row = overview(comes, sent, put_off)
    assert (row.at.day, row.times_rescheduled, row.details_sent_on, row.late_notice) == (13, 1, None, False)
    assert row.invited == (f"{WORKER} social_worker not_answered",)
    told_late = msgspec.structs.replace(sent, late_notice=False, sequence=1)
    assert overview(sent, told_late).late_notice, "the first telling counts"


def test_a_reason_for_short_notice_stays_with_the_day_for_which_it_was_given() -> None:
    reason = PlanText(token="why")
    assert overview(msgspec.structs.replace(put_off, notice_waived_because=reason), sent).notice_waived
    assert not overview(msgspec.structs.replace(sent, notice_waived_because=reason), put_off, sent).notice_waived
    (row,) = folded(MEETING_OVERVIEWS, msgspec.structs.replace(scheduled, notice_waived_because=reason), sent)
    assert isinstance(row, MeetingOverview)
    assert row.notice_waived


def test_an_invitee_shows_that_they_were_told_after_the_others_with_short_notice() -> None:
    late = msgspec.structs.replace(nurse, late_notice=True)
    approved = invitation.InvitationListApproved(**OF_MEETING, invitees=("guest-2",), by=WORKER, late_notice=True)
    rows = {row.invitee_ref: row for row in folded(MEETING_INVITEES, scheduled, listed, late)}
    assert (rows["guest-2"].late_notice, rows[WORKER].late_notice) == (True, False)
    assert (invitees(approved)["guest-2"].late_notice, invitees()["guest-2"].late_notice) == (True, False)
    assert not invitees(approved, put_off)["guest-2"].late_notice


def test_a_meeting_shows_what_was_decided_and_wished_before_it() -> None:
    decided = meeting.ProceedDecided(**OF_MEETING, proceeds=True, by=WORKER)
    wish = meeting.PupilWishRecorded(**OF_MEETING, wish="part", by=WORKER)
    row = overview(decided, wish, invitation.InvitationListApproved(**OF_MEETING, invitees=(WORKER,), by=WORKER))
    assert (row.proceeds, row.pupil_wish) == (True, "part")
    (stranger,) = journal(child.ReviewHeld(child_ref=REF, on=MONDAY))
    assert MEETING_OVERVIEWS.fold(row, stranger, ("m1",)) == row


def invitees(*events: Event) -> dict[str, MeetingInvitee]:
    return {row.invitee_ref: row for row in folded(MEETING_INVITEES, scheduled, listed, nurse, *events)}


def test_an_invitee_shows_the_answer_and_whether_a_link_is_open() -> None:
    assert invitees()["guest-2"].awaits_approval
    approved = invitation.InvitationListApproved(**OF_MEETING, invitees=("guest-2",), by=WORKER)
    assert not invitees(approved)["guest-2"].awaits_approval
    assert (invitees(link_made)[WORKER].reply_hash, invitees(link_made)[WORKER].reply_until) == ("h", AT_TWO)
    withdrawn = invitation.ReplyLinkWithdrawn(**OF_MEETING, invitee_ref=WORKER, by=WORKER)
    assert invitees(link_made, withdrawn)[WORKER].reply_hash is None
    assert (invitees(link_made, comes)[WORKER].answer, invitees(link_made, comes)[WORKER].reply_hash) == ("comes", None)
    assert invitees(link_made, declines)[WORKER].answer == "does_not_come"
    anew = invitees(comes, link_made, put_off)[WORKER]
    assert (anew.answer, anew.reply_hash) == ("not_answered", None)
    gone = invitation.InviteeWithdrawn(**OF_MEETING, **WHO, because="decided")
    assert set(invitees(gone, put_off)) == {"guest-2"}


proposed = meeting.MeetingProposed(**OF_MEETING, dates=(AT_TWO,), asked=(WORKER, "teacher"), by=WORKER)


def proposal(*events: Event) -> MeetingProposal:
    (row,) = folded(MEETING_PROPOSALS, proposed, *events)
    assert isinstance(row, MeetingProposal)
    return row


def test_a_proposal_shows_who_has_not_answered_and_what_became_of_it() -> None:
    yes = meeting.ProposalAnswered(**OF_MEETING, invitee_ref=WORKER, suits=(AT_TWO,), by=WORKER)
    no = msgspec.structs.replace(yes, suits=())
    assert proposal().unanswered == [WORKER, "teacher"]
    assert (proposal(no, yes).suits, proposal(yes).unanswered) == ((f"{WORKER} {AT_TWO.isoformat()}",), ["teacher"])
    assert proposal(no).suits == (f"{WORKER} none",)
    assert proposal(yes).days_of_each == {WORKER: [AT_TWO.isoformat()]}
    assert (proposal(no).days_of_each, proposal(no).unanswered) == ({WORKER: []}, ["teacher"])
    agreed = meeting.MeetingDateAgreed(**OF_MEETING, at=AT_TWO)
    assert (proposal(agreed).state, proposal(agreed).agreed) == ("agreed", AT_TWO)
    assert proposal(agreed, scheduled).state == "arranged"
    assert proposal(meeting.MeetingCancelled(**OF_MEETING, because="died")).state == "cancelled"


staff = person.StaffMemberAdded(
    person_ref=WORKER, digest="d", role="social_worker", name=NAME, email=LINK, approval_limit_pence=5
)
gone = person.RoleEnded(person_ref=WORKER, on=LATER)
carer = person.CarerNamed(person_ref="carer", digest="d", name=NAME, telephone=LINK)


def test_people_are_reached_as_long_as_they_are_here() -> None:
    assert folded(CONTACTS, staff, carer) == [
        PersonContact(WORKER, "social_worker", None, NAME, LINK, None),
        PersonContact("carer", "carer", None, NAME, None, LINK),
    ]
    assert folded(CONTACTS, staff, gone, person.CarerLinked(person_ref="carer", child_ref=REF)) == []


def test_colleagues_may_sign_in_until_their_role_ends() -> None:
    assert folded(COLLEAGUES, staff, carer) == [
        Colleague(WORKER, "social_worker", None, 5),
        Colleague("carer", "carer", None, 0),
    ]
    assert folded(COLLEAGUES, staff, gone) == []


def test_a_child_signs_in_under_the_reference_of_the_own_record() -> None:
    opened, closed = person.PupilAccountOpened(child_ref=REF), person.PupilAccountClosed(child_ref=REF)
    assert folded(COLLEAGUES, opened) == [Colleague(REF, "pupil", None, 0)]
    assert folded(COLLEAGUES, opened, closed) == []


def test_carers_are_linked_to_children() -> None:
    linked = person.CarerLinked(person_ref="carer", child_ref=REF)
    assert folded(CARERS_OF_CHILDREN, carer, linked) == [CarerOfChild(REF, "carer")]
    assert folded(CARERS_OF_CHILDREN, linked, person.CarerUnlinked(person_ref="carer", child_ref=REF)) == []


def test_schools_are_shown_as_last_listed() -> None:
    first = SchoolListed(urn="999101", name="Elm Sample School", phase="secondary", area="Oxfordshire")
    again = SchoolListed(urn="999101", name="Elm Sample Academy", phase="secondary", area="Oxfordshire")
    assert folded(SCHOOLS, first, again, staff) == [Listed("999101", "Elm Sample Academy", "secondary", "Oxfordshire")]


def test_an_event_that_does_not_concern_a_row_leaves_it() -> None:
    (stranger,) = journal(child.ReviewHeld(child_ref="somebody", on=MONDAY))
    for model in READ_MODELS:
        key = ("x",) * len(model.key)
        assert model.table
        told_of_reviews = (ChildOverview("x", last_review_on=MONDAY), ReviewAhead("x", last_review_on=MONDAY))
        assert model.fold(None, stranger, key) in (None, *told_of_reviews)
