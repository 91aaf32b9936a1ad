"""Reads who a child's allocated social worker is, and was."""

from __future__ import annotations

from scheduling.domain.child.care_record import SocialWorkerSpell
from scheduling.ssda903.known import Known
from scheduling.ssda903.row_reader import RowReader, single_rows


def read_social_workers(readers: list[RowReader], known: Known) -> tuple[SocialWorkerSpell, ...]:
    """From the table that says since when."""
    singles = single_rows(readers, "CHILD", "SW_ID", "SW_DECOM")
    read = [worker for reader in singles if (worker := _social_worker(reader, known))]
    return tuple(sorted(read, key=lambda worker: worker.began))


def read_social_worker(person: RowReader | None, known: Known) -> str | None:
    """The worker of today, whom the people table names without a day."""
    if person is None or not person.text("SOCIAL_WORKER"):
        return None
    _tell_of_unknown_staff(person, "SOCIAL_WORKER", known)
    return person.identifier("SOCIAL_WORKER")


def _social_worker(reader: RowReader, known: Known) -> SocialWorkerSpell | None:
    staff_id, began, ended = reader.identifier("SW_ID"), reader.needed_day("SW_DECOM"), reader.day("SW_DEC")
    if began and ended and ended < began:
        reader.error("SW_DEC", "the social worker leaves before beginning")
    _tell_of_unknown_staff(reader, "SW_ID", known)
    return SocialWorkerSpell(staff_id=staff_id, began=began, ended=ended) if began and reader.sound else None


def _tell_of_unknown_staff(reader: RowReader, column: str, known: Known) -> None:
    if known.staff_ids and reader.text(column) and reader.text(column) not in known.staff_ids:
        reader.warn(column, "nobody with this number is in the staff table")
