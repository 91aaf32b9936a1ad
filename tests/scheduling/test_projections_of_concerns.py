"""Read models of requests and concerns: what people look at."""

from datetime import date
from typing import Any

from tests.scheduling.worked_examples import MONDAY, REF, journal

from pep_kernel.message import Event
from pep_kernel.read_model import ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.attendance.events import AttendanceMarksReceived, DayAttendance
from scheduling.domain.child.events import ReviewHeld
from scheduling.domain.concerns import events as concern
from scheduling.domain.request import events as request
from scheduling.projections.attendance import ATTENDANCE_OF_YEARS, AttendanceOfYear
from scheduling.projections.concern import (
    AGENDA_ITEMS,
    EXCLUSIONS,
    SAFEGUARDING_CONCERNS,
    URGENT_PEPS,
    AgendaItem,
    Exclusion,
    UrgentPEP,
)
from scheduling.projections.request import CONSULTATIONS, REQUESTS, Consultation

SEALED = PlanText(token="t")
LATER = date(2026, 10, 5)
ABOUT: dict[str, Any] = {"request_id": "r1", "child_ref": REF, "on": LATER}


def rows(model: ReadModel[Any], *events: Event) -> list[Any]:
    """All rows after these events."""
    found: dict[Any, Any] = {}
    for recorded in journal(*events):
        for key in model.keys(recorded):
            found[key] = model.fold(found.get(key), recorded, key)
    return list(found.values())


def asked(**more: Any) -> request.ApprovalRequested:
    waiting = {
        "request_id": "r1",
        "child_ref": REF,
        "on": MONDAY,
        "decision": "key_stage_4_move",
        "by": "worker",
        "for_day": LATER,
        "why": SEALED,
        "approvers": ("nominated_officer",),
        "must_consult": ("designated_teacher", "independent_reviewing_officer"),
        "professionals_meet": True,
    }
    return request.ApprovalRequested(**{**waiting, **more})


def test_a_request_shows_what_is_still_missing_and_who_has_agreed() -> None:
    (shown,) = rows(
        REQUESTS,
        asked(),
        request.ConsultationRecorded(**ABOUT, consulted="designated_teacher", answer=SEALED, by="worker"),
        request.ProfessionalsMet(**ABOUT, conclusion=SEALED, by="worker"),
        request.RequestAgreed(**ABOUT, job="nominated_officer", by="officer"),
    )
    assert (shown.state, shown.must_consult, shown.agreed) == (
        "waiting",
        ("independent_reviewing_officer",),
        ("nominated_officer",),
    )
    assert (shown.professionals_meet, shown.professionals_met_on) == (False, LATER)


def test_a_request_ends_agreed_declined_or_withdrawn() -> None:
    declined = request.RequestDeclined(**ABOUT, decision="term_time_holiday", job="x", by="y", reason=SEALED)
    holiday: dict[str, Any] = {"first_day": MONDAY, "last_day": LATER}
    for events, state in (
        ((request.SchoolChangeApproved(**ABOUT, school_urn="999102", for_day=LATER),), "agreed"),
        ((request.PlacementApproved(**ABOUT, decision="key_stage_4_move", for_day=LATER),), "agreed"),
        ((request.TermTimeHolidayDecided(**ABOUT, agreed=True, **holiday),), "agreed"),
        ((declined, request.TermTimeHolidayDecided(**ABOUT, agreed=False, **holiday)), "declined"),
        ((request.RequestWithdrawn(**ABOUT, decision="key_stage_4_move", by="worker"),), "withdrawn"),
    ):
        (shown,) = rows(REQUESTS, asked(), *events)
        assert (shown.state, shown.decided_on) == (state, LATER)
    (shown,) = rows(REQUESTS, asked(), declined)
    assert shown.declined_because == SEALED


def test_each_consultation_is_a_row() -> None:
    answered = request.ConsultationRecorded(**ABOUT, consulted="child", answer=SEALED, by="worker")
    assert rows(CONSULTATIONS, asked(), answered) == [Consultation("r1", "child", LATER, REF, SEALED, "worker")]


def test_an_agenda_item_waits_until_a_meeting_takes_it() -> None:
    item = {"child_ref": REF, "item": "suspension-2026-09-21"}
    added = concern.AgendaItemAdded(**item, about="suspension", on=MONDAY)
    taken = concern.AgendaItemTaken(**item, meeting_id="m1", on=LATER)
    reopened = concern.AgendaItemReopened(**item, meeting_id="m1")
    waiting = AgendaItem(REF, "suspension-2026-09-21", "suspension", MONDAY)
    assert rows(AGENDA_ITEMS, added) == [waiting]
    assert [each.meeting_id for each in rows(AGENDA_ITEMS, added, taken)] == ["m1"]
    assert rows(AGENDA_ITEMS, added, taken, reopened) == [waiting]


def test_suspensions_and_exclusions_are_shown_with_their_days() -> None:
    suspended = concern.SuspensionNotified(
        child_ref=REF,
        notified_on=MONDAY,
        began=MONDAY,
        half_days=3,
        category=SEALED,
        reason=SEALED,
        by="teacher",
        half_days_in_year=5,
        most_half_days=90,
        provision_from=LATER,
    )
    excluded = concern.PermanentExclusionNotified(
        child_ref=REF, notified_on=LATER, on=LATER, category=SEALED, reason=SEALED, by="teacher"
    )
    assert rows(EXCLUSIONS, suspended, excluded) == [
        Exclusion(REF, MONDAY, False, MONDAY, SEALED, SEALED, 3, 5, 90, LATER),
        Exclusion(REF, LATER, True, LATER, SEALED, SEALED),
    ]


