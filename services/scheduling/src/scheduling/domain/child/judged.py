"""A command that is judged by the authority's rules and calendars, which come inside, in all their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.message import Command
from scheduling.domain.rules import CalendarFor


class Judged(Command):
    """A command that may set due dates. `laestabs` and `predecessors` (by URN) come from the schools' own streams.

    `teachers` has the designated teachers of schools (by URN), who are invited where a child moves.

    What is excluded is no part of what was asked: the same request is the same a day later, under other rules.
    """

    child_ref: str
    rules: Annotated[SchedulingFile, Field(exclude=True, repr=False)]
    calendar_for: Annotated[CalendarFor, Field(exclude=True, repr=False)]
    laestabs: Mapping[str, str] = Field(default_factory=dict)
    predecessors: Mapping[str, str] = Field(default_factory=dict)
    teachers: Annotated[Mapping[str, tuple[str, ...]], Field(exclude=True)] = Field(default_factory=dict)
