"""What pep-record announces, and what scheduling then does: a plan meets what is due, or opens it again."""

from pep_kernel.contracts.pep_record import PEPCompleted, PEPCompletionWithdrawn, PEPMarkedComplete
from pep_kernel.policy import Policies
from scheduling.policies.meet_what_a_plan_was_due_for import meet_available_when_completed, meet_complete_when_marked
from scheduling.policies.reopen_when_completion_withdrawn import reopen_when_completion_withdrawn

POLICIES: Policies = {
    PEPMarkedComplete: meet_complete_when_marked,
    PEPCompleted: meet_available_when_completed,
    PEPCompletionWithdrawn: reopen_when_completion_withdrawn,
}
