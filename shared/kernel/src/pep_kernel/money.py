"""Money is whole pence. Splits lose no penny; prose is never added up."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Pence = Annotated[int, Field(ge=0, le=1_000_000_000, description="Whole pence.")]


def split_pence(total_pence: int, parts: int) -> tuple[int, ...]:
    """`total_pence` in `parts` shares that add up to it; the first shares get the odd pence (largest remainder)."""
    if parts < 1:
        raise ValueError("parts must be at least 1")
    share, odd = divmod(total_pence, parts)
    return tuple(share + 1 if index < odd else share for index in range(parts))


def pounds(pence: int) -> str:
    """`123456` as `£1,234.56`, `-500` as `-£5.00`."""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"
