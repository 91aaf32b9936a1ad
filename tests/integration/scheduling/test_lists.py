"""Lists over all children by HTTP: filtered, sorted, a page at a time; each person sees the children they may see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import typer
from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World
from tests.integration.scheduling.test_access import run
from tests.integration.scheduling.test_api import RECORD, SCHOOLS, held, meeting_about, take_in
from tests.integration.walk import entries_after

from pep_cli.timeliness_command import timeliness

figures = typer.Typer()
figures.command()(timeliness)
pytestmark = pytest.mark.usefixtures("world")
ENTERED = ("2026-09-01", "2026-09-07", "2026-09-21")


def record(number: int, entered: str, **more: Any) -> dict[str, Any]:
    """A child of Year 7 who entered care on this day."""
    spell: dict[str, Any] = {"began": entered}
    spell["episodes"] = [{"began": entered, "reason_new": "S", "legal_status": "C2", "placement": "U1"}]
    workers = [{"staff_id": "worker", "began": entered}]
    name = {"given": "Zebedee", "family": f"Quillfeather-{number}"}
    told = {"child_id": f"list-{number}", "name": name, "is_another_child": number > 0}
    return {**RECORD, **told, "spells": [spell], "social_workers": workers, **more}


@pytest.fixture
async def children(world: World) -> list[str]:
    """Three of whom something is due, and one on a short break, in that order."""
    await take_in(world, "/schools", *SCHOOLS)
    records = [record(number, entered) for number, entered in enumerate(ENTERED)]
    records[1] |= {"schooling": [{"school_urn": "999102", "entered": "2026-09-02"}], "date_of_birth": "2010-11-05"}
    records[2] |= {"social_workers": [{"staff_id": "duty", "began": "2026-09-21"}]}
    short_break = record(3, "2026-09-14")
    short_break["spells"][0]["episodes"][0]["legal_status"] = "V3"
    await take_in(world, "/care-records", *records, short_break)
    return [await world.service.reference("oxfordshire", "child", f"list-{number}") for number in range(4)]


async def asked(world: World, path: str, who: str = "coordinator") -> dict[str, Any]:
    answer = await world.ask(who, "GET", path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refs(world: World, path: str, who: str = "coordinator") -> list[str]:
    return [each["child_ref"] for each in (await asked(world, path, who))["items"]]


async def walked(world: World, path: str) -> list[dict[str, Any]]:
    """The whole list, a row at a time."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = await asked(world, f"{path}{'&' if '?' in path else '?'}limit=1{after}")
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={quote(page['next'])}"


async def test_a_caseload_is_sorted_by_what_is_due_next_and_those_without_come_last(
    world: World, children: list[str]
) -> None:
    page = (await asked(world, "/caseload"))["items"]
    assert [each["child_ref"] for each in page] == children
    assert [each["next_due"] is None for each in page] == [False, False, False, True]
    first, last = page[0], page[-1]
    assert (first["given_name"], first["year_group"], first["next_obligation"]) == ("Zebedee", 7, "convene")
    assert first["days_overdue"] > 0
    assert (last["days_overdue"], last["pep_applies"]) == (None, False)
    assert await walked(world, "/caseload") == page


async def test_a_caseload_is_filtered_by_school_worker_year_group_and_state(world: World, children: list[str]) -> None:
    first, second, third, short_break = children
    assert await refs(world, "/caseload?school_urn=999102") == [second]
    assert await refs(world, f"/caseload?social_worker_ref={await world.ref('duty')}") == [third]
    assert await refs(world, "/caseload?year_group=11") == [second]
    assert await refs(world, "/caseload?state=no_pep") == [short_break]
    assert await refs(world, "/caseload?state=nothing_due") == []
    overdue = await refs(world, "/caseload?state=overdue")
    assert overdue == [first, second]
    assert await refs(world, "/caseload?state=due") == [third]
    assert (await world.ask("coordinator", "GET", "/caseload?year_group=ten")).status_code == 422
    assert (await world.ask("coordinator", "GET", "/caseload?after=soon~x")).status_code == 422


async def test_a_caseload_shows_each_person_their_own_children(world: World, children: list[str]) -> None:
    first, second, third, short_break = children
    assert await refs(world, "/caseload", "worker") == [first, second, short_break]
    assert await refs(world, "/caseload", "other-teacher") == [second]
    assert await refs(world, "/caseload?school_urn=999101", "other-teacher") == []
    assert await refs(world, "/caseload", "duty") == [third]
    assert (await world.ask("admin", "GET", "/caseload")).status_code == 403


async def test_who_left_care_is_no_case(world: World, children: list[str]) -> None:
    leaving = {"kind": "left_care", "on": "2026-09-24", "reason": "E4A"}
    left = await world.ask("admin", "POST", f"/children/{children[0]}/facts", leaving)
    assert left.status_code == 204, left.text
    assert await refs(world, "/caseload") == children[1:]


async def test_a_look_at_a_caseload_is_written_down_of_every_child_on_the_page(
    world: World, children: list[str]
) -> None:
    before = len(await entries_after(world.service, HERE))
    assert await refs(world, "/caseload?state=overdue") == children[:2]
    (look,) = await entries_after(world.service, HERE, before)
    assert (set(look.about), look.classes, look.action) == (set(children[:2]), ("identity",), "list children")


