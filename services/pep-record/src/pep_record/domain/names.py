"""The names of streams. A plan's is also its id: `plan-<child>-<n>`, the child's n-th plan."""

from __future__ import annotations


def known_of(child_ref: str) -> str:
    return f"known-{child_ref}"


def plan_of(child_ref: str, number: int) -> str:
    return f"plan-{child_ref}-{number}"


def child_of(plan_id: str) -> str:
    """The child whose plan this is."""
    return plan_id.removeprefix("plan-").rpartition("-")[0]
