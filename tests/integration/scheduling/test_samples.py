"""The worked examples of both authorities, taken in as `pep import children` sends them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.integration.installed import ROOT
from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World

from scheduling.attendance_feed.reading import CHILDRENS_MARKS, read_marks
from scheduling.domain.child.care_record import BATCH_SIZE
from scheduling.entrypoints.import_sender import IN_ORDER
from scheduling.ssda903.reading import read_files
from scheduling.ssda903.staging import Stage

GOING_LIVE = date(2026, 8, 31)


async def take_in_samples(world: World, authority: str) -> list[dict[str, Any]]:
    """Everything in the authority's sample files; the answers."""
    stage, answers = Stage(), []
    read_files(stage, sorted((ROOT / "deploy/local/samples" / authority).glob("*.csv")), GOING_LIVE, lambda _rows: None)
    for kind, path in IN_ORDER:
        for batch in stage.batches(kind, BATCH_SIZE):
            body = {"records": [json.loads(record) for record in batch]}
            answer = await world.ask("admin", "POST", path, body, authority=authority)
            assert answer.status_code == 200, answer.text
            answers.append(answer.json())
    stage.close()
    return answers


async def standing(world: World, authority: str, child_id: str) -> dict[str, Any]:
    ref = await world.service.reference(authority, "child", child_id)
    child: dict[str, Any] = (await world.ask("coordinator", "GET", f"/children/{ref}", authority=authority)).json()
    due = await world.ask("coordinator", "GET", f"/children/{ref}/due-dates", authority=authority)
    child["due"] = {each["obligation"]: each for each in due.json()["items"]}
    return child


def due_of(child: dict[str, Any]) -> dict[str, str]:
    return {obligation: each["due"] for obligation, each in child["due"].items()}


async def test_the_sample_of_a_schools_marks_names_its_children_by_pupil_number(world: World) -> None:
    await take_in_samples(world, HERE)
    stage = Stage()
    preview = read_marks(stage, [ROOT / "deploy/local/samples/oxfordshire/attendance/marks-2026-09-25.csv"], _nothing)
    ((first, second),) = stage.batches(CHILDRENS_MARKS, BATCH_SIZE)
    stage.close()
    body = {"records": [json.loads(record) for record in (first, second)]}
    answer = await world.ask("admin", "POST", "/attendance", body)
    assert (preview.errors, answer.json()["changed"], answer.json()["refused"]) == (0, 2, [])


def _nothing(_rows: int) -> None:
    """Nobody looks at the progress."""


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T02b", "T54", "T61", "T64")
async def test_the_worked_examples_of_both_authorities_stand_where_they_should(world: World) -> None:
    for authority in (HERE, ELSEWHERE):
        first = await take_in_samples(world, authority)
        again = await take_in_samples(world, authority)
        assert [each["refused"] for each in (*first, *again)] == [[]] * 8
        assert [each["changed"] for each in again] == [0] * 4
        assert first[2]["changed"] == 12

    statutory, working = "2026-10-19", "2026-10-05"
    ordinary = await standing(world, HERE, "OX001")
    assert due_of(ordinary) == {"available": statutory, "convene": working, "hold": statutory}
    assert due_of(await standing(world, ELSEWHERE, "LE001")) == {"available": statutory}
    in_the_other_county = await standing(world, HERE, "OX011")
    assert in_the_other_county["due"]["hold"]["due"] == "2026-10-26"
    assert "after the statutory date" in in_the_other_county["due"]["hold"]["note"]
    for authority, child_id in ((HERE, "OX010"), (ELSEWHERE, "LE009"), (ELSEWHERE, "LE012")):
        since_before = await standing(world, authority, child_id)
        assert (since_before["pep_applies"], due_of(since_before)) == (True, {"hold": "2026-12-18"})
    why_not = {child_id: (await standing(world, HERE, child_id))["why_not"] for child_id in ("OX005", "OX008", "OX012")}
    assert why_not == {"OX005": "no_early_years_setting", "OX008": "short_break", "OX012": "left_care"}
    in_a_nursery, without_school = await standing(world, ELSEWHERE, "LE004"), await standing(world, HERE, "OX004")
    assert (in_a_nursery["pep_applies"], without_school["pep_applies"]) == (True, True)
