"""The authority's rules about money, and the figures with which the numbers of schools in its own area begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy.funding import FundingFile, FundingPolicy


@dataclass(frozen=True, slots=True)
class FundingRules:
    """What policies and routes are given as rules."""

    file: FundingFile
    area_code: str

    def in_force(self, on: date) -> FundingPolicy:
        """The rules of this day. NotInForce before the file's first day."""
        return self.file.in_force(on)
