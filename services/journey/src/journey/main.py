"""The service journey, wired. Of its own it keeps who works here and the seals; everything else is copied."""

from __future__ import annotations

from journey.domain.export import EXPORT, EXPORTS, RecordExported, note_when_child_forgotten
from journey.domain.seal import JOURNAL_SEALS, SEAL, JournalSealed
from journey.entrypoints.copying import SERVICES, copy_journals, copy_looks
from journey.entrypoints.exports import router as exports_router
from journey.entrypoints.looks import router as looks_router
from journey.entrypoints.routes import router
from journey.entrypoints.sealing import seal_journals
from pep_kernel.colleagues import COLLEAGUE, COLLEAGUE_POLICIES, COLLEAGUES, ColleagueGone, ColleagueKnown
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.forgotten import KnownForgotten
from pep_runtime.policies import Policies
from pep_runtime.refusals import read_refusals
from pep_runtime.service import ServiceParts, serve
from pep_runtime.settings import Settings


def _no_rules(_policies: Policies, _authority: str) -> None:
    """Nothing here depends on an authority's rules."""


PARTS = ServiceParts(
    name="journey",
    description="What happened to a child, in order, and who knew it when.",
    refusals=read_refusals("journey"),
    deciders={"colleague": COLLEAGUE, "seal": SEAL, "export": EXPORT},
    events=(ColleagueKnown, ColleagueGone, JournalSealed, RecordExported, KnownForgotten),
    read_models=(COLLEAGUES, JOURNAL_SEALS, EXPORTS),
    policies={**COLLEAGUE_POLICIES, ChildForgotten: note_when_child_forgotten},
    upstreams=("scheduling",),
    journals=SERVICES,
    rules=_no_rules,
    routers=(router, looks_router, exports_router),
    background=(copy_journals, copy_looks, seal_journals),
)

if __name__ == "__main__":
    serve(PARTS, Settings())
