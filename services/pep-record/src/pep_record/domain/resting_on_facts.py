"""Some requests rest on two streams: the plan, and what is known of the child, their school and their meetings.

Both are guarded: a correction of the meeting that comes at the same moment makes the request be judged again.
"""

from __future__ import annotations

from pep_kernel.decider import Act, Decided, States
from pep_record.domain.known.states import Known
from pep_record.domain.names import child_of, known_of
from pep_record.domain.plan.commands import (
    ApproveDelegatesWork,
    ApprovePlan,
    ContributeSection,
    FactsOfChild,
    MarkComplete,
)
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.states import PLAN_STATES

Asked = ContributeSection | ApproveDelegatesWork | MarkComplete | ApprovePlan


def resting_on_facts(command: Asked) -> Act:
    child_ref = child_of(command.plan_id)
    return Act(
        command,
        (command.plan_id, known_of(child_ref)),
        together=judge,
        child_ref=child_ref,
        policy_version=command.rules.version,
    )


def judge(states: States, command: Asked) -> Decided:
    known = states.of(known_of(child_of(command.plan_id)), Known)
    plan = states.of(command.plan_id, PLAN_STATES)
    asked = command.model_copy(update={"child": _facts(known, command.plan_id)})
    return [(command.plan_id, event) for event in PLAN.decide(plan, asked)]


def _facts(known: Known, plan_id: str) -> FactsOfChild:
    return FactsOfChild(
        has_school=known.roll.school_urn is not None,
        born_in_school_year=known.born_in_school_year,
        pep_meetings=known.pep_meetings_of(plan_id),
    )
