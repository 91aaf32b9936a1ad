"""Reads the authority's staff, the children's carers, which children may sign in, and the schools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from pep_kernel.may import NOT_STAFF, Role
from scheduling.domain.child.care_record import CarerRecord, Phase, PupilRecord, SchoolRecord, StaffRecord
from scheduling.ssda903.row_reader import URN, RowReader, single_rows

ROLES: Mapping[str, Role] = {role.value: role for role in Role if role not in NOT_STAFF}
PHASES: tuple[Phase, ...] = get_args(Phase)
UKPRN = re.compile(r"\d{8}")
LAESTAB = re.compile(r"\d{7}")
AMOUNT = re.compile(r"(?P<pounds>\d{1,7})(?:\.(?P<pence>\d{1,2}))?")
YES_OR_NO = {"Y": True, "N": False}
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def read_staff(readers: list[RowReader]) -> StaffRecord | None:
    """One member of staff from the rows with the same number; none, and told why, if a row cannot be used."""
    row = single_rows(readers, "STAFF_ID")[0]
    role = ROLES.get(row.needed("ROLE").lower().replace(" ", "_"))
    if role is None:
        row.error("ROLE", f"is not a known role; these are: {', '.join(sorted(ROLES))}")
    if role is Role.DESIGNATED_TEACHER and not row.text("SCHOOL_URN"):
        row.warn("SCHOOL_URN", "a designated teacher without a school sees no child")
    name, email, urn = row.needed("NAME"), _email(row), row.number("SCHOOL_URN", URN)
    limit_pence, left = _pence(row, "APPROVAL_LIMIT"), row.day("LEFT")
    if role is None or not row.sound:
        return None
    return StaffRecord(
        staff_id=row.text("STAFF_ID"),
        name=name,
        email=email,
        role=role,
        school_urn=urn,
        team=row.text("TEAM") or None,
        approval_limit_pence=limit_pence,
        left=left,
    )


def read_carer(readers: list[RowReader]) -> CarerRecord | None:
    """One carer from the rows with the same number, one row a child; none, and told why, if a row cannot be used.

    A single row without a child says that this person looks after none any more.
    """
    singles = single_rows(readers, "CARER_ID", "CHILD")
    first = singles[0]
    for row in singles:
        if len(singles) > 1 or row.text("CHILD"):
            row.identifier("CHILD")
        if row.text("NAME") != first.text("NAME"):
            row.error("NAME", f"differs from line {first.row.line}, which has the same number")
    name = first.needed("NAME")
    email = _email(first) if first.text("EMAIL") else None
    if not all(row.sound for row in singles):
        return None
    return CarerRecord(
        carer_id=first.text("CARER_ID"),
        name=name,
        email=email,
        telephone=first.text("TELEPHONE") or None,
        child_ids=tuple(row.text("CHILD") for row in singles if row.text("CHILD")),
    )


def read_pupil(readers: list[RowReader]) -> PupilRecord | None:
    """Whether a child may sign in; none, and told why, if the row cannot be used."""
    row = single_rows(readers, "CHILD")[0]
    may_sign_in = YES_OR_NO.get(row.needed("PUPIL_SIGN_IN").upper())
    if may_sign_in is None:
        row.error("PUPIL_SIGN_IN", "is neither Y nor N")
    return PupilRecord(child_id=row.text("CHILD"), may_sign_in=bool(may_sign_in)) if row.sound else None


def read_school(readers: list[RowReader]) -> SchoolRecord | None:
    """One school from the rows with the same number; none, and told why, if a row cannot be used."""
    row = single_rows(readers, "URN")[0]
    phase = next((phase for phase in PHASES if phase == row.needed("PHASE").lower().replace("-", "_")), None)
    if phase is None:
        row.error("PHASE", f"is not a known phase; these are: {', '.join(PHASES)}")
    urn, name, authority = row.number("URN", URN), row.needed("NAME"), row.needed("AUTHORITY")
    ukprn, laestab = row.number("UKPRN", UKPRN), row.number("LAESTAB", LAESTAB)
    predecessor, opened = row.number("PREDECESSOR_URN", URN), row.day("OPENED")
    if predecessor and opened is None:
        row.error("OPENED", "must say from which day the school has its new number")
    if urn is None or phase is None or not row.sound:
        return None
    return SchoolRecord(
        urn=urn,
        ukprn=ukprn,
        laestab=laestab,
        name=name,
        phase=phase,
        authority=authority,
        predecessor_urn=predecessor,
        opened_on=opened if predecessor else None,
    )


def _email(row: RowReader) -> str:
    email = row.needed("EMAIL")
    if email and not EMAIL.fullmatch(email):
        row.error("EMAIL", "is not an e-mail address")
    return email


def _pence(row: RowReader, column: str) -> int | None:
    text = row.text(column).lstrip("£").replace(",", "")
    amount = AMOUNT.fullmatch(text)
    if text and amount is None:
        row.error(column, "is not an amount in pounds and pence")
    return int(amount["pounds"]) * 100 + int((amount["pence"] or "").ljust(2, "0")) if amount else None
