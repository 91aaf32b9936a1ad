"""Due dates on real servers: explained over HTTP, looked at when a term opens, told on while overdue, counted again."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.integration.installed import ROOT, until
from tests.integration.scheduling.conftest import HERE, World
from tests.integration.scheduling.test_api import a_child, meeting_about

from pep_kernel.calendars import Calendar
from pep_runtime.policies import read_policies
from pep_runtime.service import RunningService
from pep_runtime.settings import Settings
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints import overdue_sweep, term_sweep

ENTERED = "trigger=ChildEnteredCare&on=2026-09-21"


async def due_dates(world: World, child: str) -> dict[tuple[str, str], dict[str, Any]]:
    items = (await world.ask("coordinator", "GET", f"/children/{child}/due-dates")).json()["items"]
    return {(each["obligation"], each["trigger"]): each for each in items}


async def events_of(service: RunningService, kind: str) -> int:
    found: int = await service.worker.fetchval("select count(*) from journal where type = $1", kind)
    return found


def later(settings: Settings, day: str) -> None:
    assert settings.clock_file is not None
    settings.clock_file.write_text(f"{day}T08:00:00+00:00")


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T01", "T02", "T02b", "T61")
async def test_staff_are_told_by_when_and_why_and_carers_are_not(world: World) -> None:
    await a_child(world)
    answer = (await world.ask("worker", "GET", f"/due?{ENTERED}&school=999101&year_group=7")).json()
    assert answer.keys() == {"governing", "candidates", "conflicts", "policy_version", "not_applicable", "note"}
    assert {name: each["due"] for name, each in answer["governing"].items()} == {
        "convene": "2026-10-05",
        "hold": "2026-10-19",
        "available": "2026-10-19",
    }
    short_break = (await world.ask("teacher", "GET", f"/due?{ENTERED}&legal_status=V4")).json()
    assert (short_break["governing"], short_break["candidates"]) == ({}, [])
    assert (short_break["not_applicable"], short_break["policy_version"]) == ("short_break", answer["policy_version"])
    assert (await world.ask_as_service(f"/due?{ENTERED}")).status_code == 403


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("trigger=Lunch&on=2026-09-21", "trigger"),
        ("trigger=SchoolMoved&on=2010-01-04", "on"),
        ("trigger=SchoolMoved&on=soon", "on"),
        ("trigger=SchoolMoved&on=9999-12-31", "on"),
        (f"{ENTERED}&school=1", "school"),
        (f"{ENTERED}&school=123456", "school"),
        (f"{ENTERED}&legal_status=ZZ", "legal_status"),
        (f"{ENTERED}&year_group=99", "year_group"),
    ],
)
async def test_a_question_that_is_not_understood_names_the_field(world: World, query: str, field: str) -> None:
    answer = await world.ask("coordinator", "GET", f"/due?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


@pytest.mark.rule("L-01")
async def test_a_term_opens_once_and_each_child_is_looked_at_once(world: World, settings: Settings) -> None:
    child = await a_child(world)
    await until(lambda: _shown(world, child))
    await asyncio.gather(term_sweep.sweep(world.service), term_sweep.sweep(world.service))
    assert await events_of(world.service, "TermOpened") == 2  # autumn in both counties
    assert await events_of(world.service, "TermlyMeetingNotDue") == 1  # the first PEP stands for it
    later(settings, "2027-01-06")
    await term_sweep.sweep(world.service)
    assert await events_of(world.service, "TermOpened") == 4

    async def is_due() -> bool:
        return ("hold", "term_opened") in await due_dates(world, child)

    await until(is_due)
    due = (await due_dates(world, child))["hold", "term_opened"]
    assert (due["due"], due["unit"], due["state"]) == ("2027-03-25", "term", "open")
    await term_sweep.sweep(world.service)
    assert await events_of(world.service, "TermlyMeetingNotDue") == 1
    later(settings, "2027-03-28")
    await term_sweep.sweep(world.service)
    assert await events_of(world.service, "TermOpened") == 4


async def _shown(world: World, child: str) -> bool:
    return bool(await due_dates(world, child))


async def test_what_stays_overdue_is_told_on_step_by_step_and_its_reason_kept(world: World, settings: Settings) -> None:
    child = await a_child(world)
    later(settings, "2026-10-27")  # five working days after the last of three due dates
    await overdue_sweep.sweep(world.service)

    async def overdue() -> bool:
        return all(each["state"] == "overdue" for each in (await due_dates(world, child)).values())

    await until(overdue)
    await asyncio.gather(overdue_sweep.sweep(world.service), overdue_sweep.sweep(world.service))
    assert await events_of(world.service, "PEPOverdueEscalated") == 3 + 2 + 2

    async def told() -> bool:
        return bool((await due_dates(world, child))["convene", "entered_care"]["escalated"] == 3)

    await until(told)
    arranged = await world.ask("coordinator", "POST", "/meetings", late_meeting(child))
    assert arranged.status_code == 201, arranged.text
    body = {"obligation": "convene", "trigger_on": "2026-09-21", "because": "no_school", "details": "Zebedee moved."}
    assert (await world.ask("worker", "POST", f"/children/{child}/late-reason", body)).status_code == 204
    convene = (await due_dates(world, child))["convene", "entered_care"]
    assert (convene["state"], convene["overdue"], convene["days_late"]) == ("met", True, 22)
    assert (convene["late_because"], convene["late_details"]) == ("no_school", "Zebedee moved.")
    assert b"Zebedee moved" not in await world.stored()
    in_time = {**body, "obligation": "complete"}
    assert (await world.ask("worker", "POST", f"/children/{child}/late-reason", in_time)).status_code == 409


def late_meeting(child: str) -> dict[str, Any]:
    body = meeting_about(child, after_due_because="The school was closed.")
    return {**body, "at": "2026-11-03T14:00:00+00:00"}


async def test_open_dates_are_counted_again_only_when_a_person_says_so(world: World, tmp_path: Path) -> None:
    child = await a_child(world)
    assert await recomputed(world) == []
    by_other_terms(world.service, tmp_path)
    (would_be,) = await recomputed(world)
    assert (would_be["obligation"], would_be["was"], would_be["due"]) == ("hold", "2026-10-19", "2026-10-20")
    assert (await due_dates(world, child))["hold", "entered_care"]["due"] == "2026-10-19"
    assert (await world.ask("worker", "GET", "/due/recomputation")).status_code == 403
    body = {"child_refs": [child]}
    assert (await world.ask("worker", "POST", "/due/recomputation", body)).status_code == 403
    one_unknown = await world.ask("head", "POST", "/due/recomputation", {"child_refs": [child, "a" * 26]})
    assert one_unknown.status_code == 404
    assert await recomputed(world) == [would_be], "nothing is changed where one of them is not known"
    made = await world.ask("head", "POST", "/due/recomputation", body)
    assert [each["due"] for each in made.json()["items"]] == ["2026-10-20"]
    hold = (await due_dates(world, child))["hold", "entered_care"]
    assert (hold["due"], hold["was"], hold["state"]) == ("2026-10-20", "2026-10-19", "open")
    assert await recomputed(world) == []


async def test_what_had_no_date_is_listed_and_gets_one_when_its_terms_are_known(world: World) -> None:
    parts = world.service.parts
    without_terms(world.service)
    child = await a_child(world)
    assert (await due_dates(world, child))["hold", "entered_care"]["state"] == "not_counted"
    assert await recomputed(world) == []
    world.service.parts = parts
    (would_be,) = await recomputed(world)
    assert (would_be["obligation"], would_be["was"], would_be["due"]) == ("hold", None, "2026-10-19")
    made = await world.ask("head", "POST", "/due/recomputation", {"child_refs": [child]})
    assert [each["due"] for each in made.json()["items"]] == ["2026-10-19"]
    hold = (await due_dates(world, child))["hold", "entered_care"]
    assert (hold["due"], hold["state"]) == ("2026-10-19", "open")


def without_terms(service: RunningService) -> None:
    """The files of the authority know no terms yet."""
    known: SchedulingRules = service.rules(HERE)

    def calendar_for(urn: str | None, laestab: str | None) -> Calendar:
        return replace(known.calendar_for(urn, laestab), terms=())

    rules = SchedulingRules(known.file, calendar_for)
    service.parts = replace(service.parts, rules=lambda _policies, _authority: rules)


async def recomputed(world: World) -> list[dict[str, Any]]:
    page = (await world.ask("head", "GET", "/due/recomputation")).json()
    assert (page["authority"], page["next"]) == (HERE, None)
    items: list[dict[str, Any]] = page["items"]
    return items


def by_other_terms(service: RunningService, folder: Path) -> None:
    """The authority gives all its schools one more INSET day, after the dates were computed."""
    files = folder / "changed"
    shutil.copytree(ROOT / "shared/authorities", files)
    terms = files / HERE / "terms.toml"
    terms.write_text(terms.read_text().replace("inset_days = [", "inset_days = [\n    { on = 2026-10-12 },", 1))
    policies = read_policies(files)
    rules = SchedulingRules(policies.for_authority(HERE).scheduling, partial(policies.calendar_for, HERE))
    service.parts = replace(service.parts, rules=lambda _policies, _authority: rules)
