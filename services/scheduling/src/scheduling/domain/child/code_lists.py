"""The codes of the statutory return, year by year: a code that was right two years ago may be wrong today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from pep_kernel.calendars import financial_year

NEW_EPISODE_CODES = frozenset("SPLTUB")
# fmt: off
CEASED_CODES = frozenset([
    "X1", "E11", "E12", "E13", "E14", "E15", "E16", "E17", "E2", "E3", "E41", "E45", "E46", "E47", "E48",
    "E4A", "E4B", "E5", "E6", "E7", "E8", "E9",
])
# fmt: on
EPISODE_GOES_ON = "X1"
LEGAL_STATUS_CODES = frozenset(["C1", "C2", "D1", "E1", "V2", "V3", "V4", "J1", "J2", "J3", "L1", "L2", "L3"])
NEED_CODES = frozenset(f"N{number}" for number in range(1, 9))
UNKNOWN_UPN_CODES = frozenset(f"UN{number}" for number in range(1, 6))
SEX_CODES = frozenset("MFU")
OLD_SEX_CODES = {"1": "M", "2": "F"}

# fmt: off
_PLACEMENTS_2024 = frozenset([
    "A3", "A4", "A5", "A6", "H5", "K1", "K2", "P1", "P2", "P3", "R1", "R2", "R3", "R5", "S1",
    "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6", "Z1",
])
# fmt: on
_PLACEMENTS_2025 = (_PLACEMENTS_2024 - {"H5", "P2", "Z1"}) | {"K3", "Z11", "Z12", "Z13", "Z14"}


@dataclass(frozen=True, slots=True)
class CodeLists:
    """What may differ between years: placements, why an episode ceased, and whether sex is still written 1 or 2."""

    placements: frozenset[str]
    old_sex_codes: bool
    reasons_ceased: frozenset[str] = CEASED_CODES


CODE_LISTS: Mapping[str, CodeLists] = {
    "2023-24": CodeLists(_PLACEMENTS_2024, old_sex_codes=True),
    "2024-25": CodeLists(_PLACEMENTS_2024, old_sex_codes=False),
    "2025-26": CodeLists(_PLACEMENTS_2025, old_sex_codes=False),
    "2026-27": CodeLists(_PLACEMENTS_2025, old_sex_codes=False),
}


def code_lists_of(year: str) -> CodeLists:
    """The lists of a collection year such as `2025-26`; of the nearest year that is known for others."""
    return CODE_LISTS[min(max(year, min(CODE_LISTS)), max(CODE_LISTS))]


def is_placement(code: str, return_year: str, episode_began: date) -> bool:
    """Whether the code was on the list of the return's year, or of the year in which the episode began."""
    years = (return_year, financial_year(episode_began))
    return any(code in code_lists_of(year).placements for year in years)


def is_placement_on(code: str, day: date) -> bool:
    """Whether a child may live in such a placement from this day."""
    return code in code_lists_of(financial_year(day)).placements


def is_reason_ceased(code: str, on: date) -> bool:
    """Whether an episode that ceased on this day may have ceased for this reason."""
    return code in code_lists_of(financial_year(on)).reasons_ceased


def is_reason_for_leaving(code: str, on: date) -> bool:
    """Whether a child may have left care for this reason on this day."""
    return code != EPISODE_GOES_ON and is_reason_ceased(code, on)


def _of_any_year(what: str, codes: frozenset[str]) -> AfterValidator:
    def check(code: str) -> str:
        if code not in codes:
            raise ValueError(f"is not a {what} of the return")
        return code

    return AfterValidator(check)


_PLACEMENTS = frozenset(code for lists in CODE_LISTS.values() for code in lists.placements)
LegalStatus = Annotated[str, _of_any_year("legal status", LEGAL_STATUS_CODES)]
Placement = Annotated[str, _of_any_year("placement", _PLACEMENTS)]
ReasonCeased = Annotated[str, _of_any_year("reason for ceasing", CEASED_CODES)]
