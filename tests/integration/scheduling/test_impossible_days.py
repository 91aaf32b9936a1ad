"""Over HTTP: a year that was typed wrongly is refused by its field; the first and the last possible day do no harm."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.scheduling.conftest import World
from tests.integration.scheduling.test_api import RECORD, a_child, held, meeting_about

WORDS = {"childs_view": "I like it here.", "effect_on_education": "None."}
HOURS = ("9999-12-31T23:59:00Z", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:00Z", "2101-01-01T00:00:00Z")
DAYS = ("9999-12-31", "0001-01-01", "1899-12-31", "2101-01-01")
FIRST, LAST = "2000-01-01", "2100-12-31"


async def bodies(world: World, child: str, day: str, hour: str) -> list[tuple[str, str, Any]]:
    """Every command with a day in it, each with this one."""
    made = await world.ask("coordinator", "POST", "/meetings", meeting_about(child))
    meeting = f"/meetings/{made.json()['meeting_id']}"
    worker, about = await world.ref("worker"), f"/children/{child}"
    proposed = {"child_ref": child, "dates": [hour], "asked": [worker]}
    plan = {"person_ref": worker, "begins": hour, "ends": hour, "children": [{"child_ref": child}]}
    spell = {"began": day, "episodes": [{**RECORD["spells"][0]["episodes"][0], "began": day}]}
    entry = {**RECORD, "child_id": "8", "is_another_child": True, "schooling": [], "social_workers": []}
    correction = {"fact": "entered_care", "on": "2026-09-21", "right_on": day, "reason": "Mistyped."}
    flag = {"fact": "school", "fact_on": day, "lacks": "approval", "reason": "Agreed by telephone."}
    holiday = {"first_day": day, "last_day": day, "why": "A wedding."}
    move = {"school_urn": "999102", "for_day": day, "why": "Carers moved.", **WORDS}
    placement = {"decision": "placement_change", "for_day": day, "why": "Carers moved."}
    excluded = {"category": "other", "reason": "What the school wrote."}
    return [
        ("coordinator", "/meetings", meeting_about(child, at=hour, after_due_because="Nobody can sooner.")),
        ("coordinator", "/meeting-blocks", {"meetings": [meeting_about(child, at=hour)]}),
        ("coordinator", "/meeting-blocks/plan", plan),
        ("coordinator", "/meeting-proposals", proposed),
        ("coordinator", f"{meeting}/reschedule", {"at": hour, "reason": "x", "after_due_because": "y"}),
        ("teacher", f"{meeting}/record", held(on=day)),
        ("teacher", f"{meeting}/record", held(next_meeting={"on": day})),
        ("worker", f"{about}/late-reason", {"obligation": "hold", "trigger_on": day, "because": "no_school"}),
        ("worker", f"{about}/facts", {"kind": "review_held", "on": day}),
        ("worker", f"{about}/facts", {"kind": "placement", "on": day, "placement": "U4"}),
        ("worker", f"{about}/facts", {"kind": "school_notified", "on": "2026-09-25", "placement_on": day}),
        ("worker", f"{about}/corrections", correction),
        ("worker", f"{about}/reviews", {"on": day}),
        ("worker", f"{about}/pathway-plans", {"on": day}),
        ("worker", f"{about}/suspensions", {"began": day, "days": 1, **excluded}),
        ("worker", f"{about}/permanent-exclusions", {"on": day, **excluded}),
        ("worker", f"{about}/school-change-requests", move),
        ("worker", f"{about}/holiday-requests", holiday),
        ("worker", f"{about}/placement-requests", placement),
        ("head", f"{about}/flags/let-be", flag),
        ("admin", "/care-feeds", {"of": day, "rows": 1, "sha256": "0" * 64}),
        ("admin", f"/people/{worker}/absences", {"on": day, "until": day, "deputy_ref": await world.ref("duty")}),
        ("admin", f"/people/{worker}/grants", {"what": "auditor", "until": day}),
        ("admin", "/care-records", {"records": [{**entry, "date_of_birth": day, "spells": [spell]}]}),
        ("admin", "/care-records", {"records": [{**entry, "reviews": [day]}]}),
        ("admin", "/attendance", {"records": [{"child_ref": child, "days": [{"on": day, "am": "/"}]}]}),
        ("coordinator", f"/people/{await world.ref('teacher')}/verification", {"trained_on": day}),
    ]


LISTS = (
    "/due?trigger=SchoolMoved&on={}",
    "/due-dates?from={}",
    "/due-dates?before={}&weeks=3",
    "/meetings?from={}",
    "/meetings?before={}",
    "/flags?since={}",
    "/reviews?until={}",
    "/timeliness?from={}",
    "/timeliness.csv?to={}",
    "/children/{child}/as-known?as_of={}",
)


@pytest.mark.parametrize(("day", "hour"), list(zip(DAYS, HOURS, strict=True)))
async def test_a_day_on_which_nothing_can_be_counted_is_not_understood(world: World, day: str, hour: str) -> None:
    child = await a_child(world)
    for who, path, body in await bodies(world, child, day, hour):
        answer = await world.ask(who, "POST", path, body)
        assert (answer.status_code, bool(answer.json().get("errors"))) == (422, True), (path, answer.text)
    for path in LISTS:
        answer = await world.ask("coordinator", "GET", path.replace("{child}", child).format(day))
        assert answer.status_code == 422, (path, answer.text)
    answer = await world.ask("worker", "POST", f"/children/{child}/suspensions/{day}/withdrawal", {})
    assert answer.status_code == 422


@pytest.mark.parametrize("day", [FIRST, LAST])
async def test_the_first_and_the_last_possible_day_are_answered(world: World, day: str) -> None:
    """Done, or refused with a sentence; and every list can still be read."""
    child = await a_child(world)
    for who, path, body in await bodies(world, child, day, f"{day}T12:00:00+00:00"):
        answer = await world.ask(who, "POST", path, body)
        assert answer.is_success or answer.json()["detail"], (path, answer.text)
        assert answer.status_code < 500, (path, answer.text)
    for path in (*LISTS, "/children/{child}", "/children/{child}/due-dates", "/caseload", "/overdue", "/children"):
        answer = await world.ask("coordinator", "GET", path.replace("{child}", child).format(day))
        assert answer.status_code in (200, 404, 422), (path, answer.text)


async def test_a_meeting_is_not_recorded_by_rules_that_nobody_had_yet(world: World) -> None:
    child = await a_child(world)
    made = await world.ask("coordinator", "POST", "/meetings", meeting_about(child))
    path = f"/meetings/{made.json()['meeting_id']}/record"
    answer = await world.ask("teacher", "POST", path, held(on="2001-10-06"))
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["on"])
    assert "in force on 06/10/2001" in answer.json()["detail"]
