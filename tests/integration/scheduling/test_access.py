"""Who sees a child over HTTP: the allocated worker, a delegate, whoever breaks the glass, those named for a restricted
record; and no longer than that holds."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import typer
import uvicorn
from tests.integration.installed import until
from tests.integration.scheduling.conftest import ELSEWHERE, World, on_day
from tests.integration.scheduling.test_api import CARER, RECORD, a_child, held, meeting_about
from tests.integration.scheduling.test_due import by_other_terms
from typer.testing import CliRunner, Result

from pep_cli.break_glass_command import break_glass
from pep_local.places import free_ports
from pep_runtime.http import make_app
from scheduling.entrypoints.overdue_sweep import sweep

pep = typer.Typer()
pep.command()(break_glass)
OWN_ID = RECORD["child_id"]
WHY = {"reason": "Zebedee was found far from home."}


async def sees(world: World, who: str, child: str) -> tuple[int, int]:
    """The status of asking for the child, and how many children the list shows; they never disagree."""
    status = (await world.ask(who, "GET", f"/children/{child}")).status_code
    return status, len((await world.ask(who, "GET", "/children")).json()["items"])


async def does(world: World, who: str, method: str, path: str, body: Any = None) -> None:
    answer = await world.ask(who, method, path, body)
    assert answer.is_success, answer.text


@pytest.mark.scenario("T56")
async def test_a_worker_whose_child_was_reallocated_yesterday_is_refused_at_once(world: World) -> None:
    child = await a_child(world)
    assert await sees(world, "worker", child) == (200, 1)
    handover = {"kind": "social_worker", "on": "2026-09-24", "person_ref": await world.ref("duty")}
    await does(world, "admin", "POST", f"/children/{child}/facts", handover)
    assert await sees(world, "worker", child) == (403, 0)
    assert await sees(world, "duty", child) == (200, 1)


@pytest.mark.rule("O-21")
async def test_a_delegate_sees_the_child_from_being_named_to_its_end_and_nothing_of_care(world: World) -> None:
    child = await a_child(world)
    assert await sees(world, "delegate", child) == (403, 0)
    named = {"person_ref": await world.ref("delegate")}
    assert (await world.ask("other-teacher", "POST", f"/children/{child}/delegates", named)).status_code == 403
    await does(world, "teacher", "POST", f"/children/{child}/delegates", named)
    assert await sees(world, "delegate", child) == (200, 1)
    shown = (await world.ask("delegate", "GET", f"/children/{child}")).json()
    assert (shown["given_name"], shown["in_care_since"]) == ("Zebedee", None)
    assert (await world.ask("teacher", "GET", f"/children/{child}")).json()["in_care_since"] == "2026-09-21"
    assert (await world.ask("delegate", "GET", f"/children/{child}/people")).status_code == 403
    await does(world, "teacher", "DELETE", f"/children/{child}/delegates/{named['person_ref']}")
    assert await sees(world, "delegate", child) == (403, 0)


async def test_only_somebody_of_the_school_whom_the_staff_list_names_can_be_delegate(world: World) -> None:
    child = await a_child(world)
    for who, status in (("duty", 409), ("other-teacher", 409), ("nobody", 404)):
        answer = await world.ask(
            "teacher", "POST", f"/children/{child}/delegates", {"person_ref": await world.ref(who)}
        )
        assert answer.status_code == status, answer.text


async def test_a_carer_sees_the_own_child_without_care_history_and_no_other_people(world: World) -> None:
    child = await a_child(world)
    ref = await world.service.reference(world.here, "carer", "c1")
    token = world.providers[world.here].token(ref)
    shown = (await world.send(token, "GET", f"/children/{child}", None, world.here)).json()
    assert (shown["given_name"], shown["in_care_since"]) == ("Zebedee", None)
    assert (await world.send(token, "GET", f"/children/{child}/people", None, world.here)).status_code == 403
    assert (await world.send(token, "POST", f"/children/{child}/delegates", None, world.here)).status_code in (403, 422)


async def at_home(world: World, kind: str, local_id: str, path: str) -> Any:
    """What a carer, or a child who may sign in, is answered."""
    token = world.providers[world.here].token(await world.service.reference(world.here, kind, local_id))
    return await world.send(token, "GET", path, None, world.here)


@pytest.mark.rule("L-33", "L-37")
@pytest.mark.scenario("T25", "T26")
async def test_a_child_sees_the_own_record_alone_without_the_adults_part_and_how_carers_are_reached(
    world: World,
) -> None:
    child = await a_child(world)
    assert (await at_home(world, "child", OWN_ID, f"/children/{child}")).status_code == 403
    for may_sign_in in (True, True):
        await does(world, "admin", "POST", "/people", {"records": [pupil(OWN_ID, may_sign_in=may_sign_in)]})
    arranged = (await world.ask("coordinator", "POST", "/meetings", meeting_about(child))).json()
    parts = {"minutes_not_for_pupil": "Among adults.", "minutes_professionals_only": "Among professionals."}
    path = f"/meetings/{arranged['meeting_id']}"
    await does(world, "teacher", "POST", f"{path}/record", held(**parts))
    minutes = await at_home(world, "child", OWN_ID, f"{path}/minutes")
    assert minutes.json() == {"minutes": held()["minutes"], **dict.fromkeys(parts), "carried_over": None}
    shown = (await at_home(world, "child", OWN_ID, f"/children/{child}")).json()
    assert (shown["given_name"], shown["in_care_since"]) == ("Zebedee", None)
    assert [each["child_ref"] for each in (await at_home(world, "child", OWN_ID, "/children")).json()["items"]] == [
        child
    ]
    carer = await world.service.reference(world.here, "carer", "c1")
    for kind, local_id in (("child", OWN_ID), ("carer", "c1")):
        for hidden in (f"/children/{child}/people", f"/contacts/{carer}", "/due-dates"):
            assert (await at_home(world, kind, local_id, hidden)).status_code == 403
    await does(world, "admin", "POST", "/people", {"records": [pupil(OWN_ID, may_sign_in=False)]})
    assert (await at_home(world, "child", OWN_ID, f"/children/{child}")).status_code == 403


def pupil(child_id: str, *, may_sign_in: bool) -> dict[str, Any]:
    return {"kind": "pupil", "child_id": child_id, "may_sign_in": may_sign_in}


async def test_why_something_was_late_is_told_in_words_to_those_who_work_with_the_child_and_to_nobody_at_home(
    world: World,
) -> None:
    child = await a_child(world)
    await does(world, "admin", "POST", "/people", {"records": [pupil(OWN_ID, may_sign_in=True)]})
    on_day(world, "2026-10-27")
    await sweep(world.service)
    reason = {"obligation": "hold", "trigger_on": "2026-09-21", "because": "no_school", "details": "His aunt was ill."}
    await does(world, "worker", "POST", f"/children/{child}/late-reason", reason)
    path = f"/children/{child}/due-dates"
    await does(world, "teacher", "POST", f"/children/{child}/delegates", {"person_ref": await world.ref("delegate")})
    for who in ("worker", "teacher", "delegate", "coordinator"):
        assert "His aunt was ill." in (await world.ask(who, "GET", path)).text
    for kind, local_id in (("carer", "c1"), ("child", OWN_ID)):
        dues = (await at_home(world, kind, local_id, path)).json()["items"]
        assert {each["late_because"] for each in dues} > {"no_school"}
        assert {each["late_details"] for each in dues} == {None}


async def test_a_carer_learns_of_nobody_else_whether_they_are_asked_or_invited(world: World) -> None:
    child = await a_child(world)
    carer, worker, teacher = (
        await world.service.reference(world.here, "carer", "c1"),
        await world.ref("worker"),
        await world.ref("teacher"),
    )
    dates = ["2026-10-06T14:00:00+01:00"]
    proposed = {"child_ref": child, "dates": dates, "asked": [carer, worker, teacher]}
    made = (await world.ask("coordinator", "POST", "/meeting-proposals", proposed)).json()["meeting_id"]
    await does(world, "worker", "POST", f"/meeting-proposals/{made}/answer", {"suits": dates})
    (all_of_it,) = (await world.ask("coordinator", "GET", "/meeting-proposals")).json()["items"]
    assert (all_of_it["asked"], all_of_it["unanswered"]) == ([carer, worker, teacher], [carer, teacher])
    assert [each["person_ref"] for each in all_of_it["suits"]] == [worker]
    (own,) = (await at_home(world, "carer", "c1", "/meeting-proposals")).json()["items"]
    assert (own["asked"], own["unanswered"], own["suits"]) == ([carer], [carer], [])
    known = [{"kind": "known", "person_ref": carer, "capacity": "carer"}]
    await does(world, "coordinator", "POST", "/meetings", meeting_about(child, invitees=known))
    for path in ("/meetings", "/meeting-conflicts"):
        refused = await at_home(world, "carer", "c1", f"{path}?person_ref={worker}")
        assert (refused.status_code, refused.json()["detail"]) == (
            403,
            "Who else is invited is not shown in this role.",
        )
        assert (await at_home(world, "carer", "c1", f"{path}?person_ref={carer}")).status_code == 200
        assert (await world.ask("worker", "GET", f"{path}?person_ref={carer}")).status_code == 200
    assert (await at_home(world, "carer", "c1", f"/meetings?person_ref={carer}")).json()["items"] == []
    (meeting,) = (await at_home(world, "carer", "c1", "/meetings")).json()["items"]
    await does(world, "worker", "POST", f"/meetings/{meeting['meeting_id']}/approval", {})
    assert (await at_home(world, "carer", "c1", f"/meetings?person_ref={carer}")).json()["items"] == [
        {**meeting, **(await world.ask("worker", "GET", f"/meetings/{meeting['meeting_id']}")).json()}
    ]


@pytest.mark.rule("L-33")
@pytest.mark.scenario("T25")
async def test_what_was_said_among_professionals_reaches_no_carer_and_no_delegate(world: World) -> None:
    child = await a_child(world)
    arranged = (await world.ask("coordinator", "POST", "/meetings", meeting_about(child))).json()
    parts = {"minutes_not_for_pupil": "Among adults.", "minutes_professionals_only": "Among professionals."}
    path = f"/meetings/{arranged['meeting_id']}"
    await does(world, "teacher", "POST", f"{path}/record", held(**parts))
    told = {"minutes": held()["minutes"], **parts, "carried_over": None}
    assert (await world.ask("worker", "GET", f"{path}/minutes")).json() == told
    token = world.providers[world.here].token(await world.service.reference(world.here, "carer", "c1"))
    carers = (await world.send(token, "GET", f"{path}/minutes", None, world.here)).json()
    assert carers == {**told, "minutes_professionals_only": None}
    await does(world, "teacher", "POST", f"/children/{child}/delegates", {"person_ref": await world.ref("delegate")})
    delegates = (await world.ask("delegate", "GET", f"{path}/minutes")).json()
    assert delegates == {**told, **dict.fromkeys(parts)}


@pytest.mark.rule("L-37")
@pytest.mark.scenario("T26")
async def test_how_a_carer_is_reached_is_not_kept_when_a_teacher_writes_it(world: World) -> None:
    child = await a_child(world)
    carer = {"kind": "guest", "name": "Pat", "email": "secret@zebedee-lane.example", "capacity": "carer"}
    arranged = await world.ask("coordinator", "POST", "/meetings", meeting_about(child))
    path = f"/meetings/{arranged.json()['meeting_id']}"
    await does(world, "teacher", "POST", f"{path}/invitees", {"invitee": carer})
    invitation = await world.ask_as_service(f"{path}/invitations/guest-2")
    assert invitation.json()["email"] is None
    listed = await world.service.worker.fetchval(
        "select convert_from(payload, 'utf8') from journal where type = 'InviteeAdded' order by position desc limit 1"
    )
    assert '"address_withheld":true' in listed
    assert "email" not in listed


async def test_a_restricted_record_is_open_only_to_those_named_and_lists_do_not_show_it(world: World) -> None:
    child = await a_child(world)
    assert (await world.ask("worker", "POST", f"/children/{child}/restriction", WHY)).status_code == 403
    await does(world, "head", "POST", f"/children/{child}/restriction", WHY)
    for who in ("worker", "teacher", "coordinator", "head"):
        assert await sees(world, who, child) == (403, 0)
        assert (await world.ask("coordinator", "GET", "/due-dates")).json()["items"] == []
    grants = f"/people/{await world.ref('worker')}/grants"
    named = {"what": "restricted_records", "until": "2026-12-31"}
    assert (await world.ask("worker", "POST", grants, named)).status_code == 403
    await does(world, "admin", "POST", grants, named)
    assert await sees(world, "worker", child) == (200, 1)
    await does(world, "admin", "DELETE", f"{grants}/restricted_records")
    assert await sees(world, "worker", child) == (403, 0)
    await does(world, "admin", "POST", f"/people/{await world.ref('head')}/grants", named)
    await does(world, "head", "POST", f"/children/{child}/restriction-end", WHY)
    assert await sees(world, "worker", child) == (200, 1)


OF_A_RECORD: list[tuple[str, str, Any]] = [
    ("GET", "hand-over", None),
    ("GET", "keeping", None),
    ("POST", "legal-holds", {"case_ref": "FAM-2026-0041"}),
    ("POST", "legal-holds/lifting", {"case_ref": "FAM-2026-0041"}),
    ("POST", "forgetting", {"basis": "retention_period_ended"}),
    ("POST", "forgetting-of-entries", {"basis": "court_order", "stream": "child-x", "first": 1, "last": 1}),
    ("POST", "forgetting/approval", None),
    ("POST", "forgetting/refusal", None),
]


async def test_a_restricted_record_is_not_handed_over_kept_or_forgotten_by_anybody_not_named(world: World) -> None:
    child = await a_child(world)
    transfer = {"kind": "responsibility_transferred", "on": "2026-09-25", "to_authority": ELSEWHERE}
    await does(world, "admin", "POST", f"/children/{child}/facts", transfer)
    await does(world, "head", "GET", f"/children/{child}/hand-over")
    await does(world, "head", "POST", f"/children/{child}/restriction", WHY)
    for who in ("head", "admin"):
        for method, path, body in OF_A_RECORD:
            answer = await world.ask(who, method, f"/children/{child}/{path}", body)
            assert answer.status_code == 403, (who, path, answer.text)
            assert "Zebedee" not in answer.text
    await does(world, "admin", "POST", f"/people/{await world.ref('head')}/grants", {"what": "restricted_records"})
    for method, path, body in OF_A_RECORD[:4]:
        await does(world, "head", method, f"/children/{child}/{path}", body)


async def test_the_dates_of_a_restricted_record_are_counted_again_by_nobody_who_is_not_named(
    world: World, tmp_path: Path
) -> None:
    child = await a_child(world)
    await does(world, "head", "POST", f"/children/{child}/restriction", WHY)
    by_other_terms(world.service, tmp_path)
    for who in ("head", "admin"):
        assert (await world.ask(who, "GET", "/due/recomputation")).json()["items"] == []
        revised = await world.ask(who, "POST", "/due/recomputation", {"child_refs": [child]})
        assert revised.status_code == 403, revised.text
    await does(world, "admin", "POST", f"/people/{await world.ref('head')}/grants", {"what": "restricted_records"})
    assert [each["child_ref"] for each in (await world.ask("head", "GET", "/due/recomputation")).json()["items"]] == [
        child
    ]
    await does(world, "head", "POST", "/due/recomputation", {"child_refs": [child]})


async def test_a_grant_ends_after_its_last_day(world: World) -> None:
    child = await a_child(world)
    grants = f"/people/{await world.ref('duty')}/grants"
    await does(world, "admin", "POST", grants, {"what": "pep_coordinator", "until": "2026-09-25"})
    assert await sees(world, "duty", child) == (200, 1)
    world.service.clock.set(datetime.fromisoformat("2026-09-26T00:00:00+01:00"))
    assert await sees(world, "duty", child) == (403, 0)


async def test_nobody_grants_to_themselves_and_nobody_is_granted_to_be_a_service(world: World) -> None:
    mine = f"/people/{await world.ref('admin')}/grants"
    answer = await world.ask("admin", "POST", mine, {"what": "auditor"})
    assert (answer.status_code, answer.json()["detail"]) == (403, "Nobody grants anything to themselves.")
    duty, nobody = [f"/people/{await world.ref(who)}/grants" for who in ("duty", "nobody")]
    assert (await world.ask("admin", "POST", duty, {"what": "service"})).status_code == 409
    assert (await world.ask("admin", "POST", nobody, {"what": "auditor"})).status_code == 404


async def test_broken_glass_lets_look_for_three_hours_and_stands_in_the_weekly_list(world: World) -> None:
    child = await a_child(world)
    assert await sees(world, "duty", child) == (403, 0)
    assert (await world.ask("teacher", "POST", f"/children/{child}/break-glass", WHY)).status_code == 403
    answer = await world.ask("duty", "POST", f"/children/{child}/break-glass", WHY)
    assert answer.json() == {"until": "2026-09-25T13:00:00+01:00"}
    assert await sees(world, "duty", child) == (200, 1)
    leaving = {"kind": "left_care", "on": "2026-09-25", "reason": "E4A"}
    writing = await world.ask("duty", "POST", f"/children/{child}/facts", leaving)
    assert writing.status_code == 403
    assert (await world.ask("duty", "POST", "/meetings", meeting_about(child))).status_code == 403

    world.service.clock.set(datetime.fromisoformat("2026-09-25T13:00:00+01:00"))
    assert await sees(world, "duty", child) == (403, 0)
    (row,) = (await world.ask("head", "GET", "/broken-glass")).json()["items"]
    told = (row["child_ref"], row["person_ref"], row["role"], row["reason"])
    assert told == (child, await world.ref("duty"), "social_worker", WHY["reason"])
    assert (await world.ask("head", "GET", "/broken-glass?since=2026-09-26")).json()["items"] == []
    assert (await world.ask("duty", "GET", "/broken-glass")).status_code == 403


async def test_a_carer_sees_the_child_until_the_child_moves_and_again_once_the_list_of_carers_says_so(
    world: World,
) -> None:
    child = await a_child(world)

    async def seen() -> int:
        return int((await at_home(world, "carer", "c1", f"/children/{child}")).status_code)

    same = {"kind": "placement", "on": "2026-09-23", "placement": "U3", "same_carers": True}
    await does(world, "admin", "POST", f"/children/{child}/facts", same)
    assert await seen() == 200
    moved = {"kind": "placement", "on": "2026-09-24", "placement": "U3"}
    await does(world, "worker", "POST", f"/children/{child}/facts", moved)
    assert await seen() == 403
    await does(world, "admin", "POST", "/people", {"records": [CARER]})
    assert await seen() == 200
    (episode,) = RECORD["spells"][0]["episodes"]
    another = {**episode, "began": "2026-09-25", "reason_new": "P", "placement": "K2"}
    episodes = [{**episode, "ended": "2026-09-25"}, another]
    record = {**RECORD, "spells": [{**RECORD["spells"][0], "episodes": episodes}]}
    assert (await world.ask("admin", "POST", "/care-records", {"records": [record]})).json()["refused"] == []
    assert await seen() == 403
    await does(world, "admin", "POST", "/people", {"records": [CARER]})
    assert await seen() == 200
    await does(world, "admin", "POST", "/people", {"records": [{**CARER, "child_ids": []}]})
    assert await seen() == 403


@pytest.mark.parametrize(("reason", "last"), [("E4A", "2026-11-23"), ("E11", None), ("E3", None)])
async def test_after_care_those_around_the_child_see_the_record_for_some_days_or_not_at_all(
    world: World, reason: str, last: str | None
) -> None:
    child = await a_child(world)
    await does(world, "admin", "POST", "/people", {"records": [pupil(OWN_ID, may_sign_in=True)]})
    handover = {"kind": "social_worker", "on": "2026-09-24", "person_ref": await world.ref("duty")}
    await does(world, "admin", "POST", f"/children/{child}/facts", handover)
    leaving = {"kind": "left_care", "on": "2026-09-25", "reason": reason}
    await does(world, "duty", "POST", f"/children/{child}/facts", leaving)
    around = ("duty", "teacher")
    if last is not None:
        on_day(world, last)
        assert [await sees(world, who, child) for who in around] == [(200, 1), (200, 1)]
        assert (await at_home(world, "carer", "c1", f"/children/{child}")).status_code == 200
        on_day(world, "2026-11-24")
    assert [await sees(world, who, child) for who in around] == [(403, 0), (403, 0)]
    assert (await world.ask("teacher", "GET", f"/children/{child}/circumstances")).status_code == 403
    assert (await at_home(world, "carer", "c1", f"/children/{child}")).status_code == 403
    assert (await at_home(world, "child", OWN_ID, f"/children/{child}")).status_code == 200
    assert (await world.ask("coordinator", "GET", f"/children/{child}")).status_code == 200


@pytest.mark.rule("O-93")
@pytest.mark.scenario("T57")
async def test_a_child_of_another_authority_cannot_be_come_near_by_any_of_these_ways(world: World) -> None:
    child = await a_child(world)
    for method, path, body in (
        ("POST", "break-glass", WHY),
        ("POST", "restriction", WHY),
        ("POST", "delegates", {"person_ref": await world.ref("delegate")}),
    ):
        answer = await world.ask("coordinator", method, f"/children/{child}/{path}", body, authority=ELSEWHERE)
        assert answer.status_code == 404
    assert b"Zebedee" not in await world.stored(), "the reasons are sealed"


async def test_two_who_break_the_glass_at_once_both_may_look(world: World) -> None:
    child = await a_child(world)
    await does(world, "admin", "POST", f"/people/{await world.ref('coordinator')}/grants", {"what": "team_manager"})
    answers = await asyncio.gather(
        *(world.ask(who, "POST", f"/children/{child}/break-glass", WHY) for who in ("duty", "coordinator"))
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert await sees(world, "duty", child) == (200, 1)


async def run(world: World, who: str, folder: Path, *words: str, of: typer.Typer = pep) -> Result:
    """The command of somebody at a terminal, against the service as it listens."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(make_app(world.service), port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    place = {"url": f"http://127.0.0.1:{port}", "worker_dsn": "postgresql://nobody@127.0.0.1:1/nothing"}
    file = folder / "installation.json"
    file.write_text(json.dumps({"kafka_bootstrap": "127.0.0.1:1", "services": {"scheduling": place}}))
    token = world.providers[world.here].token(await world.ref(who))
    environment = {"PEP_INSTALLATION": str(file), "PEP_TOKEN": token, "COLUMNS": "200"}
    try:
        return await asyncio.to_thread(CliRunner().invoke, of, words, env=environment)
    finally:
        server.should_exit = True
        await serving


