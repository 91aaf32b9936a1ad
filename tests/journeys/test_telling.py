"""What a term is told with: stories, files as of a day, and steps that end it when something is not as told."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from pep_local.term.exports import export_as_of
from pep_local.term.post import post_of
from pep_local.term.steps import NotAsTold, Steps, at_once, expect
from pep_local.term.story import SAMPLES, read_story, with_story

AUTHORITIES = sorted(path.name for path in SAMPLES.glob("*/"))


def rows(files: list[Path], table: str) -> list[dict[str, str]]:
    (path,) = [path for path in files if path.stem == table]
    return list(csv.DictReader(io.StringIO(path.read_text())))


def quiet() -> Steps:
    return Steps(Console(file=io.StringIO()))


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_every_story_is_about_children_and_people_of_its_own_files(authority: str, tmp_path: Path) -> None:
    story, files = read_story(authority), export_as_of(SAMPLES / authority, date(2026, 9, 21), tmp_path)
    children, staff = (
        {row[key] for row in rows(files, table)} for table, key in (("header", "CHILD"), ("staff", "STAFF_ID"))
    )
    carers = {(row["CARER_ID"], row["CHILD"]) for row in rows(files, "carers")}
    named = {*story.no_plan, *story.due_dates, *story.overdue, *(road.child for road in story.children)}
    assert named <= children
    assert {who for road in story.children for who in (road.teacher, road.social_worker)} <= staff
    assert {(road.carer, road.child) for road in story.children} <= carers


def test_on_the_day_of_going_live_the_files_hold_no_child_who_is_still_to_come(tmp_path: Path) -> None:
    files = export_as_of(SAMPLES / "oxfordshire", date(2026, 8, 31), tmp_path)
    assert {row["CHILD"] for row in rows(files, "header")} == {"OX010", "OX012"}
    (spell,) = [row for row in rows(files, "episodes") if row["CHILD"] == "OX012"]
    assert (spell["DEC"], spell["REC"]) == ("", "")


def test_on_the_last_day_the_files_are_the_samples(tmp_path: Path) -> None:
    for authority in AUTHORITIES:
        for path in export_as_of(SAMPLES / authority, date(2026, 9, 21), tmp_path / authority):
            assert path.read_text().splitlines() == (SAMPLES / authority / path.name).read_text().splitlines()


def test_a_step_that_is_not_as_told_says_which_and_what_happened_instead() -> None:
    steps = quiet()
    with (
        pytest.raises(NotAsTold, match=r"the money leaves: the amount should be 100, but is 99"),
        steps.step("the money leaves"),
    ):
        expect(99, 100, "the amount")
    assert steps.done == []


async def test_of_steps_side_by_side_the_first_that_fails_is_told() -> None:
    async def fails() -> None:
        raise NotAsTold("this one")

    async def goes_well() -> None:
        expect(1, 1, "one")

    with pytest.raises(NotAsTold, match="this one"):
        await at_once(goes_well(), at_once(goes_well(), fails()))


def test_a_plan_that_is_returned_is_announced_to_the_officers_twice() -> None:
    story = read_story(AUTHORITIES[0])
    post = post_of(story, {}, ("officer@example.org",))
    returned = sum(road.returned for road in story.children)
    assert post["officer@example.org", "ready for quality assurance"] == len(story.children) + returned


def test_an_authority_of_which_no_term_is_told_is_left_out() -> None:
    assert with_story([*AUTHORITIES, "nowhere"]) == AUTHORITIES
