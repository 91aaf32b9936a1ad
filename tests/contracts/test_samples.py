"""Whatever was once written can be read for as long as it is kept: golden samples of every event and announcement."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tools.samples import SAMPLES, SERVICES, add_missing, announcements, events, parts_of

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_kernel.message import Event
from pep_kernel.sealed import Sealed
from pep_runtime.codec import EventTypes, encode

EVENTS, SAID = dict(events()), dict(announcements())
STORED = sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*.json"))
OF_EVENTS = [place for place in STORED if place.parts[0] != "announcements"]
OF_ANNOUNCEMENTS = [place for place in STORED if place.parts[0] == "announcements"]
TYPES = {parts.name: EventTypes(parts.events, dict(parts.upcasters)) for parts in map(parts_of, SERVICES)}


def named(place: Path) -> tuple[str, int]:
    """`PlanOpened`, 1 of `…/PlanOpened.v1.json`."""
    name, version = place.stem.rsplit(".v", 1)
    return name, int(version)


def stored(place: Path) -> bytes:
    return (SAMPLES / place).read_bytes().removesuffix(b"\n")


def as_text(wanted: type) -> dict[str, Any]:
    """In the log a sealed value is a text."""
    if issubclass(wanted, Sealed):
        return {"type": "string"}
    raise NotImplementedError(wanted)


def test_every_event_and_announcement_has_a_sample() -> None:
    missing = sorted(str(place) for place in (*EVENTS, *SAID) if place not in STORED)
    assert missing == [], "Write them with `.venv/bin/python tools/samples.py`, and look at them."


@pytest.mark.parametrize("place", OF_EVENTS, ids=str)
def test_what_was_written_is_read_and_written_again_byte_for_byte(place: Path) -> None:
    name, version = named(place)
    event = TYPES[place.parts[0]].decode(name, version, stored(place))
    if version == event.schema_version:
        assert encode(event) == stored(place)
    assert encode(TYPES[place.parts[0]].decode(name, event.schema_version, encode(event))) == encode(event)


@pytest.mark.parametrize("place", sorted(EVENTS.keys() & set(STORED)), ids=str)
def test_every_event_has_a_schema_that_its_sample_follows(place: Path) -> None:
    schema = msgspec.json.schema(EVENTS[place], schema_hook=as_text)
    jsonschema.validate(json.loads(stored(place)), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("place", OF_ANNOUNCEMENTS, ids=str)
def test_what_was_announced_is_read_and_said_again_byte_for_byte(place: Path) -> None:
    kind = ANNOUNCEMENTS[f"uk.openpep.{place.parts[1]}.{place.stem}"]
    assert kind.model_validate_json(stored(place)).model_dump_json().encode() == stored(place)


@pytest.mark.parametrize("place", sorted(SAID.keys() & set(STORED)), ids=str)
def test_every_announcement_has_a_schema_that_its_sample_follows(place: Path) -> None:
    schema = SAID[place].model_json_schema(mode="serialization")
    jsonschema.validate(json.loads(stored(place)), schema, jsonschema.Draft202012Validator)


def changed(samples: Path) -> list[str]:
    """The samples that were changed after they were first committed, now or in any commit. Skips without a history."""
    git = ("git", "-C", str(samples))
    if shutil.which("git") is None or subprocess.run((*git, "rev-parse", "HEAD"), capture_output=True).returncode:
        pytest.skip("There is no history to compare the samples with.")
    committed = (*git, "log", "--format=", "--name-only", "--diff-filter=M", "--", ".")
    at_hand = (*git, "diff", "--name-only", "--diff-filter=M", "HEAD", "--", ".")
    said = (subprocess.run(each, capture_output=True, check=True, text=True).stdout for each in (committed, at_hand))
    return sorted({name for text in said for name in text.split()})


def test_no_sample_was_ever_changed() -> None:
    assert changed(SAMPLES) == []


def test_a_sample_that_was_changed_is_found_before_and_after_it_is_committed(tmp_path: Path) -> None:
    git = ("git", "-C", str(tmp_path), "-c", "user.name=Test", "-c", "user.email=test@example.org")
    sample = tmp_path / "PlanOpened.v1.json"

    def write_and_commit(text: str) -> None:
        sample.write_text(text)
        subprocess.run((*git, "add", "."), check=True)
        subprocess.run((*git, "commit", "--quiet", "--message=sample"), check=True)

    subprocess.run((*git, "init", "--quiet"), check=True)
    write_and_commit('{"on":"2026-09-14"}')
    assert changed(tmp_path) == []
    sample.write_text('{"on":"2026-09-15"}')
    assert changed(tmp_path) == ["PlanOpened.v1.json"]
    write_and_commit('{"on":"2026-09-15"}')
    assert changed(tmp_path) == ["PlanOpened.v1.json"]


class PlanOpened(Event):
    """A plan was opened."""

    child_ref: str


def test_samples_are_added_and_never_written_again(tmp_path: Path) -> None:
    wanted: list[tuple[Path, type[Event] | type[Announcement]]] = [
        (Path("pep-record", "PlanOpened.v1.json"), PlanOpened)
    ]
    assert add_missing(tmp_path, wanted) == [wanted[0][0]]
    (tmp_path / wanted[0][0]).write_text("as it was written in another year")
    assert add_missing(tmp_path, wanted) == []
    assert (tmp_path / wanted[0][0]).read_text() == "as it was written in another year"
