"""Over HTTP: what waits for two people, what cannot wait for the next meeting, attendance, and reviews."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.scheduling.conftest import ELSEWHERE, World, on_day
from tests.integration.scheduling.test_api import RECORD, a_child, take_in

FORM = {
    "school_urn": "999102",
    "for_day": "2026-11-02",
    "why": "Zebedee moves to carers near zebedee-lane.",
    "childs_view": "I like fractions.",
    "effect_on_education": "None.",
}
SCHOOL_DAYS = [f"2026-09-{day}" for day in (21, 22, 23, 24, 25)]


async def ask(world: World, child: str, body: dict[str, Any], kind: str = "school-change") -> str:
    answer = await world.ask("worker", "POST", f"/children/{child}/{kind}-requests", body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["request_id"]
    return made


async def agree(world: World, who: str, request_id: str) -> int:
    return (await world.ask(who, "POST", f"/requests/{request_id}/agreement")).status_code


async def concerns(world: World, child: str, who: str = "worker") -> dict[str, Any]:
    answer = await world.ask(who, "GET", f"/children/{child}/concerns")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def still_due(world: World, child: str) -> list[tuple[str, str]]:
    shown = (await world.ask("worker", "GET", f"/children/{child}/due-dates")).json()["items"]
    return [(each["obligation"], each["due"]) for each in shown if each["state"] == "open"]


@pytest.mark.rule("O-91")
async def test_a_change_of_school_is_agreed_to_by_two_and_then_the_move_lacks_nothing(world: World) -> None:
    child = await a_child(world)
    unknown = await world.ask(
        "worker", "POST", f"/children/{child}/school-change-requests", {**FORM, "school_urn": "999777"}
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "school_urn")
    request_id = await ask(world, child, FORM)
    assert await agree(world, "worker", request_id) == 403
    assert await agree(world, "nominated", request_id) == 409
    assert await agree(world, "head", request_id) == 204
    assert await agree(world, "lead", request_id) == 409
    waiting = (await world.ask("worker", "GET", "/requests?state=waiting")).json()["items"]
    assert [(each["request_id"], each["agreed"]) for each in waiting] == [(request_id, ["virtual_school_head"])]
    assert await agree(world, "manager", request_id) == 204
    shown = (await world.ask("manager", "GET", f"/requests/{request_id}")).json()
    assert (shown["state"], shown["why"], shown["given_name"]) == ("agreed", FORM["why"], "Zebedee")
    on_day(world, "2026-11-02")
    move = {"kind": "school", "on": "2026-11-02", "school_urn": "999102"}
    assert (await world.ask("worker", "POST", f"/children/{child}/facts", move)).status_code == 204
    assert (await concerns(world, child))["moves_without_approval"] == []


@pytest.mark.scenario("T53")
async def test_a_move_that_happens_anyway_is_recorded_and_listed_as_not_approved(world: World) -> None:
    child = await a_child(world)
    move = {"kind": "school", "on": "2026-09-25", "school_urn": "999102", "emergency": True}
    assert (await world.ask("worker", "POST", f"/children/{child}/facts", move)).status_code == 204
    listed = (await world.ask("head", "GET", "/flags?lacks=approval")).json()["items"]
    assert [(each["decision"], each["fact_on"], each["emergency"]) for each in listed] == [
        ("school_change", "2026-09-25", True)
    ]


@pytest.mark.scenario("T53")
async def test_the_nominated_officer_agrees_after_two_were_asked(world: World) -> None:
    child = await a_child(world)
    body = {"decision": "key_stage_4_move", "for_day": "2026-11-02", "school_urn": "999102", "why": "…"}
    request_id = await ask(world, child, body, "placement")
    refused = await world.ask("nominated", "POST", f"/requests/{request_id}/agreement")
    assert (refused.status_code, "designated teacher" in refused.json()["detail"]) == (409, True)
    for whom in ("designated_teacher", "independent_reviewing_officer"):
        asked = {"on": "2026-09-24", "consulted": whom, "answer": "It fits."}
        assert (await world.ask("worker", "POST", f"/requests/{request_id}/consultations", asked)).status_code == 204
    assert await agree(world, "nominated", request_id) == 204
    shown = (await world.ask("nominated", "GET", f"/requests/{request_id}")).json()
    assert [(each["consulted"], each["answer"]) for each in shown["consultations"]] == [
        ("designated_teacher", "It fits."),
        ("independent_reviewing_officer", "It fits."),
    ]


@pytest.mark.rule("reg 10")
async def test_somebody_to_whom_the_officers_job_is_granted_agrees_in_it(world: World) -> None:
    child = await a_child(world)
    body = {"decision": "key_stage_4_move", "for_day": "2026-11-02", "school_urn": "999102", "why": "…"}
    request_id = await ask(world, child, body, "placement")
    for whom in ("designated_teacher", "independent_reviewing_officer"):
        asked = {"on": "2026-09-24", "consulted": whom, "answer": "It fits."}
        assert (await world.ask("worker", "POST", f"/requests/{request_id}/consultations", asked)).status_code == 204
    assert (await world.ask("manager", "POST", f"/requests/{request_id}/agreement")).status_code == 409
    granted = {"what": "nominated_officer"}
    grants = f"/people/{await world.ref('manager')}/grants"
    assert (await world.ask("admin", "POST", grants, granted)).status_code == 204
    assert await agree(world, "manager", request_id) == 204


@pytest.mark.scenario("T53")
async def test_the_director_agrees_to_a_placement_at_a_distance_and_the_nominated_officer_to_one_nearer(
    world: World,
) -> None:
    child = await a_child(world)
    body = {"decision": "placement_at_a_distance", "for_day": "2026-09-24", "why": "…"}
    request_id = await ask(world, child, body, "placement")
    for whom in ("designated_teacher", "independent_reviewing_officer", "area_authority"):
        asked = {"on": "2026-09-24", "consulted": whom, "answer": "It fits."}
        assert (await world.ask("worker", "POST", f"/requests/{request_id}/consultations", asked)).status_code == 204
    refused = await world.ask("nominated", "POST", f"/requests/{request_id}/agreement")
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Only the director of children's services may decide about this request.",
    )
    asked_for = await world.ask("worker", "POST", f"/requests/{request_id}/agreement")
    assert (asked_for.status_code, asked_for.json()["detail"]) == (
        403,
        "A social worker may not decide about this request.",
    )
    assert await agree(world, "director", request_id) == 204
    placed = {"kind": "placement", "on": "2026-09-25", "placement": "U4"}
    for area in ("at_a_distance", "out_of_area"):
        fact = {**placed, "area": area, "placement": "U4" if area == "at_a_distance" else "U5"}
        assert (await world.ask("worker", "POST", f"/children/{child}/facts", fact)).status_code == 204
    lacking = (await concerns(world, child))["moves_without_approval"]
    assert [each["decision"] for each in lacking] == ["out_of_area_placement"]


@pytest.mark.rule("O-91")
async def test_the_move_to_secondary_school_in_september_is_on_no_list_of_moves_without_approval(world: World) -> None:
    year_6 = {
        **RECORD,
        "child_id": "year-6",
        "name": {"given": "Yolanda", "family": "Quillfeather"},
        "date_of_birth": "2015-05-05",
        "spells": [{**RECORD["spells"][0], "began": "2026-06-01"}],
        "schooling": [{"school_urn": "999101", "entered": "2025-09-02", "left": "2026-07-22", "year_group": 6}],
    }
    year_6["spells"][0]["episodes"] = [{**RECORD["spells"][0]["episodes"][0], "began": "2026-06-01"}]
    await a_child(world)
    await take_in(world, "/care-records", year_6)
    ref = await world.service.reference("oxfordshire", "child", "year-6")
    move = {"kind": "school", "on": "2026-09-02", "school_urn": "999102"}
    assert (await world.ask("worker", "POST", f"/children/{ref}/facts", move)).status_code == 204
    assert (await world.ask("head", "GET", "/flags?lacks=approval")).json()["items"] == []
    again = {"kind": "school", "on": "2026-09-21", "school_urn": "999101"}
    assert (await world.ask("worker", "POST", f"/children/{ref}/facts", again)).status_code == 204
    listed = (await world.ask("head", "GET", "/flags?lacks=approval")).json()["items"]
    assert [(each["decision"], each["fact_on"]) for each in listed] == [("school_change", "2026-09-21")]


@pytest.mark.rule("O-80", "O-89")
async def test_a_holiday_is_declined_by_one_withdrawn_by_whoever_asks_and_a_planned_move_waits_for_a_meeting(
    world: World,
) -> None:
    child = await a_child(world)
    holiday = {"first_day": "2026-11-23", "last_day": "2026-11-27", "why": "A wedding."}
    wrong = await world.ask(
        "worker", "POST", f"/children/{child}/holiday-requests", {**holiday, "last_day": "2026-11-20"}
    )
    assert wrong.status_code == 422
    request_id = await ask(world, child, holiday, "holiday")
    no = await world.ask("manager", "POST", f"/requests/{request_id}/refusal", {"reason": "Exams."})
    assert no.status_code == 204
    assert (await world.ask("head", "GET", f"/requests/{request_id}")).json()["declined_because"] == "Exams."
    planned = await ask(world, child, {**FORM, "planned_placement_change": True})
    assert await agree(world, "head", planned) == 409
    met = {"on": "2026-09-24", "conclusion": "All agree."}
    assert (await world.ask("worker", "POST", f"/requests/{planned}/professional-meeting", met)).status_code == 204
    assert await agree(world, "head", planned) == 204
    assert (await world.ask("worker", "POST", f"/requests/{planned}/withdrawal")).status_code == 204
    assert await agree(world, "manager", planned) == 409


async def test_requests_are_nobodys_elsewhere(world: World) -> None:
    child = await a_child(world)
    request_id = await ask(world, child, FORM)
    there = await world.ask("coordinator", "GET", f"/requests/{request_id}", authority=ELSEWHERE)
    nobodys = await world.ask("coordinator", "GET", "/requests/00000000000000000000000000000000", authority=ELSEWHERE)
    assert (there.status_code, nobodys.status_code) == (404, 404)
    assert (await world.ask("duty", "GET", f"/requests/{request_id}")).status_code == 403
    assert (await world.ask("duty", "GET", "/requests")).json()["items"] == []


@pytest.mark.rule("O-78", "O-82")
@pytest.mark.scenario("T51")
async def test_a_suspension_an_exclusion_and_an_urgent_pep_are_on_the_childs_page_and_agenda(world: World) -> None:
    child = await a_child(world)
    path = f"/children/{child}"
    suspended = {"began": "2026-09-24", "days": 2.5, "category": "bullying", "reason": "Zebedee's friends."}
    assert (await world.ask("teacher", "POST", f"{path}/suspensions", suspended)).status_code == 204
    assert (await world.ask("other-teacher", "POST", f"{path}/suspensions", suspended)).status_code == 403
    old = await world.ask("teacher", "POST", f"{path}/suspensions", {**suspended, "began": "2006-09-24"})
    assert old.status_code == 422
    uneven = await world.ask("teacher", "POST", f"{path}/suspensions", {**suspended, "days": 0.3})
    assert uneven.status_code == 422
    urgent = {"reason": "behaviour_of_greater_concern", "what": "Zebedee runs off."}
    assert (await world.ask("teacher", "POST", f"{path}/urgent-peps", urgent)).status_code == 204
    excluded = {"on": "2026-09-25", "category": "other", "reason": "…"}
    assert (await world.ask("worker", "POST", f"{path}/permanent-exclusions", excluded)).status_code == 204
    shown = await concerns(world, child)
    assert [each["about"] for each in shown["agenda"]] == [
        "behaviour_of_greater_concern",
        "permanent_exclusion",
        "suspension",
    ]
    assert [(each["days"], each["days_in_year"], each["most_days_a_year"]) for each in shown["exclusions"]] == [
        (2.5, 2.5, 45.0),
        (None, None, None),
    ]
    assert [each["reason"] for each in shown["urgent_peps"]] == ["behaviour_of_greater_concern", "permanent_exclusion"]
    assert [each["category"] for each in shown["exclusions"]] == ["bullying", "other"]
    assert shown["urgent_peps"][0]["what"] == "Zebedee runs off."
    assert (await world.ask("worker", "GET", f"/children/{child}")).json()["school_urn"] is None


@pytest.mark.scenario("T51")
async def test_a_suspension_told_by_mistake_is_withdrawn_and_the_later_ones_are_counted_again(world: World) -> None:
    child = await a_child(world)
    path = f"/children/{child}"
    told = {"category": "bullying", "reason": "Zebedee's friends."}
    for began, days in (("2026-09-14", 3), ("2026-09-17", 3)):
        answer = await world.ask("teacher", "POST", f"{path}/suspensions", {**told, "began": began, "days": days})
        assert answer.status_code == 204, answer.text
    first, second = (await concerns(world, child))["exclusions"]
    assert (first["provision_from"], second["provision_from"]) == (None, "2026-09-21")
    withdrawn = {"because": "told_by_mistake", "reason": "It was Zebedee's cousin."}
    where = f"{path}/suspensions/2026-09-14/withdrawal"
    assert (await world.ask("other-teacher", "POST", where, withdrawn)).status_code == 403
    assert (await world.ask("teacher", "POST", where, {**withdrawn, "days_served": 1})).status_code == 422
    nobodys = await world.ask("teacher", "POST", f"{path}/suspensions/2026-09-15/withdrawal", withdrawn)
    assert (nobodys.status_code, nobodys.json()["detail"]) == (409, "No suspension from 15/09/2026 is on record.")
    assert (await world.ask("teacher", "POST", where, withdrawn)).status_code == 204
    assert (await world.ask("teacher", "POST", where, withdrawn)).status_code == 204
    shown = await concerns(world, child)
    first, second = shown["exclusions"]
    assert (first["withdrawn_on"], first["withdrawn_because"], first["withdrawn_reason"]) == (
        "2026-09-25",
        "told_by_mistake",
        "It was Zebedee's cousin.",
    )
    assert (second["days_in_year"], second["provision_from"]) == (3.0, None)
    assert [each["item"] for each in shown["agenda"]] == ["suspension-2026-09-17"]


@pytest.mark.scenario("T51")
async def test_an_exclusion_that_governors_overturned_brings_the_child_back_and_nothing_urgent_is_due(
    world: World,
) -> None:
    child = await a_child(world)
    path = f"/children/{child}"
    excluded = {"on": "2026-09-22", "category": "other", "reason": "…"}
    before = await still_due(world, child)
    assert (await world.ask("worker", "POST", f"{path}/permanent-exclusions", excluded)).status_code == 204
    assert (await world.ask("teacher", "GET", path)).status_code == 403
    overturned = {"because": "overturned", "back_on": "2026-09-25", "reason": "Zebedee was not there."}
    where = f"{path}/permanent-exclusions/2026-09-22/withdrawal"
    early = await world.ask("worker", "POST", where, {**overturned, "back_on": "2026-09-21"})
    assert early.status_code == 409
    assert (await world.ask("worker", "POST", where, overturned)).status_code == 204
    assert (await world.ask("teacher", "GET", path)).json()["school_urn"] == "999101"
    shown = await concerns(world, child)
    assert [(each["back_on"], each["withdrawn_because"]) for each in shown["exclusions"]] == [
        ("2026-09-25", "overturned")
    ]
    assert [each["withdrawn_on"] for each in shown["urgent_peps"]] == ["2026-09-25"]
    assert (shown["agenda"], shown["moves_without_approval"]) == ([], [])
    assert await still_due(world, child) == before


@pytest.mark.rule("O-75")
async def test_a_safeguarding_concern_of_the_school_is_read_by_the_social_worker_and_not_by_the_school(
    world: World,
) -> None:
    path = f"/children/{await a_child(world)}/safeguarding-concerns"
    assert (await world.ask("teacher", "POST", path, {"what": "Zebedee has no coat."})).status_code == 204
    (shown,) = (await world.ask("worker", "GET", path)).json()["items"]
    assert (shown["raised_on"], shown["what"]) == ("2026-09-25", "Zebedee has no coat.")
    assert (await world.ask("teacher", "GET", path)).status_code == 403


@pytest.mark.rule("O-10")
async def test_the_reviewing_officer_sees_what_is_missing_for_the_reviews_that_come(world: World) -> None:
    child = await a_child(world)
    set_for = {"on": "2026-10-19"}
    assert (await world.ask("reviewer", "POST", f"/children/{child}/reviews", set_for)).status_code == 204
    (shown,) = (await world.ask("reviewer", "GET", "/reviews")).json()["items"]
    assert (shown["child_ref"], shown["given_name"], shown["wanted_by"], shown["ready"]) == (
        child,
        "Zebedee",
        "2026-10-14",
        False,
    )
    assert "The plan must be available by 19/10/2026." in shown["missing"]
    assert (await world.ask("reviewer", "GET", "/reviews?until=2026-10-18")).json()["items"] == []
    assert (await world.ask("worker", "GET", "/reviews")).json()["items"] == [shown]
    assert (await world.ask("duty", "GET", "/reviews")).json()["items"] == [], "another worker's children"
    assert (await world.ask("teacher", "GET", "/reviews")).status_code == 403
    young = await world.ask("worker", "POST", f"/children/{child}/pathway-plans", set_for)
    assert young.status_code == 409


def marks(child_id: str, *codes: str) -> dict[str, Any]:
    days = [{"on": on, "am": code, "pm": code} for on, code in zip(SCHOOL_DAYS, codes, strict=False)]
    return {"child_id": child_id, "days": days}


@pytest.mark.rule("O-74")
async def test_marks_come_in_batches_the_same_again_change_nothing_and_others_correct(world: World) -> None:
    child = await a_child(world)
    other = {**RECORD, "child_id": "other", "schooling": [], "is_another_child": True}
    await take_in(world, "/care-records", other)
    records = (marks("0123456789", "/", "N"), marks("other", "/"), marks("nobody", "/"))
    first = await take_in(world, "/attendance", *records)
    assert (first["changed"], [each["index"] for each in first["refused"]]) == (2, [2])
    assert (await take_in(world, "/attendance", *records))["unchanged"] == 2
    corrected = {"child_ref": child, "days": [{"on": "2026-09-22", "am": "I", "pm": "/"}]}
    assert (await take_in(world, "/attendance", corrected))["changed"] == 1
    (year,) = (await concerns(world, child))["attendance"]
    assert (year["possible"], year["missed"], year["unauthorised"]) == (4, 1, 0)
    wrong = await world.ask("admin", "POST", "/attendance", {"records": [marks("0123456789", "H")]})
    assert wrong.status_code == 422
    assert (await world.ask("worker", "POST", "/attendance", {"records": list(records)})).status_code == 403


def by_upn(upn: str, *codes: str) -> dict[str, Any]:
    return {"upn": upn, "days": marks("", *codes)["days"]}


@pytest.mark.rule("O-74")
async def test_a_pupil_number_names_one_child_and_one_that_fits_none_or_two_is_refused(world: World) -> None:
    await a_child(world)
    numbered = {**RECORD, "upn": "Z931920218001"}
    twin = {**RECORD, "schooling": [], "is_another_child": True}
    await take_in(world, "/care-records", numbered)
    for child_id, upn in (("twin", "P207000016049"), ("other", "P207000016049"), ("third", "T855400026123")):
        await take_in(world, "/care-records", {**twin, "child_id": child_id, "upn": upn})
    await take_in(world, "/care-records", {**twin, "child_id": "third", "upn": "P931400026007"})
    upns = ("Z931920218001", "P207000016049", "B801200005001", "T855400026123", "P931400026007")
    taken = await take_in(world, "/attendance", *(by_upn(upn, "/", "I") for upn in upns))
    assert (taken["changed"], taken["unchanged"]) == (2, 0)
    assert {each["index"]: each["reason"].split(".")[0] for each in taken["refused"]} == {
        1: "More than one child here has or had this pupil number",
        2: "Nobody in care here has this pupil number",
        3: "Nobody in care here has this pupil number now; one child had it before",
    }
    ref = await world.service.reference("oxfordshire", "child", "0123456789")
    (year,) = (await concerns(world, ref))["attendance"]
    assert (year["possible"], year["missed"]) == (4, 2)
    assert (await take_in(world, "/attendance", marks("0123456789", "/", "I")))["unchanged"] == 1
    wrong = await world.ask("admin", "POST", "/attendance", {"records": [by_upn("Zebedee", "/")]})
    assert wrong.status_code == 422
    assert [upn for upn in upns if upn.encode() in await world.stored()] == []


@pytest.mark.scenario("T50")
async def test_a_child_who_is_not_five_yet_is_refused_and_the_others_of_the_append_are_taken_in(world: World) -> None:
    await a_child(world)
    little = {**RECORD, "child_id": "little", "date_of_birth": "2021-12-01", "schooling": []}
    await take_in(world, "/care-records", little)
    taken = await take_in(world, "/attendance", marks("little", "/"), marks("0123456789", "/"))
    assert (taken["changed"], [each["index"] for each in taken["refused"]]) == (1, [0])
    assert "No attendance is collected" in taken["refused"][0]["reason"]


async def test_codes_of_marks_are_nowhere_in_the_clear(world: World) -> None:
    await a_child(world)
    await take_in(world, "/attendance", marks("0123456789", "R", "T"))
    (row,) = await world.service.worker.fetch("select payload from journal where type = 'AttendanceMarksReceived'")
    assert "2026-09-21 R R" not in bytes(row["payload"]).decode()
