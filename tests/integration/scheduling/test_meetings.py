"""Meetings over HTTP, by everybody around them: days proposed, lists approved, answers with an account and without."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from tests.integration.installed import until
from tests.integration.scheduling.conftest import HERE, World
from tests.integration.scheduling.test_api import CARER, RECORD, a_child, held, meeting_about, take_in

from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_kernel.message import Command
from pep_runtime.handler import ByPolicy
from pep_runtime.settings import Settings
from scheduling.domain.child.commands import RecordFact
from scheduling.domain.child.told import LeftCareTold
from scheduling.domain.in_one_append import child_stream
from scheduling.domain.meeting_of_child import judge_child
from scheduling.domain.person.events import CarerLinked, CarerUnlinked
from scheduling.entrypoints.follow_sweep import sweep_changed_people, sweep_what_facts_left
from scheduling.entrypoints.quorum_sweep import sweep_quorum

IN_OCTOBER = "2026-10-01T10:00:00+01:00"


async def known(world: World, who: str, capacity: str) -> dict[str, str]:
    ref = await world.ref(who)
    return {"kind": "known", "person_ref": ref, "capacity": capacity}


async def does(world: World, who: str, method: str, path: str, body: Any = None) -> Any:
    answer = await world.ask(who, method, path, body)
    assert answer.status_code in (200, 201, 204), answer.text
    return answer.json() if answer.content else None


async def a_meeting(world: World, child: str, **more: Any) -> str:
    people = [await known(world, "worker", "social_worker"), await known(world, "teacher", "designated_teacher")]
    made = await does(world, "coordinator", "POST", "/meetings", meeting_about(child, invitees=people, **more))
    return f"/meetings/{made['meeting_id']}"


async def test_days_are_proposed_answered_agreed_and_arranged(world: World) -> None:
    child = await a_child(world)
    days = ["2026-10-06T14:00:00+01:00", "2026-10-07T09:30:00+01:00"]
    asked = [await world.ref("worker"), await world.ref("teacher")]
    body = {"child_ref": child, "dates": days, "asked": asked}
    meeting = (await does(world, "coordinator", "POST", "/meeting-proposals", body))["meeting_id"]
    path = f"/meeting-proposals/{meeting}"
    await does(world, "worker", "POST", f"{path}/answer", {"suits": days})
    (shown,) = (await does(world, "worker", "GET", "/meeting-proposals?state=open"))["items"]
    assert shown["suits"] == [{"person_ref": asked[0], "dates": days}]
    place = {"venue": "Room 2", "invitees": [await known(world, "worker", "social_worker")]}
    too_early = await world.ask("coordinator", "POST", f"{path}/schedule", place)
    assert (too_early.status_code, too_early.json()["errors"][0]["field"]) == (422, "at")
    refused = await world.ask("other-teacher", "POST", f"{path}/answer", {"suits": days})
    assert refused.status_code == 409
    for_teacher = {"suits": days[1:], "person_ref": asked[1]}
    await does(world, "coordinator", "POST", f"{path}/answer", for_teacher)
    (shown,) = (await does(world, "worker", "GET", "/meeting-proposals?state=agreed"))["items"]
    assert (shown["unanswered"], shown["agreed"][:10]) == ([], "2026-10-07")
    arranged = await does(world, "coordinator", "POST", f"{path}/schedule", place)
    assert arranged["meeting_id"] == meeting
    assert "designated_teacher" in arranged["not_invited"]
    assert arranged["in_lessons"]
    meeting_shown = await does(world, "worker", "GET", f"/meetings/{meeting}")
    assert (meeting_shown["details_sent_on"], meeting_shown["at"][:10]) == ("2026-09-25", "2026-10-07")
    assert (await does(world, "worker", "GET", "/meeting-proposals?state=agreed"))["items"] == []


@pytest.mark.rule("L-10", "O-45")
async def test_a_list_is_approved_and_everybody_answers_with_an_account_or_without(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    nurse = {"kind": "guest", "name": "Kim Sample", "email": "kim@zebedee-lane.example", "capacity": "carer"}
    await does(world, "coordinator", "POST", f"{path}/invitees", {"invitee": nurse})
    refused = await world.ask("coordinator", "POST", f"{path}/approval", {})
    assert (refused.status_code, refused.json()["rules"]) == (409, ["L-10"])
    await does(world, "worker", "POST", f"{path}/approval", {"invitees": ["guest-3"]})
    await does(world, "teacher", "POST", f"{path}/answer", {"comes": True})
    assert (await world.ask("other-teacher", "POST", f"{path}/answer", {"comes": True})).status_code == 404
    await does(
        world, "coordinator", "POST", f"{path}/answer", {"comes": False, "invitee_ref": await world.ref("worker")}
    )
    waiting = (await does(world, "coordinator", "GET", "/unconfirmed-invitations"))["items"]
    assert [each["invitee_ref"] for each in waiting] == ["guest-3"]
    carer = world.providers[world.here].token(await world.service.reference(world.here, "carer", "c1"))
    assert (await world.send(carer, "GET", f"{path}/invitees", None, world.here)).status_code == 403
    assert (await world.send(carer, "GET", "/unconfirmed-invitations", None, world.here)).json()["items"] == []
    link = await does(world, "coordinator", "POST", f"{path}/invitees/guest-3/link")
    token = link["token"]
    assert token.encode() not in await world.stored()

    async def by_link(**body: Any) -> Any:
        return await world.client.post("/replies", json={"token": token, **body})

    async def linked() -> bool:
        return bool((await by_link()).status_code == 200)

    await until(linked)
    page = await world.client.get("/replies")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = page.text.partition("<script>")[2].partition("</script>")[0].encode()
    assert b64encode(sha256(script).digest()).decode() in page.headers["content-security-policy"], "or it would not run"
    assert (await by_link()).json() == {
        "at": "2026-10-06T14:00:00+01:00",
        "lasts_minutes": 60,
        "answer": "not_answered",
    }
    assert (await by_link(comes=True)).json()["answer"] == "comes"

    async def used() -> bool:
        return bool((await by_link(comes=False)).status_code == 409)

    await until(used)
    listed = (await does(world, "worker", "GET", f"{path}/invitees"))["items"]
    answers = {each["capacity"]: each["answer"] for each in listed}
    names = {each["capacity"]: each["name"] for each in listed}
    assert names["carer"] == "Kim Sample", "a guest, by the name that was given"
    assert names["designated_teacher"] == "teacher Sample"
    assert answers == {"social_worker": "does_not_come", "designated_teacher": "comes", "carer": "comes"}
    assert (await world.client.post("/replies", json={"token": "a" * 26, "comes": True})).status_code == 409
    assert (await world.client.post("/replies", json={"token": "short"})).status_code == 422


@pytest.mark.rule("L-13", "O-45")
async def test_a_letter_to_a_guest_carries_a_link_that_answers_once_and_ends_with_the_meeting(
    world: World, settings: Settings
) -> None:
    """The service that writes the letter asks for it; asked again for the same letter it is the same."""
    child = await a_child(world)
    made = await does(world, "coordinator", "POST", "/meetings", meeting_about(child))
    path = f"/meetings/{made['meeting_id']}"
    await does(world, "coordinator", "GET", path)
    assert (await world.ask_as_service(f"{path}/invitations/guest-1")).json()["answers_by_link"]

    async def for_letter(message: str, ref: str = "guest-1") -> Any:
        token = world.service.sign_in.service_token("scheduling", HERE)
        where = f"{path}/invitations/{ref}/reply-link"
        return await world.send(token, "POST", where, None, HERE, **{"Idempotency-Key": message})

    first, again, newer = [(await for_letter(letter)).json()["token"] for letter in ("one", "one", "two")]
    assert first == again != newer
    assert newer.encode() not in await world.stored()

    async def answers(token: str, **body: Any) -> int:
        return int((await world.client.post("/replies", json={"token": token, **body})).status_code)

    async def newest_holds() -> bool:
        return (await answers(first), await answers(newer)) == (409, 200)

    await until(newest_holds)
    assert await answers(newer, comes=True) == 200

    async def used() -> bool:
        return await answers(newer, comes=False) == 409

    await until(used)
    assert (await for_letter("three", "guest-9")).status_code == 404
    assert (await world.ask("coordinator", "POST", f"{path}/invitations/guest-1/reply-link")).status_code == 403
    last = (await for_letter("four")).json()["token"]

    async def holds() -> bool:
        return await answers(last) == 200

    await until(holds)
    assert settings.clock_file is not None
    settings.clock_file.write_text("2026-10-06T15:01:00+01:00")
    assert await answers(last, comes=False) == 409


async def test_nobody_is_asked_or_invited_by_a_reference_that_is_nobodys(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    nobody = {"kind": "known", "person_ref": "n" * 26, "capacity": "virtual_school_officer"}
    day = ["2026-10-06T14:00:00+01:00"]
    asked = {"child_ref": child, "dates": day, "asked": [await world.ref("worker"), "n" * 26]}
    for address, body, field in (
        ("/meetings", meeting_about(child, invitees=[nobody]), "invitees.0.person_ref"),
        (f"{path}/invitees", {"invitee": nobody}, "invitee.person_ref"),
        (f"{path}/officer", {"officer": nobody}, "officer.person_ref"),
        ("/meeting-proposals", asked, "asked.1"),
    ):
        answer = await world.ask("coordinator", "POST", address, body)
        assert answer.status_code == 422, answer.text
        assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_nobody_who_arranges_a_meeting_gets_a_link_by_which_to_answer_as_a_colleague(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    refused = await world.ask("teacher", "POST", f"{path}/invitees/{await world.ref('worker')}/link")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Whoever has an account answers there.")


async def test_whoever_has_an_account_gets_no_link_in_a_letter(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    worker = await world.ref("worker")
    await does(world, "coordinator", "GET", path)
    assert not (await world.ask_as_service(f"{path}/invitations/{worker}")).json()["answers_by_link"]
    token = world.service.sign_in.service_token("scheduling", HERE)
    refused = await world.send(token, "POST", f"{path}/invitations/{worker}/reply-link", None, HERE)
    assert refused.status_code == 409


async def test_a_link_that_was_withdrawn_answers_nothing(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    nurse = {"kind": "guest", "name": "Kim Sample", "email": "kim@zebedee-lane.example", "capacity": "nurse"}
    await does(world, "coordinator", "POST", f"{path}/invitees", {"invitee": nurse})
    link = await does(world, "coordinator", "POST", f"{path}/invitees/guest-3/link")
    await does(world, "coordinator", "DELETE", f"{path}/invitees/guest-3/link")
    assert (await world.client.post("/replies", json={"token": link["token"], "comes": True})).status_code == 409
    await does(world, "coordinator", "DELETE", f"{path}/invitees/guest-3")
    assert "guest-3" not in {
        each["invitee_ref"] for each in (await does(world, "worker", "GET", f"{path}/invitees"))["items"]
    }


@pytest.mark.rule("L-13")
@pytest.mark.scenario("T18")
async def test_a_meeting_is_put_off_told_anew_and_called_off(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child, details="later")
    await does(world, "coordinator", "POST", f"{path}/details", {"joining_link": "https://meet.example/zebedee-lane"})
    moved = {"at": "2026-10-08T14:00:00+01:00", "reason": "The carer is away."}
    await does(world, "coordinator", "POST", f"{path}/reschedule", moved)
    shown = await does(world, "worker", "GET", path)
    assert (shown["times_rescheduled"], shown["at"][:10], shown["state"]) == (1, "2026-10-08", "scheduled")
    invitation = await world.ask_as_service(f"{path}/invitations/{await world.ref('worker')}")
    told = invitation.json()
    assert (told["sequence"], told["joining_link"], told["cancelled"]) == (
        1,
        "https://meet.example/zebedee-lane",
        False,
    )
    assert (await world.ask("coordinator", "POST", f"{path}/reschedule", moved)).status_code == 409
    await does(world, "worker", "POST", f"{path}/cancellation", {"reason": "The child moves."})
    assert (await does(world, "worker", "GET", path))["state"] == "cancelled"
    answer = await world.ask("worker", "GET", f"/children/{child}/due-dates")
    assert {each["obligation"]: each["state"] for each in answer.json()["items"]}["convene"] == "open"


@pytest.mark.rule("L-11", "L-32", "O-53")
async def test_what_is_decided_and_wished_before_is_shown_with_the_agenda(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    await does(world, "worker", "POST", f"{path}/proceeding", {"proceeds": True, "reason": "An officer comes."})
    assert (await world.ask("teacher", "POST", f"{path}/proceeding", {"proceeds": False})).status_code == 403
    await does(world, "teacher", "PUT", f"{path}/pupil-wish", {"wish": "part"})
    shown = await does(world, "worker", "GET", path)
    assert (shown["proceeds"], shown["pupil_wish"]) == (True, "part")
    agenda = await does(world, "teacher", "GET", f"{path}/agenda")
    assert (agenda["order"][:3], agenda["source"][0]) == (["pupil_voice", "carer_voice", "school_view"], "O-53")


async def test_a_worker_who_takes_over_is_invited_and_a_child_who_leaves_has_no_meeting(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    await does(world, "admin", "POST", "/care-records", {"records": [other_worker()]})
    listed = {each["invitee_ref"] for each in (await does(world, "coordinator", "GET", f"{path}/invitees"))["items"]}
    assert listed == {await world.ref("duty"), await world.ref("teacher")}
    move = {"kind": "school", "on": "2026-09-25", "school_urn": "999102"}
    await does(world, "coordinator", "POST", f"/children/{child}/facts", move)
    listed = {each["invitee_ref"] for each in (await does(world, "coordinator", "GET", f"{path}/invitees"))["items"]}
    assert listed == {await world.ref("duty"), await world.ref("other-teacher")}
    leaving = {"kind": "left_care", "on": "2026-09-25", "reason": "E4A"}
    await does(world, "admin", "POST", f"/children/{child}/facts", leaving)
    assert (await does(world, "coordinator", "GET", path))["state"] == "cancelled"


async def test_another_designated_teacher_of_the_school_is_invited_by_the_timer(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    staff = {"kind": "staff", "name": "A. Sample", "email": "a@example.org", "role": "designated_teacher"}
    await take_in(world, "/people", {**staff, "staff_id": "teacher", "school_urn": "999102"})
    await take_in(world, "/people", {**staff, "staff_id": "successor", "school_urn": "999101"})
    await does(world, "coordinator", "GET", path)  # what was taken in is shown
    await sweep_changed_people(world.service)
    await sweep_changed_people(world.service)
    said = "select count(*) from journal where type = 'InviteeWithdrawn'"
    assert await world.service.worker.fetchval(said) == 1
    successor = await world.ref("successor")

    async def follows() -> bool:
        listed = await does(world, "coordinator", "GET", f"{path}/invitees")
        return {each["invitee_ref"] for each in listed["items"]} == {await world.ref("worker"), successor}

    await until(follows)


@pytest.mark.rule("L-12", "O-13")
async def test_the_deputy_of_the_coordinator_arranges_and_the_log_keeps_that_role(world: World) -> None:
    child = await a_child(world)
    refused = await world.ask("head", "POST", "/meetings", meeting_about(child))
    assert (refused.status_code, "sets the date" in refused.json()["detail"]) == (409, True)
    coordinator, deputy = await world.ref("coordinator"), await world.ref("head")
    away = {"on": "2026-09-25", "until": "2026-09-25", "deputy_ref": deputy}
    await does(world, "admin", "POST", f"/people/{coordinator}/absences", away)
    later = {"on": "2026-10-05", "until": "2026-10-09", "deputy_ref": await world.ref("lead")}
    await does(world, "admin", "POST", f"/people/{coordinator}/absences", later)
    await does(world, "admin", "DELETE", f"/people/{coordinator}/absences?absent_on=2026-10-05")
    again = await world.ask("admin", "DELETE", f"/people/{coordinator}/absences?absent_on=2026-10-05")
    assert again.status_code == 409
    await does(world, "admin", "POST", f"/people/{coordinator}/absences", {**later, "deputy_ref": deputy})
    made = await does(world, "head", "POST", "/meetings", meeting_about(child))
    told = "select envelope from journal where type = 'MeetingScheduled' and stream = $1"
    envelope = json.loads(await world.service.worker.fetchval(told, f"meeting-{made['meeting_id']}"))
    assert envelope["actor"] == {"kind": "person", "id": deputy, "role": "pep_coordinator"}


async def with_a_carer(world: World) -> tuple[str, str]:
    """A meeting to which the child's carer is invited, and the carer."""
    path = await a_meeting(world, await a_child(world))
    carer = await world.service.reference(world.here, "carer", "c1")
    invitee = {"kind": "known", "person_ref": carer, "capacity": "carer"}
    await does(world, "worker", "POST", f"{path}/invitees", {"invitee": invitee})
    return path, carer


