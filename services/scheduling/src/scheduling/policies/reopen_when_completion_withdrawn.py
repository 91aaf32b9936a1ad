"""A completion that does not stand any more meets nothing: what the plan had met is due again."""

from __future__ import annotations

from pep_kernel.announcement import Said
from pep_kernel.contracts.pep_record import PEPCompletionWithdrawn
from pep_kernel.decider import Act
from scheduling.domain.child.commands import ReopenObligations
from scheduling.domain.meeting_of_child import child_stream


def reopen_when_completion_withdrawn(said: Said[PEPCompletionWithdrawn], _rules: object) -> Act:
    child_ref, plan_id = said.announcement.child_ref, said.announcement.plan_id
    return Act(ReopenObligations(child_ref=child_ref, by=plan_id), (child_stream(child_ref),), child_ref=child_ref)
