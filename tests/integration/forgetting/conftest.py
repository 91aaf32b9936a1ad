"""A child with a word in every personal field, forgotten by two people, and what all services leave behind of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.integration.forgetting import a_term
from tests.integration.installed import add_authority, database_dsn, installed, superuser, until
from tests.integration.runtime import test_sealed_everywhere as everywhere
from tests.integration.runtime.test_sealed_everywhere import Installation, add_administrator, send_everything, started
from tests.integration.sign_in import sign_in_provider
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_local import mail
from pep_local.places import free_ports
from pep_local.stack import PACKAGES
from pep_local.supervisor import Supervisor
from pep_runtime.file_keys import FileKeys
from pep_runtime.keyring import bound_to
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.sealing import CannotOpen, decrypt

GROWN_OLD = "2089-11-05T10:00:00+00:00"
SUBJECTS = ("Invitation", "A plan is ready for quality assurance", "A plan was returned to you", "PP+ released")
TOKEN = re.compile(rb"1\.(?:identity|plan|contact|third_party)\.[\w-]+\.[\w-]+\.[\w-]+\.\d+\.[\w/]+\.[\w=-]+")
Pep = Callable[..., Any]


@dataclass
class Left:
    """What was there before the child was forgotten, what is there after, and what everybody was answered."""

    child: str
    authority: str
    before: dict[str, bytes]
    after: dict[str, bytes]
    keys_before: list[bytes]
    keys_after: list[bytes]
    wrapped_before: list[bytes]
    raw_files: dict[str, bytes]
    answers: dict[str, Any]
    commands: dict[str, Result]
    pack: Path
    mails: list[EmailMessage]

    def of_the_child(self, kept: dict[str, bytes]) -> set[bytes]:
        """Every sealed value about the child, wherever it stands."""
        here = f".{self.authority}.{self.child}.".encode()
        return {token for content in kept.values() for token in TOKEN.findall(content) if here in token}


@dataclass
class Town:
    """The installation and an operator's terminal beside it."""

    installation: Installation
    file: Path
    mailbox: Path
    smtp_port: int

    async def pep(self, who: str, *words: str) -> Result:
        """A command of somebody who signed in."""
        token = self.installation.provider.token(await self.installation.ref(who))
        environment = {"PEP_INSTALLATION": str(self.file), "PEP_TOKEN": token, "COLUMNS": "300"}
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=environment)

    async def places(self) -> dict[str, bytes]:
        """Where something is stored: all of it, and by itself what must not be overlooked."""
        made = self.installation
        stored: dict[str, bytes] = {"tables": await made.tables(), "topics": await made.topics()}
        for name in made.settings:
            stored[f"parked rows of {name}"] = await self.rows(name, "parked_event")
            stored[f"answers of {name}"] = await self.rows(name, "command_answer")
        return {**stored, "mails": b"".join(file.read_bytes() for file in sorted(self.mailbox.glob("*")))}

    async def rows(self, service: str, table: str) -> bytes:
        """What a table holds, as its superuser reads it."""
        dsn = self.installation.settings[service].postgres_app_dsn
        async with superuser(database_dsn(self.installation.postgres_dsn, dsn.rpartition("/")[2])) as connection:
            rows = await connection.fetch(f"select * from {table}")
        return repr(rows).encode() if rows else b""

    async def keys(self) -> tuple[list[bytes], list[bytes]]:
        """Every key of every subject, as who steals the database and the authority's own keys has them; and wrapped."""
        wrapper = FileKeys(self.installation.folder / "keys")
        authority, opened, wrapped = self.installation.authority, [], []
        async with superuser(self.keys_dsn) as connection:
            rows = await connection.fetch("select * from subject_key where wrapped is not null")
        for row in rows:
            place = bound_to(authority, row["subject"], row["data_class"])
            opened.append(await wrapper.unwrap(authority, row["wrapped"], place))
            wrapped.append(row["wrapped"])
        return opened, wrapped

    @property
    def keys_dsn(self) -> str:
        keys = self.installation.settings["scheduling"].keys_dsn
        return database_dsn(self.installation.postgres_dsn, keys.rpartition("/")[2])

    async def raw_files(self) -> dict[str, bytes]:
        """Each database's files and the write-ahead log as they lie on the disk, after all is written out."""
        async with superuser(self.keys_dsn) as connection:
            await connection.execute("vacuum full subject_key")
            await connection.execute("checkpoint")
            folder = Path(await connection.fetchval("show data_directory"))
            names = [database.rpartition("/")[2] for database in self.databases()]
            rows = await connection.fetch("select oid::text, datname from pg_database where datname = any ($1)", names)
        found = {row["datname"]: b"".join(map(_content, (folder / "base" / row["oid"]).glob("*"))) for row in rows}
        return {**found, "log": b"".join(_content(each) for each in (folder / "pg_wal").glob("0*"))}

    def databases(self) -> set[str]:
        services = self.installation.settings.values()
        return {self.keys_dsn, *(settings.postgres_app_dsn for settings in services)}

    async def told(self, child: str) -> Any:
        story = await self.installation.ask("lead", "journey", "GET", f"/children/{child}/journey?limit=200")
        return story.json() if story.status_code == 200 else None


