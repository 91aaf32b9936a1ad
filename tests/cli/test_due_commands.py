"""`pep due`, `pep calendar`, `pep rehearse`: dates explained, a year, an authority's cases, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pep_cli.main import app as pep_app
from pep_cli.terminal import out
from scheduling.entrypoints.due_command import app as due_app
from scheduling.entrypoints.rehearse_command import rehearse

FOLDER = Path(__file__).parents[2] / "shared" / "authorities"
ENVIRONMENT = {"PEP_AUTHORITIES_DIR": str(FOLDER), "COLUMNS": "200"}
CANDIDATE = {"rule", "source", "obligation", "satisfied_by", "unit", "days", "due", "skipped"}
EMERGENCY = ("--trigger", "EmergencyPlacementMade", "--on", "2026-12-23")
ENTERED = ("--trigger", "ChildEnteredCare", "--on", "2026-09-21")


def due(*words: str) -> Result:
    return CliRunner().invoke(due_app, [*words], env=ENVIRONMENT)


def told(*words: str) -> dict[str, Any]:
    answer = due(*words, "--json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.output)
    return found


def governing(answer: dict[str, Any]) -> dict[str, str]:
    return {obligation: each["due"] for obligation, each in answer["governing"].items()}


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T01", "T02", "T61")
def test_the_json_has_what_governs_every_candidate_and_the_conflicts() -> None:
    answer = told("oxfordshire", *ENTERED)
    assert answer.keys() == {"governing", "candidates", "conflicts", "policy_version", "not_applicable", "note"}
    assert (answer["not_applicable"], answer["note"]) == (None, None)
    assert answer["policy_version"].startswith("20")
    assert governing(answer) == {"convene": "2026-10-05", "hold": "2026-10-19", "available": "2026-10-19"}
    assert [each.keys() for each in answer["candidates"]] == [CANDIDATE] * 3
    assert answer["governing"]["hold"]["satisfied_by"] == "MeetingHeld"
    assert answer["candidates"][0]["skipped"][0] == {"date": "2026-09-26", "why": "weekend"}
    assert answer["conflicts"] == []


@pytest.mark.scenario("T02b")
def test_a_school_named_in_another_countys_dates_keeps_them() -> None:
    for where in (
        ("--school", "900101"),
        ("--area", "leicestershire"),
        ("--school", "999999", "--area", "leicestershire"),
    ):
        answer = told("oxfordshire", *ENTERED, *where)
        assert governing(answer)["hold"] == "2026-10-26"
        (conflict,) = answer["conflicts"]
        assert (conflict["obligation"], conflict["statutory_due"]) == ("hold", "2026-10-19")


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        (("oxfordshire", "--trigger", "SchoolMoved", "--on", "2026-04-20"), {"convene": "2026-05-05"}),
        (("leicestershire", "--trigger", "MeetingHeld", "--on", "2026-11-09"), {"complete": "2026-11-19"}),
        (("oxfordshire", "--trigger", "EmergencyPlacementMade", "--on", "2026-12-23"), {"notify": "2027-01-04"}),
        (("oxfordshire", "--trigger", "TermOpened", "--on", "2026-09-02"), {"hold": "2026-12-18"}),
        (("oxfordshire", "--trigger", "school_moved", "--on", "2026-04-20"), {"convene": "2026-05-05"}),
        (("oxfordshire", *ENTERED, "--legal-status", "V4"), {}),
        (("oxfordshire", *EMERGENCY, "--without-school", "--year-group", "-1"), {}),
        (("oxfordshire", "--trigger", "ReviewHeld", "--on", "2026-10-12"), {}),
    ],
)
def test_any_trigger_is_explained(words: tuple[str, ...], dates: dict[str, str]) -> None:
    found = governing(told(*words))
    assert dates.items() <= found.items()
    assert dates or found == {}


@pytest.mark.scenario("T15", "T54")
def test_a_school_is_told_of_an_emergency_though_no_pep_applies_and_a_child_at_no_school_has_none_to_tell() -> None:
    short_break = told("oxfordshire", *EMERGENCY, "--legal-status", "V4")
    assert (governing(short_break), short_break["not_applicable"]) == ({"notify": "2027-01-04"}, "short_break")
    said = due("oxfordshire", *EMERGENCY, "--legal-status", "V4").output
    assert ("No PEP applies" in said, "tell the school in writing by" in said) == (True, True)
    assert "notify" not in governing(told("oxfordshire", *EMERGENCY, "--without-school"))


def test_a_school_of_which_no_file_knows_anything_is_said_to_be_counted_by_the_authoritys_own_terms() -> None:
    unknown = told("oxfordshire", *ENTERED, "--school", "123456")
    assert "school 123456" in unknown["note"]
    assert unknown["note"] in due("oxfordshire", *ENTERED, "--school", "123456").output
    assert told("oxfordshire", *ENTERED, "--school", "900204")["note"] is None
    assert told("oxfordshire", *ENTERED, "--school", "123456", "--area", "leicestershire")["note"] is None


def test_for_people_each_rule_has_its_day_its_count_its_source_and_what_was_passed_over() -> None:
    said = due("oxfordshire", "--trigger", "ChildEnteredCare", "--on", "2026-12-11").output
    assert "● hold the meeting by Friday 22 January 2027 (the only rule)" in said
    assert "20 school days, by entered_care/hold (O-31); met by MeetingHeld" in said
    assert "12 weekend days; school holiday 21/12 to 24/12; Christmas Day 25/12" in said
    assert "! hold the meeting: 20 school days end after the statutory date, 13/01/2027." in said
    assert "No PEP applies: a short break needs none" in due("oxfordshire", *ENTERED, "--legal-status", "V3").output
    nothing = due("oxfordshire", "--trigger", "ReviewHeld", "--on", "2026-10-12").output
    assert "ask for nothing after this event" in nothing
    assert "the term's cut-off date" in due("oxfordshire", "--trigger", "TermOpened", "--on", "2026-09-02").output


def test_of_several_rules_the_earliest_governs_and_a_moved_date_says_from_where() -> None:
    answer = told("nonesuch", "--trigger", "ChildEnteredCare", "--on", "2026-10-05", "--age", "4")
    assert answer["governing"]["convene"]["why"] == "the earliest of 2"
    held = told("nonesuch", "--trigger", "MeetingHeld", "--on", "2026-11-02")
    assert {"date": "2026-11-11", "why": "Founders' Day"} in held["governing"]["complete"]["skipped"]


def test_what_no_term_dates_reach_has_no_date_and_says_why() -> None:
    answer = told("oxfordshire", "--trigger", "ChildEnteredCare", "--on", "2030-01-07")
    assert "hold" not in answer["governing"]
    assert [each["due"] for each in answer["candidates"] if each["obligation"] == "hold"] == [None]
    assert "No term dates are known" in answer["conflicts"][0]["note"]
    assert "a day that is not known" in due("oxfordshire", "--trigger", "ChildEnteredCare", "--on", "2030-01-07").output


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("oxfordshire", "--trigger", "Lunch", "--on", "2026-09-21"), "--trigger"),
        (("oxfordshire", "--trigger", "SchoolMoved", "--on", "2026-02-30"), "--on"),
        (("oxfordshire", "--trigger", "SchoolMoved", "--on", "9999-12-31"), "--on"),
        (("oxfordshire", "--trigger", "SchoolMoved", "--on", "2010-01-04"), "--on"),
        (("oxfordshire", "--trigger", "SchoolMoved"), "--on"),
        (("oxfordshire", "--on", "2026-09-21"), "--trigger"),
        (("nowhere", *ENTERED), "AUTHORITY"),
        (("oxfordshire", *ENTERED, "--school", "12"), "--school"),
        (("oxfordshire", *ENTERED, "--area", "nowhere"), "--area"),
        (("oxfordshire", *ENTERED, "--without-school", "--school", "900201"), "--without-school"),
        (("oxfordshire", *ENTERED, "--year-group", "40"), "--year-group"),
        (("oxfordshire", *ENTERED, "--age", "-1"), "--age"),
        (("oxfordshire", *ENTERED, "--legal-status", "ZZ"), "--legal-status"),
    ],
)
def test_bad_input_names_the_option(words: tuple[str, ...], option: str) -> None:
    answer = due(*words, "--json")
    assert answer.exit_code == 2
    assert option in answer.output


def test_wrong_files_are_told_before_anything_else(tmp_path: Path) -> None:
    answer = due("oxfordshire", *ENTERED, "--folder", str(tmp_path))
    assert (answer.exit_code, "holds no authority" in answer.output) == (1, True)


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(out, "width", 200)
    return lambda *words: CliRunner().invoke(pep_app, ["calendar", *words], env=ENVIRONMENT)


def test_a_year_is_printed_with_terms_breaks_days_off_and_the_days_of_each_month(
    calendar: Callable[..., Result],
) -> None:
    year = json.loads(calendar("oxfordshire", "--year", "2026", "--json").output)
    assert [each["name"] for each in year["terms"]] == ["spring 2025/26", "summer 2025/26", "autumn 2026/27"]
    assert year["half_terms"][2] == {
        "name": "autumn half term",
        "first": "2026-10-24",
        "last": "2026-11-01",
        "school_days": 0,
    }
    assert {"month": 12, "working_days": 21, "school_days": 14} in year["months"]
    assert "2026-12-28" in {each["on"] for each in year["bank_holidays"]}
    assert year["inset_days"] == [{"on": "2026-01-05", "name": "INSET day", "school_urn": "900204"}]
    printed = calendar("oxfordshire", "--year", "2026").output
    assert "autumn half term" in printed
    assert "Boxing Day, a weekend" in printed


def test_the_year_of_one_school_has_its_own_inset_days(calendar: Callable[..., Result]) -> None:
    whole, one = (
        json.loads(calendar("oxfordshire", "--year", "2026", *school, "--json").output)["months"][0]["school_days"]
        for school in ((), ("--school", "900204"))
    )
    assert (whole, one) == (20, 19)


def test_a_year_beyond_the_term_dates_says_so(calendar: Callable[..., Result]) -> None:
    printed = calendar("oxfordshire", "--year", "2027", "--school", "900202")
    assert "not known" in printed.output
    assert "school 900202" in printed.output
    assert "term or break" not in calendar("oxfordshire", "--year", "2050").output
    assert calendar("nowhere", "--year", "2026").exit_code == 1
    assert calendar("oxfordshire", "--year", "26").exit_code == 2


def rehearsed(file: Path, *words: str) -> Result:
    import typer

    app = typer.Typer()
    app.command()(rehearse)
    return CliRunner().invoke(app, [str(file), *words], env=ENVIRONMENT)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/rehearsal.*")), ids=lambda file: file.parent.name)
def test_each_authoritys_own_cases_come_out_as_expected(file: Path) -> None:
    answer = rehearsed(file)
    assert (answer.exit_code, "come out as expected" in answer.output) == (0, True), answer.output


def test_a_date_that_is_another_is_shown_with_its_rule(tmp_path: Path) -> None:
    file = tmp_path / "cases.toml"
    entered = '[[cases]]\ntrigger = "ChildEnteredCare"\non = 2026-09-21\n'
    file.write_text(f'authority = "oxfordshire"\n{entered}expected = {{ hold = 2026-10-20, complete = 2026-10-21 }}\n')
    answer = rehearsed(file, "--json")
    assert answer.exit_code == 1
    first, second = json.loads(answer.output)["differences"]
    assert (first["expected"], first["found"], first["rule"]) == ("2026-10-20", "2026-10-19", "entered_care/hold")
    assert (second["obligation"], second["found"]) == ("complete", "none")
    assert "1 of 1 cases: another date than expected" in rehearsed(file).output


@pytest.mark.parametrize(("expected", "code"), [("none", 1), ("not known", 0)])
def test_a_day_that_is_not_known_is_no_obligation_that_is_not_due(tmp_path: Path, expected: str, code: int) -> None:
    file = tmp_path / "cases.toml"
    case = f'trigger = "ChildEnteredCare"\non = 2030-01-07\nlegal_status = "C2"\nexpected = {{ hold = "{expected}" }}'
    file.write_text(f'authority = "oxfordshire"\n[[cases]]\n{case}\n')
    answer = rehearsed(file, "--json")
    assert answer.exit_code == code, answer.output
    found = [(each["found"], each["rule"]) for each in json.loads(answer.output)["differences"]]
    assert found == ([("not known", "entered_care/hold")] if code else [])


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ('trigger = "Lunch"\non = 2026-09-21', "case 1: trigger"),
        ('trigger = "SchoolMoved"', "case 1: on"),
        ('trigger = "SchoolMoved"\non = 9999-12-31', "case 1: on"),
        ('trigger = "SchoolMoved"\non = 2026-09-21\nshool = "900201"', "case 1: shool"),
        ('trigger = "SchoolMoved"\non = 2026-09-21\nexpected = { hold = "soon" }', "case 1: expected.hold"),
        ('trigger = "SchoolMoved"\non = 2026-09-21\nlegal_status = "v4"', "case 1: legal_status: is no legal status"),
        ("trigger = ", "cannot be read"),
    ],
)
def test_a_case_that_cannot_be_played_is_named(tmp_path: Path, case: str, sentence: str) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(f'authority = "oxfordshire"\n[[cases]]\n{case}\n')
    answer = rehearsed(file)
    assert (answer.exit_code, sentence in answer.output) == (2, True), answer.output
    file.write_text("")
    assert "holds no case" in rehearsed(file).output


@pytest.mark.parametrize(
    ("case", "sentence"),
    [("on = 2010-01-04", "is in force on"), ('on = 2026-09-21\narea = "nowhere"', "no authority 'nowhere'")],
)
def test_a_case_that_no_rule_reaches_is_a_difference(tmp_path: Path, case: str, sentence: str) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(f'authority = "oxfordshire"\n[[cases]]\ntrigger = "SchoolMoved"\n{case}\n')
    answer = rehearsed(file, "--json")
    assert (answer.exit_code, sentence in answer.output) == (1, True), answer.output
