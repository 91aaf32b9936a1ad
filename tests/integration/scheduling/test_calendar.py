"""A calendar by a secret address: whose it is, what it tells, when it ends, and that the secret stays one."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import pytest
from icalendar import Calendar
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.integration.scheduling.conftest import HERE, World
from tests.integration.scheduling.test_api import a_child, meeting_about
from tests.integration.walk import entries_after

from pep_runtime.settings import Settings


async def arranged(world: World, *people: str, **more: str) -> str:
    """A meeting to which these people are invited."""
    child = await a_child(world)
    body = meeting_about(child, joining_link="https://meet.example/zebedee-lane", **more)
    for who in people:
        body["invitees"].append({"kind": "known", "person_ref": await world.ref(who), "capacity": "social_worker"})
    answer = await world.ask("coordinator", "POST", "/meetings", body)
    meeting: str = answer.json()["meeting_id"]
    return meeting


async def address(world: World, who: str, **headers: str) -> str:
    answer = await world.ask(who, "POST", "/calendar-feed", **headers)
    assert answer.status_code == 201, answer.text
    path: str = answer.json()["path"]
    await world.ask(who, "GET", "/children")  # until the read models show it
    return path


async def entries(world: World, path: str) -> list[Any]:
    answer = await world.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    found: list[Any] = Calendar.from_ical(answer.text).walk("VEVENT")
    return found


async def test_a_calendar_holds_the_meetings_to_which_its_person_is_invited_and_names_nobody(world: World) -> None:
    meeting = await arranged(world, "worker")
    path = await address(world, "worker")
    before = len(await entries_after(world.service, HERE))
    (entry,) = await entries(world, path)
    assert (entry["UID"], entry["SUMMARY"]) == (f"{meeting}@openpep", "Meeting")
    text = (await world.client.get(path)).text
    assert [word for word in ("Zebedee", "Quillfeather", "999101", "zebedee-lane", "Sample") if word in text] == []
    assert await entries_after(world.service, HERE, before) == [], "times alone are no look at a record"
    assert await entries(world, await address(world, "duty")) == []


async def test_an_address_opens_until_it_is_renewed_or_withdrawn_or_its_person_has_gone(world: World) -> None:
    first = await address(world, "worker")
    second = await address(world, "worker")
    assert first != second
    gone = await world.client.get(first)
    assert gone.status_code == 404
    assert await entries(world, second) == []
    assert (await world.ask("worker", "DELETE", "/calendar-feed")).status_code == 204
    await world.ask("worker", "GET", "/children")
    made_up = await world.client.get("/calendar/oxfordshire.nothing.ics")
    assert (await world.client.get(second)).json() == gone.json() == made_up.json()
    assert (await world.client.get(second.replace("oxfordshire", "leicestershire"))).json() == gone.json()
    third = await address(world, "duty")
    record = {"kind": "staff", "staff_id": "duty", "name": "Duty Sample", "email": "duty@example.org"}
    here = {**record, "role": "social_worker"}
    for told, changed in (({**here, "left": "2026-09-26"}, 1), ({**here, "left": "2026-09-25"}, 1), (here, 1)):
        answer = (await world.ask("admin", "POST", "/people", {"records": [told]})).json()
        assert (answer["changed"], answer["refused"]) == (changed, [])
        status = (await world.ask("duty", "GET", "/children")).status_code
        assert status == (403 if told.get("left") == "2026-09-25" else 200)
        opens = (await world.client.get(third)).status_code
        assert opens == (200 if told.get("left") == "2026-09-26" else 404), "who comes back makes another address"


async def test_an_address_is_shown_once(world: World) -> None:
    await address(world, "worker", **{"Idempotency-Key": "once"})
    again = await world.ask("worker", "POST", "/calendar-feed", **{"Idempotency-Key": "once"})
    assert (again.status_code, again.json()["detail"].split(",")[0]) == (409, "The address was shown when it was made")


async def test_the_secret_is_in_no_table_no_log_and_no_trace(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    with caplog.at_level(logging.DEBUG):
        path = await address(world, "worker")
        await entries(world, path)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    said = repr([(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()])
    stored = (await world.stored()).decode(errors="replace")
    told = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert [place for place, text in (("spans", said), ("tables", stored), ("log", told)) if secret in text] == []
    assert "/calendar-feed" in said, "the others are traced"


async def one_entry(world: World, path: str) -> tuple[str, int, str] | None:
    """The only entry there is: its status, sequence and description."""
    found = await entries(world, path)
    assert len(found) <= 1
    return next(((str(each["STATUS"]), each["SEQUENCE"], str(each["DESCRIPTION"])) for each in found), None)


async def does(world: World, who: str, path: str, body: Any) -> None:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code == 204, answer.text
    await world.ask(who, "GET", "/children")  # until the read models show it


@pytest.mark.rule("L-13", "L-34")
async def test_an_entry_follows_what_people_were_told_what_they_said_and_what_became_of_it(world: World) -> None:
    meeting = f"/meetings/{await arranged(world, 'worker', details='later')}"
    path = await address(world, "worker")
    to_come = "The details are still to come. Sign in: "
    assert (entry := await one_entry(world, path)) is not None
    assert (entry[:2], entry[2].startswith(to_come)) == (("TENTATIVE", 0), True)
    await does(world, "coordinator", f"{meeting}/details", {})
    assert (entry := await one_entry(world, path)) is not None
    assert (entry[:2], entry[2].startswith("Sign in for details")) == (("CONFIRMED", 1), True)
    await does(world, "worker", f"{meeting}/answer", {"comes": False})
    assert await one_entry(world, path) is None
    await does(world, "worker", f"{meeting}/answer", {"comes": True})
    assert await one_entry(world, path) == entry
    await does(world, "worker", f"{meeting}/answer", {"comes": False})
    moved = {"at": "2026-10-08T14:00:00+01:00", "reason": "The carer is away.", "details": "later"}
    await does(world, "coordinator", f"{meeting}/reschedule", moved)
    assert (entry := await one_entry(world, path)) is not None
    assert entry[:2] == ("TENTATIVE", 2), "on another day everybody is asked anew"
    await does(world, "coordinator", f"{meeting}/cancellation", {"reason": "The child moves."})
    assert (entry := await one_entry(world, path)) is not None
    assert entry[:2] == ("CANCELLED", 3)


async def test_a_meeting_that_was_called_off_stands_as_cancelled_until_its_day_is_long_past(
    world: World, settings: Settings
) -> None:
    meeting = await arranged(world, "worker")
    path = await address(world, "worker")
    await does(world, "coordinator", f"/meetings/{meeting}/cancellation", {"reason": "The child moves."})
    assert settings.clock_file is not None
    seen = {}
    for day in ("2026-10-05", "2026-10-08", "2026-12-24"):
        settings.clock_file.write_text(f"{day}T10:00:00+00:00")
        entry = await one_entry(world, path)
        seen[day] = entry[0] if entry else None
    assert seen == {"2026-10-05": "CANCELLED", "2026-10-08": "CANCELLED", "2026-12-24": None}


@pytest.mark.rule("L-34")
async def test_meetings_around_the_change_of_the_clocks_are_at_their_hour(world: World) -> None:
    child = await a_child(world)
    worker = {"kind": "known", "person_ref": await world.ref("worker"), "capacity": "social_worker"}
    days = ["2026-10-23T09:00:00+01:00", "2026-10-26T09:00:00Z", "2027-03-26T09:00:00Z", "2027-03-29T09:00:00+01:00"]
    for at in days:
        body = {**meeting_about(child, invitees=[worker]), "at": at, "after_due_because": "…"}
        assert (await world.ask("coordinator", "POST", "/meetings", body)).status_code == 201
    found = await entries(world, await address(world, "worker"))
    assert [each.decoded("DTSTART") for each in found] == [datetime.fromisoformat(at) for at in days]
    assert {each.decoded("DTSTART").strftime("%H:%M") for each in found} == {"09:00"}
