"""Who does whose work: an adviser for a social worker after 16, the Virtual School for a school, a delegate."""

from __future__ import annotations

from pep_kernel.may.people import OFFICERS, Role
from pep_kernel.may.relations import POST_16


def acts_as(role: Role, *, has_school: bool, year_group: int | None) -> frozenset[Role]:
    """The roles in whose name somebody writes a plan: the own, and the one that it stands in for.

    A delegate writes as the designated teacher does (O-21), and `may` lets no delegate mark a plan complete.
    """
    match role:
        case Role.PERSONAL_ADVISER if year_group in POST_16:  # O-12
            return frozenset({role, Role.SOCIAL_WORKER})
        case Role.DELEGATE:
            return frozenset({role, Role.DESIGNATED_TEACHER})
        case _ if role in OFFICERS and not has_school:  # O-15
            return frozenset({role, Role.DESIGNATED_TEACHER})
        case _:
            return frozenset({role})