async def test_due_dates_are_sorted_by_day_and_asked_for_by_obligation_state_and_weeks(
    world: World, children: list[str]
) -> None:
    every = (await asked(world, "/due-dates"))["items"]
    days = [each["due"] for each in every]
    assert days == sorted(days)
    assert await walked(world, "/due-dates") == every
    to_hold = (await asked(world, "/due-dates?obligation=hold&obligation=convene&state=open"))["items"]
    assert {each["obligation"] for each in to_hold} == {"hold", "convene"}
    soon = (await asked(world, "/due-dates?obligation=hold&weeks=4"))["items"]
    assert all("2026-09-25" <= each["due"] < "2026-10-23" for each in soon)
    assert [each["child_ref"] for each in soon] != []
    between = (await asked(world, "/due-dates?from=2026-10-01&before=2026-10-06"))["items"]
    assert between == [each for each in every if "2026-10-01" <= each["due"] < "2026-10-06"]


async def test_what_is_overdue_says_by_how_many_days_and_the_longest_comes_first(
    world: World, children: list[str]
) -> None:
    found = (await asked(world, "/overdue"))["items"]
    assert {each["child_ref"] for each in found} == set(children[:2])
    days = [each["days_overdue"] for each in found]
    assert days == sorted(days, reverse=True)
    assert min(days) > 0
    assert (await asked(world, "/overdue?obligation=available"))["items"] == []
    of_worker = (await asked(world, "/overdue", "worker"))["items"]
    assert of_worker == found, "both are the worker's"
    assert (await asked(world, "/overdue", "duty"))["items"] == []
    assert {each["child_ref"] for each in (await asked(world, "/due-dates", "other-teacher"))["items"]} == {children[1]}
    assert (await world.ask("admin", "GET", "/overdue")).status_code == 403


async def test_meetings_are_listed_by_their_days_their_people_and_their_schools(
    world: World, children: list[str]
) -> None:
    known = {"kind": "known", "person_ref": await world.ref("teacher"), "capacity": "designated_teacher"}
    ids = []
    late = {"after_due_because": "Nobody was free."}
    for number, (child, at) in enumerate(zip(children, ("10-07", "10-06", "10-08"), strict=False)):
        body = meeting_about(child, at=f"2026-{at}T14:00:00+01:00", **late)
        body["invitees"] += [known] if number else []
        ids.append((await world.ask("coordinator", "POST", "/meetings", body)).json()["meeting_id"])

    async def listed(query: str, who: str = "coordinator") -> list[str]:
        return [each["meeting_id"] for each in (await asked(world, f"/meetings{query}", who))["items"]]

    first, second, third = ids
    assert await listed("") == [second, first, third]
    assert [each["meeting_id"] for each in await walked(world, "/meetings")] == [second, first, third]
    assert await listed("?from=2026-10-07&before=2026-10-08") == [first]
    assert await listed(f"?person_ref={known['person_ref']}") == [second, third]
    assert await listed("?school_urn=999102") == [second]
    assert await listed(f"?person_ref={known['person_ref']}&school_urn=999101") == [third]
    assert await listed("", "other-teacher") == [second]
    recorded = await world.ask("teacher", "POST", f"/meetings/{first}/record", held())
    assert recorded.status_code == 204, recorded.text
    assert await listed("?state=held") == [first]
    assert await listed("?state=scheduled") == [second, third]
    case = (await asked(world, "/caseload?school_urn=999102"))["items"][0]
    assert (case["next_meeting_id"], case["next_meeting_at"][:10]) == (second, "2026-10-06")


async def test_timeliness_is_counted_for_a_year_and_given_as_a_table(world: World, children: list[str]) -> None:
    days = "from=2026-09-01&to=2027-08-31"
    found = await asked(world, f"/timeliness?{days}&by=school", "lead")
    assert (found["authority"], found["from"], found["by"]) == (HERE, "2026-09-01", "school")
    lines = {(line["place"], line["obligation"]): line for line in found["lines"]}
    assert lines["999102", "convene"]["overdue"] == 1
    assert lines["999101", "convene"] == {**lines["999101", "convene"], "overdue": 2, "open": 1, "percent_in_time": 0.0}
    table = await world.ask("lead", "GET", f"/timeliness.csv?{days}&by=team")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.splitlines()[1].startswith("no team,")
    assert [child for child in children if child in table.text] == []
    backwards = await world.ask("lead", "GET", "/timeliness?from=2026-09-01&to=2026-08-31")
    assert backwards.json()["errors"] == [{"field": "to", "reason": "This day is before the first one."}]
    assert (await world.ask("worker", "GET", f"/timeliness?{days}")).status_code == 403


async def test_the_figures_are_printed_for_people_for_scripts_and_for_a_spreadsheet(
    world: World, children: list[str], tmp_path: Path
) -> None:
    assert await refs(world, "/caseload") == children, "the rows are there before the command asks for them"
    asked_for = (HERE, "--from", "2026-09-01", "--to", "2027-08-31", "--by", "school")
    told = json.loads((await run(world, "lead", tmp_path, *asked_for, "--json", of=figures)).stdout)
    table = (await run(world, "lead", tmp_path, *asked_for, "--csv", of=figures)).stdout
    assert len(table.splitlines()) == 1 + len(told["lines"])
    shown = await run(world, "lead", tmp_path, *asked_for, of=figures)
    assert (shown.exit_code, "999102" in shown.stdout) == (0, True), shown.output
    before = ("--from", "2020-09-01", "--to", "2021-08-31")
    assert "Nothing was due" in (await run(world, "lead", tmp_path, HERE, *before, of=figures)).stdout
    assert (await run(world, "worker", tmp_path, *asked_for, of=figures)).exit_code == 1
    assert (await run(world, "lead", tmp_path, ELSEWHERE, *before, of=figures)).exit_code == 2
