"""Whenever a meeting has a date, everybody on its list is invited, with an account or without (L-13)."""

from __future__ import annotations

from notifications.domain.audience import Named
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import MeetingScheduled
from pep_kernel.decider import Act


def invite_when_meeting_scheduled(said: Said[MeetingScheduled], _rules: object) -> Act:
    told = said.announcement
    return act_to_notify(
        Notify(
            template="invitation",
            audience=Named(people=told.invitees),
            child_ref=told.child_ref,
            about=told.meeting_id,
            occasion=told.at.isoformat(),
        )
    )
