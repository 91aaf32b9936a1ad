"""`care_feed`: the newest day whose file of changes came, and the last that was late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.feed.decider import CareFeedLate, CareFeedTakenIn


@dataclass(frozen=True, slots=True)
class CareFeed:
    """One feed; there is one."""

    feed: str
    newest_of: date
    taken_in_on: date
    late_of: date | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    return (("care",),) if isinstance(recorded.event, CareFeedTakenIn | CareFeedLate) else ()


def _fold(row: CareFeed | None, recorded: Recorded, key: Key) -> CareFeed | None:
    match row, recorded.event:
        case None, CareFeedTakenIn(of=of, on=on):
            return CareFeed(key[0], of, on)
        case CareFeed(newest_of=newest), CareFeedTakenIn(of=of, on=on):
            return replace(row, newest_of=max(newest, of), taken_in_on=on)
        case CareFeed(), CareFeedLate(of=of):
            return replace(row, late_of=of)
        case _:
            return row


CARE_FEEDS = ReadModel("care_feed", CareFeed, ("feed",), _keys, _fold)
