"""What happens to fictional children in a year, by chance that is given: the same chance gives the same lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from pep_kernel.calendars import age_on, birthday, year_group
from scheduling.domain.child.care_record import CareRecord, Episode, LastPep, Schooling, SocialWorkerSpell, Spell

IN_CARE_BEFORE, MOVES, LEAVES = 0.7, 0.15, 0.2  # shares of the children
CHILDREN_A_SCHOOL, CHILDREN_A_WORKER = 25, 18
AGES = ((0, 1, 0.05), (1, 5, 0.19), (5, 10, 0.37), (10, 16, 0.75), (16, 18, 1.0))
"""From and until how many years old, and the share who are in this group or a younger one: about as in England."""
NURSERY_FROM_YEARS, AT_NURSERY = 2, 0.75
DAYS_A_YEAR, SEPTEMBER, RECEPTION = 365.25, 9, 0


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

    def grows_older_on(self, last: date) -> tuple[date, ...]:
        """The birthday and the first day of the school year, from which other rules may hold for the child."""
        days = (
            birthday(self.record.date_of_birth, last.year - self.record.date_of_birth.year),
            date(last.year, SEPTEMBER, 1),
        )
        return tuple(sorted({day for day in days if self.known_on < day <= last}))


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
    born = known_on - timedelta(days=_days_old(chance))
    school = _school(schools, chance) if _is_at_one(born, known_on, chance) else None
    moves = _moves(born, school, known_on, last, schools, chance)
    leaves_on = _day(known_on, last, chance) if chance.random() < LEAVES else None
    record = _record(number, born, max(entered, born), known_on, school, before=before)
    return Life(f"child{number}", record, known_on, moves, leaves_on)


def _moves(
    born: date, school: str | None, known_on: date, last: date, schools: int, chance: Chance
) -> tuple[tuple[date, str], ...]:
    """Some change their school; who is at none goes to one when Reception begins."""
    reception = date(last.year, SEPTEMBER, 1)
    if school is None:
        begins = known_on < reception and year_group(born, reception) == RECEPTION
        return ((reception, _school(schools, chance)),) if begins else ()
    return ((_day(known_on, last, chance), _school(schools, chance)),) if chance.random() < MOVES else ()


def _days_old(chance: Chance) -> int:
    share = chance.random()
    least, below = next((least, below) for least, below, up_to in AGES if share < up_to)
    return chance.randint(int(least * DAYS_A_YEAR), int(below * DAYS_A_YEAR) - 1)


def _is_at_one(born: date, on: date, chance: Chance) -> bool:
    """At a school, or at a nursery, where not all of the young are."""
    if year_group(born, on) >= RECEPTION:
        return True
    return age_on(born, on) >= NURSERY_FROM_YEARS and chance.random() < AT_NURSERY


def _day(first: date, last: date, chance: Chance) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))


def _school(schools: int, chance: Chance) -> str:
    return str(900_000 + chance.randint(0, schools - 1))


def _record(number: int, born: date, entered: date, known_on: date, school: str | None, *, before: bool) -> CareRecord:
    episode = Episode(began=entered, reason_new="S", legal_status="C2", placement="U1")
    last_pep = known_on - timedelta(days=60)
    return CareRecord(
        child_id=str(number),
        date_of_birth=born,
        sex="U",
        spells=(Spell(began=entered, episodes=(episode,)),),
        schooling=(Schooling(school_urn=school, entered=entered),) if school else (),
        social_workers=(SocialWorkerSpell(staff_id=str(number // CHILDREN_A_WORKER), began=entered),),
        last_pep=LastPep(held=last_pep) if before and school and last_pep > entered else None,
        cut_over=known_on if before else None,
    )
