"""A record as the person it is about may have it: in plain words; what is about others is held back, and why."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.journey.test_story import NINE, fact

from journey.domain.export import (
    EXPORT,
    EXPORTS,
    Export,
    ExportRecord,
    RecordExported,
    export_stream,
    note_when_child_forgotten,
)
from journey.domain.pack import HeldBack, in_full, to_open
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.forgotten import KnownForgotten, NoteForgotten
from pep_kernel.message import Envelope, Recorded, System
from pep_kernel.scenario import Scenario

TODAY = date(2026, 11, 2)
ABOUT_OTHERS = "It is about another person."


def sealed(data_class: str, field: str) -> str:
    """A sealed value as an event holds it."""
    return f"1.{data_class}.anytown.child7.meeting-1.2.{field}.c2VhbGVk"


MINUTES, ASIDE = sealed("plan", "minutes"), sealed("plan", "minutes_not_for_pupil")
NAME, EMAIL = sealed("third_party", "name"), sealed("contact", "email")
HELD: dict[str, Any] = {
    "on": "2026-10-06",
    "minutes": MINUTES,
    "minutes_not_for_pupil": ASIDE,
    "feedback_by": NAME,
    "pupil_attended": True,
    "next_on": None,
    "attendees": [{"capacity": "social_worker", "mode": "in_person"}],
}


def test_only_what_is_about_the_child_is_opened() -> None:
    held = fact("scheduling", 1, "MeetingHeld", **HELD)
    assert list(to_open(held)) == [("plan", MINUTES)]
    identified = fact("scheduling", 2, "ChildIdentified", upn=sealed("identity", "upn"), digest="9f86")
    assert list(to_open(identified)) == [("identity", sealed("identity", "upn"))]


def test_an_event_is_told_in_plain_words_and_says_what_it_holds_back() -> None:
    told = in_full(fact("scheduling", 7, "MeetingHeld", **HELD), {MINUTES: "Robin likes reading."})
    assert (told.event, told.service, told.position, told.known_at) == ("Meeting held", "scheduling", 7, NINE)
    assert told.who == "social worker worker-1"
    assert told.particulars == {
        "on": "6 October 2026",
        "minutes": "Robin likes reading.",
        "minutes not for pupil": "(held back)",
        "feedback by": "(held back)",
        "pupil attended": "yes",
        "next on": "not said",
        "attendees": [{"capacity": "social worker", "mode": "in person"}],
    }
    assert told.held_back == (
        HeldBack("minutes not for pupil", "It was said without the pupil: a person decides whether it may be given."),
        HeldBack("feedback by", ABOUT_OTHERS),
    )


def test_values_deep_inside_are_held_back_too_and_their_place_is_said() -> None:
    told = in_full(fact("scheduling", 7, "Unheard", guests=[{"name": NAME, "email": EMAIL}]), {})
    assert told.held_back == (
        HeldBack("guests, 1, name", ABOUT_OTHERS),
        HeldBack("guests, 1, email", "It says where somebody lives, or how somebody else is reached."),
    )
    assert told.particulars == {"guests": [{"name": "(held back)", "email": "(held back)"}]}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("released_pence", 30000, ("released", "£300.00")),
        ("quantity", 3, ("quantity", 3)),
        ("pupil_attended", False, ("pupil attended", "no")),
        ("at", "2026-10-06T13:00:00+00:00", ("at", "6 October 2026 at 14:00")),
        ("outcome", "PROGRESS_REVIEW", ("outcome", "progress review")),
    ],
)
def test_every_kind_of_value_is_told_as_people_read_it(name: str, value: Any, words: tuple[str, Any]) -> None:
    told = in_full(fact("funding", 1, "Unheard", **{name: value}), {})
    assert told.particulars == dict([words])


ENVELOPE = Envelope(
    event_id=UUID(int=1),
    type="RecordExported",
    schema_version=1,
    authority="anytown",
    stream="export-child7",
    version=1,
    occurred_at=NINE,
    actor=System("test"),
    correlation=UUID(int=1),
)


@pytest.mark.parametrize(
    ("text", "told"), [("2014-11-05", "5 November 2014"), ("2014-13-05", "2014-13-05"), ("A. likes it", "A. likes it")]
)
def test_a_day_that_was_sealed_is_told_in_words_and_what_somebody_wrote_as_it_is(text: str, told: str) -> None:
    born = sealed("identity", "date_of_birth")
    identified = fact("scheduling", 1, "ChildIdentified", date_of_birth=born)
    assert in_full(identified, {born: text}).particulars == {"date of birth": told}


exports = Scenario(EXPORT)
ASKED = ExportRecord(
    export_id="e1", child_ref="child7", on=TODAY, by="lead-1", reason="subject_access_request", request_ref="SAR-1"
)
GIVEN = RecordExported(**ASKED.model_dump())
GONE = KnownForgotten(child_ref="child7", on=TODAY, reason="retention_period_ended")


def test_who_took_a_record_is_written_down_each_time() -> None:
    exports.when(ASKED).then(GIVEN)
    exports.given(GIVEN).when(ASKED.model_copy(update={"export_id": "e2"})).then_some(RecordExported)


def test_nothing_is_given_of_a_forgotten_child() -> None:
    note = NoteForgotten(child_ref="child7", on=TODAY, reason="retention_period_ended")
    exports.given(GIVEN).when(note).then(GONE)
    exports.given(GONE).when(note).then_nothing()
    exports.given(GONE).when(ASKED).then_refused("removed on 02/11/2026: retention period ended")


def test_journey_hears_that_a_child_is_forgotten() -> None:
    told = ChildForgotten(child_ref="child7", on=TODAY, reason="court_order")
    act = note_when_child_forgotten(
        Said(told, "anytown", "scheduling", 1, ENVELOPE.event_id, NINE, ENVELOPE.event_id), None
    )
    assert act.streams == (export_stream("child7"),)
    assert act.command == NoteForgotten(child_ref="child7", on=TODAY, reason="court_order")


def test_an_export_is_known_by_its_id_to_who_took_it() -> None:
    given, gone = (Recorded(event, ENVELOPE, 1, NINE) for event in (GIVEN, GONE))
    assert (list(EXPORTS.keys(given)), list(EXPORTS.keys(gone))) == ([("e1",)], [])
    row = EXPORTS.fold(None, given, ("e1",))
    assert row == EXPORTS.fold(row, gone, ("e1",)) == Export("e1", "child7", "lead-1")
