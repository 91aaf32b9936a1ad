"""Taking in what the authority's own systems say: care records, people, schools, up to 200 at a time.

A record that is refused is named in the answer; the others are taken in. Children are appended several at a time, since
each append waits for the disk; everything else is one command a record.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError

from pep_kernel.decider import Act
from pep_kernel.refusal import NotFound, Refusal
from pep_runtime.http import Caller, Desk
from scheduling.domain.child.care_record import (
    BatchAnswer,
    CareRecord,
    CareRecordBatch,
    FlaggedRecord,
    PersonBatch,
    PersonRecord,
    PupilRecord,
    RefusedRecord,
    SchoolBatch,
    SchoolRecord,
    StaffRecord,
)
from scheduling.domain.child.commands import RecordCareFactsOfMany
from scheduling.domain.child.told import CareChange, CareChangeBatch
from scheduling.domain.meeting_of_child import judge_children, school_stream
from scheduling.domain.person.commands import AddStaffMember, EndRole, LetPupilSignIn, LinkCarer
from scheduling.domain.person.states import PERSON_STATES
from scheduling.domain.school.decider import ListSchool
from scheduling.domain.staff_told import TellOfStaff, streams_of, tell_of_staff
from scheduling.domain.standing_in import person_stream
from scheduling.entrypoints.followed import carer_act, carers_of, standing_meetings, teachers_of, with_carers
from scheduling.entrypoints.taking_in import (
    Answer,
    alone,
    care_record_act,
    fact_act,
    flags_of,
    hashed,
    possible_doubles,
    reference,
    summed,
)

AT_ONCE = 6
TOGETHER = 20
Told = TypeVar("Told")
TakenIn = tuple[Answer, list[FlaggedRecord]]

router = APIRouter(tags=["taking in"])


@router.post("/care-records", summary="Take in what the authority's records say of children in care")
async def take_in_care_records(body: CareRecordBatch, caller: Caller) -> BatchAnswer:
    """A new child who resembles a known one is refused with the candidates, unless it is said to be another child."""
    caller.permit("import care records")
    gate = asyncio.Semaphore(AT_ONCE)
    acts = [await care_record_act(caller, record) for record in body.records]
    doubles = await possible_doubles(caller, acts)
    new = [(index, act) for index, act in enumerate(acts) if index not in doubles]

    async def take_in(first: int) -> list[TakenIn]:
        async with gate:
            return await _children(caller, new[first : first + TOGETHER])

    answers = await asyncio.gather(*(take_in(first) for first in range(0, len(new), TOGETHER)))
    refused: list[TakenIn] = [(double, []) for double in doubles.values()]
    return summed([*(answer for several in answers for answer in several), *refused])


async def _children(caller: Desk, acts: Sequence[tuple[int, Act]]) -> list[TakenIn]:
    """In one append; where a child comes twice or one is refused, each by itself."""
    acts = await _with_meetings(caller, acts)
    children = [act.child_ref for _index, act in acts]
    if len(set(children)) == len(children):
        with contextlib.suppress(Refusal):
            done = await caller.do(_in_one([act for _, act in acts]), part=f"/{acts[0][0]}-/{caller.today}")
            return [_among(done.events, index, act) for index, act in acts]
    return [await alone(caller, act, index) for index, act in acts]


def _among(events: Sequence[Any], index: int, act: Act) -> TakenIn:
    of_child = [event for event in events if getattr(event, "child_ref", None) == act.child_ref]
    return bool(of_child), flags_of(index, of_child)


async def _with_meetings(caller: Desk, acts: Sequence[tuple[int, Act]]) -> list[tuple[int, Act]]:
    """Each with the streams of the child's meetings and carers, which follow what becomes known of the child."""
    refs = [str(act.child_ref) for _index, act in acts]
    standing, carers = await standing_meetings(caller, refs), await carers_of(caller, refs)
    if not any(standing.values()) and not any(carers.values()):
        return list(acts)
    records: list[CareRecord] = [act.command.record for _index, act in acts]  # type: ignore[attr-defined]
    teachers = await teachers_of(caller, [each.school_urn for record in records for each in record.schooling])
    return [
        (
            index,
            replace(
                act,
                command=act.command.model_copy(update={"teachers": teachers}),
                streams=(*act.streams, *standing[str(act.child_ref)], *carers[str(act.child_ref)]),
            ),
        )
        for index, act in acts
    ]


def _in_one(acts: Sequence[Act]) -> Act:
    command = RecordCareFactsOfMany(records=tuple(act.command for act in acts))
    streams = tuple(dict.fromkeys(stream for act in acts for stream in act.streams))
    return Act(command, streams, judge_children, policy_version=acts[0].policy_version)


