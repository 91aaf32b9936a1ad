"""Single facts over HTTP: told, corrected, flagged, handed over, taken in from the daily file."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.installed import until
from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World
from tests.integration.scheduling.test_api import RECORD, SCHOOLS, a_child, take_in

from pep_runtime.settings import Settings
from scheduling.entrypoints import care_sweep
from scheduling.entrypoints.care_sweep import look_at_care

TODAY = "2026-09-25"


async def told(world: World, child: str, who: str = "admin", **fact: Any) -> None:
    answer = await world.ask(who, "POST", f"/children/{child}/facts", {"on": TODAY, **fact})
    assert answer.status_code == 204, answer.text


async def refused(world: World, path: str, body: dict[str, Any], status: int, who: str = "admin") -> dict[str, Any]:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


async def shown(world: World, child: str, what: str = "circumstances", who: str = "coordinator") -> dict[str, Any]:
    answer = await world.ask(who, "GET", f"/children/{child}/{what}".rstrip("/"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_facts_are_told_one_by_one_and_shown(world: World) -> None:
    child = await a_child(world)
    await told(world, child, kind="reviewing_officer", staff_id="lead")
    await told(world, child, kind="fostering_allowance", paid=True)
    await told(world, child, kind="special_educational_needs", special_educational_needs="plan")
    await told(world, child, kind="sibling", sibling_child_id="4711")
    await told(world, child, kind="year_group", year_group=8)
    await told(world, child, kind="school_move_planned", on="2027-01-04", school_urn="999102")
    known = await shown(world, child)
    assert known["reviewing_officer_ref"] == await world.ref("lead")
    assert (known["fostering_allowance"], known["special_educational_needs"]) == (True, "plan")
    assert (known["year_group"], known["year_group_told"], known["stage"]) == (7, 8, "school_age")
    assert known["siblings"] == [await world.service.reference(HERE, "child", "4711")]
    assert (known["planned_school_urn"], known["planned_school_on"]) == ("999102", "2027-01-04")
    flags = (await world.ask("coordinator", "GET", "/flags")).json()["items"]
    assert [(each["fact"], each["lacks"]) for each in flags] == [("year_group", "agreement_with_computed_year_group")]
    assert (await world.ask("delegate", "GET", f"/children/{child}/circumstances")).status_code == 403


async def test_brothers_and_sisters_are_shown_whichever_record_names_the_other(world: World) -> None:
    child = await a_child(world)
    await take_in(world, "/care-records", {**RECORD, "child_id": "4711", "schooling": [], "is_another_child": True})
    sibling = await world.service.reference(HERE, "child", "4711")
    await told(world, child, kind="sibling", sibling_child_id="4711")
    assert (await shown(world, sibling))["siblings"] == [child]


@pytest.mark.scenario("T53")
async def test_a_move_without_its_approvals_is_recorded_and_flagged(world: World) -> None:
    child = await a_child(world)
    await told(world, child, "worker", kind="school", on=TODAY, school_urn="999102")
    assert (await world.ask("coordinator", "GET", f"/children/{child}")).json()["school_urn"] == "999102"
    moves = (await world.ask("coordinator", "GET", "/flags?lacks=approval")).json()["items"]
    assert [(each["child_ref"], each["decision"]) for each in moves] == [(child, "school_change")]


async def test_a_wrong_first_day_is_corrected_and_what_is_due_is_found_anew(world: World) -> None:
    child = await a_child(world)
    body = {"fact": "entered_care", "on": "2026-09-21", "right_on": "2026-09-14", "reason": "Read wrong."}
    for _ in range(2):
        answer = await world.ask("worker", "POST", f"/children/{child}/corrections", body)
        assert answer.status_code == 204, answer.text
    due = (await shown(world, child, "due-dates"))["items"]
    assert {each["trigger_on"] for each in due if each["state"] == "open"} == {"2026-09-14"}
    assert {each["trigger_on"] for each in due if each["state"] == "withdrawn"} == {"2026-09-21"}
    overview = (await world.ask("coordinator", "GET", f"/children/{child}")).json()
    assert (overview["in_care_since"], overview["pep_applies"]) == ("2026-09-14", True)
    again = await refused(world, f"/children/{child}/corrections", {**body, "right_on": "2026-09-07"}, 409)
    assert "was corrected before, to the same of 14/09/2026" in again["detail"]


async def test_a_coordinator_tells_of_schools_and_of_nothing_else(world: World) -> None:
    child = await a_child(world)
    school = {"kind": "school", "on": TODAY, "school_urn": "999102"}
    assert (await world.ask("coordinator", "POST", f"/children/{child}/facts", school)).status_code == 204
    worker = {"kind": "social_worker", "on": TODAY, "person_ref": await world.ref("duty")}
    await refused(world, f"/children/{child}/facts", worker, 403, who="coordinator")
    leaving = {"kind": "left_care", "on": TODAY, "reason": "E4A"}
    await refused(world, f"/children/{child}/facts", leaving, 403, who="coordinator")


async def test_whoever_is_named_by_reference_is_somebody(world: World) -> None:
    child = await a_child(world)
    facts, nobody = f"/children/{child}/facts", "n" * 26
    carer = await world.service.reference(HERE, "carer", "c1")
    for kind in ("social_worker", "reviewing_officer"):
        for ref in (nobody, carer):
            answer = await refused(world, facts, {"kind": kind, "on": TODAY, "person_ref": ref}, 422)
            assert [each["field"] for each in answer["errors"]] == ["person_ref"]
    answer = await refused(world, facts, {"kind": "sibling", "on": TODAY, "sibling_ref": nobody}, 422)
    assert [each["field"] for each in answer["errors"]] == ["sibling_ref"]
    await told(world, child, kind="social_worker", staff_id="comes-tomorrow")


async def test_a_correction_names_a_worker_or_a_school_and_no_words(world: World) -> None:
    child = await a_child(world)
    path, worker = f"/children/{child}/corrections", await world.ref("worker")
    wrong = {"fact": "social_worker", "on": "2026-09-21", "was": worker, "reason": "Mistyped."}
    for right in ("Jane Sample", "n" * 26):
        answer = await refused(world, path, {**wrong, "right": right}, 422)
        assert [each["field"] for each in answer["errors"]] == ["right"]
    answer = await refused(world, path, {**wrong, "was": "Jane Sample", "right": worker}, 422)
    assert [each["field"] for each in answer["errors"]] == ["was"]
    school = {"fact": "school", "on": "2026-09-02", "was": "999101", "right": "999777", "reason": "Mistyped."}
    answer = await refused(world, path, school, 422)
    assert [each["field"] for each in answer["errors"]] == ["right"]
    assert b"Jane Sample" not in await world.stored()
    body = {**wrong, "right": await world.ref("duty")}
    assert (await world.ask("admin", "POST", path, body)).status_code == 204
    assert (await shown(world, child, "", "coordinator"))["social_worker_ref"] == await world.ref("duty")


async def test_what_cannot_be_is_not_taken_and_the_answer_names_the_field(world: World) -> None:
    child = await a_child(world)
    facts, corrections = f"/children/{child}/facts", f"/children/{child}/corrections"
    unlisted = await refused(world, facts, {"kind": "school", "on": TODAY, "school_urn": "999777"}, 422)
    assert unlisted["errors"][0]["field"] == "school_urn"
    shapeless = await refused(world, facts, {"on": TODAY, "school_urn": "999102"}, 422)
    assert shapeless["errors"] == [{"field": "kind", "reason": "Field required"}]
    unknown = await refused(world, facts, {"kind": "tooth_fairy", "on": TODAY}, 422)
    assert unknown["errors"][0]["field"] == "kind"
    old_code = await refused(world, facts, {"kind": "placement", "on": TODAY, "placement": "P2"}, 422)
    assert "not a code of the return" in old_code["detail"]
    leaving = await refused(world, facts, {"kind": "left_care", "on": TODAY, "reason": "X1"}, 422)
    assert "not a code of the return" in leaving["detail"]
    early = await refused(world, facts, {"kind": "review_held", "on": "2026-09-18"}, 409)
    assert early["detail"] == "on: 18/09/2026 is before the child entered care, on 21/09/2026."
    nothing = await refused(world, corrections, {"fact": "school", "on": TODAY, "was": "999101", "reason": "x"}, 422)
    assert "say either what is right" in nothing["detail"]
    born_later = {**RECORD, "child_id": "2", "date_of_birth": "2026-09-22"}
    assert (
        "before the child was born" in (await refused(world, "/care-records", {"records": [born_later]}, 422))["detail"]
    )
    unknown = {
        **RECORD,
        "child_id": "2",
        "spells": [
            {"began": TODAY, "episodes": [{"began": TODAY, "reason_new": "S", "legal_status": "Q1", "placement": "U1"}]}
        ],
    }
    assert "legal_status" in (await refused(world, "/care-records", {"records": [unknown]}, 422))["detail"]


async def test_a_child_goes_to_another_authority_with_a_pack_and_each_keeps_its_own_rows(world: World) -> None:
    child = await a_child(world)
    early = await world.ask("head", "GET", f"/children/{child}/hand-over")
    assert (early.status_code, "once the transfer" in early.json()["detail"]) == (409, True)
    await told(world, child, kind="responsibility_transferred", to_authority=ELSEWHERE)
    assert (await world.ask("worker", "GET", f"/children/{child}/hand-over")).status_code == 403
    sent = (await world.ask("head", "GET", f"/children/{child}/hand-over")).json()
    assert (sent["pack"]["name"]["given"], sent["pack"]["date_of_birth"]) == ("Zebedee", "2014-11-05")
    assert "pat" not in str(sent["pack"]["name"]).casefold()
    assert await world.ref("worker") not in str(sent)
    body = {**sent, "child_id": "99", "sex": "M", "legal_status": "C2", "placement": "U1"}
    assert (await world.ask("admin", "POST", "/hand-overs", body)).status_code == 409
    await world.ask("admin", "POST", "/schools", {"records": SCHOOLS}, authority=ELSEWHERE)
    altered = {**body, "pack": {**body["pack"], "upn": "P207000016049"}}
    assert (await world.ask("admin", "POST", "/hand-overs", altered, authority=ELSEWHERE)).status_code == 409
    accepted = await world.ask("admin", "POST", "/hand-overs", body, authority=ELSEWHERE)
    assert accepted.status_code == 200, accepted.text
    theirs = accepted.json()["child_ref"]
    assert theirs != child
    there = (await world.ask("coordinator", "GET", f"/children/{theirs}", authority=ELSEWHERE)).json()
    assert (there["given_name"], there["in_care_since"], there["left_care_on"]) == ("Zebedee", TODAY, None)
    here = (await world.ask("coordinator", "GET", f"/children/{child}")).json()
    assert (here["left_care_on"], here["why_not"]) == (TODAY, "left_care")
    assert (await world.ask("coordinator", "GET", f"/children/{child}", authority=ELSEWHERE)).status_code == 404
    again = await world.ask("admin", "POST", "/hand-overs", body, authority=ELSEWHERE)
    assert "already" in again.json()["detail"]


def entry(child_id: str, **more: Any) -> dict[str, Any]:
    record = {key: RECORD[key] for key in ("name", "date_of_birth", "sex", "spells")}
    return {"child_id": child_id, "entry": {"child_id": child_id, **record, **more}}


async def test_rows_of_the_daily_file_are_taken_in_one_child_after_the_other(world: World) -> None:
    await take_in(world, "/schools", *SCHOOLS)
    robin = {"name": {"given": "Robin", "family": "Example"}}
    (episode,) = RECORD["spells"][0]["episodes"]
    again = {"began": "2026-09-24", "episodes": [{**episode, "began": "2026-09-24"}]}
    rows = [
        entry("1", **robin),
        {"child_id": "1", "fact": {"kind": "social_worker", "on": "2026-09-22", "staff_id": "worker"}},
        {"child_id": "1", "fact": {"kind": "school", "on": "2026-09-23", "school_urn": "999101"}},
        {"child_id": "1", "fact": {"kind": "school", "on": "2026-09-24", "school_urn": "999777"}},
        {"child_id": "2", "fact": {"kind": "review_held", "on": "2026-09-24"}},
        entry("1", **robin, spells=[again]),
    ]
    answer = await take_in(world, "/care-changes", *rows)
    assert (answer["changed"], [each["index"] for each in answer["refused"]]) == (3, [3, 5, 4])
    reasons = {each["index"]: each["reason"] for each in answer["refused"]}
    assert "No school 999777 is listed" in reasons[3]
    assert "in care since 21/09/2026" in reasons[5]
    once_more = await take_in(world, "/care-changes", *rows[:3])
    assert (once_more["changed"], once_more["unchanged"]) == (0, 3)


async def test_what_a_later_record_leaves_out_of_who_the_child_is_is_shown_still_until_it_is_taken_back(
    world: World,
) -> None:
    child = await a_child(world)
    names = {"given": "Zebedee", "family": "Quillfeather", "preferred": "Zeb", "language": "Welsh"}
    told_in_full = {**RECORD, "name": names, "upn": "P207000016049"}
    assert (await take_in(world, "/care-records", told_in_full))["changed"] == 1
    for less in ({**RECORD, "name": None}, {**RECORD, "name": {"given": "Zebedee", "family": "Quillfeather"}}):
        assert (await take_in(world, "/care-records", less))["unchanged"] == 1
    overview = await world.ask("coordinator", "GET", f"/children/{child}")
    assert [overview.json()[name] for name in ("given_name", "preferred_name", "language")] == [
        "Zebedee", "Zeb", "Welsh",
    ]  # fmt: skip
    assert (await take_in(world, "/care-records", {**RECORD, "taken_back": ["preferred_name"]}))["changed"] == 1
    overview = await world.ask("coordinator", "GET", f"/children/{child}")
    assert [overview.json()[name] for name in ("family_name", "preferred_name")] == ["Quillfeather", None]


async def test_a_record_that_cannot_be_true_is_refused_by_its_number_and_the_others_are_taken_in(world: World) -> None:
    await take_in(world, "/schools", *SCHOOLS)
    other: dict[str, Any] = {**RECORD, "name": None, "is_another_child": True}
    nowhere = {**other, "child_id": "2", "schooling": [{"school_urn": "999777", "entered": "2026-09-02"}]}
    to_come = {**other, "child_id": "3", "last_pep": {"held": "2062-09-14"}}
    answer = await take_in(world, "/care-records", RECORD, nowhere, to_come)
    assert answer["changed"] == 1
    assert {each["index"]: each["reason"] for each in answer["refused"]} == {
        1: "schooling.school_urn: No school 999777 is listed; take it in first (POST /schools).",
        2: "last_pep.held: 14/09/2062 is still to come.",
    }


async def test_a_child_who_may_be_known_is_taken_in_only_as_another_child(world: World) -> None:
    child = await a_child(world)
    same = {**RECORD, "child_id": "77"}
    (double,) = (await take_in(world, "/care-records", same))["refused"]
    assert double["candidates"] == [child]
    assert (await take_in(world, "/care-records", RECORD))["unchanged"] == 1
    assert (await take_in(world, "/care-records", {**same, "is_another_child": True}))["changed"] == 1
    twins = [{**RECORD, "child_id": each, "name": None, "upn": "P207000016049"} for each in ("81", "82")]
    answer = await take_in(world, "/care-records", *twins)
    assert (answer["changed"], [each["index"] for each in answer["refused"]]) == (1, [1])


async def test_a_file_that_is_late_or_does_not_come_is_an_alert_once(world: World) -> None:
    async def feed(of: str, sha: str = "a") -> dict[str, Any]:
        body = {"of": of, "rows": 3, "sha256": sha * 64}
        answer = await world.ask("admin", "POST", "/care-feeds", body)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    late = {"feed": "care", "of": "2026-09-21", "is_new": True, "days_late": 3}
    assert await feed("2026-09-21") == late
    assert await feed("2026-09-21") == {**late, "is_new": False, "days_late": 0}
    assert (await feed("2026-09-24", "b"))["days_late"] == 0


async def test_the_register_of_designated_teachers_says_whom_nobody_verified(world: World) -> None:
    teacher, deputy = await world.ref("teacher"), await world.ref("other-teacher")
    register = "/designated-teachers?unverified=true"
    both = (await world.ask("coordinator", "GET", register)).json()["items"]
    assert {each["person_ref"] for each in both} == {teacher, deputy}
    assert "teacher Sample" in {each["name"] for each in both}
    body = {"deputy_ref": deputy, "trained_on": "2026-06-19"}
    assert (await world.ask("lead", "POST", f"/people/{teacher}/verification", body)).status_code == 204
    (left,) = (await world.ask("coordinator", "GET", register)).json()["items"]
    assert left["person_ref"] == deputy
    rows = (await world.ask("coordinator", "GET", "/designated-teachers")).json()["items"]
    assert {(each["person_ref"], each["verified_on"]) for each in rows} == {(teacher, TODAY), (deputy, None)}
    assert (await world.ask("teacher", "GET", "/designated-teachers")).status_code == 403


async def test_time_ends_care_at_eighteen_and_misses_a_notice_and_a_file(world: World) -> None:
    nearly = {**RECORD, "date_of_birth": "2008-09-26", "child_id": "18"}
    nearly["schooling"] = [{"school_urn": "999101", "entered": "2026-09-02"}]
    await take_in(world, "/schools", *SCHOOLS)
    await take_in(world, "/care-records", nearly)
    child = await world.service.reference(HERE, "child", "18")
    await told(world, child, kind="placement", on="2026-09-24", placement="U4")
    await world.ask("admin", "POST", "/care-feeds", {"of": "2026-09-24", "rows": 0, "sha256": "c" * 64})
    await shown(world, child)
    clock_file = world.service.settings.clock_file
    assert clock_file is not None
    clock_file.write_text("2026-09-30T10:00:00+01:00")
    for _ in range(2):
        await look_at_care(world.service)

    async def flagged() -> bool:
        flags = (await world.ask("coordinator", "GET", "/flags")).json()["items"]
        return [(each["fact_on"], each["lacks"]) for each in flags] == [("2026-09-24", "notice")]

    async def grown_up() -> bool:
        return bool((await shown(world, child))["ended"] == "grown_up")

    await until(flagged)
    await until(grown_up)
    over = (await world.ask("coordinator", "GET", f"/children/{child}")).json()
    assert (over["left_care_on"], over["why_not"]) == ("2026-09-26", "left_care")
    days = (await world.ask("admin", "GET", "/care-feeds?state=missing")).json()["items"]
    assert [(each["of"], each["days_late"]) for each in days] == [("2026-09-25", 2), ("2026-09-28", 1)]


async def test_of_many_who_come_of_age_in_a_school_year_everybody_is_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those whose birthday is still to come stay in the list: nobody may wait behind them."""
    births = {"a": "2008-09-26", "b": "2009-06-01", "c": "2009-06-01", "d": "2008-09-26"}
    for child_id, born in births.items():
        record = {**RECORD, "child_id": child_id, "date_of_birth": born, "schooling": [], "is_another_child": True}
        await take_in(world, "/care-records", record)
    refs = {child_id: await world.service.reference(HERE, "child", child_id) for child_id in births}
    for ref in refs.values():
        await shown(world, ref)
    clock_file = world.service.settings.clock_file
    assert clock_file is not None
    clock_file.write_text("2026-09-30T10:00:00+01:00")
    monkeypatch.setattr(care_sweep, "AT_MOST", 1)
    await look_at_care(world.service)

    async def grown_up() -> bool:
        ended = {child_id: (await shown(world, ref))["ended"] for child_id, ref in refs.items()}
        return ended == {"a": "grown_up", "b": None, "c": None, "d": "grown_up"}

    await until(grown_up)


