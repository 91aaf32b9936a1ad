"""Over HTTP: what facts lack, once; how a flag ends; the days of the feeds. Each person sees their own children."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.integration.installed import until
from tests.integration.scheduling.conftest import ELSEWHERE, World, on_day
from tests.integration.scheduling.test_api import RECORD, a_child, take_in
from tests.integration.scheduling.test_facts import told
from tests.integration.scheduling.test_lists import asked
from tests.integration.scheduling.test_urgent_and_special import FORM, agree, ask, concerns

from scheduling.entrypoints.care_sweep import look_at_care
from scheduling.entrypoints.overdue_sweep import sweep

PLACED = {"kind": "placement", "on": "2026-09-24", "placement": "U4"}


async def sweeps(world: World) -> None:
    """What the stream worker does, more than once, when the read models are up to date."""
    await flags(world)
    for _ in range(2):
        await sweep(world.service)
        await look_at_care(world.service)


async def said(world: World, about: str = "%") -> list[str]:
    """The announcements whose bytes hold this, in their order."""
    query = """select type from journal where announced is not null and convert_from(payload, 'UTF8') like $1
        and type like any (array['PEPOverdue', 'FactFlag%', 'ObligationMet', 'NoApprovalRecorded']) order by position"""
    return [row["type"] for row in await world.service.worker.fetch(query, about)]


async def flags(world: World, query: str = "", who: str = "coordinator") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await asked(world, f"/flags{query}", who))["items"]
    return items


async def until_flagged(world: World, *lacks: str) -> None:
    async def shown() -> bool:
        return [each["lacks"] for each in await flags(world)] == list(lacks)

    await until(shown)


@pytest.mark.rule("reg 13")
@pytest.mark.scenario("T15")
async def test_a_notice_that_is_missing_after_an_emergency_is_said_once(world: World) -> None:
    child = await a_child(world)
    await told(world, child, **PLACED, emergency=True)
    on_day(world, "2026-10-02")
    await sweeps(world)
    assert await said(world, "%notify%") == ["PEPOverdue"]
    assert await said(world, "%notice%") == []
    await told(world, child, kind="school_notified", on="2026-10-02", placement_on="2026-09-24")
    assert await said(world, "%notify%") == ["PEPOverdue", "ObligationMet"]
    assert await said(world, "%notice%") == ["ObligationMet"]
    assert (await flags(world), await flags(world, "?state=late"), await flags(world, "?state=awaited")) == ([], [], [])


@pytest.mark.rule("reg 13")
async def test_a_notice_that_is_noted_later_ends_its_flag_and_stays_late(world: World) -> None:
    child = await a_child(world)
    await told(world, child, **PLACED)
    assert [each["due"] for each in await flags(world, "?state=awaited")] == ["2026-09-24"]
    await sweeps(world)
    await until_flagged(world, "notice")
    await told(world, child, kind="school_notified", placement_on="2026-09-24")
    assert await said(world, "%notice%") == ["FactFlagged", "FactFlagCleared", "FactFlagged"]
    assert await flags(world) == []
    (ended,) = await flags(world, "?state=ended")
    assert (ended["lacks"], ended["because"], ended["ended_on"]) == ("notice", "notice_given", "2026-09-25")
    assert [each["lacks"] for each in await flags(world, "?state=late")] == ["notice_in_time"]


async def test_a_flag_goes_with_the_fact_that_was_wrong(world: World) -> None:
    child = await a_child(world)
    await told(world, child, **PLACED)
    await sweeps(world)
    await until_flagged(world, "notice")
    never = {"fact": "placement", "on": "2026-09-24", "was": "U4", "never_happened": True, "reason": "Another child."}
    assert (await world.ask("worker", "POST", f"/children/{child}/corrections", never)).status_code == 204
    assert [(each["because"], each["ended_on"]) for each in await flags(world, "?state=ended")] == [
        ("fact_corrected", "2026-09-25")
    ]
    assert await flags(world) == []


async def test_a_child_who_never_was_in_care_holds_up_nobody_elses_flags(world: World) -> None:
    child = await a_child(world)
    other = {**RECORD, "child_id": "other", "is_another_child": True}
    await take_in(world, "/care-records", other)
    theirs = await world.service.reference(world.here, "child", "other")
    for each in (child, theirs):
        await told(world, each, **PLACED)
    never = {"fact": "entered_care", "on": "2026-09-21", "never_happened": True, "reason": "Another child."}
    assert (await world.ask("worker", "POST", f"/children/{child}/corrections", never)).status_code == 204
    await sweeps(world)
    await until_flagged(world, "notice")
    assert [each["child_ref"] for each in await flags(world)] == [theirs]
    assert await flags(world, "?state=awaited") == []


@pytest.mark.rule("O-91")
@pytest.mark.scenario("T53")
async def test_an_agreement_that_is_given_afterwards_ends_the_flag_and_the_move_is_shown_still(world: World) -> None:
    child = await a_child(world)
    await told(world, child, kind="school", on="2026-09-24", school_urn="999102")
    (missing,) = await flags(world, f"?lacks=approval&child_ref={child}")
    assert (missing["fact"], missing["decision"], missing["school_urn"]) == ("school", "school_change", "999102")
    request_id = await ask(world, child, {**FORM, "for_day": "2026-09-24"})
    assert [await agree(world, who, request_id) for who in ("head", "manager")] == [204, 204]
    assert await flags(world, "?lacks=approval") == []
    assert await said(world, "%school_change%") == ["NoApprovalRecorded", "FactFlagCleared"]
    (move,) = (await concerns(world, child))["moves_without_approval"]
    assert (move["state"], move["because"], move["ended_on"]) == ("ended", "approval_given", "2026-09-25")


async def test_the_head_lets_a_flag_be_and_the_list_says_who_and_why(world: World) -> None:
    child = await a_child(world)
    await told(world, child, **PLACED)
    await sweeps(world)
    await until_flagged(world, "notice")
    path = f"/children/{child}/flags/let-be"
    body = {"fact": "placement", "fact_on": "2026-09-24", "lacks": "notice", "reason": "The school closed that week."}
    assert (await world.ask("coordinator", "POST", path, body)).status_code == 403
    other = await world.ask("head", "POST", path, {**body, "fact_on": "2026-09-23"})
    assert (other.status_code, other.json()["detail"]) == (409, "That this fact lacks such a thing is not flagged.")
    assert (await world.ask("head", "POST", path, body)).status_code == 204
    await sweeps(world)
    assert await flags(world) == []
    (ended,) = await flags(world, "?state=ended")
    assert (ended["because"], ended["reason"], ended["ended_on"]) == ("let_be", body["reason"], "2026-09-25")
    assert ended["by"] == await world.service.reference(world.here, "person", "head")


async def test_flags_are_filtered_paged_and_of_the_children_whom_one_may_read(world: World) -> None:
    child = await a_child(world)
    other = {**RECORD, "child_id": "other", "is_another_child": True}
    other["social_workers"] = [{"staff_id": "duty", "began": "2026-09-21"}]
    await take_in(world, "/care-records", other)
    theirs = await world.service.reference(world.here, "child", "other")
    for each in (child, theirs):
        await told(world, each, kind="year_group", year_group=9)
    on_day(world, "2026-09-28")
    await told(world, child, kind="school", on="2026-09-28", school_urn="999102")
    kinds = ["agreement_with_computed_year_group"] * 2 + ["approval"]
    assert [each["lacks"] for each in await flags(world)] == kinds
    first = await asked(world, "/flags?limit=2")
    rest = await asked(world, f"/flags?limit=2&after={quote(first['next'])}")
    assert ([each["lacks"] for each in rest["items"]], rest["next"]) == (["approval"], None)
    assert [each["lacks"] for each in await flags(world, "?since=2026-09-28")] == ["approval"]
    assert [each["lacks"] for each in await flags(world, "?lacks=approval&lacks=notice")] == ["approval"]
    assert [each["child_ref"] for each in await flags(world, "", "duty")] == [theirs]
    assert {each["child_ref"] for each in await flags(world, "", "worker")} == {child}
    assert [each["child_ref"] for each in await flags(world, "", "teacher")] == [theirs]
    assert len(await flags(world, "", "reviewer")) == 3
    assert (await world.ask("coordinator", "GET", "/flags", authority=ELSEWHERE)).json()["items"] == []
    for who in ("admin", "delegate", "nominated"):
        assert (await world.ask(who, "GET", "/flags")).status_code == 403
    for wrong in ("lacks=patience", "state=settled", "since=soon", "after=x~y", "child_ref=Robin"):
        assert (await world.ask("coordinator", "GET", f"/flags?{wrong}")).status_code == 422, wrong


async def came(world: World, feed: str, of: str, rows: int = 3, **more: Any) -> Any:
    body = {"feed": feed, "of": of, "rows": rows, "sha256": more.pop("sha", "a") * 64}
    return await world.ask(more.pop("who", "admin"), "POST", "/care-feeds", body, **more)


async def days(world: World, query: str = "", who: str = "coordinator") -> list[tuple[str, str, str, int]]:
    page = await asked(world, f"/care-feeds{query}", who)
    return [(each["feed"], each["of"], each["state"], each["days_late"]) for each in page["items"]]


@pytest.mark.rule("O-74")
async def test_the_days_of_both_feeds_that_came_were_late_or_are_missing(world: World) -> None:
    for feed in ("care", "attendance"):
        assert (await came(world, feed, "2026-09-22")).json()["days_late"] == 2
        assert (await came(world, feed, "2026-09-24")).json()["days_late"] == 0
    on_day(world, "2026-09-29")
    await sweeps(world)

    async def missed() -> bool:
        return len(await days(world, "?state=missing")) == 4

    await until(missed)
    assert await days(world, "?feed=attendance") == [
        ("attendance", "2026-09-22", "late", 2),
        ("attendance", "2026-09-23", "missing", 5),
        ("attendance", "2026-09-24", "came", 0),
        ("attendance", "2026-09-25", "missing", 1),
    ]
    assert (await came(world, "attendance", "2026-09-23", sha="b")).json()["days_late"] == 5
    assert await days(world, "?feed=attendance&state=late&from=2026-09-23&before=2026-09-24", "admin") == [
        ("attendance", "2026-09-23", "late", 5)
    ]
    await sweeps(world)
    query = "select convert_from(announcement, 'UTF8') from journal where type = 'CareFeedLate'"
    late = [row[0] for row in await world.service.worker.fetch(query)]
    assert (len(late), sum('"feed":"attendance"' in each for each in late)) == (6, 3)
    first = await asked(world, "/care-feeds?limit=3")
    rest = await asked(world, f"/care-feeds?after={quote(first['next'])}")
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 5, None)


async def test_who_may_tell_and_see_of_feeds_and_what_is_refused(world: World) -> None:
    none = await came(world, "attendance", "2026-09-24", authority=ELSEWHERE)
    assert (none.status_code, none.json()["detail"]) == (409, "This authority has no feed of attendance.")
    early = await came(world, "care", "2026-09-28")
    assert (early.status_code, early.json()["detail"]) == (409, "of: 28/09/2026 is still to come.")
    assert (await came(world, "gossip", "2026-09-24")).status_code == 422
    assert (await came(world, "attendance", "2026-09-24", who="worker")).status_code == 403
    assert (await world.ask("worker", "GET", "/care-feeds")).status_code == 403
    for wrong in ("feed=gossip", "state=lost", "from=soon", "after=x"):
        assert (await world.ask("admin", "GET", f"/care-feeds?{wrong}")).status_code == 422, wrong
    assert await days(world, "", "admin") == []
