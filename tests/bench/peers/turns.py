"""How a peer's process is told to run: see `peer` in tests/bench/harness.py. Needs nothing but Python."""

import sys
from collections.abc import Callable


def answer_each_line(run: Callable[[], int]) -> None:
    """A run for each line on stdin, answered with how many were done, until stdin ends."""
    for _line in sys.stdin:
        print(run(), flush=True)
