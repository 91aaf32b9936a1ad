"""Who works here in which role, at which school: one list an authority, so that a message to a role finds its people.

The list is made of the same events as the colleagues that permissions look at. It is one stream, because whoever is
told must be decided from one state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pep_kernel import colleagues
from pep_kernel.colleagues import ColleagueCommand, ColleagueEvent, ColleagueGone, ColleagueKnown, NoteColleagueGone
from pep_kernel.decider import Decider
from pep_kernel.may import Role, granted_on, stands_in_for, stood_in_for

ROSTER_STREAM = "roster-staff"


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who works here now, by reference."""

    people: Mapping[str, ColleagueKnown] = field(default_factory=dict)

    def in_roles(self, roles: Collection[str], on: date) -> tuple[str, ...]:
        """The people in any of these roles or to whom one is granted that day, and their deputies, in a fixed order."""
        return tuple(ref for ref in sorted(self.people) if any(role in roles for role, _ in self._hats(ref, on)))

    def _hats(self, ref: str, on: date) -> set[tuple[str, str | None]]:
        """Each role in which the person works on this day, with its school: the own ones, those of the absent."""
        known = self.people[ref]
        granted = granted_on(known.granted, on)
        absent = [self.people[each] for each in stood_in_for(granted) if each in self.people]
        own = {(role, known.school_urn) for role in (known.role, *granted)}
        return own | {(each.role, each.school_urn) for each in absent}

    def deputies(self, person_ref: str, on: date) -> tuple[str, ...]:
        """Who does the work of this person on this day, in a fixed order."""
        work = stands_in_for(person_ref)
        return tuple(ref for ref, known in sorted(self.people.items()) if work in granted_on(known.granted, on))

    def designated_teachers(self, school_urn: str, on: date) -> tuple[str, ...]:
        """The designated teachers of this school and their deputies of this day, in a fixed order."""
        wanted = (Role.DESIGNATED_TEACHER.value, school_urn)
        return tuple(ref for ref in sorted(self.people) if wanted in self._hats(ref, on))


def decide(roster: Roster, command: ColleagueCommand) -> Sequence[ColleagueEvent]:
    known = roster.people.get(command.person_ref)
    told = colleagues.decide(known, command)
    return [] if known is None and isinstance(command, NoteColleagueGone) else told


def evolve(roster: Roster, event: ColleagueEvent) -> Roster:
    match event:
        case ColleagueKnown(person_ref=ref):
            return Roster({**roster.people, ref: event})
        case ColleagueGone(person_ref=ref):
            return Roster({each: known for each, known in roster.people.items() if each != ref})


ROSTER: Decider[Roster, ColleagueCommand, ColleagueEvent] = Decider(Roster(), decide, evolve)
