"""Whatever was once written can be read for as long as it is kept: golden samples of every event and announcement."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tools.folded import FOLDED, folded
from tools.samples import SAMPLES, SERVICES, add_missing, announcements, events, parts_of

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_kernel.message import Event
from pep_kernel.sealed import Sealed
from pep_runtime.codec import encode

EVENTS, SAID = dict(events()), dict(announcements())
STORED = sorted(path.relative_to(SAMPLES) for path in SAMPLES.rglob("*.json"))
OF_EVENTS = [place for place in STORED if place.parts[0] != "announcements"]
OF_ANNOUNCEMENTS = [place for place in STORED if place.parts[0] == "announcements"]
PARTS = {parts.name: parts for parts in map(parts_of, SERVICES)}
TYPES = {name: parts.event_types() for name, parts in PARTS.items()}


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
    """A field that was added later was not said then."""
    kind = ANNOUNCEMENTS[f"uk.openpep.{place.parts[1]}.{place.stem}"]
    assert kind.model_validate_json(stored(place)).model_dump_json(exclude_unset=True).encode() == stored(place)


@pytest.mark.parametrize("place", sorted(SAID.keys() & set(STORED)), ids=str)
def test_every_announcement_has_a_schema_that_its_sample_follows(place: Path) -> None:
    schema = SAID[place].model_json_schema(mode="serialization")
    jsonschema.validate(json.loads(stored(place)), schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize("service", PARTS)
def test_read_models_make_of_every_old_event_what_they_always_made(service: str) -> None:
    told = (FOLDED / f"{service}.json").read_bytes()
    assert folded(PARTS[service]) == told, (
        "If that is meant: `.venv/bin/python -m tools.folded`, and look at the change."
    )


def test_a_sample_that_is_folded_in_another_way_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "funding", tmp_path / "funding")
    assert folded(PARTS["funding"], tmp_path) == folded(PARTS["funding"])
    sample = tmp_path / "funding" / "PPPApproved.v1.json"
    sample.write_text(sample.read_text().replace("40000", "39999"))
    assert folded(PARTS["funding"], tmp_path) != folded(PARTS["funding"])


def changed(samples: Path) -> list[str]:
    """The samples that were changed, renamed or removed since they were first committed, now or in any commit.

    Skips where there is no history, or not all of it.
    """
    git = ("git", "-C", str(samples))
    if shutil.which("git") is None or subprocess.run((*git, "rev-parse", "HEAD"), capture_output=True).returncode:
        pytest.skip("There is no history to compare the samples with.")
    if asked(*git, "rev-parse", "--is-shallow-repository") == ["true"]:
        pytest.skip("This is a shallow clone: `git fetch --unshallow` brings the history of the samples.")
    telling = ("--no-renames", "--name-only", "--diff-filter=MDT", "--relative")
    committed = asked(*git, "log", "-m", "--format=", *telling, "--", ".")
    at_hand = asked(*git, "diff", *telling, "HEAD", "--", ".")
    return sorted({*committed, *at_hand})


def asked(*command: str) -> list[str]:
    """The lines that a command prints."""
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()


def test_no_sample_was_ever_changed() -> None:
    assert changed(SAMPLES) == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A history in which a sample was written."""
    subprocess.run(("git", "init", "--quiet", str(tmp_path)), check=True)
    (tmp_path / "PlanOpened.v1.json").write_text('{"on":"2026-09-14"}')
    commit(tmp_path)
    return tmp_path


def commit(repository: Path) -> None:
    git = ("git", "-C", str(repository), "-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run((*git, "add", "--all", "."), check=True)
    subprocess.run((*git, "commit", "--quiet", "--message=sample"), check=True)


def rewrite(repository: Path) -> None:
    (repository / "PlanOpened.v1.json").write_text('{"on":"2026-09-15"}')


def remove(repository: Path) -> None:
    (repository / "PlanOpened.v1.json").unlink()


def rename(repository: Path) -> None:
    (repository / "PlanOpened.v1.json").rename(repository / "PlanBegun.v1.json")


@pytest.mark.parametrize("change", [rewrite, remove, rename])
def test_a_sample_that_was_changed_is_found_before_and_after_it_is_committed(
    repository: Path, change: Callable[[Path], None]
) -> None:
    assert changed(repository) == []
    change(repository)
    assert changed(repository) == ["PlanOpened.v1.json"]
    commit(repository)
    assert changed(repository) == ["PlanOpened.v1.json"]


def test_a_sample_that_was_changed_back_is_found_still(repository: Path) -> None:
    was = (repository / "PlanOpened.v1.json").read_text()
    rewrite(repository)
    commit(repository)
    (repository / "PlanOpened.v1.json").write_text(was)
    commit(repository)
    assert changed(repository) == ["PlanOpened.v1.json"]


def test_a_history_that_is_not_all_there_proves_nothing(repository: Path, tmp_path_factory: Any) -> None:
    (repository / "PlanClosed.v1.json").write_text("{}")
    commit(repository)
    shallow = tmp_path_factory.mktemp("shallow")
    subprocess.run(("git", "clone", "--quiet", "--depth=1", repository.as_uri(), str(shallow)), check=True)
    with pytest.raises(pytest.skip.Exception, match="shallow"):
        changed(shallow)


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
