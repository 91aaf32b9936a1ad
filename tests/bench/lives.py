"""What happens to a child over years of plans, as pep-record would have written it, with the child left open.

A life is told once, in the rule book's own words; every child who leads it only fills in who they are.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from pep_kernel.colleagues import ColleagueKnown
from pep_kernel.ids import keyed_reference
from pep_kernel.message import Actor, Envelope, Event, Person, System
from pep_kernel.sealed import PlanText
from pep_record.domain.known import events as known
from pep_record.domain.names import known_of, plan_of
from pep_record.domain.plan import events as plan
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.states import Plan
from pep_runtime.codec import encode

CHILD, TRACE = "<child>", "<trace>"
EVENT, CORRELATION, CAUSE = UUID(int=1), UUID(int=2), UUID(int=3)
POLICY_VERSION = "2011-04-01-9f2c41d07ab3"
YEARS, FIRST_YEAR = 4, 2022
SAY_WHAT_THEY_THINK = 0.5
"""So many of the children have said what they think, of each plan."""
SECTIONS = {  # section → letters that people write there
    "personal_information": 300,
    "permissions": 120,
    "care_situation": 400,
    "carer_update": 350,
    "pupil_views": 500,
    "reading_writing_maths": 450,
    "additional_support": 300,
    "social_and_emotional": 400,
    "review_of_premium": 200,
}
OPENING = System("pep-record.policies/open_plan_when_pep_applies")
NOTING = System("pep-record.policies/note_fact")


def terms_from(year: int) -> list[tuple[int, str, date]]:
    """School year, term and first day of all terms from this school year on, as many as a life may have."""
    days = (("autumn", 0, 9, 5), ("spring", 1, 1, 9), ("summer", 1, 4, 17))
    return [
        (school_year, term, date(school_year + later, month, day))
        for school_year in range(year, year + YEARS)
        for term, later, month, day in days
    ]


def somebody(number: int) -> str:
    """A person's opaque reference."""
    return keyed_reference(b"bench", "person", str(number))


@dataclass(frozen=True, slots=True)
class Told:
    """One event as bytes in which child, trace and ids are still to be filled in."""

    stream: str
    version: int
    type: str
    occurred_at: datetime
    is_of_child: bool
    envelope: bytes
    payload: bytes
    announcement: bytes | None


@dataclass(frozen=True, slots=True)
class Step:
    """What one append holds. `is_caused`: a policy did it because of an announcement."""

    day: date
    actor: str
    is_caused: bool
    policy_version: str | None
    events: tuple[Told, ...]


class Life:
    """The steps of one life in the order of their days."""

    def __init__(self, authority: str) -> None:
        self.steps: list[Step] = []
        self._authority = authority
        self._versions: Counter[str] = Counter()
        self._plans: dict[str, Plan] = {}

    def happens(self, day: date, actor: Actor, *decided: tuple[str, Event]) -> None:
        """One append."""
        is_person = isinstance(actor, Person)
        name = actor.id if isinstance(actor, Person) else f"system:{actor.policy}"
        version = POLICY_VERSION if is_person or actor == OPENING else None
        told = tuple(self._told(day, actor, version, stream, event) for stream, event in decided)
        self.steps.append(Step(day, name, not is_person, version, told))

    def _told(self, day: date, actor: Actor, policy_version: str | None, stream: str, event: Event) -> Told:
        self._versions[stream] += 1
        is_of_child = CHILD in stream
        envelope = Envelope(
            event_id=EVENT,
            type=type(event).__name__,
            schema_version=event.schema_version,
            authority=self._authority,
            stream=stream,
            version=self._versions[stream],
            occurred_at=datetime.combine(day, time(), UTC),
            actor=actor,
            correlation=CORRELATION,
            cause=None if isinstance(actor, Person) else CAUSE,
            child_ref=CHILD if is_of_child else None,
            policy_version=policy_version,
            trace=TRACE,
        )
        return Told(
            stream,
            envelope.version,
            envelope.type,
            envelope.occurred_at,
            is_of_child,
            encode(envelope),
            encode(event),
            self._announcement(stream, event),
        )

    def _announcement(self, stream: str, event: Event) -> bytes | None:
        if not isinstance(event, plan.PlanEvent):
            return None
        self._plans[stream] = PLAN.evolve(self._plans.get(stream, PLAN.initial), event)
        said = PLAN.announce(self._plans[stream], event)
        return said.model_dump_json().encode() if said else None

    def sealed(self, chance: Random, stream: str, field: str, letters: int) -> PlanText:
        """As long as a sealed text is, and as hard to compress; nothing can open it."""
        place = f"1.plan.{self._authority}.{CHILD}.{stream}.{self._versions[stream] + 1}.{field}"
        return PlanText(token=f"{place}.{urlsafe_b64encode(chance.randbytes(28 + letters)).decode()}")


