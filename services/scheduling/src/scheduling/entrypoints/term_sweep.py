"""Opens the term that runs in an authority's schools, and looks at each child with a PEP, once a term (L-01, L-07)."""

from __future__ import annotations

from collections.abc import Sequence

from pep_kernel.calendars import SchoolTerm
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.sweeping import for_each_authority, rows_of, say
from scheduling.policies.open_term_when_its_day_comes import open_for_child, open_term, term_of
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview

AT_MOST = 500
PURPOSE = "open_term_when_its_day_comes"
NOT_LOOKED_AT = (
    "select * from child_overview c where authority = $1 and pep_applies and left_care_on is null and not exists ("
    "select 1 from termly_meeting t where t.authority = $1 and t.child_ref = c.child_ref and t.opened_on = $2)"
    " order by child_ref limit $3"
)


async def sweep(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "term", _open)


async def _open(service: RunningService, authority: str) -> None:
    rules: SchedulingRules = service.rules(authority)
    term = term_of(rules, service.clock.today())
    if term is None:
        return
    act, cause = open_term(authority, term)
    await say(service, authority, act, ByPolicy(PURPOSE, cause, cause))
    for child in await _not_looked_at(service, authority, term):
        act, cause = open_for_child(authority, term, child.child_ref, child.school_urn, rules)
        await say(service, authority, act, ByPolicy(PURPOSE, cause, cause))


async def _not_looked_at(service: RunningService, authority: str, term: SchoolTerm) -> Sequence[ChildOverview]:
    return await rows_of(service, CHILD_OVERVIEWS, authority, NOT_LOOKED_AT, term.first, AT_MOST)
