"""A word in every personal field that can be sent is afterwards in no table, topic, log line or span.

Two services run as processes of their own, as they do in production; the words go in by HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.integration.engine.conftest import read_all
from tests.integration.installed import add_authority, database_dsn, environment_of, installed, superuser, until
from tests.integration.sign_in import SignInProvider, sign_in_provider

from pep_kernel.decider import Act
from pep_kernel.may import Role
from pep_local.places import free_ports
from pep_local.stack import PACKAGES
from pep_runtime.database import connect
from pep_runtime.file_keys import FileKeys
from pep_runtime.handler import ByPolicy
from pep_runtime.keyring import Keyring
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.service import running
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember
from scheduling.main import PARTS as SCHEDULING

SERVICES = ("scheduling", "pep-record")
TODAY = "2026-09-25T10:00:00+01:00"
WORD = "canary"
BORN = "2014-11-05"
SCHOOL = {
    "urn": "999101",
    "laestab": "9319101",
    "name": "Sample School",
    "phase": "secondary",
    "authority": "Sample County",
}


def word(field: str) -> str:
    """The word that stands in this field and nowhere else."""
    return f"{WORD}-{field}"


STAFF = (("worker", "social_worker", None), ("teacher", "designated_teacher", "999101"), ("officer", "pep_coordinator"))
PEOPLE: list[dict[str, Any]] = [
    {
        "kind": "staff",
        "staff_id": word(who),
        "name": word(f"{who}-name"),
        "email": f"{who}@{word('staff')}.example",
        "role": role,
        "school_urn": school[0] if school else None,
        "team": "Team North",
    }
    for who, role, *school in STAFF
]
CARER = {
    "kind": "carer",
    "carer_id": word("carer"),
    "name": word("carer-name"),
    "email": f"carer@{word('home')}.example",
    "telephone": word("telephone"),
    "child_ids": [word("child")],
}
RECORD: dict[str, Any] = {
    "child_id": word("child"),
    "name": {name: word(name) for name in ("given", "family", "preferred", "language")},
    "date_of_birth": BORN,
    "sex": "M",
    "upn": word("upn"),
    "spells": [
        {
            "began": "2026-09-21",
            "episodes": [{"began": "2026-09-21", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
        }
    ],
    "schooling": [{"school_urn": "999101", "entered": "2026-09-02", "year_group": 7}],
    "social_workers": [{"staff_id": word("worker"), "began": "2026-09-21"}],
}
GUEST = {
    "kind": "guest",
    "name": word("guest"),
    "email": f"guest@{word('guest-home')}.example",
    "capacity": "nurse",
    "language": word("guest-language"),
}
MEETING: dict[str, Any] = {
    "at": "2026-10-06T14:00:00+01:00",
    "venue": word("venue"),
    "joining_link": f"https://{word('link')}.example/",
    "invitees": [GUEST],
    "after_due_because": word("because"),
}
HELD: dict[str, Any] = {
    "on": "2026-09-25",
    "chair": {"capacity": "designated_teacher"},
    "attendees": [{"capacity": "social_worker"}],
    "pupil": {"attended": "no", "reason": word("reason"), "feedback_by": word("feedback")},
    "minutes": word("minutes"),
    "minutes_not_for_pupil": word("aside"),
    "next_meeting": {"on": "2027-02-02", "time": "14:00", "venue": word("next-venue")},
}
TARGET = {
    "subject": "maths",
    "text": word("target"),
    "actions": [{"text": word("action"), "owner": "designated_teacher"}],
}


@dataclass
class Installation:
    """Two running services of one authority, and what they leave behind."""

    authority: str
    provider: SignInProvider
    settings: dict[str, Settings]
    folder: Path
    postgres_dsn: str
    bootstrap: str
    position: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, service: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """Somebody asks, and wants to see what was done before."""
        headers = {
            "Authorization": f"Bearer {self.provider.token(await self.ref(who))}",
            "Pep-Position": self.position.get(service, f"{service}:0"),
        }
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.settings[service].port}") as client:
            answer = await client.request(method, path, json=body, headers=headers)
        self.position[service] = answer.headers.get("Pep-Position", headers["Pep-Position"])
        return answer

    async def done(self, who: str, service: str, method: str, path: str, body: Any = None) -> Any:
        """It is done."""
        answer = await self.ask(who, service, method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None

    async def ref(self, who: str) -> str:
        keys_dsn = self.settings["scheduling"].keys_dsn
        async with await connect(keys_dsn, size=1, check_lineage=False) as pool:
            return await Keyring(pool, FileKeys(self.folder / "keys")).reference(self.authority, "person", word(who))

    def log_of(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    async def tables(self) -> bytes:
        """Every row of every table of all databases, as its superuser reads them."""
        found = []
        for settings in self.settings.values():
            for dsn in (settings.postgres_app_dsn, settings.keys_dsn):
                async with superuser(database_dsn(self.postgres_dsn, dsn.rpartition("/")[2])) as connection:
                    names = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
                    for (name,) in names:
                        found += await connection.fetch(f"select * from {name}")
        return repr(found).encode()

    async def topics(self) -> bytes:
        """Every record of every topic: key, value and headers."""
        names = topics_of(self.authority, self.settings)
        records = [record for name in names for record in await read_all(self.bootstrap, name)]
        return repr([(record.key, record.value, record.headers) for record in records]).encode()

    async def is_published(self) -> bool:
        for settings in self.settings.values():
            async with superuser(
                database_dsn(self.postgres_dsn, settings.postgres_app_dsn.rpartition("/")[2])
            ) as connection:
                behind = "select count(*) from journal_head h left join relay_cursor c using (authority, log)"
                if await connection.fetchval(f"{behind} where c.position is distinct from h.position"):
                    return False
        return True


def said_last(log: Path) -> str:
    return log.read_text()[-4000:]


@contextlib.asynccontextmanager
async def started(name: str, settings: Settings, log: Path, **more: str) -> AsyncIterator[None]:
    """The service as a process, from when it answers until the end of the block; then it has written its spans."""
    with log.open("wb") as out:
        command = (sys.executable, "-m", f"{PACKAGES[name]}.main")
        environment = environment_of(settings, **more)
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=out, stderr=out)

    async def ready() -> bool:
        assert process.returncode is None, said_last(log)
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{settings.port}/health")).status_code == 200
        return False

    try:
        await until(ready)
        yield
        assert process.returncode is None, said_last(log)
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)


@pytest.fixture
async def installation(
    postgres_dsn: str, kafka_bootstrap: str, unique_name: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Installation]:
    authority = unique_name("county")
    authorities = add_authority(tmp_path / "authorities", authority, "oxfordshire")
    await create_topics(kafka_bootstrap, topics_of(authority, SERVICES))
    async with contextlib.AsyncExitStack() as stack:
        provider = stack.enter_context(sign_in_provider())
        settings = {}
        for name, port in zip(SERVICES, free_ports(len(SERVICES)), strict=True):
            settings[name] = await stack.enter_async_context(
                installed(
                    name,
                    postgres_dsn,
                    tmp_path,
                    {authority: provider},
                    today=TODAY,
                    kafka_bootstrap=kafka_bootstrap,
                    authorities_dir=authorities,
                    port=port,
                    traces_file=tmp_path / f"{name}.spans",
                )
            )
        found = Installation(authority, provider, settings, tmp_path, postgres_dsn, kafka_bootstrap)
        await add_administrator(found)
        yield found


async def add_administrator(installation: Installation) -> None:
    """As the operator adds the first people of an authority."""
    async with running(SCHEDULING, installation.settings["scheduling"]) as service:
        ref = await installation.ref("admin")
        email = f"admin@{word('staff')}.example"
        record = StaffRecord(staff_id=word("admin"), name=word("admin-name"), email=email, role=Role.ADMINISTRATOR)
        act = Act(AddStaffMember(person_ref=ref, record=record, digest="first"), (f"person-{ref}",))
        cause = UUID(int=1)
        await service.handler.handle(installation.authority, act, ByPolicy("first people", cause, cause))


async def send_everything(installation: Installation) -> None:
    """Each command of both services that takes something personal; what is refused and what is malformed too."""
    done, ask = installation.done, installation.ask
    await done("admin", "scheduling", "POST", "/schools", {"records": [SCHOOL]})
    taken = await done("admin", "scheduling", "POST", "/people", {"records": [*PEOPLE, CARER]})
    assert taken["changed"] == len(PEOPLE) + 1, taken
    taken = await done("admin", "scheduling", "POST", "/care-records", {"records": [RECORD]})
    assert taken["changed"] == 1, taken
    child = await the_child(installation)
    meeting = await done("officer", "scheduling", "POST", "/meetings", {**MEETING, "child_ref": child})
    path = f"/meetings/{meeting['meeting_id']}"
    more = {**GUEST, "name": word("second-guest")}
    await done("officer", "scheduling", "POST", f"{path}/invitees", {"invitee": more})
    relative = {"invitee": {**more, "capacity": "family"}}
    assert (await ask("officer", "scheduling", "POST", f"{path}/invitees", relative)).status_code == 409
    await done("teacher", "scheduling", "POST", f"{path}/record", HELD)
    wrong = {"outcome": "PROGRESS_REVIEW", "reason": word("correction")}
    await done("officer", "scheduling", "POST", f"{path}/correction", wrong)
    malformed = {"records": [{**RECORD, "sex": word("sex"), word("field"): word("value")}]}
    assert (await ask("admin", "scheduling", "POST", "/care-records", malformed)).status_code == 422
    await write_plan(installation, child)


async def the_child(installation: Installation) -> str:
    """Its name can be read by those who may: the words did arrive."""
    (child,) = (await installation.done("officer", "scheduling", "GET", "/children"))["items"]
    assert (child["given_name"], child["date_of_birth"]) == (word("given"), BORN)
    ref: str = child["child_ref"]
    return ref


async def write_plan(installation: Installation, child_ref: str) -> None:
    done = installation.done
    plan = f"/plans/plan-{child_ref}-1"

    async def opened() -> httpx.Response | None:
        """Once it has heard of the child and of the people."""
        answers = [await installation.ask(who, "pep-record", "GET", plan) for who in ("teacher", "worker")]
        return answers[0] if {answer.status_code for answer in answers} == {200} else None

    shown = (await until(opened)).json()
    for section in shown["sections"]:
        author = "teacher" if "designated_teacher" in section["contributors"] else "worker"
        body = {"text": word(f"section-{section['section']}")}
        await done(author, "pep-record", "PUT", f"{plan}/sections/{section['section']}", body)
    target = await done("teacher", "pep-record", "POST", f"{plan}/targets", TARGET)
    again = {**TARGET, "text": word("target-again")}
    await done("teacher", "pep-record", "PUT", f"{plan}/targets/{target['target_id']}", again)


async def test_no_personal_word_is_left_anywhere_in_the_clear(installation: Installation) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for name, settings in installation.settings.items():
            await stack.enter_async_context(started(name, settings, installation.log_of(name)))
        await send_everything(installation)
        await until(installation.is_published)
    left: dict[str, bytes] = {"tables": await installation.tables(), "topics": await installation.topics()}
    for name, settings in installation.settings.items():
        assert settings.traces_file is not None
        left |= {f"log of {name}": installation.log_of(name).read_bytes()}
        left |= {f"spans of {name}": settings.traces_file.read_bytes()}
    assert [event for event in (b"MeetingHeld", b"CarerNamed", b"TargetSet") if event not in left["tables"]] == []
    assert b"MeetingHeld" in left["topics"]
    assert b"POST /meetings" in left["spans of scheduling"]
    assert {place: found_in(content) for place, content in left.items() if found_in(content)} == {}


def found_in(content: bytes) -> list[str]:
    lower = content.lower()
    places = [lower.find(each.encode()) for each in (WORD, BORN) if each.encode() in lower]
    return [lower[max(0, place - 60) : place + 40].decode(errors="replace") for place in places]
