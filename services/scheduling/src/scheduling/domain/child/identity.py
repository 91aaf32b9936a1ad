"""Who the child is: what a record says anew is told, and what it does not say stays as it was known.

A record that tells only of entering care adds what nobody had told. Another date of birth it cannot give.
"""

from __future__ import annotations

from collections.abc import Mapping

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Identity
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.events import ChildEvent, ChildIdentified
from scheduling.domain.child.particulars import NAME_AND_BIRTH, OF_NAME_AND_BIRTH, PARTICULARS
from scheduling.domain.child.states import Child

Digests = Mapping[str, str]


def told(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """What is new of who the child is, and what was taken back."""
    new = _changed(child, command) if command.whole else _added(child, command)
    gone = [what for what in command.record.taken_back if what in child.digests]
    if not new and not gone:
        return []
    said = {what: Identity.of(text) for what, text in command.record.particulars.items() if what in new}
    return [ChildIdentified(child_ref=command.child_ref, digests=tuple(new.items()), taken_back=tuple(gone), **said)]


def _changed(child: Child, command: RecordCareFacts) -> Digests:
    return {what: digest for what, digest in command.digests.items() if child.digests.get(what) != digest}


def _added(child: Child, command: RecordCareFacts) -> Digests:
    """What nobody had told. Name with date of birth only where they are those that are known."""
    known, said = child.digests, command.digests
    if known.get("date_of_birth", said["date_of_birth"]) != said["date_of_birth"]:
        raise Refusal("date_of_birth: another one is known of this child. One of them is wrong: correct it first.")
    new = {what: digest for what, digest in said.items() if what not in known}
    if any(known.get(what, said.get(what)) != said.get(what) for what in OF_NAME_AND_BIRTH):
        new.pop(NAME_AND_BIRTH, None)
    return new


def known_after(known: Digests, event: ChildIdentified) -> Digests:
    """The keyed hashes of what is known after it. That of name with date of birth goes with either of them."""
    new = dict(event.digests)
    gone = {*event.taken_back, *({NAME_AND_BIRTH} if {*new, *event.taken_back} & {*OF_NAME_AND_BIRTH} else ())}
    return {**{what: digest for what, digest in known.items() if what not in gone}, **new}


def particulars_after(event: ChildIdentified) -> dict[str, Identity | None]:
    """What the event changes, by name: the new value, or none where it was taken back."""
    told = {what: getattr(event, what) for what in PARTICULARS if getattr(event, what) is not None}
    return told | dict.fromkeys(event.taken_back)
