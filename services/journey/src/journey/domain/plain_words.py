"""Fields of events as people read them: days, moments, money, codes. What is sealed is not read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from pep_kernel.money import pounds

LONDON = ZoneInfo("Europe/London")
NOT_SAID = "not said"
SEALED = "(sealed)"
DUTIES = {
    "convene": "Convening the PEP meeting",
    "hold": "Holding the PEP meeting",
    "complete": "Completing the PEP",
    "available": "Having the PEP ready",
    "notify": "Telling the school in writing",
}
_TOKEN = re.compile(r"\d+\.(identity|plan|contact|third_party)\.")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def day(value: date) -> str:
    """`2026-09-21` as `21 September 2026`."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """A moment in local time: `6 October 2026 at 14:00`."""
    local = value.astimezone(LONDON)
    return f"{day(local.date())} at {local:%H:%M}"


def from_name(name: str) -> str:
    """`MeetingMustBeRearranged` as `Meeting must be rearranged`, `PEPReturned` as `PEP returned`."""
    first, *others = _WORD.findall(name)
    return " ".join((first, *(word if word.isupper() and len(word) > 1 else word.lower() for word in others)))


def in_words(code: str) -> str:
    """`PROGRESS_REVIEW` as `progress review`; a code without a `_`, such as `PEP` or `E11`, as it is."""
    return code.replace("_", " ").lower() if "_" in code else code


class PlainWords(Formatter):
    """Fills a sentence from an event: `{due:day}`, `{at:moment}`, `{sum:pounds}`, `{reason:words}`, `{lines:count}`,
    `{school_urn:school}`, `{obligation:duty}`.
    """

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        match value, format_spec:
            case None, "school":
                return "no school"
            case None, _:
                return NOT_SAID
            case str(), _ if _TOKEN.match(value):
                return SEALED
            case str(), "day":
                return day(date.fromisoformat(value))
            case str(), "moment":
                return moment(datetime.fromisoformat(value))
            case int(), "pounds":
                return pounds(value)
            case list(), "count":
                return str(len(value))
            case str(), "words":
                return in_words(value)
            case str(), "school":
                return f"school {value}"
            case str(), "duty":
                return DUTIES.get(value, in_words(value))
            case _:
                return str(value)


def in_plain_words(sentence: str, payload: Mapping[str, Any]) -> str:
    """The sentence with the event's own values in it."""
    return PlainWords().vformat(sentence, (), payload)
