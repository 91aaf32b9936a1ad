"""The whole road, once, for both authorities that have a story: what the demo plays, to pennies, days, mails, words.

All tests look at one term that was played once: they are in one file, so that one worker plays it.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import Played
from tests.journeys.evidence import announced, finance_rows, journal, personal, records, services_of_traces, spans

from pep_kernel.authority_policy import RulesFile
from pep_local.mail import RECIPIENTS, messages
from pep_local.places import ROOT
from pep_local.signin import User
from pep_local.stack import PACKAGES
from pep_local.term.desk import PATIENCE_SECONDS, client_of_services
from pep_local.term.exports import pep
from pep_local.term.meetings import MINUTES, NURSE, VENUE, joining_link
from pep_local.term.plans import WORDS
from pep_local.term.play import LOOKING_BACK
from pep_local.term.post import kind_of, post_in
from pep_runtime.clock import LONDON
from pep_runtime.export_proof import prove
from pep_runtime.policies import read_policies

pytestmark = pytest.mark.timeout(600)  # the first test waits for the whole term
LE, OX = "leicestershire", "oxfordshire"
WITHOUT_A_STORY = "nonesuch"
RELEASED_PENCE = {
    LE: {"LE001": 51_100, "LE002": 33_000, "LE005": 72_000, "LE010": 16_000},
    OX: {"OX001": 40_000, "OX002": 25_000, "OX003": 10_000, "OX006": 60_000, "OX007": 28_000, "OX011": 15_001},
}
ENOUGH_SECONDS = 15  # spans are written some seconds after they end


async def seen(played: Played, authority: str, job: str, service: str, path: str) -> Any:
    """What somebody sees who has this job."""
    here = played.authorities[authority]
    return await here.desk.see(getattr(here.story.jobs, job), service, path)


async def dues(played: Played, authority: str, child: str) -> dict[str, tuple[str | None, str | None]]:
    """Obligation → by when, and the note."""
    ref = played.authorities[authority].desk.child(child)
    page = await seen(played, authority, "coordinator", "scheduling", f"/children/{ref}/due-dates")
    return {due["obligation"]: (due["due"], due["note"]) for due in page["items"] if due["trigger"] != "school_moved"}


async def claim(played: Played, authority: str, child: str) -> Any:
    plan = played.authorities[authority].plans.of[child]
    return await seen(played, authority, "officer", "funding", f"/claims/{plan}")


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T01", "T02", "T61")
async def test_each_obligation_has_its_own_day_and_authorities_differ(played: Played) -> None:
    in_one, in_the_other = await dues(played, LE, "LE001"), await dues(played, OX, "OX001")
    assert in_one == {"available": ("2026-10-19", None), "complete": ("2026-10-16", None)}
    assert in_the_other == {
        "convene": ("2026-10-05", None),
        "hold": ("2026-10-19", None),
        "available": ("2026-10-19", None),
    }


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T02b")
async def test_a_school_of_the_other_county_keeps_its_own_terms_and_the_child_has_a_plain_note(played: Played) -> None:
    note = "20 school days end after the statutory date, 19/10/2026."
    assert (await dues(played, OX, "OX011"))["hold"] == ("2026-10-26", note)


@pytest.mark.rule("O-19")
@pytest.mark.scenario("T54", "T64")
async def test_a_short_break_needs_no_plan_and_an_old_spell_owes_no_first_one(played: Played) -> None:
    for authority, short_break, long_in_care in ((LE, "LE007", "LE009"), (OX, "OX008", "OX010")):
        assert await dues(played, authority, short_break) == {}
        assert await dues(played, authority, long_in_care) == {"hold": ("2026-12-18", None)}


@pytest.mark.rule("L-19", "L-20", "L-21")
@pytest.mark.scenario("T20", "T21", "T22", "T23")
async def test_one_authority_rearranges_what_the_other_accepts_and_marks(played: Played) -> None:
    outcomes = {}
    for authority, child in ((LE, "LE005"), (OX, "OX003")):
        ref = played.authorities[authority].desk.child(child)
        page = await seen(played, authority, "coordinator", "scheduling", f"/children/{ref}/meetings")
        over = [meeting for meeting in page["items"] if meeting["state"] == "held"]
        held = sorted(over, key=lambda meeting: str(meeting["held_on"]))
        outcomes[child] = [(each["outcome"], each["no_authority_representative"]) for each in held]
    assert outcomes == {"LE005": [("PROGRESS_REVIEW", True), ("PEP", False)], "OX003": [("PEP", True)]}
    assert "LE005: a review of progress cannot complete the plan: refused" in played.steps


@pytest.mark.rule("L-73", "L-81", "O-15", "O-24", "O-42")
@pytest.mark.scenario("T33", "T34", "T36", "T37", "T38")
async def test_plans_are_returned_signed_and_completed_by_somebody_who_did_not_write_them(played: Played) -> None:
    shown = {}
    for authority, here in played.authorities.items():
        for child, plan in here.plans.of.items():
            if child in ("LE002", "LE003", "OX002", "OX004"):
                each = await seen(played, authority, "head", "pep-record", f"/plans/{plan}")
                shown[child] = (each["state"], each["plan_version"], each["social_worker_agrees"])
    assert shown == {
        "LE002": ("completed", 2, False),
        "LE003": ("completed", 1, False),
        "OX002": ("completed", 2, True),
        "OX004": ("completed", 1, True),
    }
    refused = "somebody who wrote the plan cannot quality assure it: refused"
    assert {f"LE003: {refused}", f"OX004: {refused}"} <= set(played.steps)


@pytest.mark.rule("L-101", "L-99", "O-72")
@pytest.mark.scenario("T41")
async def test_the_same_premium_is_declined_by_each_authoritys_own_rule(played: Played) -> None:
    declined = {
        (child, line["category"]): (line["rule"], line["decided_by"] is not None)
        for authority, child in ((LE, "LE001"), (LE, "LE006"), (OX, "OX001"))
        for line in (await claim(played, authority, child))["lines"]
        if line["standing"] == "declined"
    }
    assert {name: rule for name, (rule, _person) in declined.items()} == {
        ("LE001", "uniform"): "L-101",
        ("LE006", "equipment"): "L-99",
        ("OX001", "maintenance"): "O-72",
    }


@pytest.mark.rule("L-74", "L-75")
@pytest.mark.scenario("T40")
async def test_to_the_penny_what_was_released_is_what_was_announced_and_what_the_file_says(played: Played) -> None:
    found = await records(played)
    for authority, released in RELEASED_PENCE.items():
        here = played.authorities[authority]
        children = {here.desk.child(child): child for child in released}
        told = announced(found, authority, "funding", "PPPReleased")
        assert len({each["line_id"] for each in told}) == len(told)
        by_child: dict[str, int] = {}
        for each in told:
            name = children[each["child_ref"]]
            by_child[name] = by_child.get(name, 0) + each["released_pence"]
        assert by_child == released
        assert here.released is not None
        *lines, control = finance_rows(here.released.content)
        assert sum(int(line["amount_pence"]) for line in lines) == sum(released.values())
        assert (control["record"], int(control["line_number"])) == ("control", len(told))
        assert int(control["amount_pence"]) == sum(released.values())
    assert (sum(RELEASED_PENCE[LE].values()), sum(RELEASED_PENCE[OX].values())) == (172_100, 178_001)


async def test_a_school_is_paid_the_way_that_reaches_it(played: Played) -> None:
    routes = {}
    for authority, here in played.authorities.items():
        assert here.released is not None
        *lines, _control = finance_rows(here.released.content)
        routes[authority] = {line["payee_urn"]: line["payment_route"] for line in lines}
    assert routes == {
        LE: {"900101": "journal", "900102": "journal", "900201": "bacs"},
        OX: {"900101": "invoice", "900201": "bacs", "900202": "bacs", "900204": "bacs"},
    }


@pytest.mark.scenario("T62")
async def test_what_must_not_leave_stays_and_goes_back_to_the_envelope_where_it_is_withdrawn(played: Played) -> None:
    standings = {}
    for authority, child in ((LE, "LE003"), (LE, "LE006"), (LE, "LE008"), (OX, "OX007"), (OX, "OX009")):
        each = await claim(played, authority, child)
        standings[child] = (each["standing"], each["approved_pence"], each["released_pence"])
    assert standings == {
        "LE003": ("open", 12_000, 0),
        "LE006": ("open", 36_000, 0),
        "LE008": ("withdrawn", 0, 0),
        "OX007": ("open", 0, 28_000),
        "OX009": ("superseded", 0, 0),
    }
    committed = {
        authority: (await seen(played, authority, "finance", "funding", "/envelopes"))["items"][0]["committed_pence"]
        for authority in played.authorities
    }
    assert committed == {LE: 220_100, OX: 187_001}


@pytest.mark.rule("L-13", "L-79", "L-81")
async def test_everybody_has_the_mails_that_are_meant_for_them_and_no_others(played: Played) -> None:
    found = post_in(played.stack.mail_folder)
    nurse, invited, ready = NURSE["email"], "invitation", "ready for quality assurance"
    assert found[nurse, invited] == 16
    assert {who: count for (who, kind), count in found.items() if kind == ready} == {
        "kit.checkwell@leicestershire.example": 8,
        "lee.lookover@leicestershire.example": 8,
        "ken.officerly@oxfordshire.example": 9,
        "liv.assurer@oxfordshire.example": 9,
    }
    assert {who: count for (who, kind), count in found.items() if kind == "returned"} == {
        "edna.primer@schools.example": 1,
        "fin.keystage@schools.example": 1,
    }
    assert {who: count for (who, kind), count in found.items() if kind == "released"} == {
        "edna.primer@schools.example": 1,
        "frank.secondus@schools.example": 2,
        "iris.farafield@schools.example": 1,
        "eve.foundation@schools.example": 1,
        "fin.keystage@schools.example": 3,
        "hal.sixthform@schools.example": 1,
        "ina.neighbour@schools.example": 1,
    }
    assert {who: count for (who, kind), count in found.items() if kind == invited and "carers" in who} == {
        "una.hearthside@carers.example": 2,
        "vic.homewood@carers.example": 1,
        "xan.openhouse@carers.example": 3,
        "yve.warmwell@carers.example": 1,
        "abe.roofwell@carers.example": 1,
        "una.lanternhouse@carers.example": 1,
        "val.twobeds@carers.example": 2,
        "will.gardengate@carers.example": 1,
        "yan.kettle@carers.example": 2,
        "zoe.doormat@carers.example": 1,
        "bo.armchair@carers.example": 1,
    }


@pytest.mark.rule("L-13", "L-34")
async def test_an_invitation_works_without_an_account_and_names_nobody(played: Played) -> None:
    invitations = [mail for mail in messages(played.stack.mail_folder) if mail[RECIPIENTS] == NURSE["email"]]
    road = next(road for road in played.authorities[OX].story.children if road.child == "OX001")
    (mine,) = [mail for mail in invitations if joining_link("OX001", road.meets) in _text(mail)]
    assert all(
        words in _text(mine) for words in ("Tuesday 13 October 2026", "10:00 to 11:00", VENUE, "BEGIN:VCALENDAR")
    )
    assert [word for word in ("Maple", "Sampleford", "Stonebridge") if word in _text(mine) + mine["Subject"]] == []


@pytest.mark.rule("L-20")
async def test_the_story_as_known_before_a_correction_does_not_know_it(played: Played) -> None:
    for authority, child, decided in ((LE, "LE008", "PPPApprovalWithdrawn"), (OX, "OX007", "PPPApprovalStands")):
        ref = played.authorities[authority].desk.child(child)
        path = f"/children/{ref}/journey?limit=200"
        now = [line["event"] for line in (await seen(played, authority, "auditor", "journey", path))["lines"]]
        before = await seen(played, authority, "auditor", "journey", f"{path}&as_of={date(2026, 10, 18)}")
        then = [line["event"] for line in before["lines"]]
        told = ["MeetingOutcomeCorrected", "PEPCompletionWithdrawn", "PPPApprovalHeld", decided]
        assert [event for event in now if event in told] == told
        assert set(then) & set(told) == set()
        assert then[-1] != now[-1]
        assert {"ChildEnteredCare", "MeetingHeld", "PEPCompleted", "PPPApproved"} <= set(then)


async def test_every_journal_and_access_log_is_whole(played: Played) -> None:
    verdicts = json.loads(await pep(played.stack, "verify", "--json"))
    assert {(each["authority"], each["service"], each["log"]): each["fault"] for each in verdicts} == {
        (authority, service, log): None
        for authority in played.stack.sign_ins
        for service in PACKAGES
        for log in ("journal", "access")
    }


async def test_who_has_looked_at_a_child_is_gathered_from_every_service(played: Played) -> None:
    ref = played.authorities[OX].desk.child("OX001")
    looks = (await seen(played, OX, "auditor", "journey", f"/children/{ref}/looks?limit=200"))["items"]
    assert {"scheduling", "pep-record"} <= {look["service"] for look in looks}
    assert [look["at"] for look in looks] == sorted((look["at"] for look in looks), reverse=True)
    assert [look for look in looks if not look["reason"]] == []


@pytest.mark.rule("L-37")
async def test_nothing_in_topics_logs_files_and_other_mails_says_who_somebody_is(played: Played) -> None:
    secret = {*personal(), WORDS, MINUTES, VENUE, "meet.example"}
    places = {f"{each.topic} {each.offset}": f"{each.key}{each.value}{each.headers}" for each in await records(played)}
    for path in (*(played.stack.folder / "logs").glob("*.log"), *played.traces.glob("*.jsonl")):
        places[path.name] = path.read_text(errors="replace")
    for path in (played.stack.folder / "finance").glob("*.csv"):
        places[path.name] = path.read_text()
    for mail in messages(played.stack.mail_folder):
        places[f"subject {mail['Message-ID']}"] = str(mail["Subject"])
        if kind_of(str(mail["Subject"])) != "invitation":
            places[f"body {mail['Message-ID']}"] = _text(mail)
    assert len(places) > 1_000
    assert {place: word for place, text in places.items() for word in secret if word in text} == {}


@pytest.mark.scenario("T57")
async def test_another_authoritys_child_is_not_found(played: Played) -> None:
    child, plan = played.authorities[OX].desk.child("OX001"), played.authorities[OX].plans.of["OX001"]
    here = played.authorities[LE]
    for job, service, path in (
        ("coordinator", "scheduling", f"/children/{child}"),
        ("head", "pep-record", f"/plans/{plan}"),
        ("officer", "funding", f"/claims/{plan}"),
        ("auditor", "journey", f"/children/{child}/journey"),
    ):
        answer = await here.desk.ask(getattr(here.story.jobs, job), service, "GET", path, wanted=404)
        assert answer.json()["detail"].startswith("There is no such")


async def test_one_trace_goes_from_a_request_through_three_services(played: Played) -> None:
    """The correction of a meeting: asked of scheduling, heard by pep-record, whose withdrawal funding hears.

    And an invitation: asked of scheduling, heard by notifications.
    """
    deadline = time.monotonic() + ENOUGH_SECONDS
    while not (whole := _corrections(played)) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    assert whole, f"no trace of a correction is in three services; of all traces: {services_of_traces(played)}"
    assert any({"scheduling", "notifications"} <= set(services) for services in services_of_traces(played).values())


def _corrections(played: Played) -> list[str]:
    asked = [
        span["context"]["trace_id"] for span in spans(played).get("scheduling", ()) if "/correction" in span["name"]
    ]
    traces = services_of_traces(played)
    return [trace for trace in asked if {"scheduling", "pep-record", "funding"} <= set(traces[trace])]


def _text(mail: Any) -> str:
    """All parts of a mail that can be read as text."""
    return "\n".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


RULES_OF = {
    "scheduling": "scheduling",
    "pep-record": "pep_record",
    "funding": "funding",
    "notifications": "notifications",
}
JUDGED = {
    "scheduling": {
        "PEPApplicable",
        "PEPNotApplicable",
        "PEPDueDateSet",
        "MeetingScheduled",
        "MeetingHeld",
        "MeetingOutcomeCorrected",
    },
    "pep-record": {"EPEPOpened", "SectionContributed", "PEPMarkedComplete", "PEPCompleted", "PEPReturned"},
    "funding": {"TermEnvelopeOpened", "PPPRequested", "PPPReferred", "PPPDeclined", "PPPApproved", "PPPReleased"},
    "notifications": {"NotificationAttempted"},
}
"""What rules decide. All other events say what happened, whatever the rules are."""


@pytest.mark.parametrize("service", RULES_OF)
async def test_what_rules_decided_names_the_version_that_was_in_force_on_its_day(played: Played, service: str) -> None:
    policies = read_policies(ROOT / "shared" / "authorities")
    rows = [row for row in await journal(played, service) if row["type"] in JUDGED[service]]
    assert {row["type"] for row in rows} == JUDGED[service]
    for row in rows:
        file: RulesFile = getattr(policies.for_authority(row["authority"]), RULES_OF[service])
        day = row["occurred_at"].astimezone(LONDON).date()
        assert row["policy_version"] == file.in_force(day).version, (row["type"], day)


@pytest.mark.parametrize("service", RULES_OF)
async def test_each_version_that_is_named_was_adopted_in_the_same_journal_with_its_text(
    played: Played, service: str
) -> None:
    rows = await journal(played, service)
    told = [(row["authority"], json.loads(row["payload"])) for row in rows if row["type"] == "PolicyAdopted"]
    adopted = {(authority, event["version"]): event["text"] for authority, event in told}
    named = {(row["authority"], row["policy_version"]) for row in rows if row["policy_version"] is not None}
    assert named - adopted.keys() == set()
    assert all(json.loads(text) for text in adopted.values())
    assert {authority for authority, _ in adopted} == set(played.stack.sign_ins)


async def test_a_carer_reads_the_assured_plan_of_the_own_child_and_no_other(played: Played) -> None:
    """Who looks after whom was told to scheduling by the import alone."""
    desk, plans = played.authorities[OX].desk, played.authorities[OX].plans.of
    carer, password = desk.carer("OX-K01"), "for-this-test-only"
    played.stack.sign_ins[OX].add_users([User(carer, password)])
    bearer = {"Authorization": f"Bearer {played.stack.sign_ins[OX].token(carer, password)}"}
    async with client_of_services() as client:

        async def asks(service: str, path: str) -> httpx.Response:
            return await client.get(f"{played.stack.url(service)}{path}", headers=bearer)

        listed = await asks("pep-record", "/plans")
        assert [each["plan_id"] for each in listed.json()["items"]] == [plans["OX001"]]
        shown = (await asks("pep-record", f"/plans/{plans['OX001']}")).json()
        texts = {section["section"]: section["text"] for section in shown["sections"]}
        assert (shown["state"], texts["school_view"], texts["social_care"]) == ("completed", WORDS, None)
        assert {action["line"] for target in shown["targets"] for action in target["actions"]} == {None}
        assert (await asks("pep-record", f"/plans/{plans['OX002']}")).status_code == 403
        assert (await asks("funding", f"/claims/{plans['OX001']}")).status_code == 403


@pytest.mark.scenario("T56")
async def test_whoever_a_child_was_taken_from_yesterday_is_refused_everywhere_and_both_looks_are_told(
    played: Played,
) -> None:
    """Told to scheduling alone; pep-record hears of it. Money is shown to no social worker, before or after."""
    here, ref = played.authorities[OX], played.authorities[OX].desk.child("OX006")
    before, after, manager = "OX-S03", "OX-S02", "OX-M01"
    read = {
        "scheduling": (f"/children/{ref}", f"/children/{ref}/meetings", f"/children/{ref}/people"),
        "pep-record": (f"/plans/{here.plans.of['OX006']}", f"/plans?child_ref={ref}"),
    }
    everywhere = [(service, path) for service, paths in read.items() for path in paths]
    for service, path in everywhere:
        await here.desk.ask(before, service, "GET", path)
        await here.desk.ask(after, service, "GET", path, wanted=403)
    told_of = LOOKING_BACK - timedelta(days=1)
    handover = {"kind": "social_worker", "on": f"{told_of}", "person_ref": here.desk.person(after)}
    await here.desk.tell(manager, "scheduling", f"/children/{ref}/facts", handover)
    await here.desk.until(after, "pep-record", read["pep-record"][0], lambda plan: plan["plan_id"], "The plan")
    for service, path in everywhere:
        await here.desk.ask(before, service, "GET", path, wanted=403)
        await here.desk.ask(after, service, "GET", path)
    for service, path in (("scheduling", "/children"), ("pep-record", "/plans")):
        assert ref not in await _children_listed(played, before, service, path)
        assert ref in await _children_listed(played, after, service, path)
    for who in (before, after):
        await here.desk.ask(who, "funding", "GET", f"/claims/{here.plans.of['OX006']}", wanted=403)
    needs = "only for a child who is allocated to this social worker"
    looks = await _looks_told(played, ref, {here.desk.person(before), here.desk.person(after)})
    for service, action in (("scheduling", "read child"), ("pep-record", "read completed plan")):
        told = [
            (look["person_ref"], look["shown"], look["role"])
            for look in looks
            if (look["service"], look["action"]) == (service, action) and needs in look["reason"]
        ]
        first, *_, last = reversed(told)
        assert first == (here.desk.person(before), True, "social_worker")
        assert last == (here.desk.person(after), True, "social_worker")
        assert (here.desk.person(before), False, "social_worker") in told[: told.index(first)]


async def _children_listed(played: Played, who: str, service: str, path: str) -> set[str]:
    return {each["child_ref"] for each in (await played.authorities[OX].desk.see(who, service, path))["items"]}


async def _looks_told(played: Played, ref: str, people: set[str]) -> list[dict[str, Any]]:
    """What `pep access` tells of these people, once their newest looks have been gathered; the newest first."""
    here, deadline = played.authorities[OX], time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        told = await pep(played.stack, "access", ref, "--json", token=here.desk.token(here.story.jobs.auditor))
        looks = [look for look in json.loads(told)["items"] if look["person_ref"] in people]
        if {(look["person_ref"], look["service"]) for look in looks if not look["shown"]} >= {
            (person, service) for person in people for service in ("scheduling", "pep-record")
        }:
            return looks
        await asyncio.sleep(0.2)
    raise AssertionError(f"Not all looks were gathered; these were: {looks}")


async def test_at_last_an_authority_leaves_and_is_opened_again_and_the_others_notice_nothing(
    played: Played, tmp_path: Path
) -> None:
    """It comes last: what the others tell of is not asked for any more."""
    export, receipt = tmp_path / "export", tmp_path / "receipt.json"
    others = {pair for pair in await _whole(played) if pair[0] != WITHOUT_A_STORY}
    there = json.loads(await pep(played.stack, "onboard", WITHOUT_A_STORY, "--json"))["found"]
    assert [item for item in there if not item["there"]] == []
    offboard = ("offboard", WITHOUT_A_STORY, "--export", str(export))
    await pep(played.stack, *offboard)
    assert {head.service for head in prove(export, lambda *_: None).heads} == set(PACKAGES)
    people = ("--approved-by", "A. Fictional", "--approved-by", "B. Invented")
    removing = (*offboard, "--remove", "--receipt", str(receipt), *people)
    await pep(played.stack, *removing, typed=f"{WITHOUT_A_STORY}\n" * 2)
    assert WITHOUT_A_STORY in await pep(played.stack, "verify", "--receipt", str(receipt))
    assert await _whole(played) == others
    there = json.loads(await pep(played.stack, "onboard", WITHOUT_A_STORY, "--yes", "--json"))["found"]
    assert {item["name"].partition(":")[0] for item in there if item["there"]} == {f"pep-{each}" for each in PACKAGES}
    assert others < await _whole(played)


async def _whole(played: Played) -> set[tuple[str, str]]:
    """The authorities and services that have logs; all are whole."""
    verdicts = json.loads(await pep(played.stack, "verify", "--json"))
    assert [each for each in verdicts if each["fault"]] == []
    return {(each["authority"], each["service"]) for each in verdicts}
