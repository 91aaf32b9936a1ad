"""`pep parked` shows what a service put aside and takes people's decisions; `pep refusals`, what the rules refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.cli.conftest import ELSEWHERE, HERE, Pep, Place
from tests.integration.installed import superuser

from pep_runtime.topics import topic

PARK = (
    "insert into parked_event (authority, consumer, topic, number, key, headers, contents, value, error, parked_at)"
    " values ($1, 'funding.policies', $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $3::bigint::float8))"
)
HEADERS = {"ce_type": b"uk.openpep.scheduling.ChildLeftCare.v1", "pep_hash": b"\xab" * 32}
SAID = b'{"type":"uk.openpep.scheduling.ChildLeftCare.v1","child_ref":"anna","on":"2026-09-14"}'
DISCARD = (
    "parked",
    "discard",
    "funding",
    HERE,
    "anna",
    "--reason",
    "said_by_mistake",
    "--case",
    "CASE-1",
    "--by",
    "p-9",
)


@pytest.fixture(autouse=True)
async def parked(places: dict[str, Place], whole: Path) -> None:
    """Fourteen of Anna's, of which the first failed, one of Ben's, and one of somebody elsewhere."""
    waiting = [(HERE, "anna", number) for number in range(1, 15)] + [(HERE, "ben", 20), (ELSEWHERE, "cai", 30)]
    async with superuser(places["funding"].superuser_dsn) as connection:
        for authority, key, number in waiting:
            error = "KeyError" if number in (1, 20, 30) else "something earlier of this child is parked"
            name = topic(authority, "scheduling", "events")
            record = (list(HEADERS), list(HEADERS.values()), SAID, error)
            await connection.execute(PARK, authority, name, number, key, *record)


async def decisions(places: dict[str, Place]) -> list[tuple[object, ...]]:
    async with superuser(places["funding"].superuser_dsn) as connection:
        rows = await connection.fetch("select key, discard, reason, case_ref, decided_by from parked_decision")
        return [tuple(row) for row in rows]


async def test_the_list_has_a_row_for_each_child_the_oldest_first_page_by_page(pep: Pep) -> None:
    everything = json.loads((await pep("parked", "list", "--json")).stdout)
    assert [(each["key"], each["number"], each["error"], each["behind"]) for each in everything] == [
        ("anna", 1, "KeyError", 13),
        ("ben", 20, "KeyError", 0),
        ("cai", 30, "KeyError", 0),
    ]
    second = json.loads((await pep("parked", "list", "--limit", "2", "--page", "2", "--json")).stdout)
    assert [each["key"] for each in second] == ["cai"]
    only = json.loads((await pep("parked", "list", "--authority", ELSEWHERE, "--json")).stdout)
    assert [each["key"] for each in only] == ["cai"]
    assert "Nothing is parked" in (await pep("parked", "list", "--service", "scheduling")).stdout
    assert "nothing on this page" in (await pep("parked", "list", "--page", "9")).stdout


async def test_one_is_shown_as_it_came_with_what_waits_behind_it(pep: Pep) -> None:
    (found,) = json.loads((await pep("parked", "show", "funding", HERE, "anna", "--json")).stdout)
    assert found["headers"] == {"ce_type": HEADERS["ce_type"].decode(), "pep_hash": "ab" * 32}
    assert json.loads(found["says"]) == json.loads(SAID)
    assert found["behind"] == "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"
    assert "KeyError" in (await pep("parked", "show", "funding", HERE, "anna")).stdout


@pytest.mark.parametrize("command", ["show", "retry"])
async def test_what_is_not_parked_is_said_not_to_be(pep: Pep, command: str) -> None:
    missing = await pep("parked", command, "funding", ELSEWHERE, "anna")
    assert (missing.exit_code, missing.stderr.strip()) == (1, f"funding has nothing parked of anna at {ELSEWHERE}.")
    unknown = await pep("parked", command, "kitchen", HERE, "anna")
    assert (unknown.exit_code, unknown.stderr.strip()) == (2, "There is no service kitchen in this installation.")


async def test_trying_again_is_asked_for_once_a_child(pep: Pep, places: dict[str, Place]) -> None:
    answer = await pep("parked", "retry", "funding", HERE, "anna")
    assert (answer.exit_code, "From number 1 on" in answer.stdout) == (0, True)
    await pep("parked", "retry", "funding", HERE, "anna")
    assert await decisions(places) == [("anna", None, "", "", "")]
    asked = {each["key"]: each["asked"] for each in json.loads((await pep("parked", "list", "--json")).stdout)}
    assert asked == {"anna": "retry", "ben": None, "cai": None}


async def test_giving_up_needs_the_reference_typed_and_is_kept_with_who_and_why(
    pep: Pep, places: dict[str, Place]
) -> None:
    refused = await pep(*DISCARD, typed="ben\n")
    assert (refused.exit_code, await decisions(places)) == (1, [])
    taken = await pep(*DISCARD, typed="anna\n")
    assert (taken.exit_code, "Number 1 is given up" in taken.stdout) == (0, True)
    assert await decisions(places) == [("anna", 1, "said_by_mistake", "CASE-1", "p-9")]


@pytest.mark.parametrize(("option", "words"), [("--case", "Anna was moved"), ("--by", "Somebody Fictional")])
async def test_words_have_no_place_in_a_decision(pep: Pep, places: dict[str, Place], option: str, words: str) -> None:
    answer = await pep(*DISCARD, option, words, "--yes")
    assert (answer.exit_code, f"{option} '{words}' is no reference" in answer.stderr) == (2, True)
    assert await decisions(places) == []


async def test_refusals_are_shown_newest_first_page_by_page(pep: Pep, places: dict[str, Place]) -> None:
    async with superuser(places["funding"].superuser_dsn) as connection:
        await connection.execute(
            "insert into policy_refusal select $1, 'funding.policies', gen_random_uuid(), 't', 'anna', 'No ' || n,"
            " now() - make_interval(secs => n) from generate_series(1, 5) n",
            HERE,
        )
    page = json.loads((await pep("refusals", "--limit", "2", "--page", "2", "--json")).stdout)
    assert [row["sentence"] for row in page] == ["No 3", "No 4"]
    assert "No 1" in (await pep("refusals", "--authority", HERE)).stdout
    assert "Nothing was refused" in (await pep("refusals", "--authority", ELSEWHERE)).stdout
