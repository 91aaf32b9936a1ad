"""What an authority's own records say of a child in care, of the people around the child and of the schools.

A care record is the whole of one child as the authority knows it today: every spell in care with its placements, the
schools, the social workers, the reviews. Sending it again, or a later one, must change only what is new.
"""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pep_kernel.may import NOT_STAFF, Role
from scheduling.domain.child.code_lists import LegalStatus, Placement, ReasonCeased
from scheduling.domain.child.particulars import MayBeTakenBack, Particular
from scheduling.domain.days import Day, DayOfLife

Sex = Literal["M", "F", "U"]
ReasonForNewEpisode = Literal["S", "P", "L", "T", "U", "B"]
Phase = Literal["early_years", "primary", "secondary", "all_through", "special", "alternative", "post_16"]
SenProvision = Literal["none", "support", "plan"]
Words = Annotated[str, Field(min_length=1, max_length=200)]
LocalId = Annotated[str, Field(min_length=1, max_length=40)]
URN = r"^(\d{6}|EY\d{6})$"
Urn = Annotated[str, Field(pattern=URN)]

BATCH_SIZE = 200
"""The most records that one request may carry."""


class Record(BaseModel):
    """Unknown fields are refused, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stretch(Record):
    """Something that began, and ended or still runs. It cannot end before it began."""

    began: DayOfLife
    ended: DayOfLife | None = None

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.ended is not None and self.ended < self.began:
            raise ValueError("ends before it begins")
        return self


class ChildName(Record):
    """How the child is called; the preferred name is the one to use in speech and letters."""

    given: Words
    family: Words
    preferred: Words | None = None
    language: Words | None = None


class Episode(Stretch):
    """A stretch of a spell in care during which neither placement nor legal status changed.

    Codes are those of the statutory return (SSDA903) of the year. `ended` is empty while it runs.
    """

    reason_new: ReasonForNewEpisode
    legal_status: LegalStatus
    placement: Placement


def in_their_order(episodes: tuple[Episode, ...]) -> tuple[Episode, ...]:
    """The episodes by their days. ValueError for two of one day, or one that begins before the one before it ended."""
    in_order = sorted(episodes, key=lambda episode: episode.began)
    for before, after in pairwise(in_order):
        if after.began == before.began:
            raise ValueError(f"two episodes begin on {after.began:%d/%m/%Y}")
        if before.ended is not None and after.began < before.ended:
            one = f"the episode of {before.began:%d/%m/%Y} ends, on {before.ended:%d/%m/%Y}"
            raise ValueError(f"{after.began:%d/%m/%Y} is before {one}")
    return tuple(in_order)


class Spell(Stretch):
    """One unbroken time in care: it began once, and ends once, however often placement or status changed.

    `began_earlier` means that the return shows only its later part: the true first day is before `began`.
    """

    began_earlier: bool = False
    reason_ceased: ReasonCeased | None = None
    episodes: Annotated[tuple[Episode, ...], Field(min_length=1), AfterValidator(in_their_order)]

    @model_validator(mode="after")
    def _holds_its_episodes(self) -> Self:
        first, last = self.episodes[0].began, max(each.ended or each.began for each in self.episodes)
        if first < self.began:
            raise ValueError(f"episodes: {first:%d/%m/%Y} is before the spell in care began, on {self.began:%d/%m/%Y}")
        if self.ended is not None and last > self.ended:
            raise ValueError(f"episodes: {last:%d/%m/%Y} is after the spell in care ended, on {self.ended:%d/%m/%Y}")
        return self


def one_after_the_other(spells: tuple[Spell, ...]) -> tuple[Spell, ...]:
    """The spells in order. ValueError unless each ended before the next began: nobody is in care twice at a time."""
    in_order = sorted(spells, key=lambda spell: spell.began)
    for before, after in pairwise(in_order):
        if before.ended is None or after.began < before.ended:
            raise ValueError("spells overlap")
    return tuple(in_order)


class Schooling(Record):
    """A child's time at one school or setting. Year group and needs are those of today, or empty: not said."""

    school_urn: Urn
    entered: DayOfLife
    left: DayOfLife | None = None
    year_group: Annotated[int, Field(ge=-2, le=14)] | None = None
    special_educational_needs: SenProvision | None = None

    @model_validator(mode="after")
    def _leaves_after_entering(self) -> Self:
        if self.left is not None and self.left < self.entered:
            raise ValueError("the child leaves the school before entering it")
        return self


