"""In which stage of education a child is, by the year group of the birth cohort."""

from __future__ import annotations

from typing import Literal

Stage = Literal["early_years", "school_age", "post_16"]


def stage_of(year_group: int) -> Stage:
    """Early years are below Reception; Year 12 and above is after compulsory schooling."""
    if year_group < 0:
        return "early_years"
    return "school_age" if year_group <= 11 else "post_16"
