"""The same small scene at two authorities, in all five services.

A child, a school, a plan, its money and what was released of it, a meeting, a message, a record that was taken out.

Each service is there as an operator installs it and is told what the others would tell it. Only ids differ between the
authorities, so that whoever sees a wrong one sees that it is wrong.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from aiokafka.structs import ConsumerRecord
from tests.integration.installed import Asked, api_of, installed
from tests.integration.journey.conftest import Journal
from tests.integration.scheduling.conftest import World as Scheduling
from tests.integration.sign_in import SignInProvider

from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.release import release_act
from funding.main import PARTS as FUNDING
from journey.adapters.copies import Copies
from journey.main import PARTS as JOURNEY
from notifications.domain.audience import Named
from notifications.domain.notify import Notify, act_to_notify
from notifications.main import PARTS as NOTIFICATIONS
from pep_kernel.announcement import Announcement
from pep_kernel.contracts.pep_record import PEPCompleted, PremiumLine
from pep_kernel.contracts.scheduling import (
    CarerLinked,
    CarerNamed,
    ChildEnteredCare,
    MeetingHeld,
    PEPApplicable,
    PupilAccountOpened,
    SchoolListed,
    SocialWorkerAllocated,
    StaffMemberAdded,
)
from pep_kernel.decider import Act
from pep_kernel.may import NOT_STAFF, Role
from pep_record.main import PARTS as PEP_RECORD
from pep_runtime.handler import ByPolicy
from pep_runtime.service import running
from pep_runtime.settings import AtTheDoor, Rate
from pep_runtime.topics import topic
from scheduling.domain.child.care_record import StaffRecord
from scheduling.entrypoints.administrators import add_administrator
from scheduling.main import PARTS as SCHEDULING

HERE, ELSEWHERE = "oxfordshire", "leicestershire"
TODAY = "2026-11-16T10:00:00+00:00"
ON = date(2026, 9, 21)
PEOPLE = tuple(role for role in Role if role not in NOT_STAFF)
NO_LIMIT = Rate(per_second=1e6, at_once=1_000_000)
SERVICES = (SCHEDULING, PEP_RECORD, FUNDING, NOTIFICATIONS, JOURNEY)


@dataclass(frozen=True)
class Names:
    """How things are called at one authority."""

    tag: str

    @property
    def child(self) -> str:
        return f"child{self.tag}"

    @property
    def plan(self) -> str:
        return f"plan-{self.child}-1"

    @property
    def meeting(self) -> str:
        return f"meeting{self.tag}"

    @property
    def line(self) -> str:
        return f"line{self.tag}"

    @property
    def run(self) -> str:
        return f"run{self.tag}"

    @property
    def school(self) -> str:
        return f"99{int(self.tag, 36) % 9000 + 1000}"

    @property
    def word(self) -> str:
        """Stands in every text that people wrote there, and nowhere else."""
        return f"Zebedee{self.tag}"

    def person(self, role: Role) -> str:
        return f"{role.value.replace('_', '')}{self.tag}"


NAMES = {HERE: Names("k7q2"), ELSEWHERE: Names("w4z9")}
Scene = Mapping[str, Asked]


@contextlib.asynccontextmanager
async def opened(postgres_dsn: str, folder: Path, providers: Mapping[str, SignInProvider]) -> AsyncIterator[Scene]:
    """Service → whoever asks it. Rate limits are off: probes come thick and fast."""
    scene: dict[str, Asked] = {}
    at_the_door = AtTheDoor(stranger=NO_LIMIT, person=NO_LIMIT, service=NO_LIMIT)
    async with contextlib.AsyncExitStack() as stack:
        for parts in SERVICES:
            place = folder / parts.name
            place.mkdir()
            settings = await stack.enter_async_context(
                installed(parts.name, postgres_dsn, place, providers, today=TODAY, at_the_door=at_the_door)
            )
            service = await stack.enter_async_context(running(parts, settings))
            client = await stack.enter_async_context(api_of(service))
            kind = Scheduling if parts is SCHEDULING else Asked  # scheduling makes references of staff's own ids
            scene[parts.name] = kind(service=service, client=client, providers=providers, here=HERE)
        for authority, names in NAMES.items():
            await _schedule(scene["scheduling"], authority, names)
            await _tell_everybody(scene, authority, names)
            await _spend(scene["funding"], authority, names)
            await _notify(scene["notifications"], authority, names)
            await _copy(scene["journey"], authority, names)
        yield scene


async def _done(asked: Asked, who: Role, authority: str, method: str, path: str, body: Any) -> Any:
    answer = await asked.ask(NAMES[authority].person(who), method, path, body, authority=authority)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def _schedule(asked: Asked, authority: str, names: Names) -> None:
    staff_id = names.person(Role.ADMINISTRATOR)
    email = f"{staff_id}@example.org"
    first = StaffRecord(staff_id=staff_id, name=names.word, email=email, role=Role.ADMINISTRATOR)
    await add_administrator(asked.service, authority, first)
    asked.position[authority] = "scheduling:1"
    for path, record in _imported(names):
        await _done(asked, Role.ADMINISTRATOR, authority, "POST", path, {"records": [record]})
    children = await _done(asked, Role.PEP_COORDINATOR, authority, "GET", "/children", None)
    guest = {"kind": "guest", "name": names.word, "email": f"{names.word}@example.org", "capacity": "nurse"}
    meeting = {"child_ref": children["items"][0]["child_ref"], "at": "2026-11-20T14:00:00+00:00", "venue": names.word}
    meeting["after_due_because"] = names.word
    teacher = await asked.subject(names.person(Role.DESIGNATED_TEACHER), authority)
    known = {"kind": "known", "person_ref": teacher, "capacity": "designated_teacher"}
    await _done(asked, Role.PEP_COORDINATOR, authority, "POST", "/meetings", {**meeting, "invitees": [guest, known]})
    request = {"decision": "key_stage_4_move", "for_day": "2026-11-30", "why": names.word}
    path = f"/children/{meeting['child_ref']}/placement-requests"
    await _done(asked, Role.PEP_COORDINATOR, authority, "POST", path, request)


def _imported(names: Names) -> list[tuple[str, dict[str, Any]]]:
    school = {"urn": names.school, "laestab": f"931{names.school[2:]}", "name": f"School {names.word}"}
    staff = [
        {"kind": "staff", "staff_id": names.person(role), "name": names.word, "role": role.value}
        | {"email": f"{names.person(role)}@example.org"}
        | ({"school_urn": names.school} if role in (Role.DESIGNATED_TEACHER, Role.SCHOOL_FINANCE) else {})
        for role in PEOPLE
        if role is not Role.ADMINISTRATOR
    ]
    child = {
        "child_id": f"own{names.tag}",
        "name": {"given": names.word, "family": names.word},
        "date_of_birth": "2014-11-05",
        "sex": "M",
        "spells": [
            {
                "began": "2026-09-21",
                "episodes": [{"began": "2026-09-21", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
            }
        ],
        "schooling": [{"school_urn": names.school, "entered": "2026-09-02", "year_group": 7}],
        "social_workers": [{"staff_id": names.person(Role.SOCIAL_WORKER), "began": "2026-09-21"}],
    }
    carer = {"kind": "carer", "carer_id": f"carer{names.tag}", "name": names.word, "child_ids": [f"own{names.tag}"]}
    return [
        ("/schools", {**school, "phase": "secondary", "authority": "Oxfordshire"}),
        *(("/people", each) for each in staff),
        ("/care-records", child),
        ("/people", {**carer, "email": f"{names.word}@example.org"}),
    ]


async def _tell_everybody(scene: Scene, authority: str, names: Names) -> None:
    """What scheduling and pep-record announce; each service takes what it has a policy for."""
    costs: dict[str, Any] = {"category": "tuition", "quantity": 2, "unit_pence": 4_000, "line_pence": 8_000}
    lines = tuple(PremiumLine(line_id=f"{names.line}{number}", **costs) for number in (1, 2))
    entered = ChildEnteredCare(child_ref=names.child, on=ON, born_in_school_year=2015, school_urn=names.school)
    worker = names.person(Role.SOCIAL_WORKER)
    completed = {"plan_id": names.plan, "child_ref": names.child, "plan_version": 1, "meeting_id": names.meeting}
    announced: tuple[Announcement, ...] = (
        *(_staff(names, role) for role in PEOPLE),
        CarerNamed(person_ref=names.person(Role.CARER)),
        CarerLinked(person_ref=names.person(Role.CARER), child_ref=names.child),
        PupilAccountOpened(child_ref=names.person(Role.PUPIL)),
        SchoolListed(urn=names.school, ukprn="10090001", laestab="8559901"),
        entered,
        SocialWorkerAllocated(child_ref=names.child, on=ON, social_worker_ref=worker),
        PEPApplicable(child_ref=names.child, on=ON, because="entered_care"),
        MeetingHeld(child_ref=names.child, on=date(2026, 10, 6), meeting_id=names.meeting, outcome="PEP"),
        PEPCompleted(school_year=2026, term="autumn", on=date(2026, 11, 6), lines=lines, **completed),
    )
    for name in ("pep-record", "funding", "notifications", "journey"):
        asked = scene[name]
        await asked.hears(
            *(each for each in announced if type(each) in asked.service.parts.policies), authority=authority
        )
    action = {"text": names.word, "owner": "designated_teacher"}
    target = {"subject": "maths", "text": names.word, "actions": [action]}
    await _done(scene["pep-record"], Role.DESIGNATED_TEACHER, authority, "POST", f"/plans/{names.plan}/targets", target)


def _staff(names: Names, role: Role) -> StaffMemberAdded:
    school = names.school if role in (Role.DESIGNATED_TEACHER, Role.SCHOOL_FINANCE) else None
    return StaffMemberAdded(person_ref=names.person(role), role=role.value, school_urn=school)


async def _spend(asked: Asked, authority: str, names: Names) -> None:
    envelope = {"financial_year": "2026-27", "term": "autumn", "children": 3}
    await _done(asked, Role.VIRTUAL_SCHOOL_HEAD, authority, "POST", "/envelopes", envelope)
    await _approve(asked, authority, names, f"{names.line}1")
    await _release(asked, authority, names)
    await _approve(asked, authority, names, f"{names.line}2")


async def _approve(asked: Asked, authority: str, names: Names, line_id: str) -> None:
    approval = {"plan_version": 1, "line_ids": [line_id]}
    await _done(asked, Role.VIRTUAL_SCHOOL_OFFICER, authority, "POST", f"/claims/{names.plan}/approval", approval)


async def _release(asked: Asked, authority: str, names: Names) -> None:
    """What is approved leaves. The other services are not asked how far they are: here nobody answers for them."""
    rules, on = asked.service.rules(authority), asked.service.clock.today()
    policy = rules.in_force(on)
    run = StartReleaseRun(
        run_id=names.run,
        on=on,
        plan_ids=(names.plan,),
        relied_on={},
        payment_routes=policy.payment_routes,
        area_code=rules.area_code,
    )
    await _by_a_policy(asked, authority, release_act(run, (names.child,), (names.school,), policy.version))


async def _notify(asked: Asked, authority: str, names: Names) -> None:
    audience = Named(people=(names.person(Role.DESIGNATED_TEACHER),))
    message = Notify(
        template="returned", audience=audience, child_ref=names.child, about=names.plan, occasion=names.tag
    )
    await _by_a_policy(asked, authority, act_to_notify(message))


async def _by_a_policy(asked: Asked, authority: str, act: Act) -> None:
    cause = uuid5(UUID(int=0), authority)
    done = await asked.service.handler.handle(authority, act, ByPolicy("a scene", cause, cause))
    asked.position[authority] = f"{asked.service.parts.name}:{done.position}"


async def _copy(asked: Asked, authority: str, names: Names) -> None:
    journal, copies = Journal(authority, "scheduling"), Copies(asked.service.pool)
    journal.append("ChildEnteredCare", child_ref=names.child, on="2026-09-21")
    name = topic(authority, "scheduling", "journal")
    records = [
        ConsumerRecord(name, 0, offset, 0, 0, None, value, None, 0, len(value), tuple(headers))
        for offset, (value, headers) in enumerate(journal.records())
    ]
    await copies.take(await copies.claim(name, authority, "scheduling", "a scene"), records)
    taken_out = {"reason": "subject_access_request", "request_ref": f"SAR-{names.tag}"}
    await _done(asked, Role.VIRTUAL_SCHOOL_HEAD, authority, "POST", f"/children/{names.child}/exports", taken_out)
