"""How much somebody may approve for one plan, and whether they may go beyond the term's envelope."""

from __future__ import annotations

from pep_kernel.authority_policy.funding import FundingPolicy
from pep_kernel.may import Role, Signed


def approval_limit_pence(signed: Signed, policy: FundingPolicy) -> int | None:
    """The person's own limit where they have one, else their role's; none for a role without limit."""
    limit = policy.approval_limits.limit_pence(signed.role)
    if limit is None:
        return None
    return signed.approval_limit_pence or limit


def may_exceed_envelope(signed: Signed, policy: FundingPolicy) -> bool:
    """Only the head of the Virtual School, and only where the authority's policy lets the head."""
    return signed.role is Role.VIRTUAL_SCHOOL_HEAD and policy.envelope.head_may_override
