"""The service journey, wired. Of its own it keeps who works here and the seals; everything else is copied."""

from __future__ import annotations

from journey.domain.seal import JOURNAL_SEALS, SEAL, JournalSealed
from journey.entrypoints.copying import copy_journals
from journey.entrypoints.routes import router
from journey.entrypoints.sealing import seal_journals
from pep_kernel.colleagues import COLLEAGUE, COLLEAGUE_POLICIES, COLLEAGUES, ColleagueGone, ColleagueKnown
from pep_runtime.policies import Policies
from pep_runtime.service import ServiceParts, serve
from pep_runtime.settings import Settings


def _no_rules(_policies: Policies, _authority: str) -> None:
    """Nothing here depends on an authority's rules."""


PARTS = ServiceParts(
    name="journey",
    description="What happened to a child, in order, and who knew it when.",
    deciders={"colleague": COLLEAGUE, "seal": SEAL},
    events=(ColleagueKnown, ColleagueGone, JournalSealed),
    read_models=(COLLEAGUES, JOURNAL_SEALS),
    policies=COLLEAGUE_POLICIES,
    upstreams=("scheduling",),
    rules=_no_rules,
    routers=(router,),
    background=(copy_journals, seal_journals),
)

if __name__ == "__main__":
    serve(PARTS, Settings())
