"""What is wrong in a file, and where: an error keeps its child out, a warning is worth knowing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """FATAL: a whole file cannot be used. ERROR: one child or record cannot. WARNING: it can."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. The value is for the person at the screen and goes into no log."""

    severity: Severity
    file: str
    line: int
    column: str
    value: str
    reason: str