async def carers_invited(world: World, path: str) -> list[str]:
    listed = (await does(world, "worker", "GET", f"{path}/invitees"))["items"]
    return [each["person_ref"] for each in listed if each["capacity"] == "carer"]


@pytest.mark.rule("L-14", "L-37")
async def test_a_carer_of_before_is_off_the_list_at_once_and_the_next_one_is_invited(world: World) -> None:
    path, carer = await with_a_carer(world)
    assert await carers_invited(world, path) == [carer]
    await take_in(world, "/people", {**CARER, "child_ids": ["another"]})
    assert await carers_invited(world, path) == []
    token = world.providers[world.here].token(carer)
    assert (await world.send(token, "POST", f"{path}/answer", {"comes": True}, world.here)).status_code == 404
    await take_in(world, "/people", {**CARER, "carer_id": "c2", "name": "Fay Sample"})
    assert await carers_invited(world, path) == [await world.service.reference(world.here, "carer", "c2")]


async def test_the_timer_finds_a_carer_of_before_and_a_place_that_stayed_empty(world: World) -> None:
    path, carer = await with_a_carer(world)
    child = (await does(world, "worker", "GET", path))["child_ref"]
    await until_shown(world, path, [carer])
    gone, cause = CarerUnlinked(person_ref=carer, child_ref=child), timer_cause("an import", child)
    stream = f"person-{carer}"
    act = Act(Nothing(), (stream,), lambda _states, _command: [(stream, gone)], child)
    await world.service.handler.handle(HERE, act, ByPolicy("import", cause, cause))
    await until_swept(world, path, [])
    await take_in(world, "/people", {**CARER, "carer_id": "c3", "name": "Fay Sample", "child_ids": ["another"]})
    successor = await world.service.reference(world.here, "carer", "c3")
    came, cause = CarerLinked(person_ref=successor, child_ref=child), timer_cause("another import", child)
    stream_of_successor = f"person-{successor}"
    act = Act(Nothing(), (stream_of_successor,), lambda _states, _command: [(stream_of_successor, came)], child)
    await world.service.handler.handle(HERE, act, ByPolicy("import", cause, cause))
    await until_swept(world, path, [successor])


