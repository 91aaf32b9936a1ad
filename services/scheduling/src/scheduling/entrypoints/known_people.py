"""Whether a reference is somebody's. It comes from here, so one of nobody was mistyped: 422 names its field.

The authority's own numbers are another matter: a table may name somebody whom the table of people names tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pep_runtime.http import Desk
from pep_runtime.problems import not_understood
from scheduling.domain.meeting.people import Invitee, KnownInvitee
from scheduling.domain.person.states import PERSON_STATES, Gone, NotKnown, Person, Staff
from scheduling.domain.standing_in import person_stream

NOBODY = "Nobody is known here by this reference."


async def must_be_staff(caller: Desk, field: str, person_ref: str) -> None:
    """Somebody who works here or once did: a fact may be about years ago."""
    (person,) = (await _known(caller, {field: person_ref})).values()
    if not isinstance(person, Staff | Gone):
        raise not_understood("body", field, "Nobody who works or worked here is known by this reference.")


async def must_be_here(caller: Desk, refs: Mapping[str, str]) -> None:
    """Each by its field: somebody who can be asked to come, as who has left cannot."""
    for field, person in (await _known(caller, refs)).items():
        if isinstance(person, NotKnown | Gone):
            raise not_understood("body", field, NOBODY)


def known_by_field(invitees: Sequence[Invitee]) -> dict[str, str]:
    """Those of a body's `invitees` who are named by reference."""
    return {
        f"invitees.{index}.person_ref": each.person_ref
        for index, each in enumerate(invitees)
        if isinstance(each, KnownInvitee)
    }


async def _known(caller: Desk, refs: Mapping[str, str]) -> Mapping[str, Person]:
    """What the journal knows of them now."""
    streams = tuple({person_stream(ref) for ref in refs.values()})
    states = await caller.service.handler.states(caller.authority, streams)
    return {field: states.of(person_stream(ref), PERSON_STATES) for field, ref in refs.items()}
