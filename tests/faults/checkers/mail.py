"""R10: every message ends, and the mail server has taken none of them twice."""

from __future__ import annotations

from collections import Counter

from tests.faults.evidence import Evidence, Finding

from notifications.domain.intent import (
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from pep_local.mail import messages


async def every_message_ends_and_none_goes_twice(evidence: Evidence) -> list[Finding]:
    """Sent: once in the mail server's folder. Failed or held back: at most once, where nobody heard its answer."""
    taken = Counter(
        str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in messages(evidence.stack.mail_folder)
    )
    found = []
    for authority in evidence.authorities:
        states = await _states(evidence, authority)
        for message_id, state in states.items():
            if wrong := _wrong(state, taken.pop(message_id, 0)):
                found.append(Finding(f"notifications of {authority}", f"{message_id}: {wrong}"))
    return found + [Finding("mail server", f"{message_id}: nobody asked for it") for message_id in taken]


async def _states(evidence: Evidence, authority: str) -> dict[str, str]:
    states: dict[str, str] = {}
    for recorded in await evidence.journal("notifications", authority):
        stream = recorded.envelope.stream
        match recorded.event:
            case NotificationRequested():
                states[stream] = "waiting"
            case NotificationAttempted():
                states[stream] = "underway"
            case NotificationSent():
                states[stream] = "sent"
            case NotificationFailed(final=final):
                states[stream] = "failed" if final else "waiting"
            case NotificationSuppressed():
                states[stream] = "held back"
            case _:
                pass
    return states


def _wrong(state: str, taken: int) -> str | None:
    if state in ("waiting", "underway"):
        return f"it is {state} and never ends"
    if taken > 1:
        return f"the mail server took it {taken} times"
    if (state == "sent") > taken or (state == "held back" and taken):
        return f"it is {state}, and the mail server took it {taken} times"
    return None
