"""For whom a message is: people named, whoever holds a role, or the designated teachers of a school."""

from __future__ import annotations

from typing import Literal

from notifications.domain.roster import Roster
from pep_kernel.may import Role
from pep_kernel.message import Command


class Named(Command):
    """These people, by reference. An invitee without an account has a reference too."""

    kind: Literal["named"] = "named"
    people: tuple[str, ...]


class InRoles(Command):
    """These people, and whoever holds one of these roles when the message is asked for."""

    kind: Literal["in_roles"] = "in_roles"
    roles: tuple[Role, ...]
    people: tuple[str, ...] = ()


class DesignatedTeachers(Command):
    """Whoever is designated teacher of this school when the message is asked for."""

    kind: Literal["designated_teachers"] = "designated_teachers"
    school_urn: str


Audience = Named | InRoles | DesignatedTeachers


def people_in(audience: Audience, roster: Roster) -> tuple[str, ...]:
    """References of the people, each once, in a fixed order."""
    match audience:
        case Named(people=people):
            return tuple(dict.fromkeys(people))
        case InRoles(roles=roles, people=people):
            return tuple(dict.fromkeys((*people, *roster.in_roles(roles))))
        case DesignatedTeachers(school_urn=school_urn):
            return roster.designated_teachers(school_urn)


def nobody_in(audience: Audience) -> str:
    """What stands for the recipient where there is nobody: which role, or which school, has no one."""
    match audience:
        case Named():
            return "nobody"
        case InRoles(roles=roles):
            return f"role:{'+'.join(roles)}"
        case DesignatedTeachers(school_urn=school_urn):
            return f"role:{Role.DESIGNATED_TEACHER}@{school_urn}"
