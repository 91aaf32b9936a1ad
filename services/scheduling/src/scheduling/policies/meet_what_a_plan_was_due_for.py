"""Marking a plan complete meets "complete"; only its completion after quality assurance meets "available"."""

from __future__ import annotations

from datetime import date

from pep_kernel.announcement import Said
from pep_kernel.contracts.pep_record import PEPCompleted, PEPMarkedComplete
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.decider import Act
from scheduling.domain.child.commands import MeetObligation
from scheduling.domain.meeting_of_child import child_stream


def meet_complete_when_marked(said: Said[PEPMarkedComplete], _rules: object) -> Act:
    return _meet(said.announcement.child_ref, "complete", said.announcement.on, said.announcement.plan_id)


def meet_available_when_completed(said: Said[PEPCompleted], _rules: object) -> Act:
    return _meet(said.announcement.child_ref, "available", said.announcement.on, said.announcement.plan_id)


def _meet(child_ref: str, obligation: Obligation, on: date, plan_id: str) -> Act:
    command = MeetObligation(child_ref=child_ref, obligation=obligation, on=on, by=plan_id)
    return Act(command, (child_stream(child_ref),), child_ref=child_ref)
