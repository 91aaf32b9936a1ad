"""The stream role: the timers that look for what time or a change of people brings, and how much is announced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import faust

from pep_runtime.service import ServiceParts
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.stream import stream_app
from scheduling.entrypoints import overdue_sweep, term_sweep
from scheduling.entrypoints.care_sweep import look_at_care
from scheduling.entrypoints.follow_sweep import sweep_what_facts_left
from scheduling.entrypoints.quorum_sweep import sweep_quorum


def announced(kind: str, _announcement: Mapping[str, Any]) -> Mapping[str, int]:
    """Each counts once in all and once for its kind: `MeetingHeld` of `uk.openpep.scheduling.MeetingHeld.v1`."""
    return {"announced": 1, kind.split(".")[-2]: 1}


def scheduling_stream(parts: ServiceParts, settings: Settings, stream: StreamSettings) -> faust.App:
    """Scheduling's faust app."""
    sweeps = {
        "flag_overdue": overdue_sweep.sweep,
        "open_term": term_sweep.sweep,
        "look_at_care": look_at_care,
        "flag_quorum_at_risk": sweep_quorum,
        "follow_what_facts_left": sweep_what_facts_left,
    }
    return stream_app(parts, settings, stream, sweeps, announced)
