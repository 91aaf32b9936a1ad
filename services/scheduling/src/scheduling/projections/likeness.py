"""`child_likeness`: keyed hashes that two records of one child would share, so that a possible double is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child.events import ChildIdentified
from scheduling.domain.child.particulars import SHARED


@dataclass(frozen=True, slots=True)
class ChildLikeness:
    """This child has, or had, a pupil number or name and date of birth with this keyed hash."""

    likeness: str
    child_ref: str


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    if not isinstance(event, ChildIdentified):
        return ()
    return [(digest, event.child_ref) for what, digest in event.digests if what in SHARED]


def _fold(row: ChildLikeness | None, recorded: Recorded, key: Key) -> ChildLikeness | None:
    return ChildLikeness(*key) if isinstance(recorded.event, ChildIdentified) else row


CHILD_LIKENESSES = ReadModel("child_likeness", ChildLikeness, ("likeness", "child_ref"), _keys, _fold)
