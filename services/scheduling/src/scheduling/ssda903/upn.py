"""The unique pupil number: a check letter, the area, the school, the year, a serial number."""

from __future__ import annotations

import re

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""The 23 check letters by value; I, O and S are never used."""

SHAPE = re.compile(rf"[{LETTERS}]\d{{11}}[\d{LETTERS}]")


def has_the_shape_of_a_upn(upn: str) -> bool:
    """A letter and 12 figures; the last of a temporary number is a letter too."""
    return SHAPE.fullmatch(upn) is not None


def check_letter(upn: str) -> str:
    """The letter that belongs first: the 2nd to 13th characters weighted 2 to 13, summed, modulo 23 (UPN standard 2.0).

    ValueError if the number has not the shape of a UPN.
    """
    if not has_the_shape_of_a_upn(upn):
        raise ValueError("not the shape of a unique pupil number")
    return LETTERS[sum(weight * _value(character) for weight, character in enumerate(upn[1:], start=2)) % 23]


def _value(character: str) -> int:
    return int(character) if character.isdigit() else LETTERS.index(character)
