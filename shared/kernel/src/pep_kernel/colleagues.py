"""Who works here, as a service other than scheduling knows it: from scheduling's announcements, by events of its own.

Permissions look here: a token says only who somebody is, the log says what they may do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import (
    CarerNamed,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from pep_kernel.decider import Act, Decider
from pep_kernel.may import Role
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.policy import Policies
from pep_kernel.read_model import Key, ReadModel


class NoteColleague(Command):
    """Somebody works here in this role."""

    person_ref: str
    role: str
    school_urn: str | None = None
    approval_limit_pence: int = 0


class NoteGranted(Command):
    """All that is granted to somebody beside the role."""

    person_ref: str
    granted: tuple[str, ...]


class NoteColleagueGone(Command):
    """Somebody does not work here any more."""

    person_ref: str


class ColleagueKnown(Event):
    """We know that somebody works here in this role, and what is granted to them beside it."""

    person_ref: str
    role: str
    school_urn: str | None = None
    approval_limit_pence: int = 0
    granted: tuple[str, ...] = ()


class ColleagueGone(Event):
    """We know that somebody has left."""

    person_ref: str


ColleagueEvent = ColleagueKnown | ColleagueGone
ColleagueCommand = NoteColleague | NoteGranted | NoteColleagueGone


def decide(known: ColleagueEvent | None, command: ColleagueCommand) -> Sequence[ColleagueEvent]:
    told = _told(known, command)
    return [] if told in (None, known) else [told]


def _told(known: ColleagueEvent | None, command: ColleagueCommand) -> ColleagueEvent | None:
    """What we know now. What is granted stays when role, school or limit change, and goes with whoever leaves."""
    match known, command:
        case ColleagueKnown(granted=granted), NoteColleague():
            return ColleagueKnown(**command.model_dump(), granted=granted)
        case _, NoteColleague():
            return ColleagueKnown(**command.model_dump())
        case ColleagueKnown(), NoteGranted(granted=granted):
            return msgspec.structs.replace(known, granted=granted)
        case _, NoteGranted():
            return known
        case _, NoteColleagueGone(person_ref=person_ref):
            return ColleagueGone(person_ref=person_ref)


def evolve(_known: ColleagueEvent | None, event: ColleagueEvent) -> ColleagueEvent | None:
    return event


COLLEAGUE: Decider[Any, Any, Any] = Decider(None, decide, evolve)


def note_colleague_when_staff_member_added(said: Said[StaffMemberAdded], _rules: object) -> Act:
    told = said.announcement
    command = NoteColleague(
        person_ref=told.person_ref,
        role=told.role,
        school_urn=told.school_urn,
        approval_limit_pence=told.approval_limit_pence,
    )
    return Act(command, (f"colleague-{told.person_ref}",))


def note_granted_when_role_granted(said: Said[RoleGranted], _rules: object) -> Act:
    told = said.announcement
    command = NoteGranted(person_ref=told.person_ref, granted=told.granted)
    return Act(command, (f"colleague-{told.person_ref}",))


def note_colleague_gone_when_role_ended(said: Said[RoleEnded], _rules: object) -> Act:
    ref = said.announcement.person_ref
    return Act(NoteColleagueGone(person_ref=ref), (f"colleague-{ref}",))


COLLEAGUE_POLICIES: Policies = {
    StaffMemberAdded: note_colleague_when_staff_member_added,
    RoleGranted: note_granted_when_role_granted,
    RoleEnded: note_colleague_gone_when_role_ended,
}


def note_carer_when_named(said: Said[CarerNamed], _rules: object) -> Act:
    ref = said.announcement.person_ref
    return Act(NoteColleague(person_ref=ref, role=Role.CARER), (f"colleague-{ref}",))


def note_pupil_when_account_opened(said: Said[PupilAccountOpened], _rules: object) -> Act:
    ref = said.announcement.child_ref
    return Act(NoteColleague(person_ref=ref, role=Role.PUPIL), (f"colleague-{ref}",))


def note_pupil_gone_when_account_closed(said: Said[PupilAccountClosed], _rules: object) -> Act:
    ref = said.announcement.child_ref
    return Act(NoteColleagueGone(person_ref=ref), (f"colleague-{ref}",))


AT_HOME_POLICIES: Policies = {
    CarerNamed: note_carer_when_named,
    PupilAccountOpened: note_pupil_when_account_opened,
    PupilAccountClosed: note_pupil_gone_when_account_closed,
}
"""For a service at which carers and children sign in as well."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may sign in."""

    person_ref: str
    role: str
    school_urn: str | None
    approval_limit_pence: int
    granted: tuple[str, ...] = ()


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case ColleagueKnown(person_ref=ref) | ColleagueGone(person_ref=ref):
            return ((ref,),)
        case _:
            return ()


def _fold(_row: Colleague | None, recorded: Recorded, _key: Key) -> Colleague | None:
    match recorded.event:
        case ColleagueKnown() as known:
            return Colleague(known.person_ref, known.role, known.school_urn, known.approval_limit_pence, known.granted)
        case _:
            return None


COLLEAGUES = ReadModel("colleague", Colleague, ("person_ref",), _keys, _fold)
