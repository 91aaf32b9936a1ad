"""Puts together all that the tables say of one child, and tells what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scheduling.domain.child.care_record import CareRecord, ChildName, LastPep, Spell, Unaccompanied
from scheduling.domain.child.code_lists import OLD_SEX_CODES, SEX_CODES, UNKNOWN_UPN_CODES, code_lists_of
from scheduling.ssda903.csv_files import Row, Tell
from scheduling.ssda903.known import Known
from scheduling.ssda903.row_reader import RowReader, single_rows
from scheduling.ssda903.schooling import read_schooling
from scheduling.ssda903.social_workers import read_social_workers
from scheduling.ssda903.spells import read_spells
from scheduling.ssda903.tables import EDUCATION, EPISODES, HEADER, LAST_PEP, PEOPLE, REVIEWS, SOCIAL_WORKERS, UASC
from scheduling.ssda903.upn import check_letter, has_the_shape_of_a_upn

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
    parts = _parts(child, spells, known)
    if born and spells and spells[0].began < born:
        header.error("DOB", f"the child entered care on {spells[0].began:%d/%m/%Y}, before birth")
    _tell_of_school_before_birth(child, born)
    if not child.of(EPISODES.name):
        header.warn("CHILD", "the child has no episode, so is left out")
    if not spells or not child.all_sound:
        return None
    whole = {"child_id": child_id, "date_of_birth": born, "sex": sex, "upn": upn, "spells": spells, **parts}
    return CareRecord.model_validate(
        {**whole, "cut_over": known.cut_over, "is_another_child": child_id in known.others}
    )


def _tell_of_school_before_birth(child: ChildRows, born: date | None) -> None:
    for row in child.of(EDUCATION.name):
        entered = row.day("ENTERED")
        if born and entered and entered < born:
            row.error("ENTERED", "the child was not born yet")


def _parts(child: ChildRows, spells: tuple[Spell, ...], known: Known) -> dict[str, object]:
    person = child.one(PEOPLE.name)
    return {
        "name": _name(person) if person else None,
        "unaccompanied": _unaccompanied(child.one(UASC.name)),
        "schooling": tuple(read_schooling(child.of(EDUCATION.name), known)),
        "social_workers": read_social_workers(child.of(SOCIAL_WORKERS.name), person, spells, known),
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
    preferred, language = person.text("PREFERRED_NAME") or None, person.text("LANGUAGE") or None
    return ChildName(given=given, family=family, preferred=preferred, language=language)


def _unaccompanied(row: RowReader | None) -> Unaccompanied | None:
    return Unaccompanied(until=row.day("DUC")) if row else None


def _last_pep(row: RowReader | None) -> LastPep | None:
    held = row.needed_day("LAST_PEP") if row else None
    if row is None or held is None:
        return None
    return LastPep(held=held, next_agreed=row.day("NEXT_AGREED"), next_review=row.day("NEXT_REVIEW"))
