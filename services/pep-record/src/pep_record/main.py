"""The service pep-record, wired."""

from __future__ import annotations

from typing import get_args

from pep_kernel.colleagues import (
    AT_HOME_POLICIES,
    COLLEAGUE,
    COLLEAGUE_POLICIES,
    COLLEAGUES,
    ColleagueGone,
    ColleagueKnown,
)
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.events import KnownEvent
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import PlanEvent
from pep_record.domain.rules import RecordRules
from pep_record.entrypoints import deciding, reading, views, writing
from pep_record.policies import POLICIES
from pep_record.projections import KNOWN_CHILD, PLAN_ACTION, PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET, PLAN_VIEWS
from pep_runtime.policies import Policies
from pep_runtime.refusals import read_refusals
from pep_runtime.service import ServiceParts, serve
from pep_runtime.settings import Settings


def rules_of(policies: Policies, authority: str) -> RecordRules:
    files = policies.for_authority(authority)
    return RecordRules(files.pep_record, files.terms.calendar())


PARTS = ServiceParts(
    name="pep-record",
    description="A child's plan: who writes which part, who completes it, who assures its quality.",
    refusals=read_refusals("pep_record"),
    deciders={"plan": PLAN, "known": KNOWN, "colleague": COLLEAGUE},
    events=(*get_args(PlanEvent), *get_args(KnownEvent), ColleagueKnown, ColleagueGone),
    read_models=(PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET, PLAN_ACTION, PLAN_VIEWS, KNOWN_CHILD, COLLEAGUES),
    policies={**POLICIES, **COLLEAGUE_POLICIES, **AT_HOME_POLICIES},
    upstreams=("scheduling",),
    rules=rules_of,
    rule_file=lambda policies, authority: policies.for_authority(authority).pep_record,
    routers=(reading.router, writing.router, views.router, deciding.router),
)

if __name__ == "__main__":
    serve(PARTS, Settings())
