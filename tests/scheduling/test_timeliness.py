"""Figures for the annual report: what was due in these days, done in time or late, and by whom."""

from datetime import date, datetime
from typing import Any, Literal

import pytest
from msgspec import structs
from tests.scheduling.test_projections import folded, staff
from tests.scheduling.test_what_is_next import HOLD_BY, due, held, meeting, of, rescheduled, revised
from tests.scheduling.worked_examples import MONDAY, OTHER_WORKER, REF, WORKER

from pep_kernel.message import Event
from pep_kernel.sealed import PlanText
from scheduling.domain.child.events import (
    LateReasonRecorded,
    ObligationMet,
    ObligationReopened,
    PEPDueDateRestored,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
    PEPOverdue,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.meeting.events import MeetingOutcomeCorrected
from scheduling.projections.timeliness import TEAMS, TIMELINESS, TeamOfWorker, TimelinessOfChild
from scheduling.projections.timeliness_figures import COLUMNS, By, Figures, as_csv, figures

IN_TIME, TOO_LATE = HOLD_BY, date(2026, 10, 20)
TEAM_NAMES = {WORKER: "north", OTHER_WORKER: "south"}
at_first_school = SchoolMoved(child_ref=REF, on=MONDAY, school_urn="999101")
at_second_school = SchoolMoved(child_ref=REF, on=TOO_LATE, school_urn="999102")
allocated = SocialWorkerAllocated(child_ref=REF, on=MONDAY, social_worker_ref=WORKER)
allocated_anew = SocialWorkerAllocated(child_ref=REF, on=TOO_LATE, social_worker_ref=OTHER_WORKER)
overdue = PEPOverdue(**of("hold"), due=HOLD_BY)
reopened = ObligationReopened(**of("hold"), by="m1")
withdrawn = PEPDueDateWithdrawn(**of("hold"), because="left_care")

restored, late_again = (
    PEPDueDateRestored(**of("hold"), trigger="entered_care", due=HOLD_BY, overdue=was) for was in (False, True)
)
never_was = PEPDueDateWithdrawn(**of("hold"), because="fact_corrected")


def met(on: date) -> ObligationMet:
    return ObligationMet(**of("hold"), on=on, by="m1")


def child_after(*events: Event) -> TimelinessOfChild:
    (row,) = folded(TIMELINESS, at_first_school, allocated, due("hold", HOLD_BY), *events)
    assert isinstance(row, TimelinessOfChild)
    return row


def counted(*events: Event, by: By = "authority", today: date = TOO_LATE, **days: Any) -> Figures:
    asked = {"first": date(2026, 9, 1), "last": date(2027, 8, 31), **days}
    (line,) = figures([child_after(*events)], TEAM_NAMES, **asked, by=by, authority="anytown", today=today)
    return line


@pytest.mark.parametrize(
    ("events", "today", "outcome"),
    [
        ((), IN_TIME, "open"),
        ((), TOO_LATE, "overdue"),
        ((met(IN_TIME),), TOO_LATE, "in_time"),
        ((met(TOO_LATE),), TOO_LATE, "late"),
        ((overdue, met(TOO_LATE)), TOO_LATE, "late"),
        ((met(IN_TIME), reopened), TOO_LATE, "overdue"),
        ((withdrawn,), TOO_LATE, "withdrawn"),
        ((withdrawn, restored), IN_TIME, "open"),
        ((never_was, restored), TOO_LATE, "overdue"),
        ((revised("hold", TOO_LATE, was=HOLD_BY),), TOO_LATE, "open"),
        ((revised("hold", MONDAY, was=HOLD_BY), met(IN_TIME)), TOO_LATE, "late"),
    ],
)
def test_what_is_due_is_in_time_late_overdue_open_or_withdrawn(
    events: tuple[Event, ...], today: date, outcome: str
) -> None:
    line = counted(*events, today=today)
    assert (line.place, line.obligation, dict(line.counts)) == ("anytown", "hold", {outcome: 1})


def test_only_what_was_due_in_the_days_of_the_report_is_counted() -> None:
    assert counted(first=HOLD_BY, last=HOLD_BY).counts == {"overdue": 1}
    asked: dict[str, Any] = {"by": "school", "authority": "anytown", "today": TOO_LATE}
    assert figures([child_after()], {}, first=TOO_LATE, last=date(2027, 8, 31), **asked) == []
    assert figures([child_after()], {}, first=MONDAY, last=date(2026, 10, 18), **asked) == []


@pytest.mark.parametrize(
    ("events", "school"),
    [
        ((), "999101"),
        ((at_second_school,), "999102"),
        ((met(IN_TIME), at_second_school), "999101"),
        ((overdue, at_second_school, met(TOO_LATE)), "999101"),
        ((withdrawn, at_second_school), "999101"),
        ((withdrawn, at_second_school, restored), "999102"),
        ((overdue, withdrawn, at_second_school, late_again), "999101"),
        ((met(IN_TIME), at_second_school, reopened), "999102"),
        ((met(TOO_LATE), at_second_school, reopened), "999101"),
        ((overdue, at_second_school, reopened), "999101"),
        ((at_second_school, at_first_school), "999102"),
        ((SchoolMoved(child_ref=REF, on=TOO_LATE),), "no school"),
        ((overdue, revised("hold", date(2026, 11, 2), was=HOLD_BY), at_second_school), "999102"),
    ],
)
def test_it_counts_for_the_school_that_had_the_child_when_it_was_settled(
    events: tuple[Event, ...], school: str
) -> None:
    assert counted(*events, by="school").place == school


def test_it_counts_for_the_team_of_the_worker_who_had_the_child_then() -> None:
    assert counted(by="team").place == "north"
    assert counted(overdue, allocated_anew, by="team").place == "north"
    assert counted(allocated_anew, overdue, by="team").place == "south"
    assert counted(allocated_anew, allocated, by="team").place == "south", "an older fact that is told late"
    unknown = SocialWorkerAllocated(child_ref=REF, on=TOO_LATE, social_worker_ref="somebody")
    assert counted(unknown, by="team").place == "no team"
    (row,) = folded(TIMELINESS, due("hold", HOLD_BY))
    assert [duty.social_worker_ref for duty in row.every_duty()] == [None]


def test_why_it_was_late_is_counted_where_it_is_known() -> None:
    noon = datetime.fromisoformat("2026-10-20T12:00:00+01:00")
    late_meeting = meeting("m1", noon)
    explained = type(late_meeting)(
        **{name: getattr(late_meeting, name) for name in late_meeting.__struct_fields__ if name != "after_due_because"},
        after_due_because=PlanText(token="sealed"),
    )
    arranged, review = "meeting_arranged_after_the_day", "meeting_was_review_of_progress"
    assert counted(late_meeting, met(TOO_LATE)).late_because == {}
    assert counted(explained, explained, met(TOO_LATE)).late_because == {arranged: 1}
    assert counted(explained, met(IN_TIME)).late_because == {}, "it was in time after all"
    no_pep = held("m1")
    as_review = type(no_pep)(
        **{name: getattr(no_pep, name) for name in no_pep.__struct_fields__ if name != "outcome"},
        outcome="PROGRESS_REVIEW",
    )
    assert counted(as_review).late_because == {review: 1}
    assert counted(no_pep).late_because == {}
    assert counted(met(IN_TIME), as_review).late_because == {}
    (row,) = folded(TIMELINESS, due("complete", HOLD_BY), as_review)
    assert row.every_duty()[0].late_because == (), "only what a meeting was to meet"
    (row,) = folded(TIMELINESS, due("hold", date(2026, 11, 2)), explained)
    assert row.every_duty()[0].late_because == (), "the meeting is in time for this one"


def corrected(outcome: Literal["PEP", "PROGRESS_REVIEW"], **day: Any) -> MeetingOutcomeCorrected:
    told = {
        "meeting_id": "m1",
        "child_ref": REF,
        "on": IN_TIME,
        "outcome": outcome,
        "corrected_on": TOO_LATE,
        "corrected_by": WORKER,
        "reason": PlanText.of("Words."),
    }
    return MeetingOutcomeCorrected(**{**told, **day})


def test_a_wrong_day_alone_is_no_reason_and_takes_none_away() -> None:
    review = "meeting_was_review_of_progress"
    only_day = {"was_on": IN_TIME, "on": TOO_LATE, "outcome_stands": True}
    assert counted(met(IN_TIME), corrected("PEP", **only_day), reopened, met(TOO_LATE)).late_because == {}
    both = corrected("PROGRESS_REVIEW", was_on=IN_TIME, on=TOO_LATE)
    assert counted(met(IN_TIME), both, reopened, met(TOO_LATE)).late_because == {review: 1}
    other = corrected("PROGRESS_REVIEW")
    assert counted(met(IN_TIME), other, reopened, corrected("PEP", **only_day)).late_because == {review: 1}


def test_a_reason_that_was_given_is_counted_beside_what_was_seen_and_the_last_one_holds() -> None:
    first, last = (LateReasonRecorded(**of("hold"), because=why) for why in ("no_school", "placement_moved"))
    put_off = rescheduled(
        "m1", datetime.fromisoformat("2026-10-20T12:00:00+01:00"), after_due_because=PlanText.of("Words.")
    )
    assert counted(overdue, first, last, met(TOO_LATE)).late_because == {"placement_moved": 1}
    assert counted(put_off, met(TOO_LATE), last).late_because == {
        "meeting_arranged_after_the_day": 1,
        "placement_moved": 1,
    }


def test_a_corrected_outcome_corrects_the_reason() -> None:
    review = "meeting_was_review_of_progress"
    as_review = structs.replace(held("m1"), outcome="PROGRESS_REVIEW")
    assert counted(met(IN_TIME), corrected("PROGRESS_REVIEW"), reopened).late_because == {review: 1}
    assert counted(as_review, corrected("PEP"), met(TOO_LATE)).late_because == {}
    assert counted(as_review, met(TOO_LATE), corrected("PEP")).late_because == {review: 1}, "by another meeting"


AVAILABLE_BY = date(2026, 10, 19)
marked_in_time, marked_late = (
    PEPMarkedCompleteKnown(child_ref=REF, plan_id="p1", on=on) for on in (date(2026, 10, 8), date(2026, 10, 21))
)


def of_available(*events: Event, today: date = date(2026, 11, 2)) -> Figures:
    (row,) = folded(TIMELINESS, at_first_school, due("available", AVAILABLE_BY), *events)
    asked: dict[str, Any] = {"first": date(2026, 9, 1), "last": date(2027, 8, 31), "by": "school"}
    (line,) = figures([row], {}, **asked, authority="anytown", today=today)
    return line


def available(on: date, marked: date | None = None) -> ObligationMet:
    return ObligationMet(**of("available"), on=on, by="p1", marked_complete_on=marked)


@pytest.mark.parametrize(
    ("events", "outcome", "because", "days"),
    [
        ((marked_in_time, available(date(2026, 11, 2), date(2026, 10, 8))), "late", {"in_quality_assurance": 1}, 25),
        ((available(date(2026, 11, 2), date(2026, 10, 8)),), "late", {"in_quality_assurance": 1}, 25),
        ((marked_in_time, available(date(2026, 11, 2))), "late", {"in_quality_assurance": 1}, 25),
        ((marked_late, available(date(2026, 11, 2), date(2026, 10, 21))), "late", {}, 12),
        ((marked_in_time, available(date(2026, 10, 16), date(2026, 10, 8))), "in_time", {}, 8),
        ((marked_in_time,), "overdue", {"in_quality_assurance": 1}, 25),
        ((marked_in_time, marked_late), "overdue", {}, 12),
        ((marked_in_time, ObligationReopened(**of("complete"), by="p1")), "overdue", {}, 0),
        (
            (marked_in_time, available(date(2026, 10, 16)), ObligationReopened(**of("available"), by="p1")),
            "overdue",
            {},
            0,
        ),
        ((marked_in_time, PEPDueDateWithdrawn(**of("available"), because="left_care")), "withdrawn", {}, 0),
        ((PEPMarkedCompleteKnown(child_ref=REF, plan_id="p0", on=date(2026, 9, 1)),), "overdue", {}, 0),
    ],
)
def test_days_in_the_quality_queue_are_counted_apart_from_a_schools_lateness(
    events: tuple[Event, ...], outcome: str, because: dict[str, int], days: int
) -> None:
    line = of_available(*events)
    assert (line.place, dict(line.counts), dict(line.late_because)) == ("999101", {outcome: 1}, because)
    assert line.days_in_quality_assurance == days


@pytest.mark.parametrize("because", ["fact_corrected", "meeting_outcome_corrected"])
def test_what_was_due_only_by_a_mistake_is_not_counted(because: Literal["fact_corrected"]) -> None:
    assert child_after(overdue, PEPDueDateWithdrawn(**of("hold"), because=because)).duties == ()


def test_each_obligation_has_a_line_and_its_share_in_time() -> None:
    second = date(2026, 11, 2)
    events = (
        due("hold", second, since=HOLD_BY),
        met(TOO_LATE),
        ObligationMet(**of("hold", HOLD_BY), on=second, by="m2"),
    )
    line = counted(*events)
    assert (line.counts, line.percent_in_time) == ({"late": 1, "in_time": 1}, 50.0)
    assert counted(withdrawn).percent_in_time is None
    assert counted(today=IN_TIME).percent_in_time is None


def test_the_table_has_a_row_a_line_and_no_cell_is_a_formula() -> None:
    lines = [Figures("=north", "hold", {"in_time": 2, "late": 1}, {"meeting_was_review_of_progress": 1}, 25)]
    nothing = Figures("south", "hold", {}, {})
    heading, north, south = as_csv([*lines, nothing]).splitlines()
    assert heading == ",".join(COLUMNS)
    assert north == "'=north,hold,2,1,0,0,0,66.7,25,0,1,0,0,0,0,0,0,0,0,0"
    assert south == "south,hold,0,0,0,0,0,,0,0,0,0,0,0,0,0,0,0,0,0"


def test_somebody_is_of_the_team_that_was_told_last() -> None:
    in_team = type(staff)(
        person_ref=WORKER, digest="d", role="social_worker", name=staff.name, email=staff.email, team="t"
    )
    assert folded(TEAMS, in_team) == [TeamOfWorker(WORKER, "t")]
    assert folded(TEAMS, in_team, staff) == []
    assert folded(TEAMS, allocated) == []
