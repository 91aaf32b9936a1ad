"""What must be loaded so that a child's meetings follow the child: the meetings, and the teachers of a new school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pep_kernel.may import Role
from pep_runtime.http import Desk
from scheduling.domain.in_one_append import meeting_stream
from scheduling.projections.contact import CONTACTS


async def teachers_of(caller: Desk, school_urns: Iterable[str | None]) -> Mapping[str, tuple[str, ...]]:
    """The designated teachers of each of these schools, by its URN."""
    urns = sorted({urn for urn in school_urns if urn is not None})
    found: dict[str, tuple[str, ...]] = dict.fromkeys(urns, ())
    where = {"role": Role.DESIGNATED_TEACHER.value, "school_urn": urns}
    for person in (await caller.rows(CONTACTS, where, limit=200)).items if urns else ():
        urn = str(person.school_urn)
        found[urn] = (*found[urn], person.person_ref)
    return found


async def standing_meetings(caller: Desk, child_refs: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The streams of each child's meetings that are proposed or arranged, as the read models show them.

    A meeting that is arranged at this very moment may be missing: the next record of the child finds it.
    """
    refs = sorted(set(child_refs))
    records = await caller.fetch(
        "select child_ref, meeting_id from meeting_overview"
        " where authority = $1 and child_ref = any ($2) and state = 'scheduled'"
        " union select child_ref, meeting_id from meeting_proposal"
        " where authority = $1 and child_ref = any ($2) and state in ('open', 'agreed')",
        caller.authority,
        refs,
    )
    found: dict[str, tuple[str, ...]] = dict.fromkeys(refs, ())
    for record in records:
        ref = record["child_ref"]
        found[ref] = (*found[ref], meeting_stream(record["meeting_id"]))
    return found
