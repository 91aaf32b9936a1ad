"""Which stream holds what: rules that must hold together live in one stream or are written to several at once."""

from __future__ import annotations

LEDGER_STREAM = "ledger-lines"


def claim_stream(plan_id: str) -> str:
    """The money lines of one plan."""
    return f"claim-{plan_id}"


def plan_of(claim: str) -> str:
    """The plan whose money lines this stream holds."""
    return claim.removeprefix("claim-")


def envelope_stream(financial_year: str, term: str) -> str:
    """What there is to spend in one term."""
    return f"envelope-{financial_year}-{term}"


def known_stream(child_ref: str) -> str:
    """What we know of a child."""
    return f"known-{child_ref}"


def payee_stream(urn: str) -> str:
    """What we know of a school."""
    return f"payee-{urn}"


def release_stream(run_id: str) -> str:
    """One release run and its file."""
    return f"release-{run_id}"
