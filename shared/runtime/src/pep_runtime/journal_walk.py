"""One journal, row by row: what must come next, and the first thing that is not right. Pure: rows are given to it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from pep_kernel.contracts.journey import JournalSealed
from pep_kernel.message import Envelope, Person
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame, decode_envelope

_COLUMNS = tuple(name for name in Envelope.__struct_fields__ if name != "actor")
_in_envelope, _in_columns = attrgetter(*_COLUMNS), itemgetter(*_COLUMNS)


class Fault(Exception):
    """The first thing that is not right, and the position where it stands."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(f"position {position}: {what}")
        self.position = position


class JournalWalk:
    """Where the walk through one journal stands: the last position, announced number and hash that were right."""

    def __init__(self, seals: Iterable[JournalSealed] = ()) -> None:
        self.position, self.number, self.hash = 0, 0, GENESIS
        self._seals = sorted(seals, key=lambda seal: seal.position, reverse=True)
        self.newest_seal = self._seals[0] if self._seals else None

    def step(self, row: Any) -> None:
        """Take the row that comes next. Raises `Fault`."""
        self._check_place(row)
        its_hash = next_hash(self.hash, _frame(row))
        if row["hash"] != its_hash:
            raise Fault(row["position"], "its hash does not follow from what is stored")
        _check_columns(row)
        self.position, self.number, self.hash = row["position"], row["announced"] or self.number, its_hash
        self._check_seals()

    def end(self, head: Any) -> None:
        """All rows are taken: the head must say what the last row says. Raises `Fault`."""
        if head["position"] != self.position:
            raise Fault(self.position + 1, f"the journal ends at {self.position}, its head says {head['position']}")
        if head["announced"] != self.number or head["hash"] != self.hash:
            raise Fault(self.position, "the head does not say what the last row says")

    def end_of_seals(self) -> None:
        """No seal may say that the journal went further. Raises `Fault`."""
        if self._seals:
            sealed = self._seals[0]
            what = f"the journal ends at {self.position}, a seal of {sealed.on} says that it reached {sealed.position}"
            raise Fault(self.position + 1, what)

    def _check_place(self, row: Any) -> None:
        if row["position"] != self.position + 1:
            raise Fault(self.position + 1, "it is missing")
        if row["announced"] is not None and row["announced"] != self.number + 1:
            raise Fault(row["position"], f"announcement {self.number + 1} is missing before it")

    def _check_seals(self) -> None:
        while self._seals and self._seals[-1].position == self.position:
            sealed = self._seals.pop()
            if sealed.hash != self.hash.hex():
                what = (
                    f"its hash is not the one that was sealed on {sealed.on}: it, or a row before it, was written anew"
                )
                raise Fault(self.position, what)


def _frame(row: Any) -> Frame:
    announcement = row["announcement"] or b""
    return Frame(
        row["position"], row["recorded_at"], row["announced"] or 0, row["envelope"], row["payload"], announcement
    )


def _check_columns(row: Any) -> None:
    """The columns say what the hashed envelope says."""
    try:
        envelope = decode_envelope(row["envelope"])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Fault(row["position"], "its envelope cannot be read") from error
    actor = envelope.actor.id if isinstance(envelope.actor, Person) else f"system:{envelope.actor.policy}"
    if _in_columns(row) != _in_envelope(envelope) or row["actor"] != actor:
        raise Fault(row["position"], "its columns do not say what its envelope says")
