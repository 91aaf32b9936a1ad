"""Marks of a daily feed: what each code counts as, whom the feed covers, and when too much was missed."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, OXFORDSHIRE, REF, judging, of_kind, rules_of, told

from pep_kernel.decider import AnyDecider, Decided, States, category
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.attendance.codes import CODES, RETIRED, Kind, UnknownCode, kind_of
from scheduling.domain.attendance.decider import ATTENDANCE, TakeInMarks
from scheduling.domain.attendance.events import AttendanceMarksReceived, DayAttendance
from scheduling.domain.attendance.marks import AttendanceRecord, DayMarks
from scheduling.domain.attendance_of_child import (
    TakeInAttendance,
    TakeInAttendanceOfMany,
    attendance_stream,
    judge_attendance,
    judge_attendance_of_many,
    streams_of,
    window_from,
)
from scheduling.domain.child.decider import CHILD
from scheduling.domain.concerns.events import (
    PersistentAbsenceRecovered,
    PersistentAbsenceRiskDetected,
    UrgentPEPRequested,
)
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.rules import SchedulingRules

BORN = date(2014, 11, 5)
DECIDERS: dict[str, AnyDecider] = {"child": CHILD, "attendance": ATTENDANCE}
marks = Scenario(ATTENDANCE)
BOOK: AnyDecider = CHILD


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("/", Kind.PRESENT),
        ("L", Kind.PRESENT),
        ("B", Kind.PRESENT),
        ("I", Kind.AUTHORISED),
        ("J1", Kind.AUTHORISED),
        ("E", Kind.AUTHORISED),
        ("O", Kind.UNAUTHORISED),
        ("U", Kind.UNAUTHORISED),
        ("Y3", Kind.NOT_COUNTED),
        ("Q", Kind.NOT_COUNTED),
        ("#", Kind.NOT_COUNTED),
    ],
)
def test_each_code_counts_as_the_regulations_of_2024_say(code: str, kind: Kind) -> None:
    assert kind_of(code, date(2026, 9, 21)) is kind


def test_retired_codes_are_read_on_their_own_days_only() -> None:
    last, first = date(2024, 8, 18), date(2024, 8, 19)
    assert kind_of("H", last) is Kind.AUTHORISED
    assert kind_of("J", last) is Kind.PRESENT
    assert set(RETIRED) - set(CODES) == {"H", "J", "F", "Y"}
    for code, day in (("H", first), ("K", last), ("?", first)):
        with pytest.raises(UnknownCode, match="was not in use"):
            kind_of(code, day)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"on": "2026-09-21"}, "at least one of"),
        ({"on": "2011-03-31", "am": "/"}, "greater than or equal to 2011-04-01"),
        ({"on": "2026-09-21", "am": "?"}, "the code \\? was not in use on 21/09/2026"),
    ],
)
def test_a_day_needs_a_mark_that_was_in_use(fields: dict[str, str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        DayMarks.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "name the child by one"),
        ({"child_id": "7", "child_ref": "a" * 26}, "name the child by one"),
        ({"child_ref": "a" * 26, "upn": "P207000016049"}, "name the child by one"),
        ({"upn": "O207000016049"}, "String should match pattern"),
        ({"child_id": "7", "days": [{"on": "2026-09-21", "am": "/"}] * 2}, "a day is there twice"),
    ],
)
def test_a_record_names_one_child_and_each_day_once(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        AttendanceRecord.model_validate({"days": [{"on": "2026-09-21", "am": "/"}], **fields})


def day(on: date, am: str | None = "/", pm: str | None = "\\") -> DayMarks:
    return DayMarks(on=on, am=am, pm=pm)


def days_from(first: date, count: int, missed: int = 0) -> tuple[DayMarks, ...]:
    """School days one after another; in the last of them so many sessions were missed."""
    every = [first + timedelta(days=number) for number in range(count * 2)]
    school = [each for each in every if each.weekday() < 5][:count]
    codes = ["/"] * (2 * count - missed) + ["O"] * missed
    return tuple(day(on, codes[2 * at], codes[2 * at + 1]) for at, on in enumerate(school))


def taking_in(*days: DayMarks, today: date = date(2027, 7, 30)) -> TakeInMarks:
    return TakeInMarks(child_ref=REF, today=today, days=days, digests=digests(days))


def digests(days: tuple[DayMarks, ...]) -> dict[date, str]:
    return {each.on: f"digest of {each.written()}" for each in days}


def test_marks_are_kept_sealed_and_counted_in_the_clear() -> None:
    today, told_days = (
        date(2026, 9, 23),
        (day(MONDAY), day(date(2026, 9, 22), "I", None), day(date(2026, 9, 23), "X", "N")),
    )
    marks.when(taking_in(*told_days, today=today)).then(
        AttendanceMarksReceived(
            child_ref=REF,
            on=today,
            days=(
                DayAttendance(MONDAY, 2, 0, 0, "digest of 2026-09-21 / \\"),
                DayAttendance(date(2026, 9, 22), 1, 1, 0, "digest of 2026-09-22 I -"),
                DayAttendance(date(2026, 9, 23), 1, 1, 1, "digest of 2026-09-23 X N"),
            ),
            marks=PlanText.of("2026-09-21 / \\\n2026-09-22 I -\n2026-09-23 X N"),
            school_year=2026,
            possible=4,
            missed=2,
            unauthorised=1,
        )
    )


def test_the_same_marks_again_change_nothing_and_other_ones_correct_the_day() -> None:
    first = marks.given(*marks.when(taking_in(day(MONDAY, "N"), day(date(2026, 9, 22)))).happened)
    first.when(taking_in(day(MONDAY, "N"))).then_nothing()
    (corrected,) = first.when(taking_in(day(MONDAY, "I"), day(date(2026, 9, 22)))).then_some(AttendanceMarksReceived)
    assert isinstance(corrected, AttendanceMarksReceived)
    assert ([each.on for each in corrected.days], corrected.corrected) == ([MONDAY], True)
    assert (corrected.possible, corrected.missed, corrected.unauthorised) == (4, 1, 0)


def test_a_mark_of_a_day_still_to_come_is_refused() -> None:
    marks.when(taking_in(day(date(2026, 9, 22)), today=MONDAY)).then_refused("still to come")


class Log:
    """Streams in memory, as the handler replays and appends them."""

    def __init__(self, rules: SchedulingRules = OXFORDSHIRE, **changes: Any) -> None:
        known = Scenario(CHILD).when(told(rules, **changes)).happened
        self._states: dict[str, Any] = {child_stream(REF): BOOK.fold(known)}
        self._rules = rules

    def feed(
        self,
        *days: DayMarks,
        born: date = BORN,
        many: bool = False,
        today: date = date(2027, 7, 30),
        named_by: str | None = None,
    ) -> list[Event]:
        command = TakeInAttendance(
            **judging(self._rules),
            date_of_birth=born,
            days=days,
            digests=digests(days),
            today=today,
            named_by=named_by,
        )
        states = States(DECIDERS, self._states)
        if many:
            return self._keep(judge_attendance_of_many(states, TakeInAttendanceOfMany(records=(command,))))
        return self._keep(judge_attendance(states, command))

    def _keep(self, decided: Decided) -> list[Event]:
        for stream, event in decided:
            decider = DECIDERS[category(stream)]
            self._states[stream] = decider.evolve(self._states.get(stream, decider.initial), event)
        return [event for _stream, event in decided]


@pytest.mark.rule("O-74")
@pytest.mark.scenario("T50")
def test_the_feed_covers_a_child_from_the_fifth_birthday_on() -> None:
    entered, five = MONDAY, date(2021, 9, 22)
    log = Log(date_of_birth=five)
    (received,) = log.feed(day(entered), day(date(2026, 9, 22)), born=five)
    assert isinstance(received, AttendanceMarksReceived)
    assert [each.on for each in received.days] == [date(2026, 9, 22)]
    with pytest.raises(Refusal, match="No attendance is collected") as refused:
        log.feed(day(entered), born=five)
    assert refused.value.rules == ("O-74",)


def test_a_pupil_number_counts_while_it_is_the_childs() -> None:
    log = Log(upn="P207000016049")
    assert log.feed(day(MONDAY), named_by="digest of upn P207000016049") != []
    with pytest.raises(Refusal, match="Nobody in care here has this pupil number now"):
        log.feed(day(MONDAY), named_by="hash of the number before")


@pytest.mark.rule("O-74")
def test_only_days_in_care_are_taken_in_and_nothing_where_nobody_collects() -> None:
    before = MONDAY - timedelta(days=3)
    (received,) = Log().feed(day(before), day(MONDAY))
    assert isinstance(received, AttendanceMarksReceived)
    assert [each.on for each in received.days] == [MONDAY]
    with pytest.raises(Refusal, match="No attendance is collected"):
        Log(LEICESTERSHIRE).feed(day(MONDAY))


@pytest.mark.rule("O-74", "O-77")
@pytest.mark.scenario("T50")
def test_one_missed_session_in_ten_is_said_once_and_again_only_after_a_recovery() -> None:
    log = Log()
    first = log.feed(*days_from(MONDAY, 20, missed=4), many=True)
    (detected,) = of_kind(PersistentAbsenceRiskDetected, first)
    assert (detected.possible, detected.missed, detected.since) == (40, 4, date(2026, 9, 1))
    assert [each.reason for each in of_kind(UrgentPEPRequested, first)] == ["persistent_absence"]
    assert log.feed(*days_from(MONDAY, 20, missed=4)) == []
    more = log.feed(*days_from(date(2026, 10, 19), 5, missed=2))
    assert of_kind(PersistentAbsenceRiskDetected, more) == []
    better = log.feed(*days_from(date(2026, 11, 2), 20), many=True)
    (recovered,) = of_kind(PersistentAbsenceRecovered, better)
    assert (recovered.possible, recovered.missed) == (90, 6)
    worse = log.feed(*days_from(date(2026, 11, 30), 5, missed=6))
    assert of_kind(PersistentAbsenceRiskDetected, worse) != []


def test_a_correction_that_explains_nothing_away_keeps_the_risk_and_one_that_does_ends_it() -> None:
    log = Log()
    log.feed(*days_from(MONDAY, 20, missed=4))
    corrected = log.feed(*days_from(MONDAY, 20, missed=2))
    assert of_kind(PersistentAbsenceRecovered, corrected) != []


def test_figures_begin_anew_each_september_or_some_weeks_ago_where_policy_says_so() -> None:
    last = date(2026, 12, 11)
    here, there = (rules.file.in_force(last) for rules in (OXFORDSHIRE, rules_of("nonesuch")))
    assert window_from(here, last) == date(2026, 9, 1)
    assert window_from(there, last) == date(2026, 9, 19)
    assert window_from(there, date(2026, 9, 30)) == date(2026, 9, 1)
    over_summer = (day(date(2027, 7, 20)), day(date(2027, 9, 6)))
    assert streams_of(REF, over_summer) == (
        child_stream(REF),
        attendance_stream(REF, 2026),
        attendance_stream(REF, 2027),
    )


def test_marks_of_two_school_years_go_to_two_streams() -> None:
    july, september = date(2027, 7, 20), date(2027, 9, 6)
    events = Log().feed(day(july), day(september), today=date(2027, 9, 7))
    assert [(each.school_year, each.possible) for each in of_kind(AttendanceMarksReceived, events)] == [
        (2026, 2),
        (2027, 2),
    ]
