"""Which records of a topic come next: one rule for everybody who reads dense numbers.

A topic may repeat: what is not above the last is dropped. Where a topic was made anew under a running relay, or lost
its tail, a batch stands before its turn; all that is missing follows, and that batch once more. So what comes too early
is passed, and a number is missing only if the topic ends before it comes.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class InTurn:
    """How far a topic has been taken in: the last number in its turn, and the highest that was seen at all."""

    last: int = 0
    highest: int = field(init=False)

    def __post_init__(self) -> None:
        self.highest = self.last

    def takes(self, number: int) -> bool:
        """Whether this is the number that comes next; it is the last one then."""
        self.highest = max(self.highest, number)
        if number != self.last + 1:
            return False
        self.last = number
        return True

    @property
    def missing(self) -> int | None:
        """The number that did not come in its turn, though a higher one is there."""
        return self.last + 1 if self.highest > self.last else None
