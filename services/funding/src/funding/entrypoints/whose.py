"""Whose plans an answer names: looks are noted by children, and a plan's name or a file's bytes do not tell them."""

from __future__ import annotations

from collections.abc import Iterable

from pep_runtime.http import Desk

_OF_PLANS = "select child_ref from claim_overview where authority = $1 and plan_id = any ($2)"
_OF_RUN = "select distinct child_ref from claim_line where authority = $1 and run_id = $2"


async def note_children_of_plans(caller: Desk, plan_ids: Iterable[str]) -> None:
    """The answer names these plans."""
    await caller.fetch(_OF_PLANS, caller.authority, list(plan_ids))


async def note_children_of_run(caller: Desk, run_id: str) -> None:
    """The answer holds what was released for them."""
    await caller.fetch(_OF_RUN, caller.authority, run_id)
