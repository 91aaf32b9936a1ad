"""Whenever quality assurance returns a plan, whoever marked it complete is told (L-81)."""

from __future__ import annotations

from notifications.domain.audience import Named
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.pep_record import PEPReturned
from pep_kernel.decider import Act


def tell_teacher_when_plan_returned(said: Said[PEPReturned], _rules: object) -> Act:
    told = said.announcement
    return act_to_notify(
        Notify(
            template="returned",
            audience=Named(people=(told.to,)),
            child_ref=told.child_ref,
            about=told.plan_id,
            occasion=str(told.plan_version),
        )
    )
