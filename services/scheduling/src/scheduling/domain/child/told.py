"""Single facts as they are told: by a person at a desk, or as rows of the daily file of changes.

Each says what became true on which day. A fact is always accepted; what cannot be true is none. A correction names what
was told before and says what is right: another day, another value, or that it never happened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self, cast

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pep_kernel.contracts.scheduling import Corrected
from scheduling.domain.child.care_record import (
    BATCH_SIZE,
    URN,
    CareRecord,
    LocalId,
    Record,
    SenProvision,
    Urn,
    batch,
)
from scheduling.domain.child.code_lists import LEGAL_STATUS_CODES, is_placement_on, is_reason_for_leaving
from scheduling.domain.child.fact_events import Area, Provider
from scheduling.domain.days import DayOfLife

REF = r"^[a-z2-7]{26}$"
Ref = Annotated[str, Field(pattern=REF)]
AuthorityName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}$")]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class Told(Record):
    """Something that became true on this day."""

    on: DayOfLife


class PlacementTold(Told):
    """The child lives in a placement of this kind. What is left out was not said.

    `area` says whether it lies in the authority's own area, outside it, or at a distance (reg 11). `provider` says who
    provides it: a home with foster parents of the authority's own is `PR1`. Unless it says `same_carers`, those who
    looked after the child do so no more, until the list of carers says it.
    """

    kind: Literal["placement"] = "placement"
    placement: Code
    emergency: bool = False
    area: Area | None = None
    provider: Provider | None = None
    changes_school: bool = False
    same_carers: bool = False
    fostering_allowance: bool | None = None

    @model_validator(mode="after")
    def _is_on_the_list(self) -> Self:
        if not is_placement_on(self.placement, self.on):
            raise ValueError("placement is not a code of the return of that year")
        return self


class LegalStatusTold(Told):
    """The child is in care under this legal status."""

    kind: Literal["legal_status"] = "legal_status"
    legal_status: Annotated[str, Field(json_schema_extra={"enum": sorted(LEGAL_STATUS_CODES)})]

    @model_validator(mode="after")
    def _is_on_the_list(self) -> Self:
        if self.legal_status not in LEGAL_STATUS_CODES:
            raise ValueError("legal_status is not a code of the return")
        return self


class SchoolTold(Told):
    """The child is on the roll of this school; none: of no school.

    `emergency`: it could not wait for anybody's agreement.
    """

    kind: Literal["school"] = "school"
    school_urn: Urn | None
    emergency: bool = False


class SchoolMovePlannedTold(Told):
    """The child is to be on the roll of this school from this day."""

    kind: Literal["school_move_planned"] = "school_move_planned"
    school_urn: Urn | None = None


class RemovedFromRollTold(Told):
    """The school took the child off its roll: from this day the child is on none."""

    kind: Literal["removed_from_roll"] = "removed_from_roll"


class OfPerson(Told):
    """A fact that names a member of staff: by reference, or by the authority's own number."""

    person_ref: Ref | None = None
    staff_id: LocalId | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.person_ref is None) == (self.staff_id is None):
            raise ValueError("give either person_ref or staff_id")
        return self


class SocialWorkerTold(OfPerson):
    """This social worker is responsible."""

    kind: Literal["social_worker"] = "social_worker"


class ReviewingOfficerTold(OfPerson):
    """This independent reviewing officer reviews the child's care."""

    kind: Literal["reviewing_officer"] = "reviewing_officer"


class ReviewHeldTold(Told):
    """The child's care was reviewed."""

    kind: Literal["review_held"] = "review_held"


class ReviewScheduledTold(Told):
    """The child's care will be reviewed on this day."""

    kind: Literal["review_scheduled"] = "review_scheduled"


class FosteringAllowanceTold(Told):
    """Whether a weekly fostering allowance is paid for the child (L-97 to L-101)."""

    kind: Literal["fostering_allowance"] = "fostering_allowance"
    paid: bool


class SiblingTold(Told):
    """This child of the authority's is a brother or sister; or was taken for one by mistake."""

    kind: Literal["sibling"] = "sibling"
    sibling_ref: Ref | None = None
    sibling_child_id: LocalId | None = None
    linked: bool = True

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.sibling_ref is None) == (self.sibling_child_id is None):
            raise ValueError("give either sibling_ref or sibling_child_id")
        return self


class YearGroupTold(Told):
    """The school teaches the child in this year group, whatever the child's age would say."""

    kind: Literal["year_group"] = "year_group"
    year_group: Annotated[int, Field(ge=-2, le=14)]


class SpecialNeedsTold(Told):
    """The help that the child has for special educational needs: none, at the school's hands, or by a plan (EHCP)."""

    kind: Literal["special_educational_needs"] = "special_educational_needs"
    special_educational_needs: SenProvision