class Nothing(Command):
    """What an import asks that saw none of the child's meetings."""


async def until_shown(world: World, path: str, carers: list[str]) -> None:
    async def shown() -> bool:
        return await carers_invited(world, path) == carers

    await until(shown)


async def until_swept(world: World, path: str, carers: list[str]) -> None:
    async def swept() -> bool:
        await sweep_changed_people(world.service)
        return await carers_invited(world, path) == carers

    await until(swept)


async def told_as_by_an_import(world: World, child: str, fact: LeftCareTold) -> None:
    """An end of care by an import that saw none of the child's meetings."""
    rules, clerk = world.service.rules(HERE), await world.ref("admin")
    judged = {"rules": rules.file, "calendar_for": rules.calendar_for, "today": fact.on, "by": clerk}
    born = date.fromisoformat(RECORD["date_of_birth"])
    command = RecordFact(child_ref=child, **judged, date_of_birth=born, fact=fact)
    act, cause = Act(command, (child_stream(child),), judge_child, child), timer_cause("an import", child)
    done = await world.service.handler.handle(HERE, act, ByPolicy("import", cause, cause))
    world.position[HERE] = f"scheduling:{done.position}"


async def called_off_because(world: World, path: str) -> str | None:
    query = "select cancelled_because from meeting_overview where meeting_id = $1"
    because: str | None = await world.service.worker.fetchval(query, path.removeprefix("/meetings/"))
    return because


