"""Whenever a plan is marked complete, the people who assure quality are alerted (L-79)."""

from __future__ import annotations

from notifications.domain.audience import InRoles
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.pep_record import PEPMarkedComplete
from pep_kernel.decider import Act
from pep_kernel.may import Role

ALERTED = (Role.VIRTUAL_SCHOOL_OFFICER,)


def ask_for_quality_assurance_when_plan_marked_complete(said: Said[PEPMarkedComplete], _rules: object) -> Act:
    told = said.announcement
    return act_to_notify(
        Notify(
            template="ready_for_quality_assurance",
            audience=InRoles(roles=ALERTED, on=told.on),
            child_ref=told.child_ref,
            about=told.plan_id,
            occasion=str(told.plan_version),
        )
    )
