"""A library that says the same again and again is heard once in a while."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable


class Seldom(logging.Filter):
    """For a handler: of what the library says one line passes in so many seconds; what others say passes as it is."""

    def __init__(self, library: str, seconds: float, time_now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(library)
        self._seconds = seconds
        self._time_now = time_now
        self._said = -math.inf

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if not super().filter(record):
            return True
        now = self._time_now()
        if now - self._said < self._seconds:
            return False
        self._said = now
        return True