@router.post("/care-changes", summary="Take in rows of the daily file of changes, in their order")
async def take_in_care_changes(body: CareChangeBatch, caller: Caller) -> BatchAnswer:
    """One child's rows one after the other. A row that is refused is named; the others are taken in."""
    caller.permit("import care records")
    rows: dict[str, list[tuple[int, CareChange]]] = {}
    for index, change in enumerate(body.records):
        rows.setdefault(change.child_id, []).append((index, change))
    gate = asyncio.Semaphore(AT_ONCE)

    async def take_in(of_child: list[tuple[int, CareChange]]) -> list[TakenIn]:
        born = next((change.entry.date_of_birth for _, change in of_child if change.entry), None)
        async with gate:
            return [await _change(caller, index, change, born) for index, change in of_child]

    answers = await asyncio.gather(*(take_in(of_child) for of_child in rows.values()))
    return summed([answer for several in answers for answer in several])


async def _change(caller: Desk, index: int, change: CareChange, born: date | None) -> TakenIn:
    """`born` is what an entry in the same request says: no row shows it yet."""
    try:
        if change.entry is not None:
            return await _entry(caller, index, change.entry)
        ref = await reference(caller, "child", change.child_id)
        return await alone(caller, await fact_act(caller, ref, change.told, born), index)
    except (Refusal, NotFound) as refusal:
        return RefusedRecord(index=index, reason=str(refusal)), []
    except RequestValidationError as wrong:
        reasons = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in wrong.errors())
        return RefusedRecord(index=index, reason=reasons), []


async def _entry(caller: Desk, index: int, record: CareRecord) -> TakenIn:
    act = await with_carers(caller, await care_record_act(caller, record, whole=False))
    double = (await possible_doubles(caller, [act])).get(0)
    return await alone(caller, act, index) if double is None else (double.model_copy(update={"index": index}), [])


@router.post("/people", summary="Take in staff, carers, and which children may sign in")
async def take_in_people(body: PersonBatch, caller: Caller) -> BatchAnswer:
    return await _each(caller, body.records, _person)


@router.post("/schools", summary="Take in the schools that children attend")
async def take_in_schools(body: SchoolBatch, caller: Caller) -> BatchAnswer:
    return await _each(caller, body.records, _school)


async def _each(caller: Desk, records: Sequence[Told], act_for: Callable[[Desk, Told], Awaitable[Act]]) -> BatchAnswer:
    caller.permit("import care records")
    gate = asyncio.Semaphore(AT_ONCE)

    async def take_in(index: int, record: Told) -> TakenIn:
        async with gate:
            return await alone(caller, await act_for(caller, record), index)

    return summed(await asyncio.gather(*(take_in(index, record) for index, record in enumerate(records))))


async def _person(caller: Desk, record: PersonRecord) -> Act:
    if isinstance(record, StaffRecord):
        return await _staff(caller, await reference(caller, "person", record.staff_id), record)
    if isinstance(record, PupilRecord):
        ref = await reference(caller, "child", record.child_id)
        let = LetPupilSignIn(child_ref=ref, may_sign_in=record.may_sign_in)
        return Act(let, (f"person-{ref}",), child_ref=ref)
    ref = await reference(caller, "carer", record.carer_id)
    children = frozenset([await reference(caller, "child", child_id) for child_id in record.child_ids])
    named = record.model_dump_json(exclude={"child_ids"})
    linked = LinkCarer(person_ref=ref, record=record, child_refs=children, digest=await hashed(caller, named))
    return await carer_act(caller, linked)


async def _staff(caller: Desk, ref: str, record: StaffRecord) -> Act:
    """Somebody who works here, or has left; whoever leaves on a day to come works here until then."""
    by, stream = caller.signed.person_ref, person_stream(ref)
    if record.left is not None and record.left <= caller.today:
        told: AddStaffMember | EndRole = EndRole(person_ref=ref, on=record.left, by=by)
    else:
        digest = await hashed(caller, record.model_dump_json(exclude={"left"}))
        told = AddStaffMember(person_ref=ref, record=record, digest=digest, by=by)
    known = (await caller.service.handler.states(caller.authority, (stream,))).of(stream, PERSON_STATES)
    return Act(TellOfStaff(told=told, on=caller.today, by=by), streams_of(ref, known), tell_of_staff)


async def _school(_caller: Desk, record: SchoolRecord) -> Act:
    return Act(ListSchool(record=record), (school_stream(record.urn),))
