"""What happens to fictional children in a year, by chance that is given: the same chance gives the same lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from scheduling.domain.child.care_record import CareRecord, Episode, LastPep, Schooling, SocialWorkerSpell, Spell

IN_CARE_BEFORE, MOVES, LEAVES = 0.7, 0.15, 0.2  # shares of the children
CHILDREN_A_SCHOOL, CHILDREN_A_WORKER = 25, 18
MOST_YEARS_OLD, LEAST_YEARS_OLD = 17, 5


class Chance(Protocol):
    """As much of `random.Random` as lives need."""

    def random(self) -> float: ...

    def randint(self, a: int, b: int, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Life:
    """One child's year. `known_on` is the day on which the authority tells of the child."""

    ref: str
    record: CareRecord
    known_on: date
    moves: tuple[tuple[date, str], ...] = ()
    leaves_on: date | None = None


def lives(children: int, year: int, chance: Chance) -> Iterator[Life]:
    """So many lives of one calendar year."""
    schools = max(1, children // CHILDREN_A_SCHOOL)
    for number in range(children):
        yield _life(number, schools, year, chance)


def _life(number: int, schools: int, year: int, chance: Chance) -> Life:
    first, last = date(year, 1, 1), date(year, 12, 31)
    before = chance.random() < IN_CARE_BEFORE
    entered = first - timedelta(days=chance.randint(100, 1_000)) if before else _day(first, last, chance)
    known_on = first if before else entered
    moves = ((_day(known_on, last, chance), _school(schools, chance)),) if chance.random() < MOVES else ()
    leaves_on = _day(known_on, last, chance) if chance.random() < LEAVES else None
    record = _record(number, entered, known_on, _school(schools, chance), chance, before=before)
    return Life(f"child{number}", record, known_on, moves, leaves_on)


def _day(first: date, last: date, chance: Chance) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


def _school(schools: int, chance: Chance) -> str:
    return str(900_000 + chance.randint(0, schools - 1))


def _record(number: int, entered: date, known_on: date, school: str, chance: Chance, *, before: bool) -> CareRecord:
    days_old = chance.randint(LEAST_YEARS_OLD * 366, MOST_YEARS_OLD * 365)
    episode = Episode(began=entered, reason_new="S", legal_status="C2", placement="U1")
    return CareRecord(
        child_id=str(number),
        date_of_birth=known_on - timedelta(days=days_old),
        sex="U",
        spells=(Spell(began=entered, episodes=(episode,)),),
        schooling=(Schooling(school_urn=school, entered=entered),),
        social_workers=(SocialWorkerSpell(staff_id=str(number // CHILDREN_A_WORKER), began=entered),),
        last_pep=LastPep(held=known_on - timedelta(days=60)) if before else None,
        cut_over=known_on if before else None,
    )
