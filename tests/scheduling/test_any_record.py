"""Promises that hold for every care record: sent again it changes nothing, and a later one adds only what is new."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, of_kind, told

from scheduling.domain.child.care_record import Episode, Schooling, Spell
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, ChildEvent, PEPApplicable
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child

FIRST, TODAY = date(2026, 1, 5), date(2026, 12, 18)
CODES = st.sampled_from(("U1", "U4", "K2"))
STATUSES = st.sampled_from(("C1", "C2", "V2", "V4"))
GAPS = st.lists(st.integers(1, 40), min_size=1, max_size=7)


@st.composite
def spells(draw: st.DrawFn) -> tuple[Spell, ...]:
    """Up to three spells, each with a few episodes; the last may still run, or end after today."""
    found: list[Spell] = []
    day = FIRST
    for _ in range(draw(st.integers(1, 3))):
        days = [day]
        for gap in draw(GAPS):
            days.append(days[-1] + timedelta(days=gap))
        starts, end = days[:-1], days[-1]
        episodes = tuple(
            Episode(began=each, reason_new="S", legal_status=draw(STATUSES), placement=draw(CODES)) for each in starts
        )
        found.append(Spell(began=day, ended=end, reason_ceased="E4A", episodes=episodes))
        day = end + timedelta(days=draw(st.integers(1, 30)))
    running = draw(st.booleans())
    return (*found[:-1], found[-1].model_copy(update={"ended": None})) if running else tuple(found)


@st.composite
def schooling(draw: st.DrawFn) -> tuple[Schooling, ...]:
    """A few schools, one after the other, with or without time between them."""
    day, found = FIRST - timedelta(days=100), []
    for gap in draw(st.lists(st.integers(1, 120), max_size=4)):
        left = day + timedelta(days=gap) if draw(st.booleans()) else None
        found.append(Schooling(school_urn=f"99910{draw(st.integers(1, 3))}", entered=day, left=left))
        day += timedelta(days=gap + draw(st.integers(1, 30)))
    return tuple(found)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "rules": draw(st.sampled_from((OXFORDSHIRE, LEICESTERSHIRE))),
        "spells": draw(spells()),
        "schooling": draw(schooling()),
        "date_of_birth": date(draw(st.integers(2008, 2024)), 11, 5),
        "cut_over": draw(st.sampled_from((None, date(2026, 8, 31)))),
    }


def after(*commands: RecordCareFacts) -> tuple[Child, list[ChildEvent]]:
    state = CHILD.initial
    happened: list[ChildEvent] = []
    for command in commands:
        events = CHILD.decide(state, command)
        happened.extend(events)
        state = CHILD.fold(happened)
    return state, happened


@given(record=records())
def test_the_same_record_again_changes_nothing(record: dict[str, Any]) -> None:
    command = told(today=TODAY, **record)
    state, _ = after(command)
    assert list(CHILD.decide(state, command)) == []


@given(record=records(), days=st.integers(0, 300))
def test_told_in_two_steps_the_same_is_known_as_told_at_once(record: dict[str, Any], days: int) -> None:
    once, at_once = after(told(today=TODAY, **record))
    earlier = told(today=FIRST + timedelta(days=days), **record)
    twice, in_steps = after(earlier, told(today=TODAY, **record))
    everyday = [FIRST + timedelta(days=n) for n in range((TODAY - FIRST).days)]
    for name in ("placements", "legal_statuses"):
        known, later = getattr(once, name), getattr(twice, name)
        assert [value_on(known, day) for day in everyday] == [value_on(later, day) for day in everyday]
    assert value_on(once.schools, TODAY) == value_on(twice.schools, TODAY)
    assert once.spells == twice.spells
    assert entries(at_once) == entries(in_steps)


def entries(events: list[ChildEvent]) -> list[ChildEnteredCare]:
    """Without the school: a roll that ended the day before is bridged only once the next one is known."""
    return [structs.replace(each, school_urn=None) for each in of_kind(ChildEnteredCare, events)]


@given(record=records())
def test_an_older_return_that_is_taken_in_later_tells_only_of_older_spells(record: dict[str, Any]) -> None:
    once, at_once = after(told(today=TODAY, **record))
    newest = record["spells"][-1:] if record["spells"][-1].began <= TODAY else record["spells"]
    later, in_steps = after(told(today=TODAY, **{**record, "spells": newest}), told(today=TODAY, **record))
    assert once.spells == later.spells
    running = [event for event in of_kind(PEPApplicable, at_once) if once.running and event.on >= once.running.began]
    assert running == [event for event in of_kind(PEPApplicable, in_steps) if event in running]


@given(record=records())
def test_each_spell_is_entered_once_and_nothing_is_due_out_of_care(record: dict[str, Any]) -> None:
    state, happened = after(told(today=TODAY, **record))
    begun = [spell.began for spell in record["spells"] if spell.began <= TODAY]
    assert [event.on for event in of_kind(ChildEnteredCare, happened)] == begun
    assert state.running is not None or not state.open_dues
