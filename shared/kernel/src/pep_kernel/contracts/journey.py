"""Journey says: how far each journal reached on a day, and which hash it had there. Whoever keeps a seal can check."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement


class JournalSealed(Announcement):
    """A service's journal reached this position, with this hash (64 hexadecimal digits); `on` is the day in London.

    It names its authority as well, so that a seal which somebody kept says by itself what it is a seal of.
    """

    type: Literal["uk.openpep.journey.JournalSealed.v1"] = "uk.openpep.journey.JournalSealed.v1"
    authority: str
    service: str
    position: int
    hash: str
    on: date
