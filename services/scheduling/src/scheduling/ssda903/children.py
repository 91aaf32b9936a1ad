"""Puts together all that the tables say of one child, and tells what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from scheduling.domain.child.care_record import CareRecord, ChildName, LastPep, Unaccompanied
from scheduling.domain.child.code_lists import OLD_SEX_CODES, SEX_CODES, UNKNOWN_UPN_CODES, code_lists_of
from scheduling.ssda903.csv_files import Row, Tell
from scheduling.ssda903.known import Known
from scheduling.ssda903.row_reader import RowReader, read_day, single_rows
from scheduling.ssda903.schooling import read_schooling
from scheduling.ssda903.social_workers import read_social_worker, read_social_workers
from scheduling.ssda903.spells import read_spells
from scheduling.ssda903.tables import EDUCATION, EPISODES, HEADER, LAST_PEP, PEOPLE, REVIEWS, SOCIAL_WORKERS, UASC
from scheduling.ssda903.upn import check_letter, has_the_shape_of_a_upn

NEVER_BEFORE_BIRTH = (
    (EDUCATION, "ENTERED"),
    (SOCIAL_WORKERS, "SW_DECOM"),
    (REVIEWS, "REVIEW"),
    (LAST_PEP, "LAST_PEP"),
)
TAKEN_BACK = "-"
"""In a cell: what was told before is not so."""
OF_A_CHILD = (HEADER, EPISODES, UASC, REVIEWS, SOCIAL_WORKERS, PEOPLE, EDUCATION, LAST_PEP)


class ChildRows:
    """All rows about one child, by table."""

    def __init__(self, rows: Mapping[str, list[Row]], tell: Tell) -> None:
        self._readers = {name: [RowReader(row, tell) for row in of_table] for name, of_table in rows.items()}

    def of(self, table_name: str) -> list[RowReader]:
        return self._readers.get(table_name, [])

    def one(self, table_name: str) -> RowReader | None:
        """The only row; a repeat is told, and an error if it differs."""
        return next(iter(single_rows(self.of(table_name), "CHILD")), None)

    @property
    def all_sound(self) -> bool:
        return all(reader.sound for readers in self._readers.values() for reader in readers)

    def first(self) -> RowReader:
        return next(reader for readers in self._readers.values() for reader in readers)


def read_child(child_id: str, rows: Mapping[str, list[Row]], known: Known, tell: Tell) -> CareRecord | None:
    """The child's record; none, and told why, for a child that cannot be taken in or is not in care."""
    child = ChildRows(rows, tell)
    header, spells = child.one(HEADER.name), read_spells(child.of(EPISODES.name), known.return_year)
    if header is None:
        _tell_of_a_stranger(child)
        return None
    born, sex, upn = header.needed_day("DOB"), _sex(header, known), _upn(header)
    parts = _parts(child, known)
    if born and spells and spells[0].began < born:
        header.error("DOB", f"the child entered care on {spells[0].began:%d/%m/%Y}, before birth")
    _tell_of_days_before_birth(child, born)
    if not child.of(EPISODES.name):
        header.warn("CHILD", "the child has no episode, so is left out")
    if not spells or not child.all_sound:
        return None
    who = {"date_of_birth": born, "sex": sex, "upn": upn, "taken_back": _taken_back(header, child.one(PEOPLE.name))}
    whole = {"child_id": child_id, **who, "spells": spells, **parts}
    return CareRecord.model_validate(
        {**whole, "cut_over": known.cut_over, "is_another_child": child_id in known.others}
    )


def _tell_of_days_before_birth(child: ChildRows, born: date | None) -> None:
    for table, column in NEVER_BEFORE_BIRTH:
        for row in child.of(table.name):
            day = None
            with suppress(ValueError):  # what is no day has been told
                day = read_day(row.text(column))
            if born and day and day < born:
                row.error(column, "the child was not born yet")


def _parts(child: ChildRows, known: Known) -> dict[str, object]:
    person = child.one(PEOPLE.name)
    workers = read_social_workers(child.of(SOCIAL_WORKERS.name), known)
    return {
        "name": _name(person) if person else None,
        "unaccompanied": _unaccompanied(child.one(UASC.name)),
        "schooling": tuple(read_schooling(child.of(EDUCATION.name), known)),
        "social_workers": workers,
        "social_worker": None if workers else read_social_worker(person, known),
        "reviews": tuple(sorted({day for each in child.of(REVIEWS.name) if (day := each.needed_day("REVIEW"))})),
        "last_pep": _last_pep(child.one(LAST_PEP.name)),
    }


def _tell_of_a_stranger(child: ChildRows) -> None:
    if episodes := child.of(EPISODES.name):
        episodes[0].error("CHILD", "an episode of a child that is not in the header table")
    else:
        child.first().warn("CHILD", "no child with this number is in the header table, so it is left out")


def _sex(header: RowReader, known: Known) -> str:
    code = header.needed("SEX").upper()
    if code in OLD_SEX_CODES:
        if not code_lists_of(known.return_year).old_sex_codes:
            header.warn("SEX", f"1 and 2 were the codes until 2023/24; read as {OLD_SEX_CODES[code]}")
        return OLD_SEX_CODES[code]
    if code and code not in SEX_CODES:
        header.error("SEX", "is not a known code")
    return code


def _upn(header: RowReader) -> str | None:
    upn = header.text("UPN").upper()
    if upn == TAKEN_BACK:
        return None
    if upn in UNKNOWN_UPN_CODES:
        header.warn("UPN", "says why no number is known; ask the school for it")
    elif upn and not has_the_shape_of_a_upn(upn):
        header.warn("UPN", "has not the shape of a unique pupil number, so it is left out")
    elif upn and upn[0] != check_letter(upn):
        header.warn("UPN", f"the check letter should be {check_letter(upn)}; check the number with the school")
    return upn if has_the_shape_of_a_upn(upn) else None


def _name(person: RowReader) -> ChildName | None:
    given, family = person.needed("GIVEN_NAME"), person.needed("FAMILY_NAME")
    if not person.sound:
        return None
    preferred, language = _where_said(person, "PREFERRED_NAME"), _where_said(person, "LANGUAGE")
    return ChildName(given=given, family=family, preferred=preferred, language=language)


def _where_said(person: RowReader, column: str) -> str | None:
    text = person.text(column)
    return None if text in ("", TAKEN_BACK) else text


def _taken_back(header: RowReader, person: RowReader | None) -> tuple[str, ...]:
    """What is not so any more: an empty cell only says nothing."""
    cells = {"upn": header.text("UPN")}
    if person is not None:
        cells |= {"preferred_name": person.text("PREFERRED_NAME"), "language": person.text("LANGUAGE")}
    return tuple(what for what, cell in cells.items() if cell == TAKEN_BACK)


def _unaccompanied(row: RowReader | None) -> Unaccompanied | None:
    return Unaccompanied(until=row.day("DUC")) if row else None


def _last_pep(row: RowReader | None) -> LastPep | None:
    held = row.needed_day("LAST_PEP") if row else None
    if row is None or held is None:
        return None
    return LastPep(held=held, next_agreed=row.day("NEXT_AGREED"), next_review=row.day("NEXT_REVIEW"))
