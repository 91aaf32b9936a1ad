"""For whom a message is: people named, whoever holds a role, or the designated teachers of a school."""

from __future__ import annotations

from datetime import date
from typing import Literal

from notifications.domain.roster import Roster
from pep_kernel.may import Role
from pep_kernel.message import Command


class Named(Command):
    """These people, by reference. An invitee without an account has a reference too."""

    kind: Literal["named"] = "named"
    people: tuple[str, ...]


class InRoles(Command):
    """These people and whoever holds one of these roles, with the deputies of this day."""

    kind: Literal["in_roles"] = "in_roles"
    roles: tuple[Role, ...]
    people: tuple[str, ...] = ()
    on: date


class DesignatedTeachers(Command):
    """Whoever is designated teacher of this school, with the deputies of this day."""

    kind: Literal["designated_teachers"] = "designated_teachers"
    school_urn: str
    on: date


Audience = Named | InRoles | DesignatedTeachers


def people_in(audience: Audience, roster: Roster) -> tuple[str, ...]:
    """References of the people, each once, in a fixed order."""
    match audience:
        case Named(people=people):
            return tuple(dict.fromkeys(people))
        case InRoles(roles=roles, people=people, on=on):
            deputies = (deputy for person in people for deputy in roster.deputies(person, on))
            return tuple(dict.fromkeys((*people, *deputies, *roster.in_roles(roles, on))))
        case DesignatedTeachers(school_urn=school_urn, on=on):
            return roster.designated_teachers(school_urn, on)


def nobody_in(audience: Audience) -> str:
    """What stands for the recipient where there is nobody: which role, or which school, has no one."""
    match audience:
        case Named():
            return "nobody"
        case InRoles(roles=roles):
            return f"role:{'+'.join(roles)}"
        case DesignatedTeachers(school_urn=school_urn):
            return f"role:{Role.DESIGNATED_TEACHER}@{school_urn}"