def _content(file: Path) -> bytes:
    """A file that went away meanwhile holds nothing."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.fixture(scope="package")
async def town(
    postgres_dsn: str, kafka_bootstrap: str, unique_name: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """All services with one database of keys, and a mail server; an administrator of the authority."""
    folder = tmp_path_factory.mktemp("town")
    authority = unique_name("county")
    authorities = add_authority(folder / "authorities", authority, "oxfordshire")
    await create_topics(kafka_bootstrap, topics_of(authority, PACKAGES))
    async with contextlib.AsyncExitStack() as stack:
        smtp_port, page_port, *ports = free_ports(2 + len(PACKAGES))
        stack.enter_context(Supervisor(folder)).start([mail.prepare(folder / "mails", smtp_port, page_port)])
        provider = stack.enter_context(sign_in_provider())
        how: dict[str, Any] = {"today": everywhere.TODAY, "kafka_bootstrap": kafka_bootstrap}
        how |= {"authorities_dir": authorities, "keys_kept_seconds": 0.0}
        how["services_urls"] = {name: f"http://127.0.0.1:{port}" for name, port in zip(PACKAGES, ports, strict=True)}
        settings = {}
        for name, port in zip(PACKAGES, ports, strict=True):
            spans = folder / f"{name}.spans"
            making = installed(name, postgres_dsn, folder, {authority: provider}, port=port, traces_file=spans, **how)
            settings[name] = await stack.enter_async_context(making)
            how["keys_dsn"] = settings[name].keys_dsn
        made = Installation(authority, provider, settings, folder, postgres_dsn, kafka_bootstrap)
        await add_administrator(made)
        yield Town(made, installation_file(made), folder / "mails", smtp_port)


def installation_file(made: Installation) -> Path:
    places = {
        name: {"url": f"http://127.0.0.1:{settings.port}", "worker_dsn": settings.postgres_worker_dsn}
        for name, settings in made.settings.items()
    }
    file = made.folder / "installation.json"
    file.write_text(json.dumps({"kafka_bootstrap": made.bootstrap, "services": places}))
    return file


@pytest.fixture(scope="package")
async def left(town: Town) -> Left:
    """The whole course of it."""
    made = town.installation
    found = Left("", made.authority, {}, {}, [], [], [], {}, {}, {}, made.folder / "pack", [])
    async with contextlib.AsyncExitStack() as running:
        for name, settings in made.settings.items():
            process = started(name, settings, made.log_of(name), PEP_SMTP_PORT=str(town.smtp_port))
            await running.enter_async_context(process)
        await send_everything(made)
        found.child = await everywhere.the_child(made)
        await a_term.play(made, found.child)
        await before(town, found)
        await forgotten(town, found)
        await after(town, found)
    found.raw_files = await town.raw_files()
    found.mails = mail.messages(town.mailbox)
    for name, settings in made.settings.items():
        assert settings.traces_file is not None
        found.after |= {f"log of {name}": made.log_of(name).read_bytes()}
        found.after |= {f"spans of {name}": settings.traces_file.read_bytes()}
    return found


async def before(town: Town, found: Left) -> None:
    """The child has left care, the record is given out once, and all of it can be opened."""
    made, child = town.installation, found.child

    async def all_sent() -> bool:
        return {*SUBJECTS} <= {subject.partition(":")[0] for subject in map(_subject, mail.messages(town.mailbox))}

    await until(all_sent)
    found.answers["finance files before"] = await a_term.finance_files(made)
    leaving = {"kind": "left_care", "on": "2026-09-25", "reason": "E11"}
    await made.done("worker", "scheduling", "POST", f"/children/{child}/facts", leaving)
    await until(made.is_published)

    async def copied() -> bool:
        story = await town.told(child)
        return story is not None and any(line["event"] == "TargetSet" for line in story["lines"])

    await until(copied)
    asked = ("--reason", "subject_access_request", "--request", "SAR-2026-1", "--json")
    found.commands["export"] = await town.pep(
        "lead", "export", child, "--authority", made.authority, "--to", str(found.pack), *asked
    )
    found.before = await town.places()
    found.keys_before, found.wrapped_before = await town.keys()


async def forgotten(town: Town, found: Left) -> None:
    """Too early, then alone, then by two people."""
    made, child = town.installation, found.child
    words = ("forget", child, "--authority", made.authority)
    ask, approve = ("--basis", "retention_period_ended", "--yes"), ("--answer", "approve", "--yes")
    found.commands["shown"] = await town.pep("admin", *words)
    found.commands["too early"] = await town.pep("admin", *words, *ask)
    (made.folder / "clock").write_text(GROWN_OLD)
    await a_message_waits(town, child)
    found.commands["dry"] = await town.pep("admin", *words, *ask[:2])
    found.commands["asked"] = await town.pep("admin", *words, *ask)
    found.commands["alone"] = await town.pep("admin", *words, *approve)
    found.commands["approved"] = await town.pep("lead", *words, *approve)

    async def seen() -> bool:
        keeping = (await made.ask("lead", "scheduling", "GET", f"/children/{child}/keeping")).json()
        return bool(keeping["standing"]["stage"] == "forgotten")

    await until(seen)
    found.commands["forgotten"] = await town.pep("admin", *words)


async def a_message_waits(town: Town, child: str) -> None:
    """Somebody opens the record in an emergency on a Saturday: who must hear of it hears on Monday."""
    glass = {"reason": everywhere.word("glass")}
    await town.installation.done("worker", "scheduling", "POST", f"/children/{child}/break-glass", glass)
    await until(lambda: messages_about(town, child, "waiting"))


async def messages_about(town: Town, child: str, state: str) -> Any:
    path = f"/messages?child_ref={child}&state={state}"
    return (await town.installation.done("admin", "notifications", "GET", path))["items"]


async def held_back_as_forgotten(town: Town, child: str) -> bool:
    return any(each["reason"] == "child_forgotten" for each in await messages_about(town, child, "suppressed"))


async def after(town: Town, found: Left) -> None:
    """Everybody asks once more; then all places are looked into."""
    made, child = town.installation, found.child
    plan = f"/plans/plan-{child}-1"
    found.answers["child"] = (await made.ask("officer", "scheduling", "GET", f"/children/{child}")).json()
    await until(lambda: held_back_as_forgotten(town, child))
    found.answers["messages"] = {state: await messages_about(town, child, state) for state in ("waiting", "suppressed")}
    await until(lambda: _is_forgotten(made, "pep-record", plan, "state"))
    await until(lambda: _is_forgotten(made, "funding", f"/claims/plan-{child}-1", "standing"))
    found.answers["asked again"] = [await made.ask(*asked) for asked in asked_again(child)]
    found.answers["claim"] = (await made.ask("lead", "funding", "GET", f"/claims/plan-{child}-1")).json()
    found.answers["preview"] = (await made.ask("finance", "funding", "GET", "/release-runs/preview")).json()
    found.answers["finance files"] = await a_term.finance_files(made)
    found.answers["plan"] = (await made.ask("officer", "pep-record", "GET", plan)).json()
    again = {"records": [{**everywhere.RECORD, "reviews": ["2026-09-24"]}]}
    found.answers["import"] = (await made.ask("admin", "scheduling", "POST", "/care-records", again)).json()

    async def copied() -> Any:
        story = await town.told(child)
        known = {line["event"] for line in story["lines"]}
        return story if {"ChildForgotten", "KnownForgotten"} <= known else None

    found.answers["story"] = await until(copied)
    words = ("export", child, "--authority", made.authority, "--to", str(found.pack.with_name("second")))
    asked = ("--reason", "complaint", "--request", "C-2")
    found.commands["export again"] = await town.pep("lead", *words, *asked)
    await until(made.is_published)
    found.commands["verify"] = await town.pep("lead", "verify", "--json")
    for source in ("journal", "kafka"):
        rebuild = ("rebuild", "scheduling", "all", "--check", "--from", source, "--json")
        found.commands[f"rebuild from {source}"] = await town.pep("lead", *rebuild)
    found.after = await town.places()
    found.keys_after, _wrapped = await town.keys()


def asked_again(child: str) -> list[tuple[Any, ...]]:
    """What needs no word that is gone: who asks which service for what."""
    plan, claim = f"/plans/plan-{child}-1", f"/claims/plan-{child}-1"
    good = {"decision": "complete", "plan_version": 2}
    held = {"decision": "stand", "reason": "It has begun."}
    return [
        ("worker", "pep-record", "POST", f"{plan}/sign-off"),
        ("lead", "pep-record", "POST", f"{plan}/quality-assurance", good),
        ("lead", "funding", "POST", f"{claim}/approval", {"plan_version": 2, "line_ids": ["line-1"]}),
        ("lead", "funding", "POST", f"{claim}/held-decision", held),
    ]


async def _is_forgotten(made: Installation, service: str, path: str, named: str) -> bool:
    return bool((await made.ask("lead", service, "GET", path)).json()[named] == "forgotten")


def _subject(message: EmailMessage) -> str:
    return str(message["Subject"])


def opened(tokens: set[bytes], keys: list[bytes]) -> list[str]:
    """What of these can be opened with any of these keys."""
    found = []
    for token in tokens:
        bound, _, body = token.rpartition(b".")
        found += [text for key in keys if (text := _opened(key, bound, body)) is not None]
    return found


def _opened(key: bytes, bound: bytes, body: bytes) -> str | None:
    try:
        return decrypt(key, base64.urlsafe_b64decode(body), bound).decode()
    except CannotOpen:
        return None
