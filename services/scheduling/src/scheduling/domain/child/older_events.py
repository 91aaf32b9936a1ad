"""Events as they were written before, brought to what they are now (decision 0023)."""

from __future__ import annotations

from typing import Any

from scheduling.domain.child.particulars import NAME_AND_BIRTH

Fields = dict[str, Any]


def identified_in_parts(fields: Fields) -> Fields:
    """`ChildIdentified` had one hash of all of it; those that two records share stood in order, without names."""
    written = (("upn", fields.get("upn")), (NAME_AND_BIRTH, fields.get("given_name")))
    names = [name for name, value in written if value is not None]
    kept = {name: value for name, value in fields.items() if name not in ("digest", "likeness")}
    return {**kept, "digests": list(zip(names, fields.get("likeness", ()), strict=False))}


UPCASTERS = {("ChildIdentified", 1): identified_in_parts}
