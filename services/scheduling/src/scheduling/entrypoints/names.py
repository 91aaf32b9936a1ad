"""How people are called: their names as the authority has them now, opened for whoever may see them."""

from __future__ import annotations

from collections.abc import Iterable

from pep_kernel.sealed import Sealed
from pep_runtime.http import Desk
from scheduling.projections.contact import CONTACTS


async def sealed_names(caller: Desk, refs: Iterable[str | None]) -> dict[str, Sealed | None]:
    """By reference, as many as a page holds at most. Who has left has none."""
    known = sorted({ref for ref in refs if ref})
    rows = (await caller.rows(CONTACTS, {"person_ref": known}, limit=len(known))).items if known else ()
    return {row.person_ref: row.name for row in rows}


async def opened(caller: Desk, names: Iterable[Sealed | None]) -> list[str | None]:
    """All of them, in one look."""
    sealed = list(names)
    await caller.about_to_open(sealed)
    return [await caller.open(name) for name in sealed]
