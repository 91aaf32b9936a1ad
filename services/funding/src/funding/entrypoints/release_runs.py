"""Release runs: what would leave, letting it leave, and the files that finance takes."""

from __future__ import annotations

from fastapi import APIRouter, Response

from funding.adapters.finance_files import file_of
from funding.adapters.release_runs import preview, run_to_make
from funding.domain.release.commands import TakeFile
from funding.domain.release.events import LeftOut
from funding.domain.release.selection import Payable
from funding.domain.streams import release_stream
from funding.entrypoints.answers import (
    LeftOutAnswer,
    PageAnswer,
    PayableAnswer,
    PreviewAnswer,
    ReleaseRunAnswer,
    RunAnswer,
)
from funding.entrypoints.paging import After, Limit
from funding.entrypoints.whose import note_children_of_plans, note_children_of_run
from funding.projections.release_run import RELEASE_RUNS, ReleaseRun
from pep_kernel.decider import Act
from pep_runtime.http import Caller

router = APIRouter(prefix="/release-runs", tags=["release runs"])


@router.get("", summary="List release runs")
async def list_release_runs(caller: Caller, after: After = None, limit: Limit = 50) -> PageAnswer[ReleaseRunAnswer]:
    caller.permit("read finance")
    page = await caller.rows(RELEASE_RUNS, after=after, limit=limit)
    await note_children_of_plans(caller, _left_out(*page.items))
    return PageAnswer(items=[ReleaseRunAnswer.model_validate(run) for run in page.items], next=page.next)


@router.get("/preview", summary="What a run would release and leave out, and why")
async def preview_release_run(caller: Caller) -> PreviewAnswer:
    caller.permit("read finance")
    selection = await preview(caller.service, caller.authority, caller.today)
    lines: tuple[Payable | LeftOut, ...] = (*selection.payable, *selection.left_out)
    await note_children_of_plans(caller, (line.plan_id for line in lines))
    return PreviewAnswer(
        total_pence=selection.total_pence(),
        payable=[PayableAnswer.model_validate(line) for line in selection.payable],
        left_out=[LeftOutAnswer.model_validate(line) for line in selection.left_out],
    )


@router.post("", status_code=201, summary="Release what is approved")
async def make_release_run(caller: Caller) -> RunAnswer:
    """Waits until all that the other services have said is taken in; if it cannot, the run is put off and says so."""
    caller.permit("release premium")
    run_id = caller.new_id()
    if not await caller.has_been_done():
        await caller.do(await run_to_make(caller.service, caller.authority, run_id, caller.today))
    return RunAnswer(run_id=run_id)


@router.get("/{run_id}", summary="One release run")
async def show_release_run(run_id: str, caller: Caller) -> ReleaseRunAnswer:
    caller.permit("read finance")
    run = await caller.row(RELEASE_RUNS, run_id)
    await note_children_of_plans(caller, _left_out(run))
    return ReleaseRunAnswer.model_validate(run)


def _left_out(*runs: ReleaseRun) -> list[str]:
    """The plans of which these runs left something out."""
    return [line.partition(" ")[0] for run in runs for line in run.left_out]


@router.get("/{run_id}/file", summary="The finance file", response_class=Response)
async def take_file(run_id: str, caller: Caller, response: Response) -> Response:
    """Who takes it is kept."""
    caller.permit("read finance")
    run = await caller.row(RELEASE_RUNS, run_id)
    await note_children_of_run(caller, run_id)
    content = await file_of(caller.fetch, caller.service.types, caller.authority, run)
    await caller.do(Act(TakeFile(run_id=run_id), (release_stream(run_id),)))
    headers = {**response.headers, "Content-Disposition": f'attachment; filename="{run.file_name}"'}
    return Response(content, media_type="text/csv", headers=headers)
