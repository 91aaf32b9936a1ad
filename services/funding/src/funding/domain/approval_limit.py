"""How much somebody may approve for one plan, and whether they may go beyond the term's envelope."""

from __future__ import annotations

from pep_kernel.authority_policy.funding import FundingPolicy
from pep_kernel.may import Role, Signed


def approval_limit_pence(signed: Signed, policy: FundingPolicy) -> int | None:
    """The widest that any of the person's roles gives, as for a deputy on these days; none for a role without limit.

    A person's own limit goes before that of their role: the deputy's for the deputy, that of the absent person in whose
    place they act.
    """
    limits = [_limit_as(role, whose, policy) for role, whose in signed.hats]
    pence = [limit for limit in limits if limit is not None]
    return max(pence) if len(pence) == len(limits) else None


def _limit_as(role: Role, whose: Signed, policy: FundingPolicy) -> int | None:
    limit = policy.approval_limits.limit_pence(role)
    own = whose.approval_limit_pence if role is whose.role else 0
    return None if limit is None else own or limit


def may_exceed_envelope(signed: Signed, policy: FundingPolicy) -> bool:
    """Only the head of the Virtual School or a deputy, and only where the authority's policy lets the head."""
    return Role.VIRTUAL_SCHOOL_HEAD in signed.roles and policy.envelope.head_may_override
