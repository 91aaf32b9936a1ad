"""One year, day by day: children become known, move and leave; meetings are arranged, held and written up.

What becomes of it is what the rule books say. Only when people do something is a matter of chance.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

from pep_kernel.message import Envelope, Event, Recorded, System
from scheduling.domain.child.events import PEPDueDateSet
from scheduling.domain.child.states import Child
from scheduling.domain.meeting.events import MeetingMustBeRearranged
from scheduling.projections.timeliness import TIMELINESS, TimelinessOfChild
from scheduling.simulation.core import Core, Told
from scheduling.simulation.diary import Diary, monday_of
from scheduling.simulation.lives import Chance, Life

NOTICE = timedelta(days=7)
AFTER_A_MEETING = {"hold": timedelta(), "available": timedelta(days=12)}
"""What needs a meeting first, and how long before that day people want it: a plan is written and checked after it."""
_NOBODY = Envelope(
    event_id=UUID(int=1),
    type="simulated",
    schema_version=1,
    authority="simulated",
    stream="simulated-1",
    version=1,
    occurred_at=datetime(2000, 1, 1, tzinfo=UTC),
    actor=System("simulation"),
    correlation=UUID(int=1),
)


@dataclass(frozen=True, slots=True)
class Practice:
    """How people work: meetings that the officers can attend in a week, and shares of what goes another way."""

    meetings_a_week: int
    arranged_late: float = 0.05
    unrepresented: float = 0.08


@dataclass(slots=True)
class Year:
    """What has happened so far, and what is still to come. `play` goes through it."""

    core: Core
    practice: Practice
    chance: Chance
    last: date
    diary: Diary
    children: dict[str, Child] = field(default_factory=dict)
    timeliness: dict[str, TimelinessOfChild | None] = field(default_factory=dict)
    held: Counter[date] = field(default_factory=Counter)
    reviews: int = 0
    _to_come: list[tuple[date, int, Callable[[date], None]]] = field(default_factory=list)
    _numbers: Iterable[int] = field(default_factory=count)

    @classmethod
    def of(cls, core: Core, practice: Practice, chance: Chance, year: int) -> Year:
        diary = Diary(practice.meetings_a_week, core.works_on, core.school_on)
        return cls(core, practice, chance, date(year, 12, 31), diary)

    def play(self, lives: Iterable[Life], begun: Callable[[date], None] = lambda _day: None) -> None:
        """All of the year; `begun` hears of each day on which something happens."""
        for life in lives:
            self._on(life.known_on, lambda day, life=life: self._known(life, day))  # type: ignore[misc]
        while self._to_come and self._to_come[0][0] <= self.last:
            day, _, step = heapq.heappop(self._to_come)
            begun(day)
            step(day)

    def _on(self, day: date, step: Callable[[date], None]) -> None:
        heapq.heappush(self._to_come, (day, next(iter(self._numbers)), step))

    def _known(self, life: Life, day: date) -> None:
        self._heard(life, self.core.facts(life.ref, life.record, day), day)
        for on, school in life.moves:
            self._on(on, lambda day, school=school: self._moved(life, school, day))  # type: ignore[misc]
        if life.leaves_on is not None:
            self._on(life.leaves_on, lambda day: self._left(life, day))

    def _moved(self, life: Life, school: str, day: date) -> None:
        if self._in_care(life):
            child, born = self.children[life.ref], life.record.date_of_birth
            self._heard(life, self.core.moved(life.ref, child, born, school, day), day)

    def _left(self, life: Life, day: date) -> None:
        child, born = self.children[life.ref], life.record.date_of_birth
        self._heard(life, self.core.left(life.ref, child, born, day), day)

    def _in_care(self, life: Life) -> bool:
        return self.children[life.ref].running is not None

    def _heard(self, life: Life, told: Told, day: date) -> None:
        self.children[life.ref] = told.child
        for event in told.events:
            self._fold(life.ref, event)
        dues = [event for event in told.events if isinstance(event, PEPDueDateSet)]
        for due in dues:
            self._on(due.due + timedelta(days=1), lambda day, due=due: self._passed(life, due, day))  # type: ignore[misc]
        wanted = (due.due - AFTER_A_MEETING[due.obligation] for due in dues if due.obligation in AFTER_A_MEETING)
        by = min(wanted, default=None)
        if by is not None:
            self._plan(life, by, day)

    def _fold(self, ref: str, event: Event) -> None:
        recorded = Recorded(event, _NOBODY, 1, _NOBODY.occurred_at)
        for key in TIMELINESS.keys(recorded):
            self.timeliness[ref] = TIMELINESS.fold(self.timeliness.get(ref), recorded, key)

    def _passed(self, life: Life, due: PEPDueDateSet, day: date) -> None:
        child = self.children[life.ref]
        self._heard(life, self.core.passed(life.ref, child, due.obligation, due.trigger_on, day), day)

    def _plan(self, life: Life, due: date, day: date) -> None:
        """Somebody takes it up after some days, and wants a day shortly before it is due, or comes too late."""
        takes_up = day + timedelta(days=self.chance.randint(1, 10))
        late = self.chance.random() < self.practice.arranged_late
        slack = timedelta(days=self.chance.randint(1, 15))
        self._on(takes_up, lambda day: self._arranged(life, due + slack if late else due - slack, day))

    def _arranged(self, life: Life, wanted: date, day: date) -> None:
        if not self._in_care(life):
            return
        at = self.diary.book(wanted, day + NOTICE)
        if at is None:  # nobody has time for months: asked again later
            self._on(day + NOTICE, lambda day: self._arranged(life, wanted, day))
            return
        meeting_id = f"{life.ref}-{at}"
        self._heard(life, self.core.arranged(life.ref, self.children[life.ref], meeting_id, day, at), day)
        self._on(at, lambda day: self._took_place(life, meeting_id, day))

    def _took_place(self, life: Life, meeting_id: str, day: date) -> None:
        if not self._in_care(life):
            return
        represented = self.chance.random() >= self.practice.unrepresented
        told = self.core.held(life.ref, self.children[life.ref], meeting_id, day, represented=represented)
        self.held[monday_of(day)] += 1
        self._heard(life, told, day)
        if any(isinstance(event, MeetingMustBeRearranged) for event in told.events):
            self.reviews += 1
            self._plan(life, day + timedelta(days=21), day)
        else:
            self._on(day + timedelta(days=self.chance.randint(1, 12)), lambda day: self._completed(life, day))

    def _completed(self, life: Life, day: date) -> None:
        self._heard(life, self.core.done(life.ref, self.children[life.ref], "complete", day), day)
        self._on(day + timedelta(days=self.chance.randint(1, 10)), lambda day: self._assured(life, day))

    def _assured(self, life: Life, day: date) -> None:
        self._heard(life, self.core.done(life.ref, self.children[life.ref], "available", day), day)
