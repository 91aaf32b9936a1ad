"""A meeting is arranged, held, and counts as a PEP meeting only if the right people were there."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, REF, WORKER

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from pep_runtime.clock import LONDON
from scheduling.domain.meeting.commands import CorrectMeetingOutcome, RecordMeeting, ScheduleMeeting
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import (
    MeetingDetailsSent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingScheduled,
    NextMeetingAgreed,
    NobodyOfTheAuthorityThere,
    Present,
)
from scheduling.domain.meeting.invitation_commands import AddInvitee
from scheduling.domain.meeting.invitation_events import InviteeAdded, InviteeListed
from scheduling.domain.meeting.people import Attendee, GuestInvitee, KnownInvitee, NextMeeting, PupilAttended
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.shapes import MeetingRecordBody

meeting = Scenario(MEETING)
THURSDAY = date(2027, 1, 14)
AT_TEN = datetime(2027, 1, 14, 10, tzinfo=LONDON)
TEACHER = "teacher5aaaaaaaaaaaaaaaaaa"
COORDINATOR = "coordinator"
worker = KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER)
mother = GuestInvitee(name="Pat Sample", email="pat.sample@example.org", capacity=Capacity.FAMILY)
nurse = GuestInvitee(name="Kim Sample", email="kim@example.org", capacity=Capacity.NURSE, language="Tigrinya")


def arrange(on: date = date(2027, 1, 4), rules: SchedulingRules = LEICESTERSHIRE, **more: Any) -> ScheduleMeeting:
    asked = {
        "meeting_id": "m1",
        "child_ref": REF,
        "on": on,
        "at": AT_TEN,
        "venue": "Room 2",
        "invitees": (worker,),
        "by": COORDINATOR,
        "by_role": "pep_coordinator",
        "policy": rules.file.in_force(on),
        "year_group": 7,
    }
    return ScheduleMeeting(**{**asked, **more})


def hold(rules: SchedulingRules, *present: Capacity, **more: Any) -> RecordMeeting:
    policy = rules.file.in_force(THURSDAY)
    asked = {
        "meeting_id": "m1",
        "on": THURSDAY,
        "recorded_on": THURSDAY,
        "chair": Attendee(capacity=Capacity.DESIGNATED_TEACHER),
        "attendees": tuple(Attendee(capacity=each) for each in present),
        "pupil": PupilAttended(),
        "minutes": "Maths goes well.",
        "year_group": 7,
        "policy": policy,
        "by": TEACHER,
        "by_role": "designated_teacher",
    }
    return RecordMeeting(**{**asked, **more})


scheduled = MeetingScheduled(
    meeting_id="m1", child_ref=REF, on=date(2027, 1, 4), at=AT_TEN, invitees=(WORKER,), by=TEACHER
)
worker_listed = InviteeListed(
    meeting_id="m1", child_ref=REF, invitee_ref=WORKER, capacity="social_worker", person_ref=WORKER
)
details_sent = MeetingDetailsSent(
    meeting_id="m1", child_ref=REF, on=date(2027, 1, 4), at=AT_TEN, invitees=(WORKER,), by=TEACHER
)
arranged = meeting.given(scheduled, worker_listed, details_sent)
held_as_pep = MeetingHeld(
    meeting_id="m1",
    child_ref=REF,
    on=THURSDAY,
    outcome="PEP",
    chair=Present("designated_teacher", "in_person"),
    attendees=(),
    recorded_by=TEACHER,
    minutes=PlanText.of("Maths goes well."),
    pupil_attended=True,
)


def test_arranging_a_meeting_names_its_invitees_and_tells_others_only_references() -> None:
    outcome = meeting.when(arrange(rules=OXFORDSHIRE, invitees=(worker, nurse, worker)))
    told, first, guest, _ = outcome.then_some(MeetingScheduled, InviteeListed, InviteeListed, MeetingDetailsSent)
    assert isinstance(told, MeetingScheduled)
    assert isinstance(first, InviteeListed)
    assert isinstance(guest, InviteeListed)
    assert told.invitees == (WORKER, "guest-2")
    assert (first.person_ref, first.email) == (WORKER, None)
    assert (guest.person_ref, guest.email, guest.language) == (
        None,
        Contact.of("kim@example.org"),
        ThirdParty.of("Tigrinya"),
    )
    known = {"meeting_id": "m1", "child_ref": REF, "at": AT_TEN, "invitees": (WORKER, "guest-2")}
    outcome.then_announced(contracts.MeetingScheduled(**known), contracts.MeetingDetailsSent(**known, sequence=0))


@pytest.mark.rule("L-13")
def test_a_meeting_needs_a_venue_or_a_link() -> None:
    meeting.when(arrange(venue=None)).then_refused("Say where", "L-13")
    meeting.when(arrange(venue=None, joining_link="https://meet.example/1")).then_some(
        MeetingScheduled, InviteeListed, MeetingDetailsSent
    )


def test_a_meeting_cannot_be_arranged_for_a_day_that_has_passed() -> None:
    meeting.when(arrange(on=date(2027, 1, 15))).then_refused("has passed")


@pytest.mark.rule("L-13")
@pytest.mark.scenario("T16", "T17")
@pytest.mark.parametrize(("on", "is_late"), [(date(2027, 1, 7), False), (date(2027, 1, 8), True)])
def test_less_than_a_weeks_notice_is_allowed_and_marked(on: date, is_late: bool) -> None:
    told, _, sent = meeting.when(arrange(on=on)).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    assert isinstance(told, MeetingScheduled)
    assert isinstance(sent, MeetingDetailsSent)
    assert (told.late_notice, sent.late_notice) == (is_late, is_late)


def test_where_the_authority_sets_no_notice_none_is_late() -> None:
    outcome = meeting.when(arrange(on=THURSDAY, rules=OXFORDSHIRE))
    told, *_ = outcome.then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    assert isinstance(told, MeetingScheduled)
    assert not told.late_notice


def invite(who: Any, by: str = COORDINATOR, by_role: str = "pep_coordinator", **more: Any) -> AddInvitee:
    policy = more.pop("rules", LEICESTERSHIRE).file.in_force(THURSDAY)
    asked = {"meeting_id": "m1", "on": THURSDAY, "by": by, "by_role": by_role, "policy": policy, "year_group": 7}
    return AddInvitee(invitee=who, **{**asked, **more})


@pytest.mark.rule("L-10", "L-16")
@pytest.mark.scenario("T27")
@pytest.mark.parametrize("rules", [LEICESTERSHIRE, OXFORDSHIRE])
def test_only_the_social_workers_decision_invites_family(rules: SchedulingRules) -> None:
    meeting.when(arrange(rules=rules, invitees=(worker, mother))).then_refused("Only the social worker decides", "L-16")
    by_school = invite(mother, TEACHER, "designated_teacher", rules=rules)
    arranged.when(by_school).then_refused("Only the social worker decides", "L-10", "L-16")
    outcome = arranged.when(invite(mother, WORKER, "social_worker", rules=rules))
    (added,) = outcome.then_some(InviteeAdded)
    assert isinstance(added, InviteeAdded)
    assert (added.decided_by, added.awaits_approval) == (WORKER, False)
    told = contracts.MeetingDetailsSent(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=("guest-2",), sequence=0)
    outcome.then_announced(told)


def test_somebody_who_is_invited_is_not_invited_again() -> None:
    arranged.when(invite(worker)).then_nothing()
    other = invite(worker.model_copy(update={"person_ref": "c" * 26}))
    arranged.given().when(other).then(
        InviteeAdded(
            meeting_id="m1",
            child_ref=REF,
            on=THURSDAY,
            invitee_ref="c" * 26,
            capacity="social_worker",
            at=AT_TEN,
            person_ref="c" * 26,
            late_notice=True,
        )
    ).when(other).then_nothing()


@pytest.mark.rule("L-11", "L-19")
@pytest.mark.scenario("T19")
def test_an_officer_of_the_virtual_school_makes_it_a_pep_without_the_social_worker() -> None:
    chair = Attendee(capacity=Capacity.VIRTUAL_SCHOOL_OFFICER)
    present = (Capacity.DESIGNATED_TEACHER, Capacity.CARER)
    absent = (Capacity.SOCIAL_WORKER,)
    (held,) = arranged.when(hold(LEICESTERSHIRE, *present, chair=chair, apologies=absent)).then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert (held.outcome, held.apologies, held.no_authority_representative) == ("PEP", ("social_worker",), False)


@pytest.mark.rule("L-20", "L-21")
@pytest.mark.scenario("T20")
def test_with_neither_social_worker_nor_officer_it_is_a_review_of_progress_and_must_be_rearranged() -> None:
    outcome = arranged.when(hold(LEICESTERSHIRE, Capacity.CARER, Capacity.FOSTERING_SOCIAL_WORKER))
    held, _ = outcome.then_some(MeetingHeld, MeetingMustBeRearranged)
    assert isinstance(held, MeetingHeld)
    assert held.outcome == "PROGRESS_REVIEW"
    assert held.minutes.plain
    outcome.then_announced(
        contracts.MeetingHeld(meeting_id="m1", child_ref=REF, on=THURSDAY, outcome="PROGRESS_REVIEW"),
        contracts.MeetingMustBeRearranged(meeting_id="m1", child_ref=REF),
    )


@pytest.mark.rule("L-19")
@pytest.mark.scenario("T22")
def test_a_social_worker_by_video_makes_it_a_pep() -> None:
    by_video = (Attendee(capacity=Capacity.SOCIAL_WORKER, mode="by_video", ref=WORKER),)
    (held,) = arranged.when(hold(LEICESTERSHIRE, attendees=by_video)).then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert (held.outcome, held.attendees) == ("PEP", (Present("social_worker", "by_video", WORKER),))


@pytest.mark.rule("L-19")
def test_an_officer_who_takes_notes_is_there_too() -> None:
    notes = Attendee(capacity=Capacity.VIRTUAL_SCHOOL_OFFICER)
    (held,) = arranged.when(hold(LEICESTERSHIRE, Capacity.CARER, note_taker=notes)).then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert (held.outcome, held.no_authority_representative) == ("PEP", False)


@pytest.mark.rule("L-19", "O-12")
def test_the_personal_adviser_counts_from_year_12_on() -> None:
    arranged.when(hold(LEICESTERSHIRE, Capacity.PERSONAL_ADVISER, year_group=12)).then_some(MeetingHeld)
    in_year_11 = arranged.when(hold(LEICESTERSHIRE, Capacity.PERSONAL_ADVISER, year_group=11))
    in_year_11.then_some(MeetingHeld, MeetingMustBeRearranged)


@pytest.mark.scenario("T23")
def test_without_a_quorum_rule_a_meeting_without_the_authority_is_a_pep_and_marked() -> None:
    outcome = arranged.when(hold(OXFORDSHIRE, Capacity.CARER))
    held, _ = outcome.then_some(MeetingHeld, NobodyOfTheAuthorityThere)
    assert isinstance(held, MeetingHeld)
    assert (held.outcome, held.no_authority_representative) == ("PEP", True)
    outcome.then_announced(
        contracts.MeetingHeld(meeting_id="m1", child_ref=REF, on=THURSDAY, outcome="PEP"),
        contracts.NobodyOfTheAuthorityThere(meeting_id="m1", child_ref=REF, on=THURSDAY),
    )


@pytest.mark.rule("L-47", "L-50")
@pytest.mark.scenario("T24")
def test_a_pupil_who_stayed_away_needs_a_reason_and_somebody_who_tells_them() -> None:
    body = {
        "on": "2027-01-14",
        "chair": {"capacity": "designated_teacher"},
        "attendees": [],
        "pupil": {"attended": "no", "reason": "chose not to"},
        "minutes": "…",
    }
    with pytest.raises(ValidationError) as wrong:
        MeetingRecordBody.model_validate(body)
    assert wrong.value.errors()[0]["loc"] == ("pupil", "no", "feedback_by")
    body["pupil"] = {"attended": "no", "reason": "chose not to", "feedback_by": "the form tutor"}
    pupil = MeetingRecordBody.model_validate(body).pupil
    (held,) = arranged.when(hold(OXFORDSHIRE, Capacity.SOCIAL_WORKER, pupil=pupil)).then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert held.feedback_by
    assert held.feedback_by.plain == "the form tutor"
    assert held.pupil_attended is False


@pytest.mark.rule("L-33")
@pytest.mark.scenario("T25")
def test_what_the_adults_said_alone_is_kept_apart() -> None:
    record = hold(OXFORDSHIRE, Capacity.SOCIAL_WORKER, minutes_not_for_pupil="About contact.")
    (held,) = arranged.when(record).then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert held.minutes_not_for_pupil
    assert held.minutes_not_for_pupil.plain == "About contact."


@pytest.mark.rule("L-77", "O-60")
def test_what_was_not_agreed_of_the_next_meeting_is_named() -> None:
    agreed = NextMeeting(on=date(2027, 4, 20), time="14:00")
    lacks = {
        name: arranged.when(hold(rules, Capacity.SOCIAL_WORKER, next_meeting=agreed)).then_some(
            MeetingHeld, NextMeetingAgreed
        )[0]
        for name, rules in (("L-77", LEICESTERSHIRE), ("O-60", OXFORDSHIRE))
    }
    assert {name: getattr(held, "next_lacks", None) for name, held in lacks.items()} == {"L-77": ("venue",), "O-60": ()}


def test_a_meeting_that_has_not_taken_place_cannot_be_recorded() -> None:
    arranged.when(hold(OXFORDSHIRE, recorded_on=date(2027, 1, 13))).then_refused("not taken place yet")


def test_what_is_not_possible_is_refused_in_words() -> None:
    correction = CorrectMeetingOutcome(meeting_id="m1", outcome="PEP", reason="…", on=THURSDAY, by=WORKER)
    meeting.when(hold(OXFORDSHIRE)).then_refused("No such meeting")
    arranged.when(correction).then_refused("not been recorded yet")
    arranged.given(held_as_pep).when(hold(OXFORDSHIRE)).then_refused("only its outcome and its day can be")


@pytest.mark.rule("L-20", "L-21")
def test_an_outcome_is_corrected_and_both_stay_in_the_story() -> None:
    held = arranged.given(held_as_pep)
    wrong = CorrectMeetingOutcome(
        meeting_id="m1", outcome="PROGRESS_REVIEW", reason="The worker had left.", on=date(2027, 1, 20), by="head"
    )
    outcome = held.when(wrong)
    corrected, _ = outcome.then_some(MeetingOutcomeCorrected, MeetingMustBeRearranged)
    assert isinstance(corrected, MeetingOutcomeCorrected)
    assert (corrected.on, corrected.corrected_on, corrected.corrected_by) == (THURSDAY, date(2027, 1, 20), "head")
    outcome.then_announced(
        contracts.MeetingOutcomeCorrected(meeting_id="m1", child_ref=REF, on=THURSDAY, outcome="PROGRESS_REVIEW"),
        contracts.MeetingMustBeRearranged(meeting_id="m1", child_ref=REF),
    )
    held.given(corrected).when(wrong).then_nothing()
    back = wrong.model_copy(update={"outcome": "PEP"})
    held.given(corrected).when(back).then_some(MeetingOutcomeCorrected)
