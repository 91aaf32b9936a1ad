"""Whose time a meeting takes: overlaps, travel, full weeks, lessons; and a morning with several children."""

from datetime import date, datetime, time, timedelta

import pytest
from pydantic import ValidationError
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE

from pep_kernel.authority_policy.meeting_practice import LessonTimes
from pep_kernel.calendars import Calendar
from pep_kernel.refusal import Refusal
from pep_runtime.clock import LONDON
from scheduling.domain.meeting.block import Morning, ToMeet, planned
from scheduling.domain.meeting.diary import Appointment, Clash, clashes, in_lessons, week_is_full

TUESDAY = date(2026, 10, 6)
HALF_AN_HOUR, AN_HOUR = timedelta(minutes=30), timedelta(hours=1)
RULES = OXFORDSHIRE.file.in_force(TUESDAY)


def at(hour: int, minute: int = 0, lasts: timedelta = AN_HOUR, name: str = "m", place: str = "999101") -> Appointment:
    begins = datetime.combine(TUESDAY, time(hour, minute), LONDON)
    return Appointment(name, begins, begins + lasts, place)


def test_two_meetings_of_one_person_clash_when_they_overlap_or_leave_no_time_to_travel() -> None:
    nine, half_past, ten = at(9, name="a"), at(9, 30, name="b"), at(10, name="c")
    assert clashes([ten, half_past, nine], HALF_AN_HOUR) == [Clash("overlap", "a", "b"), Clash("overlap", "b", "c")]
    elsewhere = at(10, 15, name="d", place="999102")
    assert clashes([nine, elsewhere], HALF_AN_HOUR) == [Clash("travel", "a", "d")]
    assert clashes([nine, at(10, 30, name="d", place="999102")], HALF_AN_HOUR) == []


def test_an_officers_week_is_full_at_the_number_that_the_authority_states() -> None:
    week = [at(9, name=str(number)) for number in range(RULES.diary.officer_meetings_per_week)]
    assert week_is_full(at(15), week, RULES.diary)
    assert not week_is_full(at(15), week[1:], RULES.diary)
    next_week = [Appointment("x", each.begins + timedelta(days=7), each.ends, None) for each in week]
    assert not week_is_full(at(15), next_week, RULES.diary)


@pytest.mark.rule("O-61")
def test_a_meeting_in_lessons_is_told_on_school_days_where_the_authority_says_when_lessons_are() -> None:
    calendar = OXFORDSHIRE.calendar_for(None, None)
    assert in_lessons(at(14), RULES.lesson_times, calendar)
    assert not in_lessons(at(15), RULES.lesson_times, calendar)
    assert not in_lessons(at(14), LEICESTERSHIRE.file.in_force(TUESDAY).lesson_times, calendar)
    in_the_holidays = datetime(2026, 10, 27, 10, tzinfo=LONDON)
    holiday = Appointment("m", in_the_holidays, in_the_holidays + AN_HOUR)
    assert not in_lessons(holiday, RULES.lesson_times, calendar)
    assert not in_lessons(at(14), RULES.lesson_times, Calendar())


def test_lesson_times_have_a_beginning_and_an_end_or_neither() -> None:
    dated = {"effective_from": date(2026, 9, 1), "source": ("our choice",)}
    for wrong in ({"begin": time(9)}, {"begin": time(15), "end": time(9)}):
        with pytest.raises(ValidationError):
            LessonTimes.model_validate({**dated, **wrong})


def morning(*busy: Appointment, until: int = 12) -> Morning:
    ends = datetime.combine(TUESDAY, time(until), LONDON)
    return Morning(at(9).begins, ends, timedelta(minutes=10), busy)


CHILDREN = [
    ToMeet("one", AN_HOUR),
    ToMeet("two", HALF_AN_HOUR),
    ToMeet("three", HALF_AN_HOUR, frozenset({"one", "elsewhere"})),
]


def test_a_morning_has_a_time_for_each_child_brothers_and_sisters_beside_each_other() -> None:
    slots = planned(CHILDREN, morning())
    told = {slot.child_ref: f"{slot.begins:%H:%M}-{slot.ends:%H:%M}" for slot in slots}
    assert told == {"one": "09:00-10:00", "three": "10:10-10:40", "two": "10:50-11:20"}


def test_what_is_in_the_diary_already_is_left_free_and_never_stands_between_a_family() -> None:
    ten_minutes = timedelta(minutes=10)
    slots = planned(CHILDREN, morning(at(9, 45, ten_minutes), until=13))
    assert [f"{slot.child_ref} {slot.begins:%H:%M}" for slot in slots] == ["one 10:05", "three 11:15", "two 11:55"]


def test_children_who_do_not_all_fit_are_refused_and_none_is_placed() -> None:
    with pytest.raises(Refusal, match="do not all fit"):
        planned(CHILDREN, morning(until=11))


def test_brothers_and_sisters_are_found_whichever_record_names_them() -> None:
    family = [
        ToMeet("one", HALF_AN_HOUR),
        ToMeet("two", HALF_AN_HOUR, frozenset({"four"})),
        ToMeet("three", HALF_AN_HOUR),
        ToMeet("four", HALF_AN_HOUR, frozenset({"one"})),
    ]
    assert [slot.child_ref for slot in planned(family, morning())] == ["one", "two", "four", "three"]


def test_two_children_are_placed_beside_each_other_who_have_a_brother_elsewhere_in_common() -> None:
    family = [
        ToMeet("one", HALF_AN_HOUR, frozenset({"elsewhere"})),
        ToMeet("two", HALF_AN_HOUR),
        ToMeet("three", HALF_AN_HOUR, frozenset({"elsewhere"})),
    ]
    assert [slot.child_ref for slot in planned(family, morning())] == ["one", "three", "two"]
