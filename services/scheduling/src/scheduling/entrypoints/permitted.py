"""Whose child it is, and whether this person may do this about the child: by what is known of both now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pep_kernel.may import FIELDS, Condition, Resource, Shown, child_resource, fields, whose
from pep_runtime.http import Desk
from pep_runtime.problems import Forbidden
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview

READ = "read child"


def around(child: ChildOverview, now: datetime) -> Resource:
    """What permission to do something about this child depends on."""
    return replace(child_resource(child, now), carers=frozenset(child.carers))


async def permitted_child(caller: Desk, child_ref: str, action: str) -> ChildOverview:
    """The child. `NotFound` if this authority has none of this name, `Forbidden` if this person may not."""
    child = await caller.row(CHILD_OVERVIEWS, child_ref)
    caller.permit(action, around(child, caller.now))
    return child


async def child_with_care_history(caller: Desk, child_ref: str) -> ChildOverview:
    """The child, for whoever is shown its care history too. Raises what `permitted_child` does."""
    child = await permitted_child(caller, child_ref, READ)
    if Shown.CARE not in fields(caller.signed, READ, around(child, caller.now)):
        raise Forbidden("The care history of a child is not shown in this role.")
    return child


def sees_others_around(caller: Desk, child: ChildOverview) -> bool:
    """Whether the other people around this child are shown to this person."""
    return Shown.THIRD_PARTY in fields(caller.signed, READ, around(child, caller.now))


def may_look_for(caller: Desk, person_ref: str | None) -> None:
    """Everybody for themselves; for others whoever is shown others in one of their roles. Else `Forbidden`.

    Who is invited is not said to carers: nor by a list of one person's meetings.
    """
    shown = any(Shown.THIRD_PARTY in FIELDS[role] for role in caller.signed.roles)
    if person_ref not in (None, caller.signed.person_ref) and not shown:
        raise Forbidden("Who else is invited is not shown in this role.")


def theirs(caller: Desk, action: str) -> Condition:
    """Which rows of the children's own table this person may do `action` to."""
    return whose(caller.signed, action, caller.now)


def of_theirs(caller: Desk, action: str) -> Condition:
    """Which rows of another table are about such a child."""
    return theirs(caller, action).about(CHILD_OVERVIEWS.table)
