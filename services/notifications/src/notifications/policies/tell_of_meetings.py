"""Whenever the details of a meeting go out, or it is called off, everybody on its list is told (L-13)."""

from __future__ import annotations

from notifications.domain.audience import Named
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import MeetingCancelled, MeetingDetailsSent
from pep_kernel.decider import Act


def invite_when_details_are_sent(said: Said[MeetingDetailsSent], _rules: object) -> Act:
    """Details that are sent again are told again: each time is an occasion of its own."""
    told = said.announcement
    return act_to_notify(
        Notify(
            template="invitation",
            audience=Named(people=told.invitees),
            child_ref=told.child_ref,
            about=told.meeting_id,
            occasion=f"{told.at.isoformat()} {told.sequence}",
        )
    )


def tell_when_meeting_is_cancelled(said: Said[MeetingCancelled], _rules: object) -> Act | None:
    """Only those who had been told of it; where there are none, nobody needs to hear."""
    told = said.announcement
    if not told.invitees:
        return None
    return act_to_notify(
        Notify(
            template="cancellation",
            audience=Named(people=told.invitees),
            child_ref=told.child_ref,
            about=told.meeting_id,
            occasion="cancelled",
        )
    )
