"""The service funding, wired."""

from __future__ import annotations

import sys

from funding.domain.claim.decider import CLAIM
from funding.domain.claim.events import (
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPClaimStopped,
    PPPDeclined,
    PPPReferred,
    PPPReleased,
    PPPRequested,
)
from funding.domain.envelope.decider import ENVELOPE
from funding.domain.envelope.events import SpendingCommitted, SpendingGivenBack, TermEnvelopeOpened
from funding.domain.known_child import KNOWN, ChildInCareKnown, ChildOutOfCareKnown, SchoolKnown
from funding.domain.ledger import LEDGER, LinesNumbered
from funding.domain.payee import PAYEE, PayeeKnown
from funding.domain.release.events import FinanceFileMade, FinanceFileTaken, LinesLeftOut, ReleaseRunStarted
from funding.domain.release.run import RELEASE
from funding.domain.rules import FundingRules
from funding.entrypoints import claims, envelopes, release_runs
from funding.entrypoints.stream import funding_stream
from funding.policies import POLICIES
from funding.projections import READ_MODELS
from funding.settings import ReleaseSettings
from pep_kernel.colleagues import COLLEAGUE, ColleagueGone, ColleagueKnown
from pep_kernel.forgotten import KnownForgotten
from pep_runtime.policies import Policies
from pep_runtime.refusals import read_refusals
from pep_runtime.service import ServiceParts, serve
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.stream import run_stream


def _rules(policies: Policies, authority: str) -> FundingRules:
    files = policies.for_authority(authority)
    return FundingRules(files.funding, files.authority.area_code)


PARTS = ServiceParts(
    name="funding",
    description="From a completed plan's money lines to money that a school may spend, and nothing twice.",
    refusals=read_refusals("funding"),
    deciders={
        "claim": CLAIM,
        "envelope": ENVELOPE,
        "known": KNOWN,
        "payee": PAYEE,
        "ledger": LEDGER,
        "release": RELEASE,
        "colleague": COLLEAGUE,
    },
    events=(
        PPPRequested,
        PPPReferred,
        PPPDeclined,
        PPPApproved,
        PPPApprovalHeld,
        PPPApprovalStands,
        PPPApprovalWithdrawn,
        PPPReleased,
        PPPClaimStopped,
        PPPClaimForgotten,
        TermEnvelopeOpened,
        SpendingCommitted,
        SpendingGivenBack,
        ChildInCareKnown,
        ChildOutOfCareKnown,
        SchoolKnown,
        KnownForgotten,
        PayeeKnown,
        LinesNumbered,
        ReleaseRunStarted,
        LinesLeftOut,
        FinanceFileMade,
        FinanceFileTaken,
        ColleagueKnown,
        ColleagueGone,
    ),
    read_models=READ_MODELS,
    policies=POLICIES,
    upstreams=("scheduling", "pep-record"),
    rules=_rules,
    rule_file=lambda policies, authority: policies.for_authority(authority).funding,
    routers=(claims.router, envelopes.router, release_runs.router),
)

if __name__ == "__main__":
    if sys.argv[1:] == ["stream"]:
        run_stream(funding_stream(PARTS, Settings(), StreamSettings(), ReleaseSettings()))
    serve(PARTS, Settings())
