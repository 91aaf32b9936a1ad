"""A child has one current plan (I2). A later trigger opens the next, which takes the current one's place (T62).

A trigger that is told twice, or late, when a newer plan is there already, opens none.
"""

from __future__ import annotations

from pep_kernel.decider import Act, Decided, States
from pep_record.domain.known.commands import NoteCurrentPlan
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.states import CurrentFrom, Known
from pep_record.domain.names import known_of, plan_of
from pep_record.domain.plan.commands import OpenNumberedPlan, OpenPlan, Supersede
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.states import PLAN_STATES, Nothing


def opening(command: OpenPlan, policy_version: str) -> Act:
    """The act that opens a plan, if one is to be opened. It needs all of the child, whose plans it cannot name."""
    return Act(
        command,
        (known_of(command.child_ref),),
        together=open_plan,
        child_ref=command.child_ref,
        whole_child=True,
        policy_version=policy_version,
    )


def open_plan(states: States, command: OpenPlan) -> Decided:
    known = states.of(known_of(command.child_ref), Known)
    current = known.current_plan
    if current and command.on <= current.on:
        return []
    number = current.number + 1 if current else 1
    plan_id = plan_of(command.child_ref, number)
    return [
        *_opened(command, plan_id, number, current),
        *_current(known, command, plan_id, number),
        *_superseded(states, command, plan_id, current),
    ]


def _opened(command: OpenPlan, plan_id: str, number: int, current: CurrentFrom | None) -> Decided:
    supersedes = current.plan_id if current else None
    asked = OpenNumberedPlan(plan_id=plan_id, number=number, supersedes=supersedes, opening=command)
    return [(plan_id, event) for event in PLAN.decide(Nothing(), asked)]


def _current(known: Known, command: OpenPlan, plan_id: str, number: int) -> Decided:
    note = NoteCurrentPlan(child_ref=command.child_ref, on=command.on, plan_id=plan_id, number=number)
    return [(known_of(command.child_ref), event) for event in KNOWN.decide(known, note)]


def _superseded(states: States, command: OpenPlan, plan_id: str, current: CurrentFrom | None) -> Decided:
    if current is None:
        return []
    before = states.of(current.plan_id, PLAN_STATES)
    asked = Supersede(by_plan_id=plan_id, on=command.on)
    return [(current.plan_id, event) for event in PLAN.decide(before, asked)]