def colleagues(authority: str, count: int = 60) -> Life:
    """What is known on the first day, before any child: who works here."""
    life = Life(authority)
    for number in range(count):
        ref = somebody(number)
        event = ColleagueKnown(person_ref=ref, role="designated_teacher", school_urn=str(900_000 + number))
        life.happens(date(FIRST_YEAR, 9, 1), NOTING, (f"colleague-{ref}", event))
    return life


def life_of_child(authority: str, chance: Random, year: int) -> Life:
    """Into care in this school year, a plan each term, perhaps to another school, perhaps out of care again."""
    life = Life(authority)
    first = chance.randrange(3)
    terms = terms_from(year)[first : first + chance.randrange(6, 11)]
    _enters_care(life, chance, terms[0][2] + timedelta(days=chance.randrange(7)))
    for number, (year, term, begins) in enumerate(terms, start=1):
        _has_a_term(life, chance, number, opened=begins + timedelta(days=chance.randrange(8, 21)), term=(year, term))
    if len(terms) < 9:
        left = terms[-1][2] + timedelta(days=85)
        life.happens(left, NOTING, (known_of(CHILD), known.KnownToHaveLeftCare(child_ref=CHILD, on=left)))
    return life


def _enters_care(life: Life, chance: Random, on: date) -> None:
    stream, worker = known_of(CHILD), somebody(chance.randrange(60))
    in_care = known.KnownInCare(child_ref=CHILD, on=on, born_in_school_year=chance.randrange(2008, 2017))
    school = known.SchoolKnown(child_ref=CHILD, on=on, school_urn=str(900_000 + chance.randrange(60)))
    life.happens(on, NOTING, (stream, in_care), (stream, school))
    life.happens(on, NOTING, (stream, known.SocialWorkerKnown(child_ref=CHILD, on=on, social_worker_ref=worker)))


def _has_a_term(life: Life, chance: Random, number: int, opened: date, term: tuple[int, str]) -> None:
    plan_id = plan_of(CHILD, number)
    teacher, officer = (Person(somebody(chance.randrange(60)), role) for role in ("designated_teacher", "officer"))
    _opens(life, plan_id, number, opened, term)
    _is_written(life, chance, plan_id, teacher, opened)
    if chance.random() < 0.1:
        _moves_school(life, chance, opened + timedelta(days=35))
    held = opened + timedelta(days=chance.randrange(42, 49))
    meeting = f"meeting-{CHILD}-{number}"
    told = known.MeetingKnown(child_ref=CHILD, on=held, meeting_id=meeting, outcome="PEP")
    life.happens(held, NOTING, (known_of(CHILD), told))
    version = _is_judged(life, chance, plan_id, meeting, teacher, officer, held)
    done = plan.PEPCompleted(plan_version=version, meeting_id=meeting, by=officer.id, on=held + timedelta(days=16))
    life.happens(done.on, officer, (plan_id, done))


