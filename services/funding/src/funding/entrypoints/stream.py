"""The stream role: the timer that makes each day's release run, and how much money moved in the present hour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import faust

from funding.adapters.daily_release import release_when_due
from funding.settings import ReleaseSettings
from pep_kernel.contracts.funding import PPPApprovalWithdrawn, PPPApproved, PPPReleased
from pep_runtime.service import ServiceParts
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.stream import stream_app

_COUNTED = {
    PPPApproved.model_fields["type"].default: ("approved_pence", 1),
    PPPReleased.model_fields["type"].default: ("released_pence", -1),
    PPPApprovalWithdrawn.model_fields["type"].default: ("withdrawn_pence", -1),
}


def money_moved(kind: str, announcement: Mapping[str, Any]) -> Mapping[str, int]:
    """What an announcement adds to its counter and to `waiting_pence`: approved, neither released nor withdrawn."""
    if kind not in _COUNTED:
        return {}
    name, direction = _COUNTED[kind]
    pence = int(announcement[name])
    return {name: pence, "waiting_pence": direction * pence}


def funding_stream(
    parts: ServiceParts, settings: Settings, stream: StreamSettings, release: ReleaseSettings
) -> faust.App:
    """Funding's faust app."""
    sweeps = {"release_when_due": partial(release_when_due, daily_from=release.daily_from)}
    return stream_app(parts, settings, stream, sweeps, money_moved)
