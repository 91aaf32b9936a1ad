"""One year, day by day: children become known, grow older, move and leave; terms open; meetings are arranged, held and
written up.

What becomes of it is what the rule books say. Only when people do something is a matter of chance.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from uuid import UUID

from pep_kernel.calendars import SchoolTerm, Term, birthday
from pep_kernel.message import Envelope, Event, Recorded, System
from scheduling.domain.child.events import PEPDueDateSet
from scheduling.domain.child.states import Child, DoesNotApply
from scheduling.domain.meeting.events import MeetingMustBeRearranged
from scheduling.policies.look_at_care import GROWN_UP_YEARS
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
    lives: dict[str, Life] = field(default_factory=dict)
    _next_meeting: dict[str, date] = field(default_factory=dict)
    _to_come: list[tuple[date, int, Callable[[date], None]]] = field(default_factory=list)
    _numbers: Iterable[int] = field(default_factory=count)

    @classmethod
    def of(cls, core: Core, practice: Practice, chance: Chance, year: int) -> Year:
        diary = Diary(practice.meetings_a_week, cache(core.works_on), cache(core.school_on))
        return cls(core, practice, chance, date(year, 12, 31), diary)

    def play(self, lives: Iterable[Life], begun: Callable[[date], None] = lambda _day: None) -> None:
        """All of the year; `begun` hears of each day on which something happens."""
        for life in lives:
            self._on(life.known_on, lambda day, life=life: self._known(life, day))  # type: ignore[misc]
        for term in self.core.terms_opening(self.last.year):
            self._on(term.first, lambda _day, term=term: self._opened(term))  # type: ignore[misc]
        while self._to_come and self._to_come[0][0] <= self.last:
            day, _, step = heapq.heappop(self._to_come)
            begun(day)
            step(day)

    def _on(self, day: date, step: Callable[[date], None]) -> None:
        heapq.heappush(self._to_come, (day, next(iter(self._numbers)), step))

    @property
    def terms_missing(self) -> list[Term]:
        """Those of which no dates are known: nobody owes a meeting in them."""
        known = {term.term for term in self.core.terms_opening(self.last.year)}
        return [term for term in Term if term not in known]

    def _known(self, life: Life, day: date) -> None:
        self.lives[life.ref] = life
        self._heard(life, self.core.facts(life.ref, life.record, day), day)
        self._term_runs(life, day)
        for on in life.grows_older_on(self.last):
            self._on(on, lambda day: self._older(life, day))
        for on, school in life.moves:
            self._on(on, lambda day, school=school: self._moved(life, school, day))  # type: ignore[misc]
        if life.leaves_on is not None:
            self._on(life.leaves_on, lambda day: self._left(life, day))

    def _opened(self, term: SchoolTerm) -> None:
        for life in self.lives.values():
            self._owes(life, term, term.first)

    def _term_runs(self, life: Life, day: date) -> None:
        """Who has a PEP only since some day of a term is looked at then."""
        term = self.core.term_on(day)
        if term is not None:
            self._owes(life, term, day)

    def _owes(self, life: Life, term: SchoolTerm, day: date) -> None:
        if self._in_care(life):
            self._heard(life, self.core.term_opened(life.ref, self.children[life.ref], term), day)

    def _older(self, life: Life, day: date) -> None:
        if not self._in_care(life):
            return
        child, born = self.children[life.ref], life.record.date_of_birth
        if day == birthday(born, GROWN_UP_YEARS):
            self._heard(life, self.core.grown_up(life.ref, child, day), day)
        elif isinstance(child.verdict, DoesNotApply):
            self._heard(life, self.core.older(life.ref, child, born, day), day)
            self._term_runs(life, day)

    def _moved(self, life: Life, school: str, day: date) -> None:
        if self._in_care(life):
            child, born = self.children[life.ref], life.record.date_of_birth
            self._heard(life, self.core.moved(life.ref, child, born, school, day), day)
            self._term_runs(life, day)

    def _left(self, life: Life, day: date) -> None:
        if not self._in_care(life):
            return
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
        """Somebody takes it up after some days, and wants one of the days until it is due, or comes too late."""
        takes_up = day + timedelta(days=self.chance.randint(1, 10))
        late = self.chance.random() < self.practice.arranged_late
        after = timedelta(days=self.chance.randint(1, 15))
        before = timedelta(days=self.chance.randint(1, max(1, (due - takes_up - NOTICE).days)))
        self._on(takes_up, lambda day: self._arranged(life, due, due + after if late else due - before, day))

    def _arranged(self, life: Life, due: date, wanted: date, day: date) -> None:
        if not self._in_care(life) or not self._needs_a_meeting(life, due, day):
            return
        at = self.diary.book(wanted, day + NOTICE)
        if at is None:  # nobody has time for months: asked again later
            self._on(day + NOTICE, lambda day: self._arranged(life, due, wanted, day))
            return
        meeting_id = f"{life.ref}-{at}"
        self._next_meeting[life.ref] = at
        self._heard(life, self.core.arranged(life.ref, self.children[life.ref], meeting_id, day, at), day)
        self._on(at, lambda day: self._took_place(life, meeting_id, day))

    def _needs_a_meeting(self, life: Life, due: date, day: date) -> bool:
        """Unless it was held meanwhile, or one that comes is early enough and nothing must be convened."""
        is_open = {each.obligation for each in self.children[life.ref].open_dues}
        comes = day <= self._next_meeting.get(life.ref, date.min) <= due
        return "convene" in is_open or (not comes and not is_open.isdisjoint(AFTER_A_MEETING))

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
