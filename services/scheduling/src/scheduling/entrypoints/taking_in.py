"""What the routes that take in facts share: references of the authority's own numbers, dates of birth, schools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pep_kernel.decider import Act
from pep_kernel.forgotten import removed
from pep_kernel.refusal import NotFound, Refusal
from pep_kernel.sealed import Redacted
from pep_runtime.http import Desk
from pep_runtime.problems import not_understood
from scheduling.domain.child import told
from scheduling.domain.child.care_record import BatchAnswer, CareRecord, FlaggedRecord, RefusedRecord
from scheduling.domain.child.commands import OfOneFact, RecordCareFacts, RecordFact
from scheduling.domain.child.fact_events import FactFlagged
from scheduling.domain.child.particulars import NAME_AND_BIRTH
from scheduling.domain.in_one_append import MEETINGS_TOO
from scheduling.domain.keeping.states import Forgotten
from scheduling.domain.meeting_of_child import child_stream, judge_child, school_stream
from scheduling.entrypoints.followed import teachers_of, with_carers
from scheduling.entrypoints.judging import judging, known_child
from scheduling.entrypoints.known_people import must_be_staff
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.likeness import CHILD_LIKENESSES
from scheduling.projections.school import SCHOOLS

Answer = bool | RefusedRecord
POSSIBLE_DOUBLE = (
    "This may be a child who is known already: the pupil number, or name and date of birth, are the same."
    " If it is another child, say so."
)


async def reference(caller: Desk, kind: str, local_id: str) -> str:
    return await caller.service.reference(caller.authority, kind, local_id)


async def hashed(caller: Desk, text: str) -> str:
    """A keyed hash, so that the log can tell a change without holding the particulars."""
    return await reference(caller, "particulars", text)


async def date_of_birth(caller: Desk, child_ref: str) -> date | None:
    """None where nobody told it, or its key is destroyed. NotFound for a child who is not known here."""
    sealed = (await caller.row(CHILD_OVERVIEWS, child_ref)).date_of_birth
    opened = await caller.service.keyring.open(sealed, caller.authority) if sealed else None
    return None if opened is None or isinstance(opened, Redacted) else date.fromisoformat(opened)


async def of_one_fact(
    caller: Desk, child_ref: str, born: date | None = None, school_urns: Iterable[str | None] = ()
) -> dict[str, Any]:
    """What every command about one fact of a child is judged by; the teachers of a new school are invited.

    `school_urns` are the schools that may have been, or may become, the child's by that.
    """
    born = born or await date_of_birth(caller, child_ref)
    if born is None:
        raise await _why_not_taken(caller, child_ref)
    return {
        **judging(caller, child_ref),
        "date_of_birth": born,
        "today": caller.today,
        "by": caller.signed.person_ref,
        "teachers": await teachers_of(caller, school_urns),
    }


async def _why_not_taken(caller: Desk, child_ref: str) -> Refusal:
    """The date of birth of a forgotten child cannot be read any more; that of any other child nobody has told."""
    match (await known_child(caller, child_ref)).keeping.stage:
        case Forgotten(on=on, reason=reason):
            return removed(on, reason)
        case _:
            return Refusal("Nobody knows this child's date of birth: take in the care record first.")


async def fact_act(caller: Desk, child_ref: str, fact: told.Fact, born: date | None = None) -> Act:
    """The act that records this fact, with the streams of the schools that it names."""
    resolved = await _resolved(caller, fact)
    urn = getattr(resolved, "school_urn", None)
    await must_be_listed(caller, urn)
    await _must_be_known(caller, fact)
    schools = [urn, *await _school_now(caller, child_ref)] if urn else []
    command = RecordFact(**await of_one_fact(caller, child_ref, born, schools), fact=resolved)
    act = about_one(caller, command, [urn] if urn else [])
    return await with_carers(caller, act) if isinstance(resolved, told.PlacementTold) else act


async def _school_now(caller: Desk, child_ref: str) -> list[str | None]:
    return [child.school_urn for child in (await caller.rows(CHILD_OVERVIEWS, {"child_ref": child_ref}, limit=1)).items]


async def _resolved(caller: Desk, fact: told.Fact) -> told.Fact:
    """The fact, naming people and children by reference."""
    match fact:
        case told.OfPerson(staff_id=str() as staff_id):
            return fact.model_copy(update={"staff_id": None, "person_ref": await reference(caller, "person", staff_id)})
        case told.SiblingTold(sibling_child_id=str() as child_id):
            ref = await reference(caller, "child", child_id)
            return fact.model_copy(update={"sibling_child_id": None, "sibling_ref": ref})
        case _:
            return fact


async def _must_be_known(caller: Desk, fact: told.Fact) -> None:
    """Those whom the fact names by reference; whom it names by the authority's own number may be taken in later."""
    match fact:
        case told.OfPerson(person_ref=str() as ref):
            await must_be_staff(caller, "person_ref", ref)
        case told.SiblingTold(sibling_ref=str() as ref):
            if not (await caller.rows(CHILD_OVERVIEWS, {"child_ref": ref}, limit=1)).items:
                raise not_understood("body", "sibling_ref", "No child is known here by this reference.")
        case _:
            pass


