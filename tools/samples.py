"""Writes a golden sample of every event and announcement that has none. A sample that is there is never written again.

A written event is read for as long as a child's record is kept. The samples are what was written first, byte for byte.
"""

import types
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_kernel.message import Event
from pep_kernel.sealed import Sealed
from pep_runtime.codec import encode
from pep_runtime.service import ServiceParts

SAMPLES = Path(__file__).parents[1] / "tests" / "contracts" / "samples"
SERVICES = ("scheduling", "pep_record", "funding", "notifications", "journey")
CHILD, PERSON, PLAN = "a2b4c6d7e3f5g2h4i6j7k3l5m2", "x3kq5m7nvd2ra4ty6bhw7jc2pe", "plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-1"
NAMED: dict[str, Any] = {
    "about": "meeting-a2b4c6d7e3f5g2h4i6j7k3l5m2-1",
    "area": "999",
    "authority": "anytown",
    "basis": "retention_period_ended",
    "because": "entered_care",
    "born_in_school_year": 2013,
    "by_plan_id": "plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-2",
    "capacity": "designated_teacher",
    "case_ref": "FAM-2026-0041",
    "category": "tuition",
    "child_ref": CHILD,
    "days": 20,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "file_name": "ppp-0b6e7c9af2d34c5d8f00a1b2c3d4e5f6.csv",
    "financial_year": "2026-27",
    "granted": "restricted_records until 2026-12-31",
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "invitees": PERSON,
    "language": "cy",
    "digests": "upn",
    "feed": "care",
    "from_authority": "othertown",
    "laestab": "9999001",
    "likeness": "9f86d081884c7d659a2feaa0c5",
    "pack_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "to_authority": "othertown",
    "legal_status": "C2",
    "line_id": "line-1",
    "line_ids": "line-1",
    "meeting_id": "meeting-a2b4c6d7e3f5g2h4i6j7k3l5m2-1",
    "message_id": "5d0f6a3c0e1b4c8f9a7b2d3e4f5a6b7c",
    "mode": "in_person",
    "name": "Willowmere School",
    "next_time": "14:00",
    "outcome": "PEP",
    "owner": PERSON,
    "payment_route": "journal",
    "phase": "secondary",
    "placement": "U4",
    "plan_id": PLAN,
    "policy_version": "2026-09-01-0123456789ab",
    "quantity": 10,
    "recipient": PERSON,
    "ref": PERSON,
    "rearranges": "meeting-a2b4c6d7e3f5g2h4i6j7k3l5m2-0",
    "reason": "short_break",
    "role": "designated_teacher",
    "rule": "L-95",
    "run_id": "0b6e7c9af2d34c5d8f00a1b2c3d4e5f6",
    "school_year": 2026,
    "section": "pupil_views",
    "service": "pep-record",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "source": "L-1",
    "special_educational_needs": "support",
    "subject": "reading",
    "supersedes": "plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-0",
    "team": "virtual_school",
    "term": "autumn",
    "target_id": "target-1",
    "to": PERSON,
    "trigger": "entered_care",
    "ukprn": "10090001",
    "unit": "school_days",
    "unit_pence": 4_000,
    "urn": "900001",
    "what": "restricted_records",
    "year_group": 8,
}
ENDINGS: dict[str, Any] = {"_pence": 40_000, "_urn": "900001", "_ukprn": "10090001", "_ref": PERSON, "by": PERSON}


def parts_of(service: str) -> ServiceParts:
    """A service as it is wired."""
    parts: ServiceParts = import_module(f"{service}.main").PARTS
    return parts


def events() -> Iterator[tuple[Path, type[Event]]]:
    """Every event that may stand in a journal, with the place of its sample."""
    for parts in map(parts_of, SERVICES):
        for kind in parts.event_types().events.values():
            yield Path(parts.name, f"{kind.__name__}.v{kind.schema_version}.json"), kind


def announcements() -> Iterator[tuple[Path, type[Announcement]]]:
    """Every contract, with the place of its sample."""
    for name, kind in ANNOUNCEMENTS.items():
        service, _, version = name.removeprefix("uk.openpep.").partition(".")
        yield Path("announcements", service, f"{version}.json"), kind


def sample(name: str, hint: Any) -> Any:
    """A value of this type, the same each time: readable, plainly fictional, and not a default."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return sample(name, next(each for each in get_args(hint) if each is not types.NoneType))
    if origin is Literal:
        return get_args(hint)[0]
    if origin is tuple:
        each = get_args(hint)
        return tuple(sample(name, kind) for kind in (each[:1] if each[-1] is Ellipsis else each))
    if isinstance(hint, type) and issubclass(hint, Sealed):
        return hint(token=f"1.{hint.data_class}.example.{CHILD}.stream-1.1.{name}.c2VhbGVk")
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct | BaseModel):
        return hint(**fields(hint))
    return plain(name, hint)


def fields(kind: type) -> dict[str, Any]:
    """A sample of every field. A contract's `type` keeps its only value."""
    hints = get_type_hints(kind, include_extras=False)
    names = kind.__struct_fields__ if issubclass(kind, msgspec.Struct) else kind.model_fields  # type: ignore[attr-defined]
    return {name: sample(name, hints[name]) for name in names}


def plain(name: str, hint: Any) -> Any:
    known = NAMED.get(name, next((value for end, value in ENDINGS.items() if name.endswith(end)), None))
    if hint is bool:
        return True
    if hint is int:
        return known if isinstance(known, int) else 1
    if hint is date:
        return date(2026, 9, 14)
    if hint is datetime:
        return datetime.fromisoformat("2026-09-14T10:00:00+01:00")
    if hint is str:
        return known if isinstance(known, str) else f"{name}-1"
    raise TypeError(f"{name}: there is no sample for {hint}")


def written(kind: type[Event] | type[Announcement]) -> bytes:
    """The bytes of a sample: as the journal stores it, and an end of line."""
    made = kind(**fields(kind))
    text = made.model_dump_json().encode() if isinstance(made, Announcement) else encode(made)
    return text + b"\n"


def add_missing(samples: Path, wanted: Iterable[tuple[Path, type[Event] | type[Announcement]]]) -> list[Path]:
    """Write the samples that are not there, and say which."""
    missing = {place: kind for place, kind in wanted if not (samples / place).exists()}
    for place, kind in missing.items():
        (samples / place).parent.mkdir(parents=True, exist_ok=True)
        (samples / place).write_bytes(written(kind))
    return list(missing)


if __name__ == "__main__":
    added = add_missing(SAMPLES, (*events(), *announcements()))
    print(*(f"Added: {place}" for place in added), f"{len(added)} samples added.", sep="\n")
