"""By when and why: explained for any event, counted again when a person says so; why something was late."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import TRIGGER_OF, Age, Trigger, YearGroup
from pep_kernel.decider import Act
from pep_kernel.message import Event
from pep_runtime.http import Caller, Desk
from pep_runtime.problems import not_understood
from scheduling.domain.child.care_record import Urn
from scheduling.domain.child.code_lists import LEGAL_STATUS_CODES
from scheduling.domain.child.commands import RecomputeDueDates, RecordLateReason
from scheduling.domain.child.events import PEPDueDateRevised, PEPDueDateSet, TermlyMeetingNotDue
from scheduling.domain.days import Day
from scheduling.domain.due.asking import Question, asked
from scheduling.domain.meeting_of_child import child_stream, judge_child
from scheduling.entrypoints.due_answer import DueAnswer, answer_of
from scheduling.entrypoints.due_shapes import (
    AT_ONCE,
    LateReasonBody,
    RecomputationBody,
    Revision,
    RevisionPage,
    RevisionsMade,
)
from scheduling.entrypoints.judging import judging, with_schools
from scheduling.entrypoints.permitted import of_theirs, permitted_child
from scheduling.projections.school import SCHOOLS

router = APIRouter(tags=["due dates"])
RECOMPUTE = "recompute due dates"
OF_OPEN_DATES = (
    "select distinct child_ref from due_date where authority = $1 and state in ('open', 'overdue', 'not_counted')"
    " and child_ref > $2 and {theirs} order by child_ref limit $3"
)


@router.get("/due", summary="By when what must be done after an event, and why: every rule, every skipped day")
async def explain(
    caller: Caller,
    trigger: Annotated[str, Query(description=f"What happened: {', '.join(TRIGGER_OF)}.", examples=["SchoolMoved"])],
    on: Annotated[Day, Query(description="The day on which it happened.")],
    school: Annotated[Urn | None, Query(description="The URN of the child's school.")] = None,
    without_school: bool = False,
    year_group: YearGroup | None = None,
    age: Age | None = None,
    legal_status: Annotated[str | None, Query(examples=["C2"])] = None,
    emergency: bool | None = None,
    first_pep: bool | None = None,
) -> DueAnswer:
    caller.permit("read due rules")
    if trigger not in TRIGGER_OF:
        raise not_understood("query", "trigger", f"These start something: {', '.join(TRIGGER_OF)}.")
    if legal_status is not None and legal_status not in LEGAL_STATUS_CODES:
        raise not_understood("query", "legal_status", f"Known are {', '.join(sorted(LEGAL_STATUS_CODES))}.")
    question = Question(
        trigger=TRIGGER_OF[trigger],
        on=on,
        school_urn=school,
        laestab=await _laestab(caller, school),
        without_school=without_school,
        year_group=year_group,
        age_years=age,
        legal_status=legal_status,
        emergency=emergency,
        first_pep=first_pep,
    )
    try:
        found = asked(question, caller.rules)
    except NotInForce as none:
        raise not_understood("query", "on", f"{none}.") from none
    return answer_of(found)


async def _laestab(caller: Desk, school: str | None) -> str | None:
    """The number of the school as the authority lists it."""
    if school is None:
        return None
    listed = (await caller.rows(SCHOOLS, {"urn": school}, limit=1)).items
    if not listed:
        raise not_understood("query", "school", "The authority lists no school with this URN.")
    return listed[0].laestab


@router.get(
    "/due/recomputation",
    summary="Which open due dates would be others, or counted now, by today's rules and term dates",
)
async def list_revisions(
    caller: Caller, after: Annotated[str, Query(pattern=r"^[a-z2-7]{0,26}$")] = ""
) -> RevisionPage:
    """Nothing is changed by this."""
    caller.permit(RECOMPUTE)
    theirs, arguments = of_theirs(caller, RECOMPUTE).placed(4)
    query = OF_OPEN_DATES.format(theirs=theirs)
    rows = await caller.fetch(query, caller.authority, after, AT_ONCE + 1, *arguments)
    refs = [row["child_ref"] for row in rows][:AT_ONCE]
    items = [each for ref in refs for each in await _would_be(caller, ref)]
    return RevisionPage(authority=caller.authority, items=items, next=refs[-1] if len(rows) > AT_ONCE else None)


async def _would_be(caller: Desk, child_ref: str) -> list[Revision]:
    command, streams = await _recomputing(caller, child_ref)
    states = await caller.service.handler.states(caller.authority, streams)
    return _revisions(event for _stream, event in judge_child(states, command))


async def _recomputing(caller: Desk, child_ref: str) -> tuple[RecomputeDueDates, tuple[str, ...]]:
    command = RecomputeDueDates(**judging(caller, child_ref), today=caller.today)
    return command, await with_schools(caller, child_ref)


def _revisions(events: Iterable[Event]) -> list[Revision]:
    return [shown for event in events if (shown := _revision(event))]


def _revision(event: Event) -> Revision | None:
    match event:
        case PEPDueDateRevised() | PEPDueDateSet():
            return Revision.model_validate(event)
        case TermlyMeetingNotDue(child_ref=ref, opened_on=on, policy_version=version):
            opened = {"trigger": Trigger.TERM_OPENED, "trigger_on": on}
            return Revision(child_ref=ref, obligation="hold", **opened, due=None, policy_version=version)
        case _:
            return None


@router.post("/due/recomputation", summary="Count the open due dates of these children again, and keep the new ones")
async def revise(body: RecomputationBody, caller: Caller) -> RevisionsMade:
    """Of all of them, or of none: it is asked of every child before the first date is changed."""
    children = dict.fromkeys(body.child_refs)
    for ref in children:
        await permitted_child(caller, ref, RECOMPUTE)
    return RevisionsMade(items=[each for ref in children for each in await _revised(caller, ref)])


async def _revised(caller: Desk, child_ref: str) -> list[Revision]:
    command, streams = await _recomputing(caller, child_ref)
    version = caller.rules.version_on(caller.today)
    act = Act(command, streams, judge_child, child_ref, policy_version=version)
    return _revisions((await caller.do(act, part=f"/{child_ref}")).events)


@router.post("/children/{child_ref}/late-reason", status_code=204, summary="Record why something was late")
async def record_late_reason(child_ref: str, body: LateReasonBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "record late reason")
    command = RecordLateReason(child_ref=child_ref, **body.model_dump())
    await caller.do(Act(command, (child_stream(child_ref),), child_ref=child_ref))
