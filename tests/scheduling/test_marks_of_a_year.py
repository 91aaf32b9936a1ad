"""The marks of one school year are one entry of its own stream, and only those of days in care."""

from __future__ import annotations

from datetime import date

import pytest
from tests.scheduling.test_attendance import BORN, DECIDERS, Log, day, days_from, digests
from tests.scheduling.worked_examples import MONDAY, OXFORDSHIRE, REF, judging, of_kind, spell, told

from pep_kernel.decider import AnyDecider, States
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from scheduling.domain.attendance.events import AttendanceMarksReceived
from scheduling.domain.attendance_of_child import TakeInAttendance, judge_attendance
from scheduling.domain.child.decider import CHILD
from scheduling.domain.concerns.events import PersistentAbsenceRiskDetected

LAST = date(2026, 10, 5)
BOOK: AnyDecider = CHILD


def test_all_days_of_one_school_year_are_one_entry_in_the_stream_of_that_year() -> None:
    days = (day(MONDAY), day(date(2026, 9, 22)), day(date(2027, 7, 20)), day(date(2027, 9, 6)))
    today = date(2027, 9, 7)
    command = TakeInAttendance(
        **judging(OXFORDSHIRE), date_of_birth=BORN, days=days, digests=digests(days), today=today
    )
    known = BOOK.fold(Scenario(CHILD).when(told()).happened)
    decided = judge_attendance(States(DECIDERS, {f"child-{REF}": known}), command)
    assert [
        (stream, event.school_year, event.possible)
        for stream, event in decided
        if isinstance(event, AttendanceMarksReceived)
    ] == [
        (f"attendance-{REF}-2026", 2026, 6),
        (f"attendance-{REF}-2027", 2027, 2),
    ]


def test_the_day_on_which_care_ends_is_not_collected() -> None:
    log = Log(spells=(spell(MONDAY, ended=LAST, reason_ceased="E4A"),), today=date(2026, 11, 2))
    (received,) = of_kind(AttendanceMarksReceived, log.feed(day(date(2026, 10, 2)), day(LAST)))
    assert [each.on for each in received.days] == [date(2026, 10, 2)]


def test_what_was_missed_last_school_year_is_no_risk_of_this_one() -> None:
    """Both come in one file: the newer year is looked at, by its own marks alone."""
    last_year = days_from(date(2027, 6, 1), 25, missed=20)
    this_year = days_from(date(2027, 9, 6), 25)
    happened = Log().feed(*last_year, *this_year, today=date(2027, 10, 29))
    assert of_kind(PersistentAbsenceRiskDetected, happened) == []


def test_what_comes_late_of_a_school_year_that_is_over_is_kept_and_says_nothing_of_today() -> None:
    log = Log()
    log.feed(*days_from(date(2027, 6, 1), 25), today=date(2027, 7, 30))
    corrected = log.feed(*days_from(date(2027, 6, 1), 25, missed=20), today=date(2027, 10, 29))
    assert of_kind(AttendanceMarksReceived, corrected) != []
    assert of_kind(PersistentAbsenceRiskDetected, corrected) == []


def test_a_refused_file_says_why_in_a_whole_sentence() -> None:
    with pytest.raises(Refusal) as refused:
        Log().feed(day(date(2026, 9, 18)))
    assert refused.value.sentence == "No attendance is collected of this child on these days."
    with pytest.raises(Refusal) as refused:
        Log().feed(day(date(2026, 9, 22)), today=MONDAY)
    assert refused.value.sentence == "A mark of a day that is still to come cannot be taken in."
