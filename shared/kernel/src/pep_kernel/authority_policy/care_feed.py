"""How an authority's care system tells its daily changes, and when their file is late."""

from __future__ import annotations

from pydantic import Field

from pep_kernel.authority_policy.dated import Dated


class CareFeed(Dated):
    """The daily file of changes of care: a file that comes late, or not at all, is an alert."""

    late_after_working_days: int = Field(
        ge=1,
        le=20,
        description="How many working days after its day a file of changes may come; later is an alert.",
    )
