"""Which rules were in force: each service writes down every version of an authority's rules that it meets, once.

So the log explains itself: an event names the version that judged it, and the version's text stands in the log too. A
version that was adopted is not changed or taken away behind its back: that is an error, unless the file declares a
correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal


class AdoptPolicy(Command):
    """These rules hold from this day. `days` are all on which the file begins another version.

    `corrections` are adopted versions that the file declares to be mistaken.
    """

    effective_from: date
    version: str
    text: str
    days: tuple[date, ...]
    corrections: tuple[str, ...] = ()


class PolicyAdopted(Event):
    """These rules hold from this day; where they correct an earlier version of the same day, which."""

    effective_from: date
    version: str
    text: str
    corrects: str | None = None


Adopted = Mapping[date, str]


def decide(adopted: Adopted, command: AdoptPolicy) -> Sequence[PolicyAdopted]:
    for day, version in adopted.items():
        if day not in command.days and version not in command.corrections:
            raise Refusal(
                f"The rules from {day:%d/%m/%Y} were adopted as {version} and are not in the file any more. "
                "Put them back, or declare the correction in the file."
            )
    before = adopted.get(command.effective_from)
    if before == command.version:
        return []
    if before is not None and before not in command.corrections:
        raise Refusal(
            f"The rules from {command.effective_from:%d/%m/%Y} were adopted as {before} and have been changed since. "
            "Give the change a later day, or declare the correction in the file."
        )
    return [
        PolicyAdopted(
            effective_from=command.effective_from, version=command.version, text=command.text, corrects=before
        )
    ]


def evolve(adopted: Adopted, event: PolicyAdopted) -> Adopted:
    return {**adopted, event.effective_from: event.version}


ADOPTED_RULES: Decider[Adopted, AdoptPolicy, PolicyAdopted] = Decider({}, decide, evolve)
