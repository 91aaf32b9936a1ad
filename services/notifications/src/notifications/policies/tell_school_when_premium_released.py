"""Whenever money is released, the school's designated teachers are told: once a plan and run, however many lines."""

from __future__ import annotations

from notifications.domain.audience import DesignatedTeachers
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.funding import PPPReleased
from pep_kernel.decider import Act


def tell_school_when_premium_released(said: Said[PPPReleased], _rules: object) -> Act:
    told = said.announcement
    return act_to_notify(
        Notify(
            template="released",
            audience=DesignatedTeachers(school_urn=told.payee_urn, on=told.on),
            child_ref=told.child_ref,
            about=told.plan_id,
            occasion=told.run_id,
        )
    )
