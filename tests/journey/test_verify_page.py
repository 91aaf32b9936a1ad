"""The ten lines of docs/verify.md are run as they stand there, against the chain of the runtime."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame

Rows = list[dict[str, Any]]
PAGE = Path(__file__).parents[2] / "docs" / "verify.md"


@pytest.fixture
def first_broken() -> Callable[[Iterable[dict[str, Any]]], int | None]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  # the page is ours; a stranger would paste it in the same way
    found: Callable[[Iterable[dict[str, Any]]], int | None] = names["first_broken"]
    return found


def rows() -> Rows:
    """Four rows, the second and fourth announced."""
    previous, written = GENESIS, []
    for position in range(1, 5):
        number = position // 2 if position % 2 == 0 else 0
        recorded_at = datetime(2026, 9, 21, 8, 0, 0, 999_999, tzinfo=UTC) + timedelta(microseconds=position)
        said = f"said {number}".encode() if number else b""
        frame = Frame(position, recorded_at, number, b"envelope", f"payload {position}".encode(), said)
        previous = next_hash(previous, frame)
        written.append(
            {
                "position": position,
                "recorded_at": recorded_at,
                "announced": number or None,
                "envelope": frame.envelope,
                "payload": frame.payload,
                "announcement": said or None,
                "hash": previous,
            }
        )
    return written


def test_an_untouched_journal_has_nothing_broken(first_broken: Callable[[Rows], int | None]) -> None:
    assert first_broken(rows()) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", b"payload 9"),
        ("envelope", b"another"),
        ("announcement", b"said 9"),
        ("announced", 9),
        ("recorded_at", datetime(2026, 9, 22, tzinfo=UTC)),
    ],
)
def test_one_altered_value_is_found_at_its_position(
    first_broken: Callable[[Rows], int | None], column: str, value: object
) -> None:
    altered = rows()
    altered[1][column] = value
    assert first_broken(altered) == 2


def test_a_row_that_was_dropped_is_missed_at_its_position(first_broken: Callable[[Rows], int | None]) -> None:
    assert first_broken([row for row in rows() if row["position"] != 3]) == 3
