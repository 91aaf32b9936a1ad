"""`pep due recompute` as a person calls it, against a small service with two pages of children."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from typer.testing import CliRunner, Result

from scheduling.entrypoints.due_command import app

PAGES: dict[str, dict[str, Any]] = {
    "": {"authority": "somewhere", "items": [], "next": "a"},
    "a": {"authority": "somewhere", "items": [], "next": None},
}


def revision(child: str) -> dict[str, str]:
    return {
        "child_ref": child,
        "obligation": "hold",
        "trigger": "entered_care",
        "trigger_on": "2026-09-21",
        "was": "2026-10-19",
        "due": "2026-10-20",
        "policy_version": "v",
    }


class Recomputes(BaseHTTPRequestHandler):
    """Answers as the scheduling service does."""

    pages: ClassVar[dict[str, dict[str, Any]]] = PAGES
    asked: ClassVar[list[list[str]]] = []
    trouble: ClassVar[tuple[int, bytes] | None] = None

    def do_GET(self) -> None:
        after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
        self._answer(*(self.trouble or (200, json.dumps(self.pages[after]).encode())))

    def do_POST(self) -> None:
        children = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["child_refs"]
        self.asked.append(children)
        self._answer(200, json.dumps({"items": [revision(child) for child in children]}).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """The address of the service; the second page has two dates that would be others."""
    items = [revision("b"), revision("c")]
    Recomputes.pages = {**PAGES, "a": {**PAGES["a"], "items": items}}
    Recomputes.asked, Recomputes.trouble = [], None
    with ThreadingHTTPServer(("127.0.0.1", 0), Recomputes) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def call(service: str, *words: str, authority: str = "somewhere") -> Result:
    return CliRunner().invoke(app, ["recompute", authority, "--service", service, *words], env={"COLUMNS": "200"})


def test_what_had_no_date_and_what_is_owed_no_more_are_listed_too(service: str) -> None:
    items = [{**revision("b"), "was": None}, {**revision("c"), "was": None, "due": None}]
    Recomputes.pages = {**PAGES, "a": {**PAGES["a"], "items": items}}
    listed = call(service).stdout
    assert ("no date" in listed, "2026-10-20" in listed, "none" in listed) == (True, True, True)


def test_without_yes_every_page_is_listed_and_nothing_is_changed(service: str) -> None:
    listed = call(service)
    assert listed.exit_code == 0, listed.output
    assert "2026-10-20" in listed.output
    assert "Nothing was changed" in listed.output
    assert Recomputes.asked == []
    assert [each["child_ref"] for each in json.loads(call(service, "--json").output)] == ["b", "c"]


def test_with_yes_the_children_of_each_page_that_has_some_are_sent(service: str) -> None:
    done = call(service, "--yes")
    assert (done.exit_code, Recomputes.asked) == (0, [["b", "c"]])
    assert "is now" in done.output


def test_where_nothing_would_change_it_says_so(service: str) -> None:
    Recomputes.pages = PAGES
    assert "Every open date is as it would be counted today." in call(service).output


def test_who_is_signed_in_elsewhere_or_may_not_is_told(service: str) -> None:
    elsewhere = call(service, authority="elsewhere")
    assert (elsewhere.exit_code, "signed in at somewhere, not at elsewhere" in elsewhere.output) == (1, True)
    Recomputes.trouble = (403, b'{"detail": "Not in your role."}')
    assert "answered 403: Not in your role." in call(service).output
    Recomputes.trouble = (502, b"<html>")
    assert "answered 502: <html>" in call(service).output


def test_a_service_that_is_away_is_named() -> None:
    away = call("http://127.0.0.1:9")
    assert (away.exit_code, "could not be reached" in away.output) == (1, True)