async def must_be_listed(caller: Desk, urn: str | None, field: str = "school_urn") -> None:
    """422 for a school that the authority has not listed: nothing could be paid to it, and no term dates be known."""
    if urn is None:
        return
    if not (await caller.rows(SCHOOLS, {"urn": urn}, limit=1)).items:
        raise not_understood("body", field, f"No school {urn} is listed; take it in first (POST /schools).")


def about_one(caller: Desk, command: OfOneFact, urns: Sequence[str]) -> Act:
    """The act of one command about one child's facts, which the child's meetings follow."""
    streams = (child_stream(command.child_ref), *(school_stream(urn) for urn in urns))
    version = caller.rules.version_on(caller.today)
    return Act(command, streams, judge_child, command.child_ref, **MEETINGS_TOO, policy_version=version)


async def care_record_act(caller: Desk, record: CareRecord, *, whole: bool = True) -> Act:
    """The act that takes in what the authority's records say of a child."""
    command = RecordCareFacts(**await of_record(caller, record), whole=whole)
    schools = sorted({school_stream(each.school_urn) for each in record.schooling})
    version = caller.rules.version_on(caller.today)
    streams = (child_stream(command.child_ref), *schools)
    return Act(command, streams, judge_child, command.child_ref, policy_version=version)


async def of_record(caller: Desk, record: CareRecord) -> dict[str, Any]:
    """What a whole record is judged by."""
    staff = [each.staff_id for each in record.social_workers] + [record.social_worker or ""]
    workers = {staff_id: await reference(caller, "person", staff_id) for staff_id in filter(None, staff)}
    child_ref = await reference(caller, "child", record.child_id)
    return {
        **judging(caller, child_ref),
        "record": record,
        "digests": await _digests(caller, child_ref, record),
        "workers": workers,
        "today": caller.today,
    }


async def _digests(caller: Desk, child_ref: str, record: CareRecord) -> dict[str, str]:
    """Keyed hashes, so that the log can tell a change. Only what two records of one child share is alike elsewhere."""
    said, name = record.particulars, record.name
    digests = {str(what): await hashed(caller, f"{child_ref}\n{what}\n{text}") for what, text in said.items()}
    if record.upn:
        digests["upn"] = await likeness_of(caller, "upn", record.upn)
    if name:
        called = f"{name.given}\n{name.family}\n{record.date_of_birth}".casefold()
        digests[NAME_AND_BIRTH] = await likeness_of(caller, "name and date of birth", called)
    return digests


async def likeness_of(caller: Desk, what: Literal["upn", "name and date of birth"], value: str) -> str:
    """The keyed hash by which two records of one child are found to be alike."""
    return await hashed(caller, f"{what}\n{value}")


async def possible_doubles(caller: Desk, acts: Sequence[Act]) -> Mapping[int, RefusedRecord]:
    """New children who may be known already, among those known here and those before them in the same request."""
    seen: dict[str, set[str]] = {}
    every = sorted({each for act in acts for each in act.command.likeness})  # type: ignore[attr-defined]
    for first in range(0, len(every), 100):
        page = await caller.rows(CHILD_LIKENESSES, {"likeness": every[first : first + 100]}, limit=200)
        for row in page.items:
            seen.setdefault(row.likeness, set()).add(row.child_ref)
    return {index: refused for index, act in enumerate(acts) if (refused := await _double(caller, index, act, seen))}


async def _double(caller: Desk, index: int, act: Act, seen: dict[str, set[str]]) -> RefusedRecord | None:
    command: RecordCareFacts = act.command  # type: ignore[assignment]
    candidates = set().union(*(seen.get(each, set()) for each in command.likeness)) - {command.child_ref}
    for each in command.likeness:
        seen.setdefault(each, set()).add(command.child_ref)
    if not candidates or command.record.is_another_child or (await known_child(caller, command.child_ref)).spells:
        return None
    return RefusedRecord(index=index, reason=POSSIBLE_DOUBLE, candidates=tuple(sorted(candidates)))


async def alone(caller: Desk, act: Act, index: int) -> tuple[Answer, list[FlaggedRecord]]:
    """One record by itself: whether it changed anything, or why it was refused; and which of its facts are flagged."""
    try:
        # The day is part of the key: a fact that was still to come counts when its day has come.
        events = (await caller.do(act, part=f"/{index}/{caller.today}")).events
    except (Refusal, NotFound) as refusal:
        return RefusedRecord(index=index, reason=str(refusal)), []
    return bool(events), flags_of(index, events)


def flags_of(index: int, events: Sequence[Any]) -> list[FlaggedRecord]:
    return [
        FlaggedRecord(index=index, fact=event.fact, on=event.on, lacks=event.lacks)
        for event in events
        if isinstance(event, FactFlagged)
    ]


def summed(answers: Sequence[tuple[Answer, list[FlaggedRecord]]]) -> BatchAnswer:
    refused = tuple(answer for answer, _flags in answers if isinstance(answer, RefusedRecord))
    changed = sum(answer is True for answer, _flags in answers)
    flagged = tuple(flag for _answer, flags in answers for flag in flags)
    unchanged = len(answers) - changed - len(refused)
    return BatchAnswer(changed=changed, unchanged=unchanged, refused=refused, flagged=flagged)
