"""What happens in the term: read from the authority's `term.toml`, so that the code knows no authority and no child."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pep_local.places import ROOT

SAMPLES = ROOT / "deploy" / "local" / "samples"


class Told(BaseModel):
    """A slip of the pen in a story is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Told):
    """An action that costs. `decision` is who decides about its money, and how."""

    subject: str = "maths"
    category: str
    quantity: int
    unit_pence: int
    decision: Literal["officer", "head", "declined_by_officer", "declined_by_policy"] = "officer"
    rule: str | None = None

    @property
    def line_pence(self) -> int:
        return self.quantity * self.unit_pence

    @property
    def is_approved(self) -> bool:
        return self.decision in ("officer", "head")


class Due(Told):
    """One due date that the child must have."""

    obligation: str
    due: date
    note: str | None = None


class Road(Told):
    """One child's term."""

    child: str
    social_worker: str
    teacher: str
    teacher_capacity: Literal["designated_teacher", "virtual_school_officer"] = "designated_teacher"
    carer: str
    tells: str
    arranged: date
    meets: datetime
    rearranged: datetime | None = None
    without_authority: bool = False
    returned: bool = False
    also_wrote: str | None = None
    corrected: Literal["withdraw", "stand"] | None = None
    moves_to: str | None = None
    plan_after_move: Literal["open", "superseded"] = "open"
    lines: tuple[Line, ...] = ()
    subjects: tuple[str, ...] = ("english", "maths")
    left_out: str | None = None

    @property
    def approved_pence(self) -> int:
        return sum(line.line_pence for line in self.lines if line.is_approved)

    @property
    def released_pence(self) -> int:
        leaves = not self.moves_to and not self.left_out and self.corrected != "withdraw"
        return self.approved_pence if leaves else 0


class Jobs(Told):
    """Who does what for the authority, by staff id."""

    coordinator: str
    officer: str
    quality_assurer: str
    head: str
    finance: str
    auditor: str


class Story(Told):
    """One authority's term."""

    jobs: Jobs
    envelope_pence: int
    social_worker_signs_off: bool
    children: Annotated[tuple[Road, ...], Field(min_length=1)]
    no_plan: dict[str, str]
    due_dates: dict[str, tuple[Due, ...]]
    overdue: tuple[str, ...]


def with_story(authorities: Iterable[str], samples: Path = SAMPLES) -> list[str]:
    """Those of which a term is told; the others are open, and have no children."""
    return [name for name in authorities if (samples / name / "term.toml").exists()]


def read_story(authority: str, samples: Path = SAMPLES) -> Story:
    """The story that lies beside the authority's sample files."""
    return Story.model_validate(tomllib.loads((samples / authority / "term.toml").read_text()))