@pytest.mark.scenario("T55")
async def test_on_the_second_birthday_a_pep_applies_though_nobody_tells_anything(world: World) -> None:
    await take_in(world, "/schools", *SCHOOLS)
    await take_in(world, "/care-records", {**RECORD, "child_id": "2", "date_of_birth": "2024-09-28"})
    child = await world.service.reference(HERE, "child", "2")
    clock_file = world.service.settings.clock_file
    assert clock_file is not None

    async def known() -> tuple[bool, str | None]:
        row = (await world.ask("coordinator", "GET", f"/children/{child}")).json()
        return row["pep_applies"], row["why_not"]

    async def too_young() -> bool:
        return await known() == (False, "too_young")

    async def applies() -> bool:
        return await known() == (True, None)

    await until(too_young)
    await look_at_care(world.service)
    await until(too_young)
    clock_file.write_text("2026-09-30T10:00:00+01:00")
    await look_at_care(world.service)
    await until(applies)
    dues = (await world.ask("coordinator", "GET", f"/children/{child}/due-dates")).json()
    assert {each["trigger_on"] for each in dues["items"]} == {"2026-09-28"}


async def test_whoever_stands_in_for_an_absent_worker_works_with_that_workers_children_until_the_return(
    world: World,
) -> None:
    child = await a_child(world)
    worker, duty = await world.ref("worker"), await world.ref("duty")
    fact = {"kind": "review_held", "on": TODAY}
    assert (await world.ask("duty", "POST", f"/children/{child}/facts", fact)).status_code == 403
    absence = {"on": TODAY, "until": "2026-10-09", "deputy_ref": duty}
    assert (await world.ask("lead", "POST", f"/people/{worker}/absences", absence)).status_code == 403
    for _ in range(2):
        assert (await world.ask("admin", "POST", f"/people/{worker}/absences", absence)).status_code == 204
    assert (await world.ask("duty", "POST", f"/children/{child}/facts", fact)).status_code == 204
    assert [each["child_ref"] for each in (await world.ask("duty", "GET", "/children")).json()["items"]] == [child]
    around = (await world.ask("coordinator", "GET", f"/children/{child}/people")).json()
    assert {worker, duty} <= {each["person_ref"] for each in around}
    assert (await world.ask("admin", "DELETE", f"/people/{worker}/absences")).status_code == 204
    assert (await world.ask("duty", "GET", f"/children/{child}")).status_code == 403
    teacher = {**absence, "deputy_ref": await world.ref("teacher")}
    no = await world.ask("admin", "POST", f"/people/{worker}/absences", teacher)
    assert (no.status_code, "is one too" in no.json()["detail"]) == (409, True)
    nobody = {**absence, "deputy_ref": "a" * 26}
    assert (await world.ask("admin", "POST", f"/people/{worker}/absences", nobody)).status_code == 404


