"""What a command about a child is judged by, which every route that makes one puts inside it."""

from __future__ import annotations

from typing import Any

from pep_runtime.http import Desk
from scheduling.domain.rules import SchedulingRules


def judging(caller: Desk, child_ref: str) -> dict[str, Any]:
    """The child, the authority's rules in all their versions, and the calendar of any school."""
    rules: SchedulingRules = caller.rules
    return {"child_ref": child_ref, "rules": rules.file, "calendar_for": rules.calendar_for}
