"""Whether others went on as before while one child's announcements waited (R8)."""

from __future__ import annotations

from tests.faults.evidence import Finding
from tests.faults.nemeses.poison import Poison

TIMES, MORE_SECONDS = 3.0, 0.5
"""What two halves of one run may differ by on a busy machine, though nothing is wrong."""


def only_the_poisoned_children_wait(poison: Poison) -> list[Finding]:
    """Nobody else, and each of them."""
    wrong = dict.fromkeys(poison.waited - poison.poisoned, "waits, though nothing odd was said of it")
    wrong |= dict.fromkeys(poison.poisoned - poison.waited, "does not wait, though something odd was said of it")
    return [Finding(f"{child} of {authority}", what) for (authority, child), what in wrong.items()]


def others_are_heard_as_soon(poison: Poison) -> list[Finding]:
    """The ninety-nine of a hundred that were taken in soonest, before and after the first odd announcement.

    It measures, so no test asks it.
    """
    before, later = poison.p99_seconds()
    if later <= before * TIMES + MORE_SECONDS:
        return []
    return [Finding("everybody", f"99 of 100 were heard within {later:.2f} s, and within {before:.2f} s before")]
