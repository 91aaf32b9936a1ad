"""The service notifications on real PostgreSQL, a real mail server, and a stand-in for scheduling's answers."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr
from tests.integration.sign_in import SignInProvider, sign_in_provider, write_issuers

from notifications.main import PARTS
from notifications.settings import MailSettings
from pep_local.places import free_ports
from pep_runtime.database import provision
from pep_runtime.keyring import FileKeys
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings

ROOT = Path(__file__).parents[3]
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
        found = self.known.get(self.path)
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


@pytest.fixture(scope="session")
def providers() -> Iterator[dict[str, SignInProvider]]:
    with sign_in_provider() as here, sign_in_provider() as elsewhere:
        yield {AUTHORITY: here, ELSEWHERE: elsewhere}


@pytest.fixture
async def service(
    postgres_dsn: str,
    unique_name: Callable[[str], str],
    tmp_path: Path,
    scheduling: tuple[str, dict[str, dict[str, Any]]],
    providers: dict[str, SignInProvider],
) -> AsyncIterator[RunningService]:
    """The service with a database of its own, two authorities opened, on a Monday morning."""
    database, keys_database = unique_name("notifications"), unique_name("keys")
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / "notifications" / "migrations")
    keys = await provision(postgres_dsn, keys_database, "keys")
    write_issuers(tmp_path / "issuers.json", providers)
    (tmp_path / "clock").write_text(MONDAY_MORNING)
    superuser = await asyncpg.connect(f"{postgres_dsn.rpartition('/')[0]}/{database}")
    for authority in providers:
        FileKeys(tmp_path / "keys").create(authority)
        await superuser.execute("select open_authority($1)", authority)
        people = [(authority, "admin-1", "administrator"), (authority, "teacher-1", "designated_teacher")]
        await superuser.executemany("insert into colleague values ($1, $2, $3, null, 0)", people)
    await superuser.close()
    settings = Settings(
        environment="development",
        postgres_app_dsn=logins.app,
        postgres_relay_dsn=logins.relay,
        postgres_worker_dsn=logins.worker,
        keys_dsn=keys.app,
        keys_dir=tmp_path / "keys",
        kafka_bootstrap="127.0.0.1:1",
        authorities_dir=ROOT / "shared" / "authorities",
        issuers_file=tmp_path / "issuers.json",
        services_secret=SecretStr("a secret that only this test knows, long enough"),
        services_urls={"scheduling": scheduling[0]},
        clock_file=tmp_path / "clock",
    )
    async with running(PARTS, settings) as started:
        yield started
    superuser = await asyncpg.connect(postgres_dsn)
    for each in (database, keys_database):
        await superuser.execute(f"drop database if exists {each} with (force)")
    await superuser.close()
