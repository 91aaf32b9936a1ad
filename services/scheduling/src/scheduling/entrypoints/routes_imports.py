"""Taking in what the authority's own systems say: care records, people, schools, up to 200 at a time.

A record that is refused is named in the answer; the others are taken in. Children are appended several at a time, since
each append waits for the disk; everything else is one command a record.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_runtime.http import Caller, Desk
from scheduling.domain.child.care_record import (
    BatchAnswer,
    CareRecord,
    CareRecordBatch,
    PersonBatch,
    PersonRecord,
    PupilRecord,
    RefusedRecord,
    SchoolBatch,
    SchoolRecord,
    StaffRecord,
)
from scheduling.domain.child.commands import RecordCareFacts, RecordCareFactsOfMany
from scheduling.domain.meeting_of_child import child_stream, judge_child, judge_children, school_stream
from scheduling.domain.person.commands import AddStaffMember, LetPupilSignIn, LinkCarer
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.school.decider import ListSchool

AT_ONCE = 6
TOGETHER = 20
Told = TypeVar("Told")
Answer = bool | RefusedRecord

router = APIRouter(tags=["taking in"])


@router.post("/care-records", summary="Take in what the authority's records say of children in care")
async def take_in_care_records(body: CareRecordBatch, caller: Caller) -> BatchAnswer:
    caller.permit("import care records")
    gate = asyncio.Semaphore(AT_ONCE)

    async def take_in(first: int) -> list[Answer]:
        async with gate:
            return await _children(caller, body.records[first : first + TOGETHER], first)

    answers = await asyncio.gather(*(take_in(first) for first in range(0, len(body.records), TOGETHER)))
    return _summed([answer for several in answers for answer in several])


async def _children(caller: Desk, records: Sequence[CareRecord], first: int) -> list[Answer]:
    """In one append; where a child comes twice or one is refused, each by itself."""
    acts = [await _care_record(caller, record) for record in records]
    children = [act.child_ref for act in acts]
    if len(set(children)) == len(children):
        with contextlib.suppress(Refusal):
            done = await caller.do(_in_one(acts), part=f"/{first}-/{caller.today}")
            changed = {getattr(event, "child_ref", None) for event in done.events}
            return [child in changed for child in children]
    return [await _alone(caller, act, first + index) for index, act in enumerate(acts)]


def _in_one(acts: Sequence[Act]) -> Act:
    command = RecordCareFactsOfMany(records=tuple(act.command for act in acts))
    streams = tuple(dict.fromkeys(stream for act in acts for stream in act.streams))
    return Act(command, streams, judge_children, policy_version=acts[0].policy_version)


async def _alone(caller: Desk, act: Act, index: int) -> Answer:
    try:
        # The day is part of the key: a fact that was still to come counts when its day has come.
        return bool((await caller.do(act, part=f"/{index}/{caller.today}")).events)
    except Refusal as refusal:
        return RefusedRecord(index=index, reason=refusal.sentence)


@router.post("/people", summary="Take in staff, carers, and which children may sign in")
async def take_in_people(body: PersonBatch, caller: Caller) -> BatchAnswer:
    return await _each(caller, body.records, _person)


@router.post("/schools", summary="Take in the schools that children attend")
async def take_in_schools(body: SchoolBatch, caller: Caller) -> BatchAnswer:
    return await _each(caller, body.records, _school)


async def _each(caller: Desk, records: Sequence[Told], act_for: Callable[[Desk, Told], Awaitable[Act]]) -> BatchAnswer:
    caller.permit("import care records")
    gate = asyncio.Semaphore(AT_ONCE)

    async def take_in(index: int, record: Told) -> Answer:
        async with gate:
            return await _alone(caller, await act_for(caller, record), index)

    return _summed(await asyncio.gather(*(take_in(index, record) for index, record in enumerate(records))))


def _summed(answers: Sequence[Answer]) -> BatchAnswer:
    refused = tuple(answer for answer in answers if isinstance(answer, RefusedRecord))
    changed = sum(answer is True for answer in answers)
    return BatchAnswer(changed=changed, unchanged=len(answers) - changed - len(refused), refused=refused)


async def _care_record(caller: Desk, record: CareRecord) -> Act:
    rules: SchedulingRules = caller.rules
    child_ref = await _reference(caller, "child", record.child_id)
    workers = {each.staff_id: await _reference(caller, "person", each.staff_id) for each in record.social_workers}
    command = RecordCareFacts(
        child_ref=child_ref,
        rules=rules.file,
        calendar_for=rules.calendar_for,
        record=record,
        digest=await _digest(caller, record),
        workers=workers,
        today=caller.today,
    )
    schools = sorted({school_stream(each.school_urn) for each in record.schooling})
    version = rules.version_on(caller.today)
    return Act(command, (child_stream(child_ref), *schools), judge_child, child_ref, policy_version=version)


async def _person(caller: Desk, record: PersonRecord) -> Act:
    if isinstance(record, StaffRecord):
        ref = await _reference(caller, "person", record.staff_id)
        added = AddStaffMember(person_ref=ref, record=record, digest=await _hash(caller, record.model_dump_json()))
        return Act(added, (f"person-{ref}",))
    if isinstance(record, PupilRecord):
        ref = await _reference(caller, "child", record.child_id)
        let = LetPupilSignIn(child_ref=ref, may_sign_in=record.may_sign_in)
        return Act(let, (f"person-{ref}",), child_ref=ref)
    ref = await _reference(caller, "carer", record.carer_id)
    children = frozenset([await _reference(caller, "child", child_id) for child_id in record.child_ids])
    named = record.model_dump_json(exclude={"child_ids"})
    linked = LinkCarer(person_ref=ref, record=record, child_refs=children, digest=await _hash(caller, named))
    return Act(linked, (f"person-{ref}",))


async def _school(_caller: Desk, record: SchoolRecord) -> Act:
    return Act(ListSchool(record=record), (school_stream(record.urn),))


async def _digest(caller: Desk, record: CareRecord) -> str:
    """A keyed hash of who the child is, so that the log can tell a change without holding the particulars."""
    who = {"name", "date_of_birth", "sex", "upn", "unaccompanied"}
    return await _hash(caller, record.model_dump_json(include=who))


async def _hash(caller: Desk, text: str) -> str:
    return await _reference(caller, "particulars", text)


async def _reference(caller: Desk, kind: str, local_id: str) -> str:
    return await caller.service.reference(caller.authority, kind, local_id)
