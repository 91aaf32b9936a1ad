"""`pep forget`, `pep hold` and `pep export` called in a wrong way do nothing, and say what was wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pep_cli.export_page import page
from pep_cli.main import app

NOWHERE = "http://127.0.0.1:1"
FORGET = ("forget", "child7", "--authority", "anytown")
EXPORT = ("export", "child7", "--authority", "anytown", "--reason", "complaint", "--request", "C-1", "--to")


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """One whose services are away."""
    place = {"url": NOWHERE, "worker_dsn": "postgresql://nobody@127.0.0.1:1/nothing"}
    file = tmp_path / "installation.json"
    file.write_text(json.dumps({"kafka_bootstrap": "127.0.0.1:1", "services": {"scheduling": place}}))
    return file


def pep(installation: Path, *words: str) -> Result:
    return CliRunner().invoke(
        app, words, env={"PEP_INSTALLATION": str(installation), "PEP_TOKEN": "", "COLUMNS": "200"}
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--answer", "approve", "--basis", "court_order"), "--answer answers what was asked"),
        (("--answer", "decline", "--entries", "meeting-1:1"), "--answer answers what was asked"),
        (("--entries", "meeting-1:1-2"), "--entries needs --basis"),
        (("--entries", "meeting-1", "--basis", "court_order"), "names no entries"),
        (("--entries", "meeting-1:one-two", "--basis", "court_order"), "names no entries"),
        (("--basis", "tidying"), "Invalid value for '--basis'"),
    ],
)
def test_a_wrong_call_ends_with_2_before_anything_is_asked(
    installation: Path, words: tuple[str, ...], sentence: str
) -> None:
    answer = pep(installation, *FORGET, *words)
    assert (answer.exit_code, sentence in " ".join(answer.output.split())) == (2, True), answer.output


def test_a_folder_that_is_there_is_not_written_over(installation: Path, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    answer = pep(installation, *EXPORT, str(tmp_path / "pack"))
    assert (answer.exit_code, "is there already" in answer.output) == (2, True), answer.output
    assert list((tmp_path / "pack").iterdir()) == []


def test_a_service_that_this_installation_does_not_have_is_named(installation: Path, tmp_path: Path) -> None:
    answer = pep(installation, *EXPORT, str(tmp_path / "pack"))
    assert (answer.exit_code, "no service journey" in answer.output) == (2, True), answer.output
    assert not (tmp_path / "pack").exists()


def test_what_somebody_wrote_cannot_become_a_part_of_the_page() -> None:
    event = {
        "what": "A target was set.",
        "who": "social worker <b>x</b>",
        "known_at": "2026-10-06T13:00:00+00:00",
        "particulars": {"text": "<script>alert(1)</script>", "several": [{"a": "1 < 2"}], "none": []},
        "held_back": [{"what": "name", "why": "It is about <i>another</i> person."}],
    }
    look = {
        "at": event["known_at"],
        "role": "auditor",
        "person_ref": "p1",
        "action": "read",
        "shown": False,
        "reason": "no",
    }
    pack = {"child_ref": "child7", "authority": "anytown", "reason": "complaint", "request": "C-1", "rests_on": {}}
    written = page({**pack, "events": [event], "looks": [look]}, [], [])
    assert [each for each in ("<script", "<b>", "<i>") if each in written] == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
    assert "6 October 2026 at 14:00" in written
    assert "<td>no: no</td>" in written
    assert written.count("<p>Nothing.</p>") == 2
