"""Who looks after which children, and what that means for the children's meetings, in one append.

A carer who looks after a child no more is invited no more, whether or not anybody comes in their place: the venue may
be where the child lives now. Whoever looks after the child then is invited instead, at once or as soon as it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.decider import Decided, States
from pep_kernel.message import Command
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meetings_follow import follow_carer
from scheduling.domain.person.commands import LinkCarer
from scheduling.domain.person.events import CarerLinked, CarerUnlinked


class LinkCarerOfChildren(Command):
    """Who a carer looks after. `carers` are those of each child now, `born` the school years of their birth."""

    link: LinkCarer
    carers: Annotated[Mapping[str, tuple[str, ...]], Field(exclude=True)]
    born: Annotated[Mapping[str, int | None], Field(exclude=True)]
    on: date
    policy: Annotated[SchedulingPolicy, Field(exclude=True, repr=False)]


def link_carer(states: States, command: LinkCarerOfChildren) -> Decided:
    book = InOneAppend(states)
    for _, event in book.tell_person(command.link.person_ref, command.link):
        if isinstance(event, CarerLinked | CarerUnlinked):
            ref = event.child_ref
            follow_carer(book, event, command.carers.get(ref, ()), command.on, command.policy, command.born.get(ref))
    return book.happened
