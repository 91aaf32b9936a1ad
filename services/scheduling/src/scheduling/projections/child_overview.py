"""`child_overview`: each child as the people around the child see it in a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pep_kernel.may import with_glass, with_member
from pep_kernel.message import Event, Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Identity
from scheduling.domain.access.events import (
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    OfAccess,
    RecordRestricted,
    RecordUnrestricted,
)
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildIdentified,
    ChildLeftCare,
    LegalStatusChanged,
    PEPApplicable,
    PEPNotApplicable,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SchoolYearOfBirthCorrected,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.child.identity import particulars_after
from scheduling.domain.person.events import CarerLinked, CarerUnlinked
from scheduling.projections.peps_held import OfPEPs, last_pep, peps_after
from scheduling.projections.what_is_next import OfDues, OfMeetings, dues_after, meetings_after, next_due, next_meeting

NOT_SHOWN = ("sex", "unaccompanied")


@dataclass(frozen=True, slots=True)
class ChildOverview:
    """Where the child stands, by the newest facts; `…_since` are their days."""

    child_ref: str
    given_name: Identity | None = None
    family_name: Identity | None = None
    preferred_name: Identity | None = None
    language: Identity | None = None
    date_of_birth: Identity | None = None
    upn: Identity | None = None
    born_in_school_year: int | None = None
    in_care_since: date | None = None
    left_care_on: date | None = None
    closes_on: date | None = None
    placement: str | None = None
    placement_since: date | None = None
    legal_status: str | None = None
    legal_status_since: date | None = None
    school_urn: str | None = None
    school_since: date | None = None
    social_worker_ref: str | None = None
    social_worker_since: date | None = None
    pep_applies: bool | None = None
    why_not: str | None = None
    last_review_on: date | None = None
    last_pep_on: date | None = None
    delegates: tuple[str, ...] = ()
    carers: tuple[str, ...] = ()
    restricted: bool = False
    glass: tuple[str, ...] = ()
    next_due: date | None = None
    next_obligation: str | None = None
    next_meeting_at: datetime | None = None
    next_meeting_id: str | None = None
    dues: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    peps: tuple[str, ...] = ()


_ABOUT = (
    ChildIdentified,
    SchoolYearOfBirthCorrected,
    ChildEnteredCare,
    ChildLeftCare,
    PlacementChanged,
    LegalStatusChanged,
    SchoolMoved,
    SocialWorkerAllocated,
    ReviewHeld,
    PEPApplicable,
    PEPNotApplicable,
    FactCorrected,
    OfAccess,
    CarerLinked,
    CarerUnlinked,
    OfDues,
    OfMeetings,
    OfPEPs,
)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(row: ChildOverview | None, recorded: Recorded, key: Key) -> ChildOverview:
    return overview(row or ChildOverview(*key), recorded)


def overview(row: ChildOverview, recorded: Recorded) -> ChildOverview:
    match recorded.event:
        case ChildIdentified() as who:
            return replace(row, **_shown(who))
        case SchoolYearOfBirthCorrected(born_in_school_year=born):
            return replace(row, born_in_school_year=born)
        case ChildEnteredCare(on=on, born_in_school_year=born, placement=placement, legal_status=status) if (
            row.in_care_since is None or on > row.in_care_since
        ):
            row = replace(row, in_care_since=on, left_care_on=None, closes_on=None, born_in_school_year=born)
            row = replace(row, placement=placement, placement_since=on)
            return replace(row, legal_status=status, legal_status_since=on, pep_applies=None, why_not=None)
        case ChildLeftCare(on=on, earlier=False, closes_on=closes_on) if is_newest(on, row.in_care_since):
            return replace(row, left_care_on=on, closes_on=closes_on or on, pep_applies=False, why_not="left_care")
        case PlacementChanged(on=on, placement=placement) if is_newest(on, row.placement_since):
            return replace(row, placement=placement, placement_since=on)
        case LegalStatusChanged(on=on, legal_status=status) if is_newest(on, row.legal_status_since):
            return replace(row, legal_status=status, legal_status_since=on)
        case SchoolMoved(on=on, school_urn=urn) if is_newest(on, row.school_since):
            return replace(row, school_urn=urn, school_since=on)
        case SocialWorkerAllocated(on=on, social_worker_ref=worker) if is_newest(on, row.social_worker_since):
            return replace(row, social_worker_ref=worker, social_worker_since=on)
        case ReviewHeld(on=on) if is_newest(on, row.last_review_on):
            return replace(row, last_review_on=on)
        case DelegateNamed(person_ref=person) | DelegateEnded(person_ref=person):
            named = isinstance(recorded.event, DelegateNamed)
            return replace(row, delegates=with_member(row.delegates, person, named))
        case CarerLinked(person_ref=person) | CarerUnlinked(person_ref=person):
            return replace(row, carers=with_member(row.carers, person, isinstance(recorded.event, CarerLinked)))
        case RecordRestricted() | RecordUnrestricted():
            return replace(row, restricted=isinstance(recorded.event, RecordRestricted))
        case GlassBroken(person_ref=person, until=until):
            return replace(row, glass=with_glass(row.glass, person, until))
        case FactCorrected():
            return _corrected(row, recorded.event)
        case PEPApplicable():
            return replace(row, pep_applies=True, why_not=None)
        case PEPNotApplicable(reason=reason):
            return replace(row, pep_applies=False, why_not=reason)
        case _:
            return _last_pep(_what_is_next(row, recorded.event), recorded.event)


def _shown(who: ChildIdentified) -> dict[str, Any]:
    return {what: value for what, value in particulars_after(who).items() if what not in NOT_SHOWN}


def _last_pep(row: ChildOverview, event: Event) -> ChildOverview:
    if not isinstance(event, OfPEPs):
        return row
    peps = peps_after(row.peps, event)
    return replace(row, peps=peps, last_pep_on=last_pep(peps))


def _what_is_next(row: ChildOverview, event: Event) -> ChildOverview:
    if isinstance(event, OfDues):
        dues = dues_after(row.dues, event)
        day, obligation = next_due(dues)
        return replace(row, dues=dues, next_due=day, next_obligation=obligation)
    if isinstance(event, OfMeetings):
        meetings = meetings_after(row.meetings, event)
        at, meeting = next_meeting(meetings)
        return replace(row, meetings=meetings, next_meeting_at=at, next_meeting_id=meeting)
    return row


def _corrected(row: ChildOverview, event: FactCorrected) -> ChildOverview:
    """What was wrong is not shown; what is right is told next. A spell keeps its verdict when its days move."""
    match event:
        case FactCorrected(fact="entered_care", on=on, never_happened=True) if on == row.in_care_since:
            return replace(row, in_care_since=None, closes_on=on, pep_applies=False, why_not="never_in_care")
        case FactCorrected(fact="entered_care", on=on, right_on=right_on) if on == row.in_care_since:
            return _began_on(row, on, right_on or on)
        case FactCorrected(fact="left_care", on=on) if on == row.left_care_on:
            return replace(row, left_care_on=None, closes_on=None, pep_applies=None, why_not=None)
        case FactCorrected(fact="placement", on=on) if on == row.placement_since:
            return replace(row, placement=None, placement_since=None)
        case FactCorrected(fact="legal_status", on=on) if on == row.legal_status_since:
            return replace(row, legal_status=None, legal_status_since=None)
        case FactCorrected(fact="school", on=on) if on == row.school_since:
            return replace(row, school_urn=None, school_since=None)
        case FactCorrected(fact="social_worker", on=on) if on == row.social_worker_since:
            return replace(row, social_worker_ref=None, social_worker_since=None)
        case FactCorrected(fact="review_held", on=on) if on == row.last_review_on:
            return replace(row, last_review_on=None)
        case _:
            return row


def _began_on(row: ChildOverview, on: date, right_on: date) -> ChildOverview:
    """The placement and status with which the spell began, began on its right day too."""
    placed = right_on if row.placement_since == on else row.placement_since
    status = right_on if row.legal_status_since == on else row.legal_status_since
    return replace(row, in_care_since=right_on, placement_since=placed, legal_status_since=status)


def is_newest(on: date, known: date | None) -> bool:
    """A fact that arrives late does not take the place of a later one."""
    return known is None or on >= known


CHILD_OVERVIEWS = ReadModel("child_overview", ChildOverview, ("child_ref",), _keys, _fold, ("next_due",))