async def test_the_weekly_list_is_printed_for_those_who_look_it_over(world: World, tmp_path: Path) -> None:
    child = await a_child(world)
    quiet = await run(world, "head", tmp_path, world.here)
    assert (quiet.exit_code, "Nobody opened" in quiet.stdout) == (0, True)
    await does(world, "duty", "POST", f"/children/{child}/break-glass", WHY)
    shown = await run(world, "head", tmp_path, world.here)
    assert (shown.exit_code, child in shown.stdout) == (0, True), shown.output
    (row,) = json.loads((await run(world, "head", tmp_path, world.here, "--json")).stdout)
    assert row["reason"] == WHY["reason"]
    later = await run(world, "head", tmp_path, world.here, "--since", "2026-09-26", "--json")
    assert json.loads(later.stdout) == []
    assert (await run(world, "duty", tmp_path, world.here)).exit_code == 1
    assert (await run(world, "head", tmp_path, ELSEWHERE)).exit_code == 2


async def test_an_administrator_makes_nobody_of_themselves_by_the_list_of_staff_and_it_is_said(world: World) -> None:
    admin = {"kind": "staff", "staff_id": "admin", "name": "Admin Sample", "email": "admin@example.org"}
    asked = {"records": [{**admin, "role": "virtual_school_head", "approval_limit_pence": 99_999_999}]}
    (refused,) = (await world.ask("admin", "POST", "/people", asked)).json()["refused"]
    assert (refused["index"], refused["reason"][:38]) == (0, "Nobody grants anything to themselves: ")
    child = await a_child(world)
    assert (await world.ask("admin", "GET", f"/children/{child}")).status_code == 403
    same = {"records": [{**admin, "role": "administrator"}]}
    assert (await world.ask("admin", "POST", "/people", same)).json()["refused"] == []
