"""Whenever somebody breaks the glass of a record, the child's worker and the Virtual School's lead are alerted."""

from __future__ import annotations

from notifications.domain.audience import InRoles
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import GlassBroken
from pep_kernel.decider import Act
from pep_kernel.may import Role


def alert_when_glass_is_broken(said: Said[GlassBroken], _rules: object) -> Act:
    told = said.announcement
    worker = (told.social_worker_ref,) if told.social_worker_ref else ()
    return act_to_notify(
        Notify(
            template="glass_broken",
            audience=InRoles(roles=(Role.VIRTUAL_SCHOOL_HEAD,), people=worker, on=said.recorded_at.date()),
            child_ref=told.child_ref,
            about=told.child_ref,
            occasion=f"{told.person_ref} {told.until.isoformat()}",
        )
    )
