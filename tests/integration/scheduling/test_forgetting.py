"""Two people let a record go; then its keys are destroyed, and nobody can read it or write in it any more."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.installed import until
from tests.integration.scheduling.conftest import ELSEWHERE, World

from scheduling.entrypoints.forgetting import forget_all_approved

CHILD = {
    "child_id": "OLD-1",
    "name": {"given": "Rowan", "family": "Example"},
    "date_of_birth": "1951-02-28",
    "sex": "U",
    "spells": [
        {
            "began": "1960-05-02",
            "ended": "1967-05-01",
            "reason_ceased": "E11",
            "episodes": [{"began": "1960-05-02", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
        }
    ],
}
YOUNG = {
    **CHILD,
    "child_id": "YOUNG-1",
    "date_of_birth": "2012-02-29",
    "spells": [
        {
            "began": "2016-05-02",
            "ended": "2017-05-01",
            "reason_ceased": "E11",
            "episodes": [{"began": "2016-05-02", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
        }
    ],
}
REQUEST = {"basis": "retention_period_ended"}
CASE = {"case_ref": "FAM-2026-0041"}


async def taken_in(world: World, record: dict[str, Any] = CHILD) -> str:
    answer = await world.ask("admin", "POST", "/care-records", {"records": [record]})
    assert answer.json() == {"changed": 1, "unchanged": 0, "refused": [], "flagged": []}, answer.text
    return await world.service.reference(world.here, "child", record["child_id"])


async def said_no(world: World, who: str, path: str, body: Any = None) -> str:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code == 409, answer.text
    sentence: str = answer.json()["detail"]
    return sentence


async def done(world: World, who: str, path: str, body: Any = None) -> None:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code == 204, answer.text


async def keeping(world: World, ref: str) -> dict[str, Any]:
    answer = await world.ask("lead", "GET", f"/children/{ref}/keeping")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def forgotten(world: World) -> str:
    """A child whom two people let go, the keys destroyed."""
    ref = await taken_in(world)
    await done(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    await done(world, "lead", f"/children/{ref}/forgetting/approval")
    await until_done(world, ref)
    return ref


async def until_done(world: World, ref: str) -> None:
    """What was approved is done, and can be seen."""
    assert (await keeping(world, ref))["standing"]["stage"] == "approved"
    await forget_all_approved(world.service)

    async def seen() -> bool:
        standing = (await keeping(world, ref))["standing"]
        return standing is None or standing["stage"] == "forgotten"

    await until(seen)


async def shown(world: World, ref: str) -> dict[str, Any]:
    return dict((await world.ask("coordinator", "GET", f"/children/{ref}")).json())


@pytest.mark.scenario("T59")
async def test_a_record_is_not_forgotten_before_its_time_and_it_is_said_when_that_is(world: World) -> None:
    ref = await taken_in(world, YOUNG)
    assert (await keeping(world, ref))["kept_until"] == "2087-02-28"
    sentence = await said_no(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    assert sentence == "This record must be kept until 28/02/2087."
    assert (await world.ask("admin", "POST", f"/children/{ref}/forgetting", {"basis": "tidying"})).status_code == 422


async def test_who_has_no_right_neither_asks_nor_approves_nor_holds(world: World) -> None:
    ref = await taken_in(world)
    for path, body in (
        ("forgetting", REQUEST),
        ("forgetting/approval", None),
        ("forgetting/refusal", None),
        ("legal-holds", CASE),
        ("legal-holds/lifting", CASE),
        ("forgetting-of-entries", {**REQUEST, "basis": "court_order", "stream": "child-x", "first": 1, "last": 1}),
    ):
        answer = await world.ask("coordinator", "POST", f"/children/{ref}/{path}", body)
        assert answer.status_code == 403, (path, answer.text)
    assert (await world.ask("teacher", "GET", f"/children/{ref}/keeping")).status_code == 403


@pytest.mark.scenario("T57")
async def test_a_child_of_another_authority_is_not_found(world: World) -> None:
    ref = await taken_in(world)
    for method, path, body in (
        ("GET", "keeping", None),
        ("POST", "forgetting", REQUEST),
        ("POST", "legal-holds", CASE),
    ):
        answer = await world.ask("admin", method, f"/children/{ref}/{path}", body, authority=ELSEWHERE)
        assert answer.status_code == 404, answer.text


async def test_what_a_case_holds_is_not_forgotten_until_the_case_is_over(world: World) -> None:
    ref = await taken_in(world)
    await done(world, "lead", f"/children/{ref}/legal-holds", CASE)
    assert [each["case_ref"] for each in (await keeping(world, ref))["holds"]] == [CASE["case_ref"]]
    assert "held for FAM-2026-0041" in await said_no(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    await done(world, "lead", f"/children/{ref}/legal-holds/lifting", CASE)
    await done(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    assert (await keeping(world, ref))["standing"]["stage"] == "asked"


async def test_one_person_alone_forgets_nobody(world: World) -> None:
    ref = await taken_in(world)
    await done(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    assert (await keeping(world, ref))["standing"]["stage"] == "asked"
    await forget_all_approved(world.service)
    assert "a second person decides" in await said_no(world, "admin", f"/children/{ref}/forgetting/approval")
    assert (await shown(world, ref))["given_name"] == "Rowan"


async def test_what_two_people_let_go_can_be_read_nowhere_any_more(world: World) -> None:
    ref = await forgotten(world)
    standing = (await keeping(world, ref))["standing"]
    assert (standing["stage"], standing["forgotten_on"]) == ("forgotten", "2026-09-25")
    child = await shown(world, ref)
    removed = "[removed: retention period ended, 25/09/2026]"
    assert (child["given_name"], child["date_of_birth"]) == (removed, removed)
    assert (child["child_ref"], child["left_care_on"]) == (ref, "1967-05-01")


async def test_a_restricted_record_is_let_go_by_two_people_who_are_named_for_it(world: World) -> None:
    ref = await taken_in(world)
    await done(world, "head", f"/children/{ref}/restriction", {"reason": "He was found far from home."})
    assert (await world.ask("lead", "POST", f"/children/{ref}/forgetting", REQUEST)).status_code == 403
    for who in ("lead", "head"):
        await done(world, "admin", f"/people/{await world.ref(who)}/grants", {"what": "restricted_records"})
    await done(world, "head", f"/children/{ref}/forgetting", REQUEST)
    await done(world, "lead", f"/children/{ref}/forgetting/approval")
    await until_done(world, ref)
    assert (await keeping(world, ref))["standing"]["stage"] == "forgotten"


async def test_destroying_again_what_is_destroyed_changes_nothing(world: World) -> None:
    ref = await forgotten(world)
    before = await world.stored()
    await forget_all_approved(world.service)
    assert await world.stored() == before
    assert (await keeping(world, ref))["standing"]["stage"] == "forgotten"


async def test_a_process_that_dies_after_the_keys_are_gone_says_so_when_it_is_back(world: World) -> None:
    ref = await taken_in(world)
    await done(world, "admin", f"/children/{ref}/forgetting", REQUEST)
    await done(world, "lead", f"/children/{ref}/forgetting/approval")
    await world.service.keyring.destroy(world.here, ref, "retention period ended", world.service.clock.now())
    await until_done(world, ref)
    assert (await keeping(world, ref))["standing"]["stage"] == "forgotten"


async def test_nothing_new_is_written_of_a_forgotten_child(world: World) -> None:
    ref = await forgotten(world)
    answer = await world.ask("admin", "POST", "/care-records", {"records": [{**CHILD, "reviews": ["1966-03-01"]}]})
    ((refused,),) = (answer.json()["refused"],)
    assert "removed on 25/09/2026: retention period ended" in refused["reason"]
    leaving = {"kind": "left_care", "on": "1967-06-01", "reason": "E11"}
    assert "removed on" in await said_no(world, "admin", f"/children/{ref}/facts", leaving)


async def test_entries_of_the_wrong_child_are_hidden_and_the_others_stay(world: World) -> None:
    ref = await taken_in(world)
    entries = {"basis": "recorded_for_the_wrong_child", "stream": f"child-{ref}", "first": 1, "last": 1}
    await done(world, "admin", f"/children/{ref}/forgetting-of-entries", entries)
    await done(world, "lead", f"/children/{ref}/forgetting/approval")
    await until_done(world, ref)
    assert (await shown(world, ref))["given_name"] == "[removed: recorded for the wrong child, 25/09/2026]"
    corrected = {**CHILD, "name": {"given": "Ash", "family": "Example"}}
    assert (await world.ask("admin", "POST", "/care-records", {"records": [corrected]})).json()["changed"] == 1
    assert (await shown(world, ref))["given_name"] == "Ash"
    assert (await keeping(world, ref))["standing"] is None
