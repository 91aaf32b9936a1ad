"""The record as files for who asked for it: all that is about the child, nothing that is about others."""

from __future__ import annotations

import json
import stat
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.integration.forgetting.conftest import Left
from tests.integration.runtime.test_sealed_everywhere import word

pytestmark = pytest.mark.timeout(600)  # the first of them waits for the whole course
FILES = {"record.json", "record.html", "withheld.json", "disclosures.json"}
ABOUT_OTHERS = [
    word(name) for name in ("guest", "second-guest", "guest-language", "feedback", "carer-name", "worker-name")
]


def content(left: Left, name: str) -> Any:
    return json.loads((left.pack / name).read_text())


def test_the_folder_holds_the_record_and_its_owner_alone_may_read_it(left: Left) -> None:
    exported = left.commands["export"]
    assert exported.exit_code == 0, exported.output
    summary = json.loads(exported.stdout)
    assert {file.name for file in left.pack.iterdir()} == FILES
    assert {stat.S_IMODE(file.stat().st_mode) for file in left.pack.iterdir()} == {0o600}
    assert (summary["folder"], summary["events"]) == (str(left.pack), len(content(left, "record.json")["events"]))
    assert not [file for file in left.pack.parent.iterdir() if file.name.startswith(".pack")]


def test_what_is_about_the_child_can_be_read_in_plain_words(left: Left) -> None:
    events = content(left, "record.json")["events"]
    particulars = {event["event"]: event["particulars"] for event in events}
    assert particulars["Child identified"]["given name"] == word("given")
    assert particulars["Child identified"]["date of birth"] == "5 November 2014"
    assert particulars["Meeting held"]["minutes"] == word("minutes")
    assert particulars["Target set"]["text"] == word("costed")
    left_on = "25 September 2026"
    ended = {"child ref": left.child, "on": left_on, "reason": "E11", "closes on": left_on}
    assert particulars["Child left care"] == ended
    known_at = [datetime.fromisoformat(event["known_at"]) for event in events]
    assert known_at == sorted(known_at)


def test_what_is_about_others_is_in_no_file_and_each_time_it_is_said_why(left: Left) -> None:
    for file in left.pack.iterdir():
        text = file.read_text()
        assert [each for each in (*ABOUT_OTHERS, word("aside"), word("telephone"), word("link")) if each in text] == []
    held_back = content(left, "withheld.json")["withheld"]
    reasons = {each["what"]: each["why"] for each in held_back}
    assert reasons["name"] == "It is about another person."
    assert reasons["minutes not for pupil"].startswith("It was said without the pupil")
    assert reasons["venue"].startswith("It says where somebody lives")


def test_it_is_written_who_took_the_record_and_why_and_who_has_looked(left: Left) -> None:
    disclosures = content(left, "disclosures.json")
    assert (disclosures["reason"], disclosures["request"]) == ("subject_access_request", "SAR-2026-1")
    (given,) = [line for line in left.answers["story"]["lines"] if line["event"] == "RecordExported"]
    assert "was given out to" in given["what"]
    assert given["what"].endswith("subject access request, request SAR-2026-1.")
    assert any(look["role"] == "designated_teacher" for look in disclosures["looked"])


class Outline(HTMLParser):
    """The elements of a page, and what it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [
            value for name, value in attrs if name in ("src", "href") and not (value or "").startswith("#")
        ]


def test_the_page_has_headings_and_sections_no_scripts_and_fetches_nothing(left: Left) -> None:
    outline = Outline()
    outline.feed((left.pack / "record.html").read_text())
    assert (outline.tags.count("h1"), outline.tags.count("h2"), outline.tags.count("main")) == (1, 4, 1)
    assert outline.tags.count("article") == len(content(left, "record.json")["events"])
    assert ("script" in outline.tags, outline.fetched) == (False, [])
