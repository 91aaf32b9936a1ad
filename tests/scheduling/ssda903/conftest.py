"""Writes a handful of small files as an authority would export them, and reads them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from scheduling.domain.child.care_record import CareRecord, CarerRecord, PupilRecord, SchoolRecord, StaffRecord
from scheduling.ssda903.findings import Finding
from scheduling.ssda903.reading import (
    CARERS_OF_CHILDREN,
    CHILDREN,
    PUPIL_ACCOUNTS,
    SCHOOLS_LISTED,
    STAFF_MEMBERS,
    Preview,
    read_files,
)
from scheduling.ssda903.staging import Stage

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n"
A_CHILD = HEADER + "child-7,F,04/05/2015,WBRI,P207000016049,,\n"
ENTERED = EPISODES + "child-7,21/09/2026,S,C2,N1,U6,,\n"


@dataclass(frozen=True)
class Result:
    """What reading gave: each finding short as well, as (severity, column, beginning of the reason)."""

    preview: Preview
    children: list[CareRecord]
    staff: list[StaffRecord]
    carers: list[CarerRecord]
    pupils: list[PupilRecord]
    schools: list[SchoolRecord]
    findings: list[Finding]

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        return [(str(each.severity), each.column, each.reason) for each in self.findings]

    @property
    def child(self) -> CareRecord:
        (child,) = self.children
        return child


Read = Callable[..., Result]


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.close()


@pytest.fixture
def read(tmp_path: Path, stage: Stage) -> Read:
    """`read(header="…", episodes=b"…")`: the content of each file by any name."""

    def write_and_read(cut_over: date | None = None, **files: str | bytes) -> Result:
        paths = [tmp_path / f"{name}.csv" for name in files]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        preview = read_files(stage, paths, cut_over, lambda _count: None)
        return Result(
            preview=preview,
            children=[CareRecord.model_validate_json(body) for body in _bodies(stage, CHILDREN)],
            staff=[StaffRecord.model_validate_json(body) for body in _bodies(stage, STAFF_MEMBERS)],
            carers=[CarerRecord.model_validate_json(body) for body in _bodies(stage, CARERS_OF_CHILDREN)],
            pupils=[PupilRecord.model_validate_json(body) for body in _bodies(stage, PUPIL_ACCOUNTS)],
            schools=[SchoolRecord.model_validate_json(body) for body in _bodies(stage, SCHOOLS_LISTED)],
            findings=list(stage.findings()),
        )

    return write_and_read


def _bodies(stage: Stage, kind: str) -> list[str]:
    return [body for batch in stage.batches(kind, 200) for body in batch]
