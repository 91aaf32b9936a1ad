"""What the end of a spell in care means: the return's reason codes, as what others must do differently for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from pep_kernel.contracts.scheduling import Ended
from scheduling.domain.child.commands import EndCareAtEighteen, JudgedToday
from scheduling.domain.child.events import ChildLeftCare

DIED = "E2"
MOVED_AUTHORITY = "E3"
TURNED_EIGHTEEN = "turned_18"
"""Not a code of the return: the law ended the spell before the authority's record said why."""

ENDED: Mapping[str, Ended] = {
    "E11": "adopted",
    "E12": "adopted",
    "E2": "died",
    "E3": "moved_authority",
    "E41": "child_arrangements_order",
    "E45": "special_guardianship",
    "E46": "special_guardianship",
    "E47": "special_guardianship",
    "E48": "special_guardianship",
    "E4A": "returned_home",
    "E4B": "returned_home",
    "E13": "returned_home",
    "E14": "remand_ended",
    "E15": "found_to_be_adult",
    "E16": "moved_abroad",
    "E17": "grown_up",
    "E5": "grown_up",
    "E6": "grown_up",
    "E7": "grown_up",
    "E8": "other",
    "E9": "sentenced",
    TURNED_EIGHTEEN: "grown_up",
}

CLOSES_AT_ONCE: frozenset[Ended] = frozenset({"adopted", "died", "moved_authority"})
"""Others have begun, or nobody has anything to finish: what is late is recorded by the Virtual School."""


def left_care(
    command: JudgedToday | EndCareAtEighteen, on: date, reason: str, *, earlier: bool = False
) -> ChildLeftCare:
    """That care ended, and from when on the record is closed, by the rules of the day on which it is told."""
    days = command.rules.in_force(command.today).record_keeping.open_after_care_days
    closes_on = on if kind_of_end(reason) in CLOSES_AT_ONCE else on + timedelta(days=days)
    return ChildLeftCare(child_ref=command.child_ref, on=on, reason=reason, earlier=earlier, closes_on=closes_on)


def kind_of_end(reason: str) -> Ended:
    """What kind of end a reason is. What nobody gave, or an old record gave in other words, is `other`."""
    return ENDED.get(reason, "other")
