"""A corrected meeting. What rested on it as a PEP meeting is withdrawn in the same moment, whichever plan it is."""

from __future__ import annotations

from pep_kernel.decider import Act, Decided, States
from pep_record.domain.known.commands import NoteMeetingCorrected
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.states import Known
from pep_record.domain.names import known_of
from pep_record.domain.plan.commands import WithdrawCompletion
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.states import PLAN_STATES


def correction(command: NoteMeetingCorrected) -> Act:
    child_ref = command.child_ref
    return Act(command, (known_of(child_ref),), together=correct, child_ref=child_ref, whole_child=True)


def correct(states: States, command: NoteMeetingCorrected) -> Decided:
    stream = known_of(command.child_ref)
    noted = [(stream, event) for event in KNOWN.decide(states.of(stream, Known), command)]
    return [*noted, *_withdrawn(states, command)] if command.outcome != "PEP" else noted


def _withdrawn(states: States, command: NoteMeetingCorrected) -> Decided:
    asked = WithdrawCompletion(meeting_id=command.meeting_id, on=command.on)
    plans = [(plan_id, states.of(plan_id, PLAN_STATES)) for plan_id in states.streams("plan")]
    return [(plan_id, event) for plan_id, plan in plans for event in PLAN.decide(plan, asked)]
