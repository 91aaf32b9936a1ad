"""Brothers and sisters in care: whoever names whom, they are each other's."""

from __future__ import annotations

from collections.abc import Sequence

from pep_runtime.http import Desk


async def siblings_of(caller: Desk, child_refs: Sequence[str]) -> dict[str, frozenset[str]]:
    """Of each child those whom the record names, and those whose records name the child."""
    records = await caller.fetch(
        "select child_ref, siblings from child_circumstances"
        " where authority = $1 and (child_ref = any ($2) or siblings && $2)",
        caller.authority,
        list(child_refs),
    )
    named = {each["child_ref"]: frozenset(each["siblings"]) for each in records}
    return {
        ref: named.get(ref, frozenset()) | {other for other, siblings in named.items() if ref in siblings}
        for ref in child_refs
    }
