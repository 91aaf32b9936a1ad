"""The attendance codes of schools in England, and what each counts as on its day.

Those since 19 August 2024 stand in the School Attendance (Pupil Registration) (England) Regulations 2024. Older marks
keep the meaning that they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

NEW_CODES_FROM = date(2024, 8, 19)


class Kind(StrEnum):
    """What a session counts as. Only what counts is a possible session; the last kind does not."""

    PRESENT = "present"
    AUTHORISED = "authorised absence"
    UNAUTHORISED = "unauthorised absence"
    NOT_COUNTED = "not counted"


def _table(present: str, authorised: str, unauthorised: str, not_counted: str) -> Mapping[str, Kind]:
    rows = zip(Kind, (present, authorised, unauthorised, not_counted), strict=True)
    return {code: kind for kind, codes in rows for code in codes.split()}


CODES = _table(
    present="/ \\ L K V P W B",  # at school, late, or taught elsewhere
    authorised="C C1 C2 M T R I J1 S E",
    unauthorised="N O G U",
    not_counted="D X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #",  # at another school, or no session for this child
)
RETIRED = _table(
    present="/ \\ L V P W B J",
    authorised="C M T R I S E H F",
    unauthorised="N O G U",
    not_counted="D X Y Z #",
)


class UnknownCode(ValueError):
    """No such code was in use on this day."""


def kind_of(code: str, on: date) -> Kind:
    """What this code counts as on this day. UnknownCode if it was not in use."""
    try:
        return (CODES if on >= NEW_CODES_FROM else RETIRED)[code]
    except KeyError:
        raise UnknownCode(f"the code {code} was not in use on {on:%d/%m/%Y}") from None
