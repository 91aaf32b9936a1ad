"""Getting a release run ready: which plans have approved money, what the run rests on, what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from funding.adapters.upstream_numbers import Relied, rely_on_upstreams
from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.release import release_act
from funding.domain.release.run import Made, NotMade
from funding.domain.release.selection import Selection, select
from funding.domain.rules import FundingRules
from funding.domain.streams import release_stream
from pep_kernel.decider import Act
from pep_runtime.service import RunningService

_APPROVED = """
    select distinct l.plan_id, l.child_ref, coalesce(s.school_urns, '{}') as school_urns
    from claim_line l left join child_schools s on s.authority = l.authority and s.child_ref = l.child_ref
    where l.authority = $1 and l.standing = 'approved'
    order by l.plan_id
"""


@dataclass(frozen=True, slots=True)
class ApprovedPlan:
    """A plan with approved money, whose it is, and the schools that may have to be paid."""

    plan_id: str
    child_ref: str
    school_urns: tuple[str, ...]


async def approved_plans(service: RunningService, authority: str) -> list[ApprovedPlan]:
    """Every plan with approved money that has not left, as far as the read models show."""
    async with service.pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        rows = await connection.fetch(_APPROVED, authority)
    return [ApprovedPlan(row["plan_id"], row["child_ref"], tuple(row["school_urns"])) for row in rows]


async def run_to_make(service: RunningService, authority: str, run_id: str, on: date) -> Act:
    """The run, with the numbers it relies on. Raises `PutOff` if it cannot rely on them."""
    relied_on = await rely_on_upstreams(service, authority)
    _, act = await _ready(service, authority, run_id, on, relied_on)
    return act


async def preview(service: RunningService, authority: str, on: date) -> Selection:
    """What a run would release and leave out, by what is known now; nothing is written."""
    run, act = await _ready(service, authority, "preview", on, Relied({}, frozenset()))
    return select(await service.handler.states(authority, act.streams), run)


async def has_been_made(service: RunningService, authority: str, run_id: str) -> bool:
    """Whether this run is in the journal."""
    stream = release_stream(run_id)
    states = await service.handler.states(authority, (stream,))
    return isinstance(states.of(stream, (NotMade, Made)), Made)


async def _ready(
    service: RunningService, authority: str, run_id: str, on: date, relied_on: Relied
) -> tuple[StartReleaseRun, Act]:
    rules: FundingRules = service.rules(authority)
    policy, plans = rules.in_force(on), await approved_plans(service, authority)
    run = StartReleaseRun(
        run_id=run_id,
        on=on,
        plan_ids=tuple(plan.plan_id for plan in plans),
        relied_on=dict(relied_on.numbers),
        parked_children=await service.parked_children(authority) | relied_on.parked,
        payment_routes=policy.payment_routes,
        area_code=rules.area_code,
    )
    urns = [urn for plan in plans for urn in plan.school_urns]
    return run, release_act(run, (plan.child_ref for plan in plans), urns, policy.version)
