"""`pep policy`: rules checked, shown and laid side by side, without any server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_cli.terminal import out

FOLDER = Path(__file__).parents[2] / "shared" / "authorities"
Pep = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoilt."""
    shutil.copytree(FOLDER, tmp_path / "authorities")
    return tmp_path / "authorities"


@pytest.fixture
def pep(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pep:
    monkeypatch.setattr(out, "width", 200)
    environment = {"PEP_AUTHORITIES_DIR": str(folder), "PEP_INSTALLATION": str(folder / "none.json")}
    return lambda *words: CliRunner().invoke(app, ["policy", *words], env=environment)


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_files_without_fault_are_said_to_be_so(pep: Pep) -> None:
    checked = pep("check")
    assert checked.exit_code == 0
    assert "Nothing is wrong in the files of leicestershire, nonesuch, oxfordshire." in checked.output
    assert json.loads(pep("check", "--json").output)["faults"] == []


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T02b")
def test_a_local_date_that_can_miss_the_statutory_one_is_told_once_for_the_policy(pep: Pep) -> None:
    notes = json.loads(pep("check", "--json").output)["notes"]
    assert [note for note in notes if note.startswith("oxfordshire")] == [
        "oxfordshire, scheduling: 'entered_care/hold' (20 school days) can end after the statutory date of "
        "'entered_care/available' (20 working days); a child for whom it does has a note that says so"
    ]
    assert not any(note.startswith("leicestershire") for note in notes)
    assert "To know: oxfordshire, scheduling: 'entered_care/hold'" in pep("check").output


def test_each_fault_is_a_line_with_file_key_and_reason_and_all_are_told(pep: Pep, folder: Path) -> None:
    spoil(folder / "oxfordshire" / "funding.toml", "held_back_percent = 15", "held_back_percent = 150")
    spoil(folder / "oxfordshire" / "funding.toml", "virtual_school_officer = 40000", "virtual_school_officer = -1")
    spoil(folder / "nonesuch" / "pep-record.toml", 'roles = ["social_worker"]', 'roles = ["wizard"]')
    checked = pep("check")
    assert checked.exit_code == 1
    record, limit, share = checked.output.splitlines()
    assert record.startswith(f"{folder}/nonesuch/pep-record.toml: sign_off.0.roles.0 (from 2011-04-01): ")
    assert "/oxfordshire/funding.toml: approval_limits.0.limits_pence.virtual_school_officer (from" in limit
    assert share.endswith("grant.0.held_back_percent (from 2024-04-01): should be less than or equal to 100")


def test_faults_can_be_read_by_a_script(pep: Pep, folder: Path) -> None:
    spoil(folder / "oxfordshire" / "authority.toml", "area_code", "area_kode")
    checked = pep("check", "--json")
    assert checked.exit_code == 1
    faults = json.loads(checked.output)["faults"]
    assert [(fault["key"], fault["reason"]) for fault in faults] == [
        ("area_code", "is missing"),
        ("area_kode", "no such key is known"),
    ]


def test_a_folder_may_be_named(pep: Pep, tmp_path: Path) -> None:
    checked = pep("check", str(tmp_path / "nowhere"))
    assert checked.exit_code == 1
    assert "holds no authority" in checked.output


def test_the_rules_of_a_day_are_shown_with_their_first_day_source_and_version(pep: Pep) -> None:
    shown = pep("show", "leicestershire", "--on", "2024-09-01", "--file", "funding").output
    assert "funding: version 2024-04-01." in shown
    assert "£2,570.00" in shown
    assert "01/04/2024" in shown
    assert "pupil premium 2024-25" in shown
    assert "quorum" not in shown


def test_the_rules_of_a_day_can_be_read_by_a_script(pep: Pep) -> None:
    shown = json.loads(pep("show", "nonesuch", "--on", "2025-08-31", "--json").output)
    files = {each["file"]: each for each in shown["files"]}
    terms = next(rule for rule in files["scheduling"]["rules"] if rule["key"] == "cadence.school_age_terms")
    assert (terms["value"], terms["since"]) == (["autumn", "summer"], "2011-04-01")
    assert files["scheduling"]["version"].startswith("2014-01-27.")
    assert files["terms"]["version"] is None


def test_two_authorities_are_laid_side_by_side_where_they_differ(pep: Pep) -> None:
    told = json.loads(pep("diff", "leicestershire", "oxfordshire", "--on", "2026-09-01", "--json").output)
    rows = {(row["file"], row["key"]): (row["leicestershire"], row["oxfordshire"]) for row in told}
    assert rows["scheduling", "notice.days_before"] == (7, None)
    assert rows["notifications", "words.premium"] == ("PPP", "PP+")
    assert ("scheduling", "applicability.from_age_years") not in rows


def test_what_an_authority_changed_between_two_days_is_shown(pep: Pep) -> None:
    told = pep("diff", "nonesuch", "--from", "2025-08-31", "--to", "2025-09-01").output
    assert "cadence.school_age_terms" in told
    assert "autumn, spring, summer" in told
    assert "grant" not in told
    assert "They say the same." in pep("diff", "nonesuch", "--from", "2025-09-01", "--to", "2025-09-02").output


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("show", "nowhere"), 1, "has no authority 'nowhere'"),
        (("show", "nonesuch", "--on", "2010-01-01"), 1, "no rule for 'applicability' is in force on 01/01/2010"),
        (("show", "nonesuch", "--file", "funds"), 2, "There is no file 'funds'"),
        (("diff", "nonesuch"), 2, "Give two authorities"),
        (("diff", "nonesuch", "oxfordshire", "--from", "2026-01-01"), 2, "Give two authorities"),
        (("diff", "nonesuch", "oxfordshire", "--to", "2026-01-01"), 2, "Give two authorities"),
        (("diff", "nonesuch", "--from", "2026-01-01", "--on", "2026-01-01"), 2, "Give two authorities"),
    ],
)
def test_what_cannot_be_answered_is_said_with_an_exit_code(
    pep: Pep, words: tuple[str, ...], code: int, sentence: str
) -> None:
    asked = pep(*words)
    assert asked.exit_code == code
    assert sentence in " ".join(asked.output.split())


def test_wrong_files_are_told_before_anything_is_shown(pep: Pep, folder: Path) -> None:
    spoil(folder / "nonesuch" / "authority.toml", '"000"', '"zero"')
    shown = pep("show", "oxfordshire")
    assert shown.exit_code == 1
    assert "nonesuch/authority.toml: area_code: String should match pattern" in shown.output
