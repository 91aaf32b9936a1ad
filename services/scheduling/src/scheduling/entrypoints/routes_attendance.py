"""Taking in attendance: the marks of up to 200 children at a time, as a daily feed tells them.

A child whose marks are refused is named in the answer; the others are taken in, several in one append.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_runtime.http import Caller, Desk
from scheduling.domain.attendance.marks import AttendanceBatch, AttendanceRecord
from scheduling.domain.attendance_of_child import (
    TakeInAttendance,
    TakeInAttendanceOfMany,
    judge_attendance,
    judge_attendance_of_many,
    streams_of,
)
from scheduling.domain.child.care_record import BatchAnswer, RefusedRecord
from scheduling.domain.meeting_of_child import school_stream
from scheduling.entrypoints.judging import judging
from scheduling.entrypoints.taking_in import likeness_of
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.likeness import CHILD_LIKENESSES

AT_ONCE = 6
TOGETHER = 20
HASHES_AT_ONCE = 50
UNKNOWN = "Nobody with this number or reference is known to be in care here."
NOBODYS = "Nobody in care here has this pupil number. Name the child by the authority's number or our reference."
OF_SEVERAL = "More than one child here has or had this pupil number. Name the child by number or reference."

router = APIRouter(tags=["taking in"])
Numbered = tuple[int, AttendanceRecord, ChildOverview, date]
"""The number in the batch, the record, and its child with the day of birth."""
Found = dict[int, str]
"""The children's references, by the number in the batch."""


@router.post("/attendance", summary="Take in the marks of a daily attendance feed")
async def take_in_attendance(body: AttendanceBatch, caller: Caller) -> BatchAnswer:
    """The same marks again change nothing; other marks of the same day correct it."""
    caller.permit("import attendance")
    refs, unknown = await _named(caller, body.records)
    children = await _children(caller, tuple(refs.values()))
    known = [(index, body.records[index], *children[ref]) for index, ref in refs.items() if ref in children]
    unknown += [RefusedRecord(index=index, reason=UNKNOWN) for index, ref in refs.items() if ref not in children]
    answers = await _taken_in(caller, known)
    refused = [each for each in answers if isinstance(each, RefusedRecord)]
    changed = sum(each is True for each in answers)
    return BatchAnswer(
        changed=changed,
        unchanged=len(answers) - changed - len(refused),
        refused=tuple(sorted((*unknown, *refused), key=lambda each: each.index)),
    )


async def _named(caller: Desk, records: Sequence[AttendanceRecord]) -> tuple[Found, list[RefusedRecord]]:
    """Who is meant. A pupil number is looked up by its keyed hash; one that fits nobody, or two, is refused."""
    theirs = await _with_pupil_numbers(caller, records)
    found: Found = {}
    refused = []
    for index, record in enumerate(records):
        if record.upn is None:
            found[index] = record.child_ref or await _reference(caller, "child", record.child_id or "")
        elif len(fitting := theirs[record.upn]) == 1:
            found[index] = fitting[0]
        else:
            refused.append(RefusedRecord(index=index, reason=OF_SEVERAL if fitting else NOBODYS))
    return found, refused


async def _with_pupil_numbers(caller: Desk, records: Sequence[AttendanceRecord]) -> Mapping[str, list[str]]:
    """The children who have or had each of these pupil numbers."""
    hashes = {upn: await likeness_of(caller, "upn", upn) for upn in sorted({each.upn for each in records if each.upn})}
    wanted = sorted(hashes.values())
    alike = [
        row
        for first in range(0, len(wanted), HASHES_AT_ONCE)
        for row in (
            await caller.rows(CHILD_LIKENESSES, {"likeness": wanted[first : first + HASHES_AT_ONCE]}, limit=200)
        ).items
    ]
    return {upn: [row.child_ref for row in alike if row.likeness == hashed] for upn, hashed in hashes.items()}


async def _children(caller: Desk, refs: Sequence[str]) -> Mapping[str, tuple[ChildOverview, date]]:
    """Those who are known here, each with the day of birth; whose record was removed has none, and is not known."""
    rows = await caller.rows(CHILD_OVERVIEWS, {"child_ref": sorted(set(refs))}, limit=len(refs))
    found: dict[str, tuple[ChildOverview, date]] = {}
    for child in rows.items:
        with contextlib.suppress(ValueError):
            found[child.child_ref] = (child, date.fromisoformat(await caller.open(child.date_of_birth) or ""))
    return found


async def _taken_in(caller: Desk, known: Sequence[Numbered]) -> list[bool | RefusedRecord]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def some(first: int) -> list[bool | RefusedRecord]:
        async with gate:
            return await _together(caller, known[first : first + TOGETHER])

    answers = await asyncio.gather(*(some(first) for first in range(0, len(known), TOGETHER)))
    return [answer for several in answers for answer in several]


async def _together(caller: Desk, known: Sequence[Numbered]) -> list[bool | RefusedRecord]:
    """In one append; where a child comes twice or one is refused, each by itself."""
    acts = [(index, await _act(caller, record, child, born)) for index, record, child, born in known]
    children = [act.child_ref for _index, act in acts]
    if len(set(children)) == len(children):
        with contextlib.suppress(Refusal):
            done = await caller.do(_in_one([act for _index, act in acts]), part=f"/{acts[0][0]}-")
            changed = {getattr(event, "child_ref", None) for event in done.events}
            return [child in changed for child in children]
    return [await _alone(caller, act, index) for index, act in acts]


def _in_one(acts: Sequence[Act]) -> Act:
    command = TakeInAttendanceOfMany(records=tuple(act.command for act in acts))
    streams = tuple(dict.fromkeys(stream for act in acts for stream in act.streams))
    return Act(command, streams, judge_attendance_of_many, policy_version=acts[0].policy_version)


async def _alone(caller: Desk, act: Act, index: int) -> bool | RefusedRecord:
    try:
        return bool((await caller.do(act, part=f"/{index}")).events)
    except Refusal as refusal:
        return RefusedRecord(index=index, reason=refusal.sentence)


async def _act(caller: Desk, record: AttendanceRecord, child: ChildOverview, born: date) -> Act:
    command = TakeInAttendance(
        **judging(caller, child.child_ref),
        date_of_birth=born,
        days=record.days,
        named_by=await likeness_of(caller, "upn", record.upn) if record.upn else None,
        digests=await _digests(caller, child.child_ref, record),
        today=caller.today,
    )
    school = (school_stream(child.school_urn),) if child.school_urn else ()
    streams = (*streams_of(child.child_ref, record.days), *school)
    version = caller.rules.version_on(caller.today)
    return Act(command, streams, judge_attendance, child.child_ref, policy_version=version)


async def _digests(caller: Desk, child_ref: str, record: AttendanceRecord) -> dict[date, str]:
    """Keyed hashes of each day's marks, so that the log can tell a correction without holding the marks openly."""
    return {day.on: await _reference(caller, "marks", f"{child_ref} {day.written()}") for day in record.days}


async def _reference(caller: Desk, kind: str, text: str) -> str:
    return await caller.service.reference(caller.authority, kind, text)
