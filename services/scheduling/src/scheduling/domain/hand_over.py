"""What goes with a child to another authority: who the child is and what was learned where, and nobody else's data.

The pack is a file. Whoever accepts it makes their own record from it; neither authority reads the other's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from pep_kernel.calendars import ONE_DAY
from pep_kernel.refusal import Refusal
from scheduling.domain.child.care_record import (
    CareRecord,
    ChildName,
    Episode,
    LastPep,
    LocalId,
    Record,
    Schooling,
    SenProvision,
    Sex,
    Spell,
    Urn,
)
from scheduling.domain.child.code_lists import LegalStatus, Placement
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import AuthorityName
from scheduling.domain.days import DayOfLife

HELD_BACK = (
    "Who looks after the child, where, and how they are reached.",
    "The names of workers, teachers and other people around the child.",
    "What was said at meetings and written in plans: ask the sending authority for its export of the record.",
    "Money: the premium does not move between authorities.",
)
"""What the other authority does not get by this file, and is told so."""


class SchoolThen(Record):
    """On the roll of this school from this day; none: of no school."""

    since: DayOfLife
    school_urn: Urn | None


class HandOverPack(Record):
    """The file. Its hash goes beside it, so that whoever accepts it accepts what was sent."""

    format: Literal["openpep-hand-over-1"] = "openpep-hand-over-1"
    from_authority: AuthorityName
    to_authority: AuthorityName
    on: DayOfLife
    name: ChildName | None = None
    date_of_birth: DayOfLife
    upn: Annotated[str, Field(max_length=13)] | None = None
    legal_status: str
    schools: tuple[SchoolThen, ...] = ()
    special_educational_needs: SenProvision | None = None
    reviews: tuple[DayOfLife, ...] = ()
    last_pep: DayOfLife | None = None
    held_back: tuple[str, ...] = HELD_BACK


class Acceptance(Record):
    """The pack, its hash, and what the accepting authority itself says of the child from that day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pack": {
                        "from_authority": "northshire",
                        "to_authority": "southshire",
                        "on": "2026-11-02",
                        "date_of_birth": "2014-11-05",
                        "legal_status": "C2",
                    },
                    "sha256": "6a09e667f3bcc908bb67ae8584caa73b3c6ef372a54ff53a510e527f9b05688c",
                    "child_id": "7",
                    "sex": "F",
                    "legal_status": "C2",
                    "placement": "U1",
                }
            ]
        }
    )

    pack: HandOverPack
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    child_id: LocalId
    sex: Sex
    legal_status: LegalStatus
    placement: Placement


def sha256_of(pack: HandOverPack) -> str:
    return hashlib.sha256(pack.model_dump_json().encode()).hexdigest()


def packed(child: Child, from_authority: str, opened: Mapping[str, str | None]) -> HandOverPack:
    """The pack of a child whose responsibility was transferred. `opened` are the child's own particulars, unsealed.

    It tells of the time until the transfer, and of nothing that came to be known of a later one.
    """
    if child.transferred is None:
        raise Refusal("Another authority takes this child over only once the transfer of responsibility is recorded.")
    on = child.transferred.on
    return HandOverPack(
        from_authority=from_authority,
        to_authority=child.transferred.to_authority,
        on=on,
        name=_name(opened),
        date_of_birth=date.fromisoformat(opened["date_of_birth"] or ""),
        upn=opened["upn"],
        legal_status=value_on(child.legal_statuses, on) or "",
        schools=tuple(SchoolThen(since=day, school_urn=urn) for day, urn in child.schools if day <= on),
        special_educational_needs=value_on(child.circumstances.special_needs, on),
        reviews=tuple(sorted(day for day in child.reviews if day <= on)),
        last_pep=_last_pep(child, on),
    )


def _name(opened: Mapping[str, str | None]) -> ChildName | None:
    given, family = opened["given_name"], opened["family_name"]
    if given is None or family is None:
        return None
    return ChildName(given=given, family=family, preferred=opened["preferred_name"], language=opened["language"])


def _last_pep(child: Child, until: date) -> date | None:
    held = [*child.peps.values(), *([child.last_pep] if child.last_pep else [])]
    return max((day for day in held if day <= until), default=None)


def as_record(acceptance: Acceptance, authority: str) -> CareRecord:
    """The child as the accepting authority takes it in. Refuses another authority's pack, and one that was altered."""
    pack = acceptance.pack
    if pack.to_authority != authority:
        raise Refusal("pack: this pack was made for another authority.")
    if sha256_of(pack) != acceptance.sha256:
        raise Refusal("sha256: the pack is not the one that was sent; ask for it again.")
    first = Episode(began=pack.on, reason_new="S", legal_status=acceptance.legal_status, placement=acceptance.placement)
    return CareRecord(
        child_id=acceptance.child_id,
        name=pack.name,
        date_of_birth=pack.date_of_birth,
        sex=acceptance.sex,
        upn=pack.upn,
        spells=(Spell(began=pack.on, episodes=(first,)),),
        schooling=tuple(_schooling(pack)),
        reviews=pack.reviews,
        last_pep=LastPep(held=pack.last_pep) if pack.last_pep else None,
    )


def _schooling(pack: HandOverPack) -> list[Schooling]:
    """The last day at a school is that before the next; the help is that of the last school."""
    ends = [each.since - ONE_DAY for each in pack.schools[1:]]
    schools = [
        Schooling(school_urn=each.school_urn, entered=each.since, left=max(left, each.since) if left else None)
        for each, left in zip(pack.schools, [*ends, None], strict=True)
        if each.school_urn is not None
    ]
    needs = {"special_educational_needs": pack.special_educational_needs}
    return [*schools[:-1], *(each.model_copy(update=needs) for each in schools[-1:])]
