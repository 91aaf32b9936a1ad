"""Events as bytes: what is written is sealed, what is read is checked, older versions are brought up to date."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep_kernel.message import Envelope, Event, Person, System
from pep_kernel.sealed import PlainPersonalData, PlanText
from pep_runtime.codec import (
    EventTypes,
    Frame,
    UnknownEvent,
    decode_envelope,
    encode,
    from_microseconds,
    microseconds,
)

ID = UUID("0b6e7c9a-f2d3-4c5d-8f00-a1b2c3d4e5f6")
AT = datetime.fromisoformat("2026-09-14T10:00:00+01:00")


class TargetAgreed(Event):
    """A target was agreed. Version 2 says in which subject; version 3 calls the words `text`."""

    schema_version = 3
    subject: str
    text: PlanText
    by: str | None = None


def say_the_subject(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "subject": "not said"}


def call_the_words_text(fields: dict[str, Any]) -> dict[str, Any]:
    return {"text": fields.pop("words"), **fields}


TYPES = EventTypes([TargetAgreed], {("TargetAgreed", 1): say_the_subject, ("TargetAgreed", 2): call_the_words_text})


def test_an_event_is_read_as_it_was_written() -> None:
    agreed = TargetAgreed(subject="reading", text=PlanText(token="1.plan.example.token"))
    assert encode(agreed) == b'{"subject":"reading","text":"1.plan.example.token"}'
    assert TYPES.decode("TargetAgreed", 3, encode(agreed)) == agreed


def test_a_plain_personal_value_is_not_written() -> None:
    with pytest.raises(PlainPersonalData):
        encode(TargetAgreed(subject="reading", text=PlanText.of("Reads a chapter a day.")))


@pytest.mark.parametrize(
    ("version", "stored"),
    [(1, b'{"words":"token"}'), (2, b'{"words":"token","subject":"not said"}')],
)
def test_an_older_version_is_brought_up_to_date_step_by_step(version: int, stored: bytes) -> None:
    expected = TargetAgreed(subject="not said", text=PlanText(token="token"))
    assert TYPES.decode("TargetAgreed", version, stored) == expected


@pytest.mark.parametrize(("name", "version"), [("PlanBurnt", 1), ("TargetAgreed", 4)])
def test_an_event_from_newer_code_is_not_guessed(name: str, version: int) -> None:
    with pytest.raises(UnknownEvent, match=f"{name} version {version} is not known here"):
        TYPES.decode(name, version, b"{}")


@pytest.mark.parametrize(
    "stored", [b'{"subject":"reading"}', b'{"subject":1,"text":"t"}', b'{"subject":"r","text":"t","x":1}']
)
def test_what_does_not_fit_its_type_is_an_error(stored: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        TYPES.decode("TargetAgreed", 3, stored)


@pytest.mark.parametrize("actor", [Person("person-1", "auditor"), System("open_plan_when_pep_applies")])
def test_an_envelope_is_read_as_it_was_written(actor: Person | System) -> None:
    envelope = Envelope(
        event_id=ID,
        type="TargetAgreed",
        schema_version=3,
        authority="borsetshire",
        stream="plan-1",
        version=7,
        occurred_at=AT,
        actor=actor,
        correlation=ID,
    )
    assert decode_envelope(encode(envelope)) == envelope
    assert b"child_ref" not in encode(envelope), "what is not known is not written"


def test_a_journal_row_is_an_event_with_its_place() -> None:
    agreed = TargetAgreed(subject="reading", text=PlanText(token="token"))
    envelope = Envelope(
        event_id=ID,
        type="TargetAgreed",
        schema_version=3,
        authority="borsetshire",
        stream="plan-1",
        version=7,
        occurred_at=AT,
        actor=System("import"),
        correlation=ID,
    )
    row = {
        "type": "TargetAgreed",
        "schema_version": 3,
        "payload": encode(agreed),
        "envelope": encode(envelope),
        "position": 12,
        "recorded_at": AT,
        "announced": None,
    }
    recorded = TYPES.recorded(row)
    assert (recorded.event, recorded.position, recorded.recorded_at, recorded.announced) == (agreed, 12, AT, None)
    for name in Envelope.__struct_fields__:
        assert getattr(recorded.envelope, name) == getattr(envelope, name)


def test_what_nobody_looks_at_is_not_decoded() -> None:
    recorded = TYPES.stored(1, 0, None, b"no envelope", b"no event")
    assert recorded.position == 1
    with pytest.raises(msgspec.DecodeError):
        _ = recorded.event


FRAMES = st.builds(
    Frame,
    position=st.integers(1, 2**62),
    recorded_at=st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 zoned by the strategy
    announced=st.integers(0, 2**62),
    envelope=st.binary(max_size=60),
    payload=st.binary(max_size=60),
    announcement=st.binary(max_size=60),
)


@given(FRAMES)
def test_a_row_that_has_travelled_is_the_same_event(frame: Frame) -> None:
    position, recorded_micros, announced, envelope, payload = Frame.parts(frame.pack())
    assert (position, recorded_micros, announced or 0) == (
        frame.position,
        microseconds(frame.recorded_at),
        frame.announced,
    )
    assert (envelope, payload) == (frame.envelope, frame.payload)


@given(FRAMES)
def test_a_row_travels_byte_for_byte(frame: Frame) -> None:
    assert Frame.unpack(frame.pack()) == frame


@given(FRAMES, st.data())
def test_a_row_that_lost_or_gained_bytes_is_refused(frame: Frame, data: st.DataObject) -> None:
    packed = frame.pack()
    for wrong in (packed[: data.draw(st.integers(0, len(packed) - 1))], packed + b"\0", b"\x02" + packed[1:]):
        with pytest.raises(ValueError, match="not a journal record"):
            Frame.unpack(wrong)


@given(st.integers(0, 2**52))
def test_instants_are_counted_in_whole_microseconds(micros: int) -> None:
    assert microseconds(from_microseconds(micros)) == micros


def test_an_instant_is_the_same_in_every_zone() -> None:
    assert microseconds(AT) == microseconds(AT.astimezone(UTC))
    assert microseconds(AT + timedelta(microseconds=1)) == microseconds(AT) + 1