@pytest.mark.parametrize(("reason", "because"), [("E4A", "left_care"), ("E2", "died")])
async def test_meetings_that_an_end_of_care_did_not_see_are_called_off_once_because_of_it(
    world: World, reason: str, because: str
) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    proposal = {"child_ref": child, "dates": ["2026-10-07T09:30:00+01:00"], "asked": [await world.ref("worker")]}
    await does(world, "coordinator", "POST", "/meeting-proposals", proposal)
    await told_as_by_an_import(world, child, LeftCareTold(on=date(2026, 9, 25), reason=reason))
    arranged_since = await a_meeting(world, child)
    assert (await does(world, "coordinator", "GET", path))["state"] == "scheduled"
    await asyncio.gather(sweep_what_facts_left(world.service), sweep_what_facts_left(world.service))
    await sweep_what_facts_left(world.service)
    off = await world.service.worker.fetch("select cause, stream from journal where type = 'MeetingCancelled'")
    told = "select event_id from journal where type = 'ChildLeftCare'"
    assert len(off) == 2
    assert {each["cause"] for each in off} == {await world.service.worker.fetchval(told)}

    async def called_off() -> bool:
        shown = await does(world, "coordinator", "GET", path)
        proposals = (await does(world, "coordinator", "GET", "/meeting-proposals?state=cancelled"))["items"]
        return (shown["state"], await called_off_because(world, path), len(proposals)) == ("cancelled", because, 1)

    await until(called_off)
    since = await does(world, "coordinator", "GET", arranged_since)
    assert since["state"] == "scheduled", "what people arranged since is theirs"


