"""What is known of each child: care, school, social worker, and which plan is the current one.

A fact that holds from an earlier day than the one that is known changes nothing, however late it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.may import with_glass, with_member
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_record.domain.known.events import (
    BrokenGlassKnown,
    CarerKnown,
    DelegateKnown,
    KnownInCare,
    KnownToHaveLeftCare,
    NoPlanNeeded,
    PlanBecameCurrent,
    RestrictionKnown,
    SchoolKnown,
    SocialWorkerKnown,
)


@dataclass(frozen=True, slots=True)
class KnownChild:
    """One child. `no_plan_because` is the short code of why no PEP applies."""

    child_ref: str
    in_care_since: date | None = None
    left_care_on: date | None = None
    closes_on: date | None = None
    born_in_school_year: int | None = None
    school_urn: str | None = None
    school_since: date | None = None
    social_worker_ref: str | None = None
    social_worker_since: date | None = None
    current_plan_id: str | None = None
    no_plan_because: str | None = None
    delegates: tuple[str, ...] = ()
    carers: tuple[str, ...] = ()
    restricted: bool = False
    glass: tuple[str, ...] = ()


def keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case KnownInCare(child_ref=child_ref) | KnownToHaveLeftCare(child_ref=child_ref):
            return ((child_ref,),)
        case SchoolKnown(child_ref=child_ref) | SocialWorkerKnown(child_ref=child_ref):
            return ((child_ref,),)
        case NoPlanNeeded(child_ref=child_ref) | PlanBecameCurrent(child_ref=child_ref):
            return ((child_ref,),)
        case DelegateKnown() | CarerKnown() | RestrictionKnown() | BrokenGlassKnown() as event:
            return ((event.child_ref,),)
        case _:
            return ()


def fold(row: KnownChild | None, recorded: Recorded, key: Key) -> KnownChild | None:
    child = row or KnownChild(key[0])
    match recorded.event:
        case KnownInCare(on=on, born_in_school_year=year):
            return replace(_in_care_from(child, on), born_in_school_year=year, closes_on=None)
        case KnownToHaveLeftCare(on=on, closes_on=closes_on):
            return replace(child, left_care_on=on, closes_on=closes_on or on)
        case SchoolKnown(on=on, school_urn=school_urn) if _is_news(on, child.school_since):
            return replace(child, school_urn=school_urn, school_since=on)
        case SocialWorkerKnown(on=on, social_worker_ref=ref) if _is_news(on, child.social_worker_since):
            return replace(child, social_worker_ref=ref, social_worker_since=on)
        case DelegateKnown(person_ref=person, named=named):
            return replace(child, delegates=with_member(child.delegates, person, named))
        case CarerKnown(person_ref=person, linked=linked):
            return replace(child, carers=with_member(child.carers, person, linked))
        case RestrictionKnown(restricted=restricted):
            return replace(child, restricted=restricted)
        case BrokenGlassKnown(person_ref=person, until=until):
            return replace(child, glass=with_glass(child.glass, person, until))
        case NoPlanNeeded(reason=reason):
            return replace(child, no_plan_because=reason)
        case PlanBecameCurrent(plan_id=plan_id):
            return replace(child, current_plan_id=plan_id, no_plan_because=None)
        case _:
            return child


def _in_care_from(child: KnownChild, on: date) -> KnownChild:
    """An entry of the day of the leaving: the child never left, and the spell goes on."""
    if child.in_care_since is not None and on == child.left_care_on:
        return replace(child, left_care_on=None)
    return replace(child, in_care_since=on)


def _is_news(on: date, since: date | None) -> bool:
    return since is None or on >= since


KNOWN_CHILD = ReadModel("known_child", KnownChild, ("child_ref",), keys, fold)
