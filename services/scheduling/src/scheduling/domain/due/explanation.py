"""What an answer about due dates is made of: every rule that applies, which of them governs, where two disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pep_kernel.authority_policy.due_dates import STEPS
from pep_kernel.contracts.scheduling import Obligation

Days = tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One rule with its date. `skipped` are the days that did not count, without weekends, which everybody knows.

    `moved_from` is the day that was counted, where the date was moved off a day on which nobody works.
    """

    rule: str
    source: tuple[str, ...]
    obligation: Obligation
    satisfied_by: str
    unit: str
    days: int | None
    start: date
    due: date
    skipped: Days = ()
    moved_from: date | None = None
    is_statutory: bool = False


@dataclass(frozen=True, slots=True)
class Uncounted:
    """One rule without a date, because no calendar reaches its days."""

    rule: str
    source: tuple[str, ...]
    obligation: Obligation
    satisfied_by: str
    unit: str
    days: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A local date that ends after the statutory one of the same step, or of a step that comes after it."""

    late: Candidate
    statutory: Candidate

    @property
    def note(self) -> str:
        """The plain note that stands with the child."""
        return f"{self.late.days} {self.late.unit} days end after the statutory date, {self.statutory.due:%d/%m/%Y}."


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule that one trigger starts for one child."""

    candidates: tuple[Candidate, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()

    @property
    def governing(self) -> Mapping[Obligation, Candidate]:
        """The earliest date of each obligation; of two on one day, the one that rests on the law."""
        return {obligation: min(rules, key=_before) for obligation, rules in self.by_obligation().items()}

    def by_obligation(self) -> Mapping[Obligation, list[Candidate]]:
        """The candidates of each obligation, in the order of the file."""
        in_order = sorted(self.candidates, key=lambda each: each.obligation)
        grouped = {name: list(rules) for name, rules in groupby(in_order, key=lambda each: each.obligation)}
        return {each.obligation: grouped[each.obligation] for each in self.candidates}

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Each rule that ends too late for the law, with the first statutory date that it misses."""
        found = ((each, self._missed_by(each)) for each in self.candidates if not each.is_statutory)
        return tuple(Conflict(each, missed) for each, missed in found if missed is not None)

    def _missed_by(self, late: Candidate) -> Candidate | None:
        after = STEPS[STEPS.index(late.obligation) :] if late.obligation in STEPS and late.days is not None else ()
        statutory = (each for each in self.candidates if each.is_statutory and each.obligation in after)
        return min((each for each in statutory if each.due < late.due), key=_before, default=None)


def _before(candidate: Candidate) -> tuple[date, bool]:
    return (candidate.due, not candidate.is_statutory)
