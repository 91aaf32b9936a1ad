"""The service notifications, wired."""

from __future__ import annotations

from notifications.adapters.mail import MailServer
from notifications.domain.intent import (
    INTENT,
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from notifications.domain.known_child import KNOWN, KnownInCare, KnownToHaveLeftCare
from notifications.domain.roster import ROSTER
from notifications.entrypoints.routes import router
from notifications.entrypoints.sender import Sender
from notifications.policies import POLICIES
from notifications.projections.messages import MESSAGES
from notifications.settings import MailSettings, SenderSettings
from pep_kernel.authority_policy import NotificationsFile
from pep_kernel.colleagues import COLLEAGUES, ColleagueGone, ColleagueKnown
from pep_kernel.forgotten import KnownForgotten
from pep_runtime.policies import Policies
from pep_runtime.refusals import read_refusals
from pep_runtime.service import RunningService, ServiceParts, serve
from pep_runtime.settings import Settings


def _rules(policies: Policies, authority: str) -> NotificationsFile:
    return policies.for_authority(authority).notifications


async def send_messages(service: RunningService) -> None:
    """The sender, as long as the service runs."""
    await Sender(service, MailServer(MailSettings()), SenderSettings()).run()


PARTS = ServiceParts(
    name="notifications",
    description="One message to one person, sent once, and what became of it.",
    refusals=read_refusals("notifications"),
    deciders={"intent": INTENT, "roster": ROSTER, "known": KNOWN},
    events=(
        NotificationRequested,
        NotificationAttempted,
        NotificationSent,
        NotificationFailed,
        NotificationSuppressed,
        ColleagueKnown,
        ColleagueGone,
        KnownInCare,
        KnownToHaveLeftCare,
        KnownForgotten,
    ),
    read_models=(MESSAGES, COLLEAGUES),
    policies=POLICIES,
    upstreams=("scheduling", "pep-record", "funding"),
    rules=_rules,
    rule_file=lambda policies, authority: policies.for_authority(authority).notifications,
    routers=(router,),
    background=(send_messages,),
)

if __name__ == "__main__":
    serve(PARTS, Settings())