def _opens(life: Life, plan_id: str, number: int, on: date, term: tuple[int, str]) -> None:
    before = plan_of(CHILD, number - 1) if number > 1 else None
    opened = plan.EPEPOpened(
        plan_id=plan_id,
        child_ref=CHILD,
        number=number,
        on=on,
        because="term_began" if before else "entered_care",
        school_year=term[0],
        term=term[1],
        supersedes=before,
    )
    current = known.PlanBecameCurrent(child_ref=CHILD, on=on, plan_id=plan_id, number=number)
    superseded = [(before, plan.PEPSuperseded(by_plan_id=plan_id, on=on))] if before else []
    life.happens(on, OPENING, (plan_id, opened), (known_of(CHILD), current), *superseded)


def _is_written(life: Life, chance: Random, plan_id: str, teacher: Person, opened: date) -> None:
    if chance.random() < SAY_WHAT_THEY_THINK:
        views = plan.PupilViewsRecorded(text=life.sealed(chance, plan_id, "text", 120), by=teacher.id, on=opened)
        life.happens(opened, teacher, (plan_id, views))
    written = [*SECTIONS, *chance.sample(list(SECTIONS), chance.randrange(4))]
    days = sorted(opened + timedelta(days=chance.randrange(1, 40)) for _ in written)
    for day, section in zip(days, written, strict=True):
        _section(life, chance, plan_id, section, teacher, day)
    for subject in ("english", "maths", "semh")[: chance.randrange(2, 4)]:
        _target(life, chance, plan_id, subject, teacher, opened + timedelta(days=41))


def _section(life: Life, chance: Random, plan_id: str, section: str, by: Person, on: date) -> None:
    text = life.sealed(chance, plan_id, "text", SECTIONS[section] + chance.randrange(-60, 60))
    event = plan.SectionContributed(section=section, text=text, by=by.id, role=by.role, on=on)
    life.happens(on, by, (plan_id, event))


def _target(life: Life, chance: Random, plan_id: str, subject: str, by: Person, on: date) -> None:
    actions = tuple(
        plan.AgreedAction(
            text=life.sealed(chance, plan_id, f"actions/{index}/text", chance.randrange(60, 160)),
            owner="designated_teacher",
            line=_line(chance, f"target-{subject}-v1-{index + 1}") if index == 0 else None,
        )
        for index in range(chance.randrange(1, 4))
    )
    text = life.sealed(chance, plan_id, "text", chance.randrange(80, 200))
    target = plan.TargetSet(
        target_id=f"target-{subject}", subject=subject, text=text, actions=actions, by=by.id, role=by.role, on=on
    )
    life.happens(on, by, (plan_id, target))


def _line(chance: Random, line_id: str) -> plan.PricedLine:
    quantity = chance.randrange(1, 12)
    return plan.PricedLine(
        line_id=line_id, category="tuition", quantity=quantity, unit_pence=4_000, line_pence=quantity * 4_000
    )


def _moves_school(life: Life, chance: Random, on: date) -> None:
    school = known.SchoolKnown(child_ref=CHILD, on=on, school_urn=str(900_000 + chance.randrange(60)))
    life.happens(on, NOTING, (known_of(CHILD), school))


def _is_judged(
    life: Life, chance: Random, plan_id: str, meeting: str, teacher: Person, officer: Person, held: date
) -> int:
    """Marked complete and agreed with; one in five is returned and written anew. The version that is approved."""
    worker = Person(somebody(chance.randrange(60)), "social_worker")
    returned = chance.random() < 0.2
    for version in (1, 2) if returned else (1,):
        on = held + timedelta(days=1 + 7 * (version - 1))
        marked = plan.PEPMarkedComplete(plan_version=version, meeting_id=meeting, by=teacher.id, on=on)
        life.happens(on, teacher, (plan_id, marked))
        life.happens(on, worker, (plan_id, plan.SignedOffBySW(plan_version=version, by=worker.id, on=on)))
        if returned and version == 1:
            reason = life.sealed(chance, plan_id, "reason", 150)
            back = plan.PEPReturned(plan_version=1, reason=reason, by=officer.id, to=teacher.id, on=on)
            life.happens(on, officer, (plan_id, back))
            _section(life, chance, plan_id, "pupil_views", teacher, on + timedelta(days=3))
    return 2 if returned else 1
