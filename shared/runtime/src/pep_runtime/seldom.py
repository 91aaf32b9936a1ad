"""A library that says the same again and again is heard once in a while."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable


class Seldom(logging.Filter):
    """For a handler: of each sentence of the library one line passes in so many seconds; others' pass as they are."""

    def __init__(self, library: str, seconds: float, time_now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(library)
        self._seconds = seconds
        self._time_now = time_now
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written. A sentence is known by its text before the particulars are put in."""
        if not super().filter(record):
            return True
        now, sentence = self._time_now(), str(record.msg)
        if now - self._said.get(sentence, -math.inf) < self._seconds:
            return False
        self._said[sentence] = now
        return True
