"""One request, as the access log will tell of it: what it has come to see is noted where it is handed out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pep_kernel.may import Decision
from pep_kernel.message import Person
from pep_kernel.record_asked_for import RecordAskedFor

_REFERENCE = re.compile(r"[a-z2-7]{26}")  # what `keyed_reference` makes: whatever else somebody types is not kept
FORBIDDEN = 403
EMPTY = frozenset({204, 401, 404, 405, 408, 413, 422, 429, 503})
"""Answers that say nothing of a record."""


@dataclass(slots=True)
class Look:
    """Who asks for what; which records were taken out for the answer; why that is allowed or not."""

    authority: str
    person: Person
    route: str
    action: str = ""
    reason: str = ""
    about: dict[str, None] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)

    def named(self, child_ref: str | None) -> None:
        """The address names a child."""
        if child_ref is not None and _REFERENCE.fullmatch(child_ref):
            self.about[child_ref] = None

    def saw(self, reference: str | None, data_class: str | None = None) -> None:
        """A record was handed out; with a class, one of its sealed values was opened."""
        if reference is not None:
            self.about[reference] = None
        if data_class is not None:
            self.classes.add(data_class)

    def judged(self, action: str, decision: Decision) -> None:
        """The last permission that was asked for is what the answer rests on, and the role in which it was given."""
        self.action, self.reason = action, decision.reason
        self.person = Person(self.person.id, decision.role)

    def entry(self, status: int) -> RecordAskedFor | None:
        """What is to be written before an answer with this status leaves; noted from here on is what comes after."""
        if status in EMPTY or not self.about:
            return None
        shown = status != FORBIDDEN
        classes = tuple(sorted(self.classes)) if shown else ()
        about, self.about, self.classes = tuple(self.about), {}, set()
        return RecordAskedFor(
            about=about, classes=classes, action=self.action, reason=self.reason, route=self.route, shown=shown
        )