class SchoolNotifiedTold(Told):
    """The school was told in writing, on this day, of the placement that began on `placement_on` (reg 13)."""

    kind: Literal["school_notified"] = "school_notified"
    placement_on: DayOfLife


class LeftCareTold(Told):
    """The spell in care ended, for a reason of the return."""

    kind: Literal["left_care"] = "left_care"
    reason: Code

    @model_validator(mode="after")
    def _is_on_the_list(self) -> Self:
        if not is_reason_for_leaving(self.reason, self.on):
            raise ValueError("reason is not a code of the return for leaving care in that year")
        return self


class ResponsibilityTransferredTold(Told):
    """Another authority is responsible for the child from this day."""

    kind: Literal["responsibility_transferred"] = "responsibility_transferred"
    to_authority: AuthorityName


Fact = Annotated[
    PlacementTold
    | LegalStatusTold
    | SchoolTold
    | SchoolMovePlannedTold
    | RemovedFromRollTold
    | SocialWorkerTold
    | ReviewingOfficerTold
    | ReviewHeldTold
    | ReviewScheduledTold
    | FosteringAllowanceTold
    | SiblingTold
    | YearGroupTold
    | SpecialNeedsTold
    | SchoolNotifiedTold
    | LeftCareTold
    | ResponsibilityTransferredTold,
    Field(discriminator="kind"),
]

STILL_TO_COME = (SchoolMovePlannedTold, ReviewScheduledTold)
"""What is told before its day."""


class CareChange(Record):
    """A row of the daily file of changes: one fact of one child. A child who enters care comes as a short record."""

    child_id: LocalId
    fact: Fact | None = None
    entry: CareRecord | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.fact is None) == (self.entry is None):
            raise ValueError("give either a fact or an entry into care")
        return self

    @property
    def told(self) -> Fact:
        """The fact, where it is no entry."""
        return cast("Fact", self.fact)


class CareChangeBatch(Record):
    """The body of `POST /care-changes`: rows of a file in the order in which they became true."""

    model_config = batch(child_id="7", fact={"kind": "placement", "on": "2026-11-02", "placement": "U1"})

    records: Annotated[tuple[CareChange, ...], Field(min_length=1, max_length=BATCH_SIZE)]


DAYS = frozenset({"entered_care", "left_care", "review_held"})
"""What can be corrected and is only a day."""
SHAPES: Mapping[str, str] = {"school": URN, "social_worker": REF, "reviewing_officer": REF}
"""What can be corrected and names a school or a person, never by words of somebody's own."""


class Correction(Record):
    """What was told of this day was wrong. `was` is the value that was told; a first or last day in care has none.

    Right is another day (`right_on`), another value (`right`), or both; or it `never_happened`.
    """

    fact: Corrected
    on: DayOfLife
    was: str | None = None
    right_on: DayOfLife | None = None
    right: str | None = None
    never_happened: bool = False
    reason: Reason

    @field_validator("was")
    @classmethod
    def _was_can_have_been_told(cls, was: str | None, known: ValidationInfo) -> str | None:
        """A code is not judged: it was right once, and whoever told another one is answered with what was told."""
        fact: str = known.data.get("fact", "")
        if was is not None and fact in DAYS:
            raise ValueError(f"was must be left out: {fact} is a day and has no value")
        if was is not None and fact in SHAPES and not re.fullmatch(SHAPES[fact], was):
            raise ValueError(f"was is no value of {fact}")
        return was

    @field_validator("right")
    @classmethod
    def _right_is_a_value(cls, right: str | None, known: ValidationInfo) -> str | None:
        """Of a fact or a day that was not understood itself nothing more is said."""
        fact, on = known.data.get("fact"), known.data.get("right_on") or known.data.get("on")
        if right is not None and fact and on and not _is_a_value_of(fact, right, on):
            raise ValueError(f"right is no value of {fact}")
        return right

    @model_validator(mode="after")
    def _says_what_is_right(self) -> Self:
        says_other = self.right_on is not None or self.right is not None
        if self.never_happened == says_other:
            raise ValueError("say either what is right (right_on, right) or never_happened")
        return self

    @property
    def holds_on(self) -> date:
        """The day on which the right fact began."""
        return self.right_on or self.on

    @property
    def holds(self) -> str | None:
        """The right value."""
        return self.right or self.was


def _is_a_value_of(fact: Corrected, value: str, on: date) -> bool:
    match fact:
        case "placement":
            return is_placement_on(value, on)
        case "legal_status":
            return value in LEGAL_STATUS_CODES
        case "left_care":
            return is_reason_for_leaving(value, on)
        case "entered_care" | "review_held":
            return False
        case "school" | "social_worker" | "reviewing_officer":
            return re.fullmatch(SHAPES[fact], value) is not None
