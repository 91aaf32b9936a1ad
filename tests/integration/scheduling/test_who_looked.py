"""No answer of scheduling tells of a child, or opens somebody's particulars, without an entry in the access log."""

from __future__ import annotations

from tests.integration.scheduling.conftest import HERE, World
from tests.integration.scheduling.test_api import a_child, meeting_about
from tests.integration.walk import entries_after, walk

PEOPLE = ("coordinator", "worker", "teacher", "admin", "head")


async def test_no_answer_of_this_service_escapes(world: World) -> None:
    child = await a_child(world)
    assert (await world.ask("coordinator", "POST", "/meetings", meeting_about(child))).status_code == 201
    request = {"decision": "key_stage_4_move", "for_day": "2026-11-30", "why": "…"}
    path = f"/children/{child}"
    assert (await world.ask("coordinator", "POST", f"{path}/placement-requests", request)).status_code == 201
    assert (await world.ask("coordinator", "POST", f"{path}/safeguarding-concerns", {"what": "…"})).status_code == 204
    tokens = [world.providers[HERE].token(await world.ref(who)) for who in PEOPLE]
    service = world.service.sign_in.service_token("scheduling", HERE)
    found = await walk(world.service, HERE, [*tokens, service])
    assert found.escapes == []
    assert {"/children", "/children/{child_ref}", "/meetings/{meeting_id}", "/caseload"} <= found.answered
    assert {"/contacts/{person_ref}", "/meetings/{meeting_id}/invitations/{invitee_ref}"} <= found.answered
    apart = {"/meetings/{meeting_id}/minutes", "/children/{child_ref}/hand-over", "/calendar/{secret}.ics"}
    assert found.unanswered <= apart, "a walk past a route proves nothing"


async def test_a_services_own_look_at_an_address_is_written_with_its_class(world: World) -> None:
    await a_child(world)
    ref = await world.ref("worker")
    before = len(await entries_after(world.service, HERE))
    assert (await world.ask_as_service(f"/contacts/{ref}")).status_code == 200
    (look,) = await entries_after(world.service, HERE, before)
    assert (look.about, look.classes, look.action) == ((ref,), ("contact", "third_party"), "ask for contacts")


async def test_a_look_at_where_a_meeting_is_is_written_with_its_class_and_no_word_of_it(world: World) -> None:
    child = await a_child(world)
    made = (await world.ask("coordinator", "POST", "/meetings", meeting_about(child))).json()
    before = len(await entries_after(world.service, HERE))
    shown = await world.ask("coordinator", "GET", f"/meetings/{made['meeting_id']}/invitation")
    assert shown.json()["venue"] == "zebedee-lane 4"
    (look,) = await entries_after(world.service, HERE, before)
    assert (look.about, look.classes, look.action) == ((child,), ("contact",), "schedule meeting")
    stored = repr(await world.service.worker.fetch("select * from access"))
    assert "zebedee-lane" not in stored


async def test_the_log_holds_no_word_of_what_was_read(world: World) -> None:
    child = await a_child(world)
    shown = (await world.ask("worker", "GET", f"/children/{child}")).text
    assert "Zebedee" in shown
    stored = repr(await world.service.worker.fetch("select * from access"))
    assert [word for word in ("Zebedee", "Quillfeather", "zebedee", "2014-11-05") if word in stored] == []