async def test_a_meeting_of_a_child_to_whom_no_pep_applies_any_more_is_called_off_with_the_fact(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    fact = {"kind": "legal_status", "on": "2026-09-25", "legal_status": "V4"}
    await does(world, "worker", "POST", f"/children/{child}/facts", fact)
    shown = await does(world, "coordinator", "GET", path)
    assert (shown["state"], await called_off_because(world, path)) == ("cancelled", "no_pep_applies")
    await sweep_what_facts_left(world.service)
    off = "select count(*) from journal where type = 'MeetingCancelled'"
    assert await world.service.worker.fetchval(off) == 1


def other_worker() -> dict[str, Any]:
    workers = [*RECORD["social_workers"], {"staff_id": "duty", "began": "2026-09-24"}]
    return {**RECORD, "social_workers": workers}


async def another_child(world: World, child_id: str, given: str) -> str:
    first = {each["child_ref"] for each in (await does(world, "coordinator", "GET", "/children"))["items"]}
    await take_in(
        world, "/care-records", {**RECORD, "child_id": child_id, "name": {"given": given, "family": "Sample"}}
    )
    both = {each["child_ref"] for each in (await does(world, "coordinator", "GET", "/children"))["items"]}
    (ref,) = both - first
    return str(ref)


@pytest.mark.rule("O-23")
async def test_whether_the_leader_was_trained_comes_from_the_register(world: World) -> None:
    path = await a_meeting(world, await a_child(world))
    trained = {"trained_on": "2026-03-02"}
    await does(world, "lead", "POST", f"/people/{await world.ref('teacher')}/verification", trained)

    async def in_the_register() -> bool:
        return trained["trained_on"] in str(await does(world, "lead", "GET", "/designated-teachers"))

    await until(in_the_register)
    await does(world, "teacher", "POST", f"{path}/record", held())
    shown = await does(world, "lead", "GET", path)
    assert "no_leader_trained" not in shown["warnings"]
    assert "no_note_taker" in shown["warnings"]


async def test_a_morning_is_planned_and_arranged_whole_and_clashes_are_shown(world: World) -> None:
    one = await a_child(world)
    stranger, other = await another_child(world, "10", "Yan"), await another_child(world, "9", "Zack")
    sibling = {"kind": "sibling", "on": "2026-09-25", "sibling_ref": one}
    await does(world, "worker", "POST", f"/children/{other}/facts", sibling)
    teacher = await known(world, "teacher", "designated_teacher")
    asked = {
        "person_ref": teacher["person_ref"],
        "begins": "2026-10-06T09:00:00+01:00",
        "ends": "2026-10-06T12:00:00+01:00",
        "children": [{"child_ref": one}, {"child_ref": stranger}, {"child_ref": other}],
    }
    slots = await does(world, "coordinator", "POST", "/meeting-blocks/plan", asked)
    assert [slot["begins"][11:16] for slot in slots] == ["09:00", "09:55", "10:50"]
    assert [slot["child_ref"] for slot in slots] == [one, other, stranger]
    meetings = [
        {**meeting_about(slot["child_ref"], invitees=[teacher]), "at": slot["begins"], "lasts_minutes": 45}
        for slot in slots[:2]
    ]
    nowhere = [meetings[0], {**meetings[1], "venue": None}]
    refused = await world.ask("coordinator", "POST", "/meeting-blocks", {"meetings": nowhere})
    assert (refused.status_code, "None was arranged" in refused.json()["detail"]) == (409, True)
    assert (await does(world, "coordinator", "GET", "/meetings"))["items"] == []
    made = await does(world, "coordinator", "POST", "/meeting-blocks", {"meetings": meetings})
    assert len({each["meeting_id"] for each in made}) == 2
    twice = await world.ask("coordinator", "POST", "/meeting-blocks", {"meetings": [meetings[0], meetings[0]]})
    assert twice.status_code == 409
    assert [each["clashes"] for each in made] == [[], []]
    overlapping = {**meetings[0], "at": "2026-10-06T10:00:00+01:00"}
    again = await does(world, "coordinator", "POST", "/meetings", overlapping)
    (clash,) = again["clashes"]
    assert again["also_scheduled"] == [made[0]["meeting_id"]], "of the same child"
    assert made[0]["also_scheduled"] == []
    assert (clash["kind"], clash["person_ref"]) == ("overlap", teacher["person_ref"])
    conflicts = await does(world, "coordinator", "GET", f"/meeting-conflicts?person_ref={teacher['person_ref']}")
    assert [each["kind"] for each in conflicts] == ["overlap"]
    assert conflicts[0]["one"]["at"] < conflicts[0]["other"]["at"]
    of_theirs = f"/meeting-conflicts?person_ref={await world.ref('worker')}"
    for meeting in (await does(world, "coordinator", "GET", "/meetings"))["items"]:
        worker = {"invitee": await known(world, "worker", "social_worker")}
        await does(world, "worker", "POST", f"/meetings/{meeting['meeting_id']}/invitees", worker)
    assert len(await does(world, "worker", "GET", of_theirs)) == 1
    assert await does(world, "duty", "GET", of_theirs) == [], "another worker's children are not shown"


async def test_meetings_of_one_block_that_clash_with_each_other_are_shown_with_both(world: World) -> None:
    one, other = await a_child(world), await another_child(world, "9", "Zack")
    teacher = await known(world, "teacher", "designated_teacher")
    meetings = [
        {**meeting_about(child, invitees=[teacher]), "at": f"2026-10-06T{at}:00+01:00", "lasts_minutes": 45}
        for child, at in ((one, "09:00"), (other, "09:30"))
    ]
    same = {"Idempotency-Key": "one block"}
    answers = [
        await world.ask("coordinator", "POST", "/meeting-blocks", {"meetings": meetings}, **same) for _ in range(2)
    ]
    made = answers[0].json()
    assert [each["clashes"] for each in answers[1].json()] == [each["clashes"] for each in made], "sent again"
    clash = {"person_ref": teacher["person_ref"], "kind": "overlap"}
    assert [each["clashes"] for each in made] == [
        [{**clash, "meeting_id": made[1]["meeting_id"]}],
        [{**clash, "meeting_id": made[0]["meeting_id"]}],
    ]


async def test_brothers_and_sisters_are_placed_together_whichever_record_names_whom(world: World) -> None:
    """The first child's own record names nobody: a sister's does, and hers names a brother who is not to meet."""
    one = await a_child(world)
    stranger = await another_child(world, "10", "Yan")
    sister, brother = await another_child(world, "9", "Zack"), await another_child(world, "11", "Wim")
    for of, named in ((sister, one), (sister, brother)):
        fact = {"kind": "sibling", "on": "2026-09-25", "sibling_ref": named}
        await does(world, "worker", "POST", f"/children/{of}/facts", fact)
    day = {"begins": "2026-10-06T09:00:00+01:00", "ends": "2026-10-06T13:00:00+01:00"}

    async def in_order(*children: str) -> list[str]:
        body = {**day, "person_ref": await world.ref("teacher"), "children": [{"child_ref": each} for each in children]}
        return [slot["child_ref"] for slot in await does(world, "coordinator", "POST", "/meeting-blocks/plan", body)]

    assert await in_order(one, stranger, sister) == [one, sister, stranger]
    assert await in_order(sister, stranger, one) == [sister, one, stranger]
    assert await in_order(one, stranger, brother) == [one, brother, stranger]


async def test_meetings_are_listed_by_person_school_day_and_what_is_not_recorded(
    world: World, settings: Settings
) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    teacher, nobody = await world.ref("teacher"), await world.ref("head")

    async def found(query: str, who: str = "coordinator") -> int:
        return len((await does(world, who, "GET", f"/meetings?{query}"))["items"])

    wanted = {
        "": 1,
        f"person_ref={teacher}": 1,
        f"person_ref={nobody}": 0,
        "school_urn=999101": 1,
        "school_urn=999102": 0,
        "state=held": 0,
        "from=2026-10-06&before=2026-10-07": 1,
        "from=2026-10-07": 0,
        "not_recorded=true": 0,
        "at_risk=true": 0,
        "at_risk=false": 1,
    }
    assert {query: await found(query) for query in wanted} == wanted
    assert (await found("", "other-teacher"), await found("", "teacher")) == (0, 1)
    assert settings.clock_file is not None
    settings.clock_file.write_text("2026-10-07T10:00:00+01:00")
    assert await found("not_recorded=true") == 1
    await does(world, "teacher", "POST", f"{path}/record", held(on="2026-10-06"))
    assert (await found("not_recorded=true"), await found("state=held")) == (0, 1)


@pytest.mark.rule("L-20")
@pytest.mark.scenario("T63")
async def test_the_sweep_warns_once_and_an_officer_ends_it(world: World, settings: Settings) -> None:
    """Leicestershire states a quorum; its people are a coordinator and an administrator."""
    elsewhere = "leicestershire"
    records = {"records": [{**RECORD, "schooling": [], "social_workers": []}]}
    answer = await world.ask("admin", "POST", "/care-records", records, authority=elsewhere)
    assert answer.status_code == 200, answer.text
    (child,) = (await world.ask("coordinator", "GET", "/children", authority=elsewhere)).json()["items"]
    teacher = {"kind": "known", "person_ref": await world.ref("admin", elsewhere), "capacity": "designated_teacher"}
    body = meeting_about(child["child_ref"], invitees=[teacher], chair="designated_teacher")
    made = (await world.ask("coordinator", "POST", "/meetings", body, authority=elsewhere)).json()
    path = f"/meetings/{made['meeting_id']}"
    assert (await world.ask("coordinator", "GET", path, authority=elsewhere)).status_code == 200
    await asyncio.gather(sweep_quorum(world.service), sweep_quorum(world.service))
    await sweep_quorum(world.service)
    said = "select count(*) from journal where type = 'QuorumAtRisk'"
    assert await world.service.worker.fetchval(said) == 1

    async def at_risk() -> bool:
        found = await world.ask("coordinator", "GET", "/meetings?at_risk=true", authority=elsewhere)
        return [each["warned_days"] for each in found.json()["items"]] == [10]

    await until(at_risk)
    assert settings.clock_file is not None
    settings.clock_file.write_text(IN_OCTOBER)
    await sweep_quorum(world.service)
    assert await world.service.worker.fetchval(said) == 2
    known = {"kind": "known", "person_ref": await world.ref("coordinator", elsewhere)}
    officer = {"officer": {**known, "capacity": "virtual_school_officer"}}
    sent = await world.ask("coordinator", "POST", f"{path}/officer", officer, authority=elsewhere)
    assert sent.status_code == 204, sent.text
    shown = (await world.ask("coordinator", "GET", path, authority=elsewhere)).json()
    assert not shown["at_risk"]


async def corrected(world: World, path: str, outcome: str, **headers: str) -> Any:
    body = {"outcome": outcome, "reason": "The attendance had been written down wrongly."}
    answer = await world.ask("coordinator", "POST", f"{path}/correction", body, **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_whoever_was_told_of_a_meeting_and_whoever_arranges_it_read_where_it_is(world: World) -> None:
    """The head of the Virtual School is invited, and arranges no meeting by this authority's rules."""
    child = await a_child(world)
    link = "https://meet.example/5b0f3c1d"
    about = {"details": "later", "joining_link": link, "invitees": [await known(world, "head", "virtual_school_head")]}
    made = await does(world, "coordinator", "POST", "/meetings", meeting_about(child, **about))
    path = f"/meetings/{made['meeting_id']}"

    async def asked() -> dict[str, int]:
        people = ("coordinator", "worker", "head", "other-teacher")
        return {who: (await world.ask(who, "GET", f"{path}/invitation")).status_code for who in people}

    shown = await does(world, "coordinator", "GET", f"{path}/invitation")
    assert (shown["venue"], shown["joining_link"], shown["details_sent_on"]) == ("zebedee-lane 4", link, None)
    assert await asked() == {"coordinator": 200, "worker": 200, "head": 403, "other-teacher": 403}
    await does(world, "coordinator", "POST", f"{path}/details", {"venue": "Room 2"})
    assert await asked() == {"coordinator": 200, "worker": 200, "head": 200, "other-teacher": 403}
    assert (await does(world, "head", "GET", f"{path}/invitation"))["venue"] == "Room 2"
    later = {"at": "2026-10-13T14:00:00+01:00", "reason": "…", "details": "later"}
    await does(world, "coordinator", "POST", f"{path}/reschedule", later)
    assert (await asked())["head"] == 403, "nobody was told of the new day yet"
    await does(world, "coordinator", "POST", f"{path}/details", {})
    await does(world, "coordinator", "DELETE", f"{path}/invitees/{await world.ref('head')}")
    assert (await asked())["head"] == 403


@pytest.mark.rule("L-79")
async def test_an_impossible_day_is_refused_and_a_wrong_one_put_right(world: World, settings: Settings) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    refused = await world.ask("teacher", "POST", f"{path}/record", held(on="2025-09-25"))
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("on: 25/09/2025 is no day on which the child was in care")
    await does(world, "teacher", "POST", f"{path}/record", held())
    assert settings.clock_file is not None
    settings.clock_file.write_text("2026-10-07T10:00:00+01:00")
    right = {"outcome": "PEP", "on": "2026-10-06", "reason": "The day was written down wrongly."}
    await does(world, "coordinator", "POST", f"{path}/correction", right)
    shown = await does(world, "coordinator", "GET", path)
    assert (shown["held_on"], shown["outcome"], shown["corrected"]) == ("2026-10-06", "PEP", True)
    assert (await does(world, "coordinator", "GET", f"/children/{child}"))["last_pep_on"] == "2026-10-06"


async def agreed_there(world: World, child: str) -> str:
    """What the record proposed for the next meeting."""
    found = (await does(world, "coordinator", "GET", f"/meeting-proposals?child_ref={child}&state=open"))["items"]
    (proposal,) = found
    return str(proposal["meeting_id"])


@pytest.mark.rule("L-12", "L-20", "L-21")
@pytest.mark.scenario("T20")
async def test_what_a_wrong_record_arranged_goes_with_it_and_what_people_took_up_is_named(world: World) -> None:
    """From a PEP meeting to a review of progress and back, with four meetings of one child."""
    child = await a_child(world)
    path = await a_meeting(world, child)
    recorded = path.removeprefix("/meetings/")
    next_meeting = {"on": "2027-01-12", "time": "14:00", "venue": "zebedee-lane 4"}
    await does(world, "teacher", "POST", f"{path}/record", held(next_meeting=next_meeting))
    proposed = await agreed_there(world, child)
    once = {"Idempotency-Key": "to a review"}
    answer = await corrected(world, path, "PROGRESS_REVIEW", **once)
    assert answer == {"called_off": [proposed], "standing": []}
    assert await corrected(world, path, "PROGRESS_REVIEW", **once) == answer
    assert (await does(world, "coordinator", "GET", "/meeting-proposals?state=cancelled"))["items"] != []
    because = "select count(*) from journal where type = 'MeetingCancelled'"
    assert await world.service.worker.fetchval(because) == 1
    worker = [await known(world, "worker", "social_worker")]
    later = {"at": "2026-10-12T14:00:00+01:00", "after_due_because": "Half-term comes before it."}
    in_its_place = meeting_about(child, invitees=worker, rearranges=recorded, **later)
    arranged = await does(world, "coordinator", "POST", "/meetings", in_its_place)
    back = await corrected(world, path, "PEP")
    assert back["called_off"] == [proposed]
    assert back["standing"] == [{"meeting_id": arranged["meeting_id"], "state": "scheduled", "at": later["at"]}]
    assert (await does(world, "worker", "GET", f"/meetings/{arranged['meeting_id']}"))["state"] == "scheduled"


@pytest.mark.rule("L-21")
async def test_a_day_that_somebody_answered_outlives_the_record_that_proposed_it(world: World) -> None:
    child = await a_child(world)
    path = await a_meeting(world, child)
    day = "2027-01-12T14:00:00Z"
    agreed = {"on": "2027-01-12", "time": "14:00"}
    await does(world, "teacher", "POST", f"{path}/record", held(next_meeting=agreed))
    proposed = await agreed_there(world, child)
    await does(world, "worker", "POST", f"/meeting-proposals/{proposed}/answer", {"suits": [day]})
    answer = await corrected(world, path, "PROGRESS_REVIEW")
    assert answer == {"called_off": [], "standing": [{"meeting_id": proposed, "state": "proposed", "at": day}]}
