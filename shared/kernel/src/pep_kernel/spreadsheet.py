"""Cells of files that people open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cells(cells: Iterable[str | int]) -> tuple[str | int, ...]:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return tuple(f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA) else cell for cell in cells)
