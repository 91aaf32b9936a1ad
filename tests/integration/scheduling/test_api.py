"""A child's autumn over HTTP: taken in, arranged for, met, corrected; and everybody who may not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.scheduling.conftest import ELSEWHERE, World

SECRET_WORDS = ("Zebedee", "Quillfeather", "0123456789", "zebedee-lane", "fractions")
SCHOOLS = [
    {
        "urn": urn,
        "laestab": f"931{urn[2:]}",
        "name": f"Sample School {urn}",
        "phase": "secondary",
        "authority": "Oxfordshire",
    }
    for urn in ("999101", "999102")
]
RECORD: dict[str, Any] = {
    "child_id": "0123456789",
    "name": {"given": "Zebedee", "family": "Quillfeather"},
    "date_of_birth": "2014-11-05",
    "sex": "M",
    "spells": [
        {
            "began": "2026-09-21",
            "episodes": [{"began": "2026-09-21", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
        }
    ],
    "schooling": [{"school_urn": "999101", "entered": "2026-09-02", "year_group": 7}],
    "social_workers": [{"staff_id": "worker", "began": "2026-09-21"}],
}
CARER = {
    "kind": "carer",
    "carer_id": "c1",
    "name": "Pat Quillfeather",
    "email": "pat@zebedee-lane.example",
    "child_ids": ["0123456789"],
}


async def take_in(world: World, path: str, *records: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await world.ask("admin", "POST", path, {"records": list(records)}, **headers)
    assert answer.status_code == 200, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


async def a_child(world: World) -> str:
    """The child of `RECORD`, by reference."""
    await take_in(world, "/schools", *SCHOOLS)
    assert (await take_in(world, "/care-records", RECORD))["changed"] == 1
    await take_in(world, "/people", CARER)
    (child,) = (await world.ask("coordinator", "GET", "/children")).json()["items"]
    ref: str = child["child_ref"]
    return ref


def meeting_about(child_ref: str, **more: Any) -> dict[str, Any]:
    guest = {"kind": "guest", "name": "Kim Sample", "email": "kim@zebedee-lane.example", "capacity": "nurse"}
    asked = {"child_ref": child_ref, "at": "2026-10-06T14:00:00+01:00", "venue": "zebedee-lane 4", "invitees": [guest]}
    return {**asked, **more}


def held(**more: Any) -> dict[str, Any]:
    said = {"minutes": "Zebedee likes fractions.", "pupil": {"attended": "yes"}}
    people = {"chair": {"capacity": "designated_teacher"}, "attendees": [{"capacity": "social_worker"}]}
    return {"on": "2026-09-25", **said, **people, **more}


async def due(world: World, child_ref: str) -> dict[str, str]:
    answer = await world.ask("worker", "GET", f"/children/{child_ref}/due-dates")
    return {each["obligation"]: each["state"] for each in answer.json()["items"]}


async def test_a_record_taken_in_twice_changes_nothing_the_second_time(world: World) -> None:
    await a_child(world)
    assert await take_in(world, "/care-records", RECORD) == {
        "changed": 0,
        "unchanged": 1,
        "refused": [],
        "flagged": [],
    }
    assert await take_in(world, "/people", CARER) == {
        "changed": 0,
        "unchanged": 1,
        "refused": [],
        "flagged": [],
    }
    assert (await take_in(world, "/schools", *SCHOOLS))["unchanged"] == 2


async def test_a_record_that_is_refused_is_named_and_the_others_are_taken_in(world: World) -> None:
    early = {**RECORD, "child_id": "8", "spells": [{**RECORD["spells"][0], "began": "2030-01-07"}]}
    early["spells"][0]["episodes"] = [{**RECORD["spells"][0]["episodes"][0], "began": "2030-01-07"}]
    early |= {"schooling": [], "social_workers": [], "date_of_birth": "2015-11-05"}
    await take_in(world, "/schools", *SCHOOLS)
    taken = await take_in(world, "/care-records", early, RECORD)
    assert (taken["changed"], [each["index"] for each in taken["refused"]]) == (1, [0])
    assert "still to come" in taken["refused"][0]["reason"]


async def test_many_children_come_in_few_appends_and_each_once(world: World) -> None:
    own = [{"child_id": f"many-{number}", "name": {"given": f"Robin {number}", "family": "X"}} for number in range(45)]
    records = [{**RECORD, **each, "schooling": []} for each in own]
    twice = (*records[:5], records[0])
    assert await take_in(world, "/care-records", *twice) == {"changed": 5, "unchanged": 1, "refused": [], "flagged": []}
    assert await take_in(world, "/care-records", *records) == {
        "changed": 40,
        "unchanged": 5,
        "refused": [],
        "flagged": [],
    }
    assert await take_in(world, "/care-records", *records) == {
        "changed": 0,
        "unchanged": 45,
        "refused": [],
        "flagged": [],
    }
    appends = await world.service.worker.fetch(
        "select count(*) as children from journal where type = 'ChildEnteredCare' group by correlation order by 1"
    )
    assert [row["children"] for row in appends] == [1, 1, 1, 1, 1, 5, 15, 20]


@pytest.mark.rule("L-19", "O-13")
@pytest.mark.scenario("T61")
async def test_a_meeting_is_arranged_held_and_corrected_and_the_due_dates_follow(world: World) -> None:
    child = await a_child(world)
    assert await due(world, child) == {"convene": "open", "hold": "open", "available": "open"}
    body = meeting_about(child)
    arranged = await world.ask("coordinator", "POST", "/meetings", body, **{"Idempotency-Key": "once"})
    assert arranged.status_code == 201, arranged.text
    again = await world.ask("coordinator", "POST", "/meetings", body, **{"Idempotency-Key": "once"})
    assert again.json() == arranged.json()
    path = f"/meetings/{arranged.json()['meeting_id']}"
    assert await due(world, child) == {"convene": "met", "hold": "open", "available": "open"}
    assert (await world.ask("teacher", "POST", f"{path}/record", held())).status_code == 204
    assert await due(world, child) == {"convene": "met", "hold": "met", "available": "open"}
    wrong = {"outcome": "PROGRESS_REVIEW", "reason": "Nobody of the authority was there."}
    assert (await world.ask("teacher", "POST", f"{path}/correction", wrong)).status_code == 403
    corrected = await world.ask("coordinator", "POST", f"{path}/correction", wrong)
    assert (corrected.status_code, corrected.json()) == (200, {"called_off": [], "standing": []})
    assert await due(world, child) == {"convene": "met", "hold": "open", "available": "open"}
    shown = (await world.ask("worker", "GET", path)).json()
    assert (shown["outcome"], shown["must_be_rearranged"], shown["corrected"]) == ("PROGRESS_REVIEW", True, True)
    minutes = await world.ask("worker", "GET", f"{path}/minutes")
    assert minutes.json()["minutes"] == "Zebedee likes fractions."
    assert (await world.ask("other-teacher", "GET", f"{path}/minutes")).status_code == 403
    listed = (await world.ask("worker", "GET", f"/children/{child}/meetings")).json()
    assert [each["meeting_id"] for each in listed["items"]] == [arranged.json()["meeting_id"]]


@pytest.mark.rule("L-16")
@pytest.mark.scenario("T27")
async def test_family_is_invited_by_the_social_worker_alone(world: World) -> None:
    child = await a_child(world)
    refused = await world.ask("teacher", "POST", "/meetings", meeting_about(child))
    assert (refused.status_code, refused.json()["rules"][:2]) == (409, ["O-13", "O-20"])
    arranged = await world.ask("worker", "POST", "/meetings", meeting_about(child))
    path = f"/meetings/{arranged.json()['meeting_id']}/invitees"
    mother = {"kind": "guest", "name": "Jo Sample", "email": "jo@example.org", "capacity": "family"}
    refused = await world.ask("teacher", "POST", path, {"invitee": mother})
    assert (refused.status_code, refused.json()["rules"]) == (409, ["L-10", "L-16"])
    assert (await world.ask("worker", "POST", path, {"invitee": mother})).status_code == 204
    judged_by = "select policy_version from journal where type = 'InviteeAdded'"
    in_force = world.service.rules(world.here).version_on(world.service.clock.today())
    assert await world.service.worker.fetchval(judged_by) == in_force


async def test_services_ask_how_to_reach_people_and_nobody_else_may(world: World) -> None:
    child = await a_child(world)
    carer = await world.service.reference("oxfordshire", "carer", "c1")
    known = {"kind": "known", "person_ref": carer, "capacity": "carer"}
    body = meeting_about(child, joining_link="https://meet.example/zebedee-lane")
    body["invitees"].append(known)
    meeting_id = (await world.ask("coordinator", "POST", "/meetings", body)).json()["meeting_id"]
    guest = await world.ask_as_service(f"/meetings/{meeting_id}/invitations/guest-1")
    assert guest.json()["email"] == "kim@zebedee-lane.example"
    assert guest.json()["at"] in ("2026-10-06T14:00:00+01:00", "2026-10-06T13:00:00Z")
    assert (guest.json()["venue"], guest.json()["joining_link"]) == ("zebedee-lane 4", body["joining_link"])
    reached = await world.ask_as_service(f"/meetings/{meeting_id}/invitations/{carer}")
    assert reached.json()["email"] == "pat@zebedee-lane.example"
    assert (await world.ask_as_service(f"/contacts/{carer}")).json()["email"] == "pat@zebedee-lane.example"
    assert (await world.ask("coordinator", "GET", f"/contacts/{carer}")).status_code == 403
    assert (await world.ask_as_service("/contacts/nobody")).status_code == 404


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T62")
async def test_facts_told_one_by_one_change_what_is_due_and_who_may_see(world: World) -> None:
    child = await a_child(world)
    assert (await world.ask("other-teacher", "GET", f"/children/{child}")).status_code == 403
    move = {"kind": "school", "on": "2026-09-24", "school_urn": "999102"}
    assert (await world.ask("worker", "POST", f"/children/{child}/facts", move)).status_code == 204
    assert (await world.ask("other-teacher", "GET", f"/children/{child}")).json()["given_name"] == "Zebedee"
    assert (await world.ask("teacher", "GET", "/children")).json()["items"] == []
    answer = await world.ask("coordinator", "GET", "/due-dates?obligation=convene&state=open")
    assert [each["trigger"] for each in answer.json()["items"]] == ["entered_care", "school_moved"]
    allocation = {"kind": "social_worker", "on": "2026-09-25", "person_ref": await world.ref("coordinator")}
    assert (await world.ask("worker", "POST", f"/children/{child}/facts", allocation)).status_code == 204
    assert (await world.ask("worker", "GET", f"/children/{child}")).status_code == 403
    leaving = {"kind": "left_care", "on": "2026-09-25", "reason": "E4A"}
    assert (await world.ask("admin", "POST", f"/children/{child}/facts", leaving)).status_code == 204
    answer = await world.ask("coordinator", "GET", "/due-dates?state=open")
    assert answer.json() == {"items": [], "next": None}


@pytest.mark.rule("L-37")
async def test_those_around_a_child_are_shown_by_reference_and_name_alone(world: World) -> None:
    child = await a_child(world)
    people = (await world.ask("teacher", "GET", f"/children/{child}/people")).json()
    assert {person["role"]: person["name"] for person in people} == {
        "social_worker": "worker Sample",
        "designated_teacher": "teacher Sample",
        "carer": "Pat Quillfeather",
    }
    assert all(person.keys() == {"person_ref", "role", "name"} for person in people)


async def test_a_key_of_several_parts_is_paged_by_all_of_them(world: World) -> None:
    await a_child(world)
    whole = (await world.ask("coordinator", "GET", "/due-dates")).json()["items"]
    found: list[Any] = []
    query = "limit=1"
    while query:
        page = (await world.ask("coordinator", "GET", f"/due-dates?{query}")).json()
        found += page["items"]
        query = f"limit=1&after={page['next']}" if page["next"] else ""
    assert found == whole
    assert len(found) > 2
    for after in ("x", "a~b", "a~b~c~d"):
        assert (await world.ask("coordinator", "GET", f"/due-dates?after={after}")).status_code == 422


async def test_another_authoritys_child_is_not_found(world: World) -> None:
    child = await a_child(world)
    answer = await world.ask("coordinator", "GET", f"/children/{child}", authority=ELSEWHERE)
    made_up = await world.ask("coordinator", "GET", f"/children/{'a' * 26}", authority=ELSEWHERE)
    assert (answer.status_code, answer.json()) == (404, made_up.json())
    body = meeting_about(child)
    assert (await world.ask("coordinator", "POST", "/meetings", body, authority=ELSEWHERE)).status_code == 404


@pytest.mark.rule("L-47", "L-50")
@pytest.mark.scenario("T24")
async def test_a_wrong_shape_names_the_field(world: World) -> None:
    child = await a_child(world)
    meeting_id = (await world.ask("coordinator", "POST", "/meetings", meeting_about(child))).json()["meeting_id"]
    body = held(pupil={"attended": "no", "reason": "chose not to"})
    answer = await world.ask("teacher", "POST", f"/meetings/{meeting_id}/record", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "pupil.no.feedback_by")


async def test_nothing_personal_is_stored_in_the_clear(world: World) -> None:
    child = await a_child(world)
    arranged = await world.ask("coordinator", "POST", "/meetings", meeting_about(child))
    await world.ask("teacher", "POST", f"/meetings/{arranged.json()['meeting_id']}/record", held())
    stored = await world.stored()
    assert b"MeetingHeld" in stored
    assert [word for word in SECRET_WORDS if word.encode() in stored] == []
