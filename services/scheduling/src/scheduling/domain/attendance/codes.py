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


_CODES_OF = {
    Kind.PRESENT: "/ \\ L K V P W B",  # at school, late, or taught elsewhere
    Kind.AUTHORISED: "C C1 C2 M T R I J1 S E",
    Kind.UNAUTHORISED: "N O G U",
    Kind.NOT_COUNTED: "D X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z #",  # at another school, or no session for this child
}
_RETIRED_OF = {
    Kind.PRESENT: "/ \\ L V P W B J",
    Kind.AUTHORISED: "C M T R I S E H F",
    Kind.UNAUTHORISED: "N O G U",
    Kind.NOT_COUNTED: "D X Y Z #",
}
CODES: Mapping[str, Kind] = {code: kind for kind, codes in _CODES_OF.items() for code in codes.split()}
RETIRED: Mapping[str, Kind] = {code: kind for kind, codes in _RETIRED_OF.items() for code in codes.split()}


class UnknownCode(ValueError):
    """No such code was in use on this day."""


def kind_of(code: str, on: date) -> Kind:
    """What this code counts as on this day. UnknownCode if it was not in use."""
    try:
        return (CODES if on >= NEW_CODES_FROM else RETIRED)[code]
    except KeyError:
        raise UnknownCode(f"the code {code} was not in use on {on:%d/%m/%Y}") from None
