"""Over HTTP: what was known of a child on a day stays what it was, whatever is corrected later."""

from __future__ import annotations

from typing import Any

from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World, on_day
from tests.integration.scheduling.test_api import a_child, held, meeting_about
from tests.integration.walk import entries_after

FRIDAY, TUESDAY, WEDNESDAY, IN_OCTOBER = "2026-09-25", "2026-09-29", "2026-09-30", "2026-10-06"


async def as_known(world: World, child: str, day: str, who: str = "worker", status: int = 200) -> dict[str, Any]:
    answer = await world.ask(who, "GET", f"/children/{child}/as-known?as_of={day}")
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def open_since(known: dict[str, Any]) -> set[str]:
    return {each["trigger_on"] for each in known["due_dates"] if each["state"] == "open"}


async def test_an_as_of_question_before_a_correction_still_gets_the_old_answer(world: World) -> None:
    child = await a_child(world)
    before = await as_known(world, child, FRIDAY)
    assert (before["child"]["in_care_since"], before["child"]["school_urn"]) == ("2026-09-21", "999101")
    assert open_since(before) == {"2026-09-21"}
    on_day(world, TUESDAY)
    body = {"fact": "entered_care", "on": "2026-09-21", "right_on": "2026-09-14", "reason": "Read wrong."}
    assert (await world.ask("worker", "POST", f"/children/{child}/corrections", body)).status_code == 204
    move = {"kind": "school", "on": TUESDAY, "school_urn": "999102"}
    assert (await world.ask("worker", "POST", f"/children/{child}/facts", move)).status_code == 204
    on_day(world, WEDNESDAY)
    assert await as_known(world, child, FRIDAY) == before
    assert await as_known(world, child, "2026-09-28") == {**before, "as_of": "2026-09-28"}
    after = await as_known(world, child, TUESDAY)
    assert (after["child"]["in_care_since"], after["child"]["school_urn"]) == ("2026-09-14", "999102")
    assert open_since(after) == {"2026-09-14", TUESDAY}
    assert after["child"] == (await world.ask("worker", "GET", f"/children/{child}")).json()
    days = [each["due"] for each in after["due_dates"]]
    assert days == sorted(days)


async def test_the_meetings_are_those_that_were_known_then(world: World) -> None:
    child = await a_child(world)
    on_day(world, TUESDAY)
    made = await world.ask("coordinator", "POST", "/meetings", meeting_about(child))
    meeting = made.json()["meeting_id"]
    on_day(world, IN_OCTOBER)
    taken_down = held(on=IN_OCTOBER)
    assert (await world.ask("teacher", "POST", f"/meetings/{meeting}/record", taken_down)).status_code == 204
    friday, tuesday, october = [(await as_known(world, child, day))["child"] for day in (FRIDAY, TUESDAY, IN_OCTOBER)]
    assert (friday["next_meeting_id"], friday["last_pep_on"]) == (None, None)
    assert (tuesday["next_meeting_id"], tuesday["last_pep_on"]) == (meeting, None)
    assert (october["next_meeting_id"], october["last_pep_on"]) == (None, IN_OCTOBER)
    assert october == (await world.ask("worker", "GET", f"/children/{child}")).json()


async def test_whoever_has_taken_the_child_over_sees_what_was_known_before(world: World) -> None:
    child = await a_child(world)
    before = await as_known(world, child, FRIDAY)
    assert before["child"]["in_care_since"] == "2026-09-21"
    on_day(world, TUESDAY)
    for fact in (
        {"kind": "social_worker", "on": TUESDAY, "person_ref": await world.ref("duty")},
        {"kind": "school", "on": TUESDAY, "school_urn": "999102"},
    ):
        assert (await world.ask("admin", "POST", f"/children/{child}/facts", fact)).status_code == 204
    for who in ("duty", "other-teacher", "coordinator"):
        assert await as_known(world, child, FRIDAY, who) == before
    for who in ("worker", "teacher"):
        await as_known(world, child, FRIDAY, who, status=403)


async def test_nothing_is_known_before_the_child_was_and_of_days_to_come(world: World) -> None:
    child = await a_child(world)
    early = await as_known(world, child, "2026-09-24", status=404)
    assert early["detail"] == "Nothing was known of this child on 24/09/2026."
    future = await as_known(world, child, "2026-09-26", status=422)
    assert future["errors"] == [{"field": "as_of", "reason": "This day is still to come."}]
    assert (await as_known(world, child, "yesterday", status=422))["errors"][0]["field"] == "as_of"


async def test_who_may_read_a_childs_care_history_may_ask_and_the_look_is_written_down(world: World) -> None:
    child = await a_child(world)
    for who in ("duty", "other-teacher", "delegate", "admin"):
        await as_known(world, child, FRIDAY, who, status=403)
    answer = await world.ask("coordinator", "GET", f"/children/{child}/as-known?as_of={FRIDAY}", authority=ELSEWHERE)
    assert answer.status_code == 404
    before = len(await entries_after(world.service, HERE))
    await as_known(world, child, FRIDAY, "teacher")
    (look,) = await entries_after(world.service, HERE, before)
    assert (set(look.about), look.classes, look.action) == ({child}, ("identity",), "read child")