class SocialWorkerSpell(Stretch):
    """The time during which one social worker was the child's allocated worker."""

    staff_id: LocalId


class Unaccompanied(Record):
    """The child came to the country alone, seeking asylum; `until` is the day this status ended."""

    until: DayOfLife | None = None


class LastPep(Record):
    """What had been agreed before this system was used: the last plan meeting and the next dates."""

    held: DayOfLife
    next_agreed: DayOfLife | None = None
    next_review: DayOfLife | None = None


class CareRecord(Record):
    """One child in care. `child_id` is the authority's own number and never leaves its records in the clear.

    `social_worker` is the worker of today, where nobody says since when.
    `cut_over` is the day the authority went live: spells that were running then owe no first plan (T64).
    `is_another_child`: somebody looked, and this is none of the children whom it resembles. What the record does not
    say of who the child is stays as it is known; `taken_back` names what was told, and is not so.
    """

    child_id: LocalId
    name: ChildName | None = None
    date_of_birth: DayOfLife
    sex: Sex
    upn: Annotated[str, Field(max_length=13)] | None = None
    unaccompanied: Unaccompanied | None = None
    spells: Annotated[tuple[Spell, ...], Field(min_length=1), AfterValidator(one_after_the_other)]
    schooling: tuple[Schooling, ...] = ()
    social_workers: tuple[SocialWorkerSpell, ...] = ()
    social_worker: LocalId | None = None
    reviews: tuple[DayOfLife, ...] = ()
    last_pep: LastPep | None = None
    cut_over: DayOfLife | None = None
    is_another_child: bool = False
    taken_back: tuple[MayBeTakenBack, ...] = ()

    @property
    def particulars(self) -> dict[Particular, str]:
        """What the record says of who the child is."""
        name, alone = self.name, self.unaccompanied
        told: dict[Particular, str | None] = {
            "date_of_birth": self.date_of_birth.isoformat(),
            "sex": self.sex,
            "given_name": name.given if name else None,
            "family_name": name.family if name else None,
            "preferred_name": name.preferred if name else None,
            "language": name.language if name else None,
            "upn": self.upn,
            "unaccompanied": f"until {alone.until or 'now'}" if alone else None,
        }
        return {what: text for what, text in told.items() if text}

    @model_validator(mode="after")
    def _says_or_takes_back(self) -> Self:
        for what in self.taken_back:
            if what in self.particulars:
                raise ValueError(f"taken_back: the record says {what} and takes it back")
        return self

    @model_validator(mode="after")
    def _nothing_before_birth(self) -> Self:
        days = {
            "spells": [each.began for each in self.spells],
            "schooling": [each.entered for each in self.schooling],
            "social_workers": [each.began for each in self.social_workers],
            "reviews": [*self.reviews],
            "last_pep.held": [self.last_pep.held] if self.last_pep else [],
        }
        for field, began in days.items():
            if began and min(began) < self.date_of_birth:
                raise ValueError(f"{field}: {min(began):%d/%m/%Y} is before the child was born")
        return self


def of_staff(role: Role) -> Role:
    """The role. ValueError for one that no list of staff can give."""
    if role in NOT_STAFF:
        raise ValueError(
            "is no role of staff: carers and pupils are known by the child, and services sign for themselves"
        )
    return role


