"""The service notifications on real PostgreSQL, a real mail server, and a stand-in for scheduling's answers."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.integration.installed import installed
from tests.integration.sign_in import SignInProvider

from notifications.main import PARTS
from notifications.settings import MailSettings
from pep_local.places import free_ports
from pep_runtime.service import RunningService, running

AUTHORITY, ELSEWHERE = "leicestershire", "oxfordshire"
MONDAY_MORNING = "2026-10-12T10:00:00+01:00"
SATURDAY = "2026-10-17T10:00:00+01:00"


@dataclass
class PostBox:
    """A mail server: what it took, and what it answers next. It says nothing more of a message while `silent`."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    answers_to_recipient: list[str] = field(default_factory=list)
    answers_to_message: list[str] = field(default_factory=list)
    silent: bool = False
    has_message: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: Any) -> str:
        if self.answers_to_recipient:
            return self.answers_to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers_to_message:
            return self.answers_to_message.pop(0)
        self.taken.append(message_from_bytes(envelope.original_content or b"", policy=default))
        self.to.extend(envelope.rcpt_tos)
        self.has_message.set()
        while self.silent:  # the test, in another thread, ends it
            await asyncio.sleep(0.01)
        return "250 Taken"

    def settings(self) -> MailSettings:
        return MailSettings(host="127.0.0.1", port=self.port, timeout_seconds=2)


@pytest.fixture
def post_box() -> Iterator[PostBox]:
    box = PostBox(free_ports(1)[0])
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop(no_assert=True)


class Answers(BaseHTTPRequestHandler):
    """Scheduling's answers about contacts, as its API gives them."""

    known: dict[str, dict[str, Any]]

    def do_GET(self) -> None:
        self._answer(self.known.get(self.path))

    def do_POST(self) -> None:
        """What is made under one key is made once."""
        made = self.known.get(f"POST {self.path}")
        self._answer({**made, "token": f"{made['token']}-{self.headers['Idempotency-Key']}"} if made else None)

    def _answer(self, found: dict[str, Any] | None) -> None:
        self.send_response(200 if found and "Bearer " in self.headers.get("Authorization", "") else 404)
        self.end_headers()
        self.wfile.write(json.dumps(found or {}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """The test's output is the test's."""


@pytest.fixture
def scheduling() -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """The address of the stand-in and what it answers, by path."""
    known: dict[str, dict[str, Any]] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("KnownAnswers", (Answers,), {"known": known}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
async def service(
    postgres_dsn: str,
    tmp_path: Path,
    scheduling: tuple[str, dict[str, dict[str, Any]]],
    providers: dict[str, SignInProvider],
) -> AsyncIterator[RunningService]:
    """The service on a Monday morning; an administrator and a teacher work at both authorities."""
    people = {"admin-1": "administrator", "teacher-1": "designated_teacher"}
    async with (
        installed(
            "notifications",
            postgres_dsn,
            tmp_path,
            providers,
            today=MONDAY_MORNING,
            colleagues=people,
            services_urls={"scheduling": scheduling[0]},
        ) as settings,
        running(PARTS, settings) as started,
    ):
        yield started
