"""Whole sets of files: many children, repeated readings, and the fictional children that are shipped."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from tests.scheduling.ssda903.conftest import EPISODES, HEADER, Read

from scheduling.domain.child.care_record import CareRecord
from scheduling.ssda903.findings import Severity
from scheduling.ssda903.reading import CHILDREN, Preview, read_files
from scheduling.ssda903.staging import Stage

SAMPLES = Path(__file__).parents[3] / "deploy" / "local" / "samples"
GO_LIVE = date(2026, 8, 31)


def many_children(count: int, upn: str = "UN1") -> tuple[str, str]:
    header = (f"child-{number},F,04/05/2015,WBRI,{upn},,\n" for number in range(count))
    episodes = (f"child-{number},21/09/2026,S,C2,N1,U6,,\n" for number in range(count))
    return HEADER + "".join(header), EPISODES + "".join(episodes)


@pytest.mark.parametrize(("upn", "warnings"), [("UN1", 1_200), ("", 0)])
def test_more_children_and_findings_than_are_kept_in_memory_at_once(read: Read, upn: str, warnings: int) -> None:
    header, episodes = many_children(1_200, upn)
    result = read(header=header, episodes=episodes)
    assert (result.preview.children, result.preview.spells_running) == (1_200, 1_200)
    assert len(result.children) == 1_200
    assert len(result.findings) == result.preview.warnings == warnings


def test_one_table_may_come_in_several_files(read: Read) -> None:
    header, episodes = many_children(2)
    first, second = HEADER + header.splitlines()[1] + "\n", HEADER + header.splitlines()[2] + "\n"
    assert len(read(north=first, south=second, episodes=episodes).children) == 2


def test_progress_is_told_for_every_row_and_every_child(tmp_path: Path, stage: Stage) -> None:
    header, episodes = many_children(3)
    (tmp_path / "header.csv").write_text(header)
    (tmp_path / "episodes.csv").write_text(episodes)
    told: list[int] = []
    read_files(stage, sorted(tmp_path.iterdir()), None, told.append)
    assert sum(told) == 3 + 3 + 3


def samples(stage: Stage, authority: str) -> tuple[Preview, dict[str, CareRecord]]:
    preview = read_files(stage, sorted((SAMPLES / authority).glob("*.csv")), GO_LIVE, lambda _count: None)
    bodies: Iterable[str] = (body for batch in stage.batches(CHILDREN, 200) for body in batch)
    return preview, {record.child_id: record for record in map(CareRecord.model_validate_json, bodies)}


@pytest.mark.parametrize("authority", ["leicestershire", "oxfordshire"])
def test_the_fictional_children_of_each_authority_can_all_be_taken_in(stage: Stage, authority: str) -> None:
    preview, children = samples(stage, authority)
    assert preview.is_clean
    assert preview.children_left_out == 0
    assert len(children) == 12


def test_their_warnings_are_those_that_the_readme_names(stage: Stage) -> None:
    samples(stage, "leicestershire")
    assert [(each.severity, each.file, each.column) for each in stage.findings()] == [
        (Severity.WARNING, "header.csv", "UPN"),
        (Severity.WARNING, "header.csv", "UPN"),
        (Severity.WARNING, "reviews.csv", "REVIEW"),
    ]


@pytest.mark.scenario("T64")
def test_a_child_in_care_for_years_brings_what_was_agreed_before(stage: Stage) -> None:
    child = samples(stage, "leicestershire")[1]["LE009"]
    assert child.spells[0].began_earlier
    assert child.last_pep is not None
    assert (child.last_pep.held, child.cut_over) == (date(2026, 6, 16), GO_LIVE)


@pytest.mark.scenario("T54")
def test_one_of_them_is_on_a_short_break(stage: Stage) -> None:
    child = samples(stage, "leicestershire")[1]["LE007"]
    assert child.spells[0].episodes[0].legal_status == "V4"


def test_one_of_them_left_care_and_came_back(stage: Stage) -> None:
    child = samples(stage, "leicestershire")[1]["LE011"]
    assert [spell.reason_ceased for spell in child.spells] == ["E4A", None]