class StaffRecord(Record):
    """A member of staff of the authority or of a school. The limit is what this person may approve for one plan.

    Whoever has `left` does not work there any more from that day.
    """

    kind: Literal["staff"] = "staff"
    staff_id: LocalId
    name: Words
    email: Words
    role: Annotated[Role, AfterValidator(of_staff)]
    school_urn: Urn | None = None
    team: Words | None = None
    approval_limit_pence: Annotated[int, Field(ge=0)] | None = None
    left: Day | None = None


class CarerRecord(Record):
    """A person who looks after these of the children, or after none any more, and how to reach that person."""

    kind: Literal["carer"] = "carer"
    carer_id: LocalId
    name: Words
    email: Words | None = None
    telephone: Words | None = None
    child_ids: tuple[LocalId, ...]


class PupilRecord(Record):
    """Whether a child may sign in, to give views and to read the own plan."""

    kind: Literal["pupil"] = "pupil"
    child_id: LocalId
    may_sign_in: bool


class SchoolRecord(Record):
    """A school or early years setting. The first three figures of `laestab` say in which authority's area it lies.

    A school that became an academy names its number before, and the day from which it has the new one.
    """

    urn: Urn
    ukprn: Annotated[str, Field(pattern=r"^\d{8}$")] | None = None
    laestab: Annotated[str, Field(pattern=r"^\d{7}$")] | None = None
    name: Words
    phase: Phase
    authority: Words
    predecessor_urn: Urn | None = None
    opened_on: DayOfLife | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if (self.predecessor_urn is None) != (self.opened_on is None):
            raise ValueError("predecessor_urn and opened_on go together")
        return self


PersonRecord = Annotated[StaffRecord | CarerRecord | PupilRecord, Field(discriminator="kind")]


def batch(**record: Any) -> ConfigDict:
    """A body that shows this one as its example. It is called while this module is read, before a mutant can live."""
    return ConfigDict(json_schema_extra={"examples": [{"records": [record]}]})  # pragma: no mutate


class CareRecordBatch(Record):
    """The body of `POST /care-records`."""

    model_config = batch(
        child_id="7",
        name={"given": "Robin", "family": "Example"},
        date_of_birth="2014-11-05",
        sex="F",
        spells=[
            {
                "began": "2026-09-21",
                "episodes": [{"began": "2026-09-21", "reason_new": "S", "legal_status": "C2", "placement": "U1"}],
            }
        ],
        schooling=[{"school_urn": "999101", "entered": "2026-09-02", "year_group": 7}],
        social_workers=[{"staff_id": "3", "began": "2026-09-21"}],
    )

    records: Annotated[tuple[CareRecord, ...], Field(min_length=1, max_length=BATCH_SIZE)]


class PersonBatch(Record):
    """The body of `POST /people`."""

    model_config = batch(
        kind="staff",
        staff_id="3",
        name="Pat Sample",
        email="pat.sample@example.org",
        role="social_worker",
        team="north",
    )

    records: Annotated[tuple[PersonRecord, ...], Field(min_length=1, max_length=BATCH_SIZE)]


class SchoolBatch(Record):
    """The body of `POST /schools`."""

    model_config = batch(
        urn="999101", laestab="9999101", name="Elm Sample School", phase="secondary", authority="Anytown"
    )

    records: Annotated[tuple[SchoolRecord, ...], Field(min_length=1, max_length=BATCH_SIZE)]


class RefusedRecord(Record):
    """A record that was not taken in, by its number in the batch (from 0), and the sentence that says why.

    `candidates` are children, by reference, of whom one may be this child.
    """

    index: int
    reason: str
    candidates: tuple[str, ...] = ()


class FlaggedRecord(Record):
    """A record that was taken in, and of which a person should look at a fact: what it lacks."""

    index: int
    fact: str
    on: date
    lacks: str


class BatchAnswer(Record):
    """What became of a batch: records that changed something, those already known, those refused, facts flagged."""

    changed: int = Field(examples=[199])
    unchanged: int = Field(examples=[1])
    refused: tuple[RefusedRecord, ...] = ()
    flagged: tuple[FlaggedRecord, ...] = ()
