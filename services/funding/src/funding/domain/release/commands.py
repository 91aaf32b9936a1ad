"""What can be asked of a release run."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy.funding import PaymentRoutes
from pep_kernel.message import Command

RunId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$", examples=["2026-11-16-1"])]


class StartReleaseRun(Command):
    """Release what these plans have approved.

    `relied_on` is how far the other services' announcements were taken in; the children in `parked_children` have
    something that could not be read yet. `payment_routes` and `area_code` are the authority's policy.
    """

    run_id: RunId
    on: date
    plan_ids: tuple[str, ...]
    relied_on: dict[str, int]
    parked_children: frozenset[str] = frozenset()
    payment_routes: PaymentRoutes
    area_code: str


class TakeFile(Command):
    """Somebody takes the run's file: who does so is kept."""

    run_id: RunId