@pytest.mark.rule("L-37", "O-21", "O-22")
async def test_a_teachers_deputy_does_the_teachers_work_for_the_teachers_school_on_the_days_of_the_absence(
    world: World, settings: Settings
) -> None:
    """Nobody had named this delegate for the child. A record that is restricted stays closed to a deputy."""
    child = await a_child(world)
    delegate = await world.ref("delegate")
    restricted = {"reason": "Somebody at school knows the family."}
    path = f"/people/{await world.ref('teacher')}/absences"
    absence = {"on": "2026-09-28", "until": "2026-10-09", "deputy_ref": delegate}
    assert (await world.ask("admin", "POST", path, absence)).status_code == 204
    name = (f"/children/{child}/delegates", {"person_ref": delegate})
    assert settings.clock_file is not None
    seen = {}
    for day in ("2026-09-25", "2026-09-28", "2026-10-09", "2026-10-10"):
        settings.clock_file.write_text(f"{day}T10:00:00+01:00")
        seen[day] = (await world.ask("delegate", "GET", f"/children/{child}")).status_code
    assert seen == {"2026-09-25": 403, "2026-09-28": 200, "2026-10-09": 200, "2026-10-10": 403}
    settings.clock_file.write_text("2026-09-28T10:00:00+01:00")
    assert [each["child_ref"] for each in (await world.ask("delegate", "GET", "/children")).json()["items"]] == [child]
    assert (await world.ask("delegate", "POST", *name)).status_code == 204
    assert (await world.ask("head", "POST", f"/children/{child}/restriction", restricted)).status_code == 204
    assert (await world.ask("delegate", "GET", f"/children/{child}")).status_code == 403
