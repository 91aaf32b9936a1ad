"""A child was forgotten. It becomes known, and in the same moment nothing more can be done with any plan of theirs."""

from __future__ import annotations

from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import NoteForgotten
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.states import Known
from pep_record.domain.names import known_of
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.states import PLAN_STATES


def forgetting(command: NoteForgotten) -> Act:
    child_ref = command.child_ref
    return Act(command, (known_of(child_ref),), together=forget, child_ref=child_ref, whole_child=True)


def forget(states: States, command: NoteForgotten) -> Decided:
    stream = known_of(command.child_ref)
    noted = [(stream, event) for event in KNOWN.decide(states.of(stream, Known), command)]
    plans = [(plan_id, states.of(plan_id, PLAN_STATES)) for plan_id in states.streams("plan")]
    return [*noted, *((plan_id, event) for plan_id, plan in plans for event in PLAN.decide(plan, command))]
