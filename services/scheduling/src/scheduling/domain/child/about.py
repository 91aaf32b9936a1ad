"""What rules may ask of a child on a day: year group, age, legal status, where the school is, which PEP it is."""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.due_dates import AboutChild
from pep_kernel.calendars import age_on, cohort_year_group
from scheduling.domain.child.commands import Judged, JudgedByAge, RecordCareFacts
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child

AUGUST = 8


def about(child: Child, on: date, out_of_county: bool | None, command: Judged) -> AboutChild:
    """As far as it is known. Where the day of birth stays sealed, age is what all the cohort have reached."""
    born = child.born_in_school_year
    return AboutChild(
        year_group=None if born is None else cohort_year_group(born, on),
        age_years=_age(born, on, command),
        legal_status=value_on(child.legal_statuses, on),
        emergency=_was_emergency(child, on),
        out_of_county=out_of_county,
        first_pep=not _had_one(child),
    )


def _age(born_in_school_year: int | None, on: date, command: Judged) -> int | None:
    if isinstance(command, RecordCareFacts | JudgedByAge):
        return age_on(command.date_of_birth, on)
    if born_in_school_year is None:
        return None
    return age_on(date(born_in_school_year + 1, AUGUST, 31), on)


def _was_emergency(child: Child, on: date) -> bool | None:
    """Whether the placement of that day was made in one. That it was none is not always said, so it is not known."""
    placed_on = max((day for day, _placement in child.placements if day <= on), default=None)
    return True if placed_on in child.circumstances.emergencies else None


def _had_one(child: Child) -> bool:
    """Whether a PEP was held in the spell that runs."""
    began = child.running.began if child.running else date.max
    held = [*child.peps.values(), *([child.last_pep] if child.last_pep else [])]
    return any(on >= began for on in held)
