"""The only reader of the clock. Times are zone-aware; a day begins at midnight in London."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
LONDON_TIME = """BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
DTSTART:19810329T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
"""The zone as calendars read it (RFC 5545). What `icalendar` writes of it changes the clock an hour late in spring."""


class Clock:
    """The time now: the real one, or, where a clock file is given (demo, tests), the instant that stands in it.

    Leases, time-outs, token expiry and Kafka use real time, never this.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def now(self) -> datetime:
        """This instant, in London."""
        if self._file is not None and self._file.exists():
            return datetime.fromisoformat(self._file.read_text().strip()).astimezone(LONDON)
        return datetime.now(UTC).astimezone(LONDON)

    def today(self) -> date:
        """This day, in London."""
        return self.now().date()

    def set(self, instant: datetime) -> None:
        """Move a file's clock forward. Raises `ValueError` for no file, no zone, or backwards."""
        if self._file is None:
            raise ValueError("This clock is the real one; it cannot be set.")
        if instant.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        if self._file.exists() and instant < self.now():
            raise ValueError(f"The clock stands at {self.now().isoformat()}; it moves forward only.")
        replacement = self._file.with_suffix(".next")
        replacement.write_text(instant.isoformat())
        replacement.replace(self._file)


def real_seconds() -> int:
    """Seconds since 1970, wherever a demo's clock stands: what a token says of its times."""
    return int(datetime.now(UTC).timestamp())


def midnight(day: date) -> datetime:
    """The first instant of a day in London."""
    return datetime.combine(day, time.min, LONDON)
