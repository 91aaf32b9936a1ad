"""Which school is the same as which: a school that becomes an academy has a new number, and nobody has moved."""

from __future__ import annotations

from datetime import date

from scheduling.domain.child.commands import Judged
from scheduling.domain.child.states import Child


def last_school(child: Child, before: date) -> str | None:
    """The last school before this day, whether or not the child was on its roll until then."""
    return next((urn for day, urn in reversed(child.schools) if day < before and urn is not None), None)


def is_renumbered(child: Child, command: Judged, on: date, urn: str | None) -> bool:
    """The child's last school has this number now, by the school's own record or as it was told before."""
    last = last_school(child, on)
    return (
        urn is not None
        and last is not None
        and ((on, urn) in child.renumbered or command.predecessors.get(urn) == last)
    )


def is_another_school(child: Child, command: Judged, on: date, urn: str | None) -> bool:
    """Another school than the last one: a roll left for the summer and entered again is no move, nor a new number."""
    return urn is not None and last_school(child, on) != urn and not is_renumbered(child, command, on, urn)
