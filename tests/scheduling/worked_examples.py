"""Fictional children, rules and days. School 999101 lies in Oxfordshire, 999201 in Leicestershire."""

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from pep_kernel.announcement import Announcement, Said
from pep_kernel.message import Envelope, Event, Recorded, System
from pep_runtime.clock import LONDON
from pep_runtime.policies import read_policies
from scheduling.domain.child.care_record import CareRecord, ChildName, Episode, Schooling, SocialWorkerSpell, Spell
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.particulars import NAME_AND_BIRTH
from scheduling.domain.rules import SchedulingRules

REF = "child7" + "a" * 20
WORKER = "worker3" + "a" * 19
OTHER_WORKER = "worker4" + "a" * 19
MONDAY = date(2026, 9, 21)
TODAY = date(2026, 9, 25)
OXFORDSHIRE_SCHOOL, LEICESTERSHIRE_SCHOOL = "999101", "999201"
LAESTABS = {OXFORDSHIRE_SCHOOL: "9319101", LEICESTERSHIRE_SCHOOL: "8559201"}
Kind = TypeVar("Kind", bound=Event)
_POLICIES = read_policies(Path(__file__).parents[2] / "shared/authorities")


def rules_of(authority: str) -> SchedulingRules:
    return SchedulingRules(_POLICIES.for_authority(authority).scheduling, partial(_POLICIES.calendar_for, authority))


OXFORDSHIRE, LEICESTERSHIRE = rules_of("oxfordshire"), rules_of("leicestershire")
NONESUCH = rules_of("nonesuch")


def episode(began: date, placement: str = "U1", legal_status: str = "C2", **more: Any) -> Episode:
    return Episode(**{"began": began, "reason_new": "S", "legal_status": legal_status, "placement": placement, **more})


def spell(began: date = MONDAY, *episodes: Episode, **more: Any) -> Spell:
    return Spell(began=began, episodes=episodes or (episode(began),), **more)


def care_record(**changes: Any) -> CareRecord:
    """A Year 7 pupil who entered care on Monday 21 September 2026."""
    return CareRecord(
        **{
            "child_id": "7",
            "name": ChildName(given="Robin", family="Example"),
            "date_of_birth": date(2014, 11, 5),
            "sex": "F",
            "spells": (spell(),),
            "schooling": (Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2), year_group=7),),
            "social_workers": (SocialWorkerSpell(staff_id="3", began=MONDAY),),
            **changes,
        }
    )


def told(rules: SchedulingRules = OXFORDSHIRE, today: date = TODAY, **changes: Any) -> RecordCareFacts:
    """The authority tells what it knows of the child today."""
    record = care_record(**changes)
    return RecordCareFacts(
        **judging(rules),
        record=record,
        digests=digests_of(record),
        workers={"3": WORKER, "4": OTHER_WORKER},
        today=today,
    )


def digests_of(record: CareRecord) -> dict[str, str]:
    """As the service makes them, but readable."""
    digests = {str(what): f"digest of {what} {text}" for what, text in record.particulars.items()}
    called = f"digest of {record.name.given} {record.name.family} {record.date_of_birth}" if record.name else None
    return digests | ({NAME_AND_BIRTH: called} if called else {})


def judging(rules: SchedulingRules) -> dict[str, Any]:
    return {
        "child_ref": REF,
        "rules": rules.file,
        "calendar_for": rules.calendar_for,
        "laestabs": LAESTABS,
    }


def of_kind(kind: type[Kind], events: Any) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def journal(*events: Event) -> list[Recorded]:
    """The events as the journal gives them to a fold."""
    return [_recorded(position, event) for position, event in enumerate(events, 1)]


def _recorded(position: int, event: Event) -> Recorded:
    at = datetime(2026, 9, 25, 9, tzinfo=LONDON) + timedelta(minutes=position)
    envelope = Envelope(
        event_id=UUID(int=position),
        type=type(event).__name__,
        schema_version=1,
        authority="oxfordshire",
        stream="child-7",
        version=position,
        occurred_at=at,
        actor=System("test"),
        correlation=UUID(int=position),
    )
    return Recorded(event, envelope, position, at)


def said(announcement: Announcement) -> Said[Any]:
    at = datetime(2026, 10, 20, 9, tzinfo=LONDON)
    return Said(announcement, "oxfordshire", "pep-record", 1, UUID(int=1), at, UUID(int=2))
