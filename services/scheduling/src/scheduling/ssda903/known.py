"""What the rows about one child are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Known:
    """What a child's rows are judged by: the return's year, the schools and staff in the files, the go-live day,
    and the children who are none of those whom they resemble.

    Without any table of schools, or of staff, references to them are not judged.
    """

    return_year: str
    school_urns: frozenset[str]
    staff_ids: frozenset[str]
    cut_over: date | None = None
    others: frozenset[str] = frozenset()