def test_a_suspension_or_exclusion_that_does_not_stand_is_shown_as_such_and_nothing_waits_for_it() -> None:
    told: dict[str, Any] = {"child_ref": REF, "category": SEALED, "reason": SEALED, "by": "teacher"}
    suspended = concern.SuspensionNotified(
        **told, notified_on=MONDAY, began=MONDAY, half_days=3, half_days_in_year=3, most_half_days=90
    )
    recounted = concern.SuspensionRecounted(
        child_ref=REF,
        on=LATER,
        began=MONDAY,
        half_days=3,
        half_days_in_year=9,
        most_half_days=90,
        provision_from=LATER,
    )
    withdrawn: dict[str, Any] = {"child_ref": REF, "withdrawn_on": LATER, "reason": SEALED, "by": "worker"}
    suspension = concern.SuspensionWithdrawn(**withdrawn, began=MONDAY, because="cancelled", half_days_served=1)
    excluded = concern.PermanentExclusionNotified(**told, notified_on=MONDAY, on=MONDAY, provision_from=LATER)
    exclusion = concern.PermanentExclusionWithdrawn(**withdrawn, on=MONDAY, back_on=LATER, because="overturned")
    of_one, for_good = rows(EXCLUSIONS, suspended, recounted, suspension, excluded, exclusion)
    assert (of_one.half_days_in_year, of_one.half_days_served, of_one.provision_from) == (9, 1, None)
    assert (of_one.withdrawn_on, of_one.withdrawn_because, of_one.withdrawn_reason) == (LATER, "cancelled", SEALED)
    assert (for_good.withdrawn_because, for_good.back_on, for_good.provision_from) == ("overturned", LATER, None)
    assert rows(EXCLUSIONS, suspended, suspension, suspended) == rows(EXCLUSIONS, suspended)
    item = {"child_ref": REF, "item": "suspension-2026-09-21"}
    added = concern.AgendaItemAdded(**item, about="suspension", on=MONDAY)
    assert rows(AGENDA_ITEMS, added, concern.AgendaItemWithdrawn(**item)) == [None]
    urgent = concern.UrgentPEPRequested(child_ref=REF, on=MONDAY, reason="suspension")
    over = concern.UrgentPEPWithdrawn(child_ref=REF, on=LATER, requested_on=MONDAY, reason="suspension")
    assert [each.withdrawn_on for each in rows(URGENT_PEPS, urgent, over)] == [LATER]


def test_urgent_peps_are_listed() -> None:
    urgent = concern.UrgentPEPRequested(child_ref=REF, on=MONDAY, reason="wrong_provision", by="w", what=SEALED)
    assert rows(URGENT_PEPS, urgent) == [UrgentPEP(REF, MONDAY, "wrong_provision", "w", SEALED)]


def test_each_safeguarding_concern_is_a_row_also_two_of_one_day() -> None:
    raised = concern.SafeguardingConcernRaised(child_ref=REF, on=MONDAY, by="teacher", what=SEALED)
    shown = rows(SAFEGUARDING_CONCERNS, raised, raised)
    assert [(each.raised_on, each.by, each.what) for each in shown] == [(MONDAY, "teacher", SEALED)] * 2
    (recorded,) = journal(ReviewHeld(child_ref=REF, on=MONDAY))
    assert SAFEGUARDING_CONCERNS.fold(None, recorded, ("c",)) is None


def received(*days: date, possible: int) -> AttendanceMarksReceived:
    return AttendanceMarksReceived(
        child_ref=REF,
        on=LATER,
        days=tuple(DayAttendance(day, 2, 1, 1, "d") for day in days),
        marks=SEALED,
        school_year=2026,
        possible=possible,
        missed=1,
        unauthorised=1,
    )


def test_attendance_shows_the_sums_of_the_year_and_since_when_there_is_a_risk() -> None:
    figures: dict[str, Any] = {"child_ref": REF, "on": LATER, "since": MONDAY, "possible": 4, "missed": 1}
    risk, recovered = concern.PersistentAbsenceRiskDetected(**figures), concern.PersistentAbsenceRecovered(**figures)
    first, older = received(LATER, possible=2), received(MONDAY, possible=4)
    assert rows(ATTENDANCE_OF_YEARS, first, older, risk) == [AttendanceOfYear(REF, 2026, 4, 1, 1, LATER, LATER)]
    assert rows(ATTENDANCE_OF_YEARS, first, risk, recovered) == [AttendanceOfYear(REF, 2026, 2, 1, 1, LATER)]


def test_what_concerns_no_row_makes_none() -> None:
    other = ReviewHeld(child_ref=REF, on=MONDAY)
    assert rows(ATTENDANCE_OF_YEARS, other) == []
    (recorded,) = journal(other)
    assert ATTENDANCE_OF_YEARS.fold(None, recorded, (REF, 2026)) is None
    for model in (REQUESTS, CONSULTATIONS, AGENDA_ITEMS, EXCLUSIONS, URGENT_PEPS):
        assert rows(model, other) == []
