"""Looks for what a fact left behind: invitations of people who have the job no more, meetings without a purpose.

A designated teacher who went, a worker told by a batch, a carer of before, a place that stayed empty; a meeting that
was arranged in the moment in which a batch told that care ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from pep_kernel.calendars import cohort_year_group
from pep_runtime.clock import LONDON
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.sweeping import for_each_authority, records_of, say
from scheduling.policies.call_off_what_ended import StillStanding, call_off
from scheduling.policies.follow_a_changed_person import AnotherPerson, follow_a_changed_person

AT_MOST = 500
_CHANGED = """
with known as (
    select m.authority, m.meeting_id, m.child_ref, m.at, m.vacant, c.born_in_school_year, c.carers,
           array_remove(array[c.social_worker_ref], null) as workers,
           array(select t.person_ref from contact t
                 where t.authority = m.authority and t.role = 'designated_teacher'
                   and t.school_urn = c.school_urn order by 1) as teachers
    from meeting_overview m
    join child_overview c on (c.authority, c.child_ref) = (m.authority, m.child_ref)
    where m.authority = $1 and m.state = 'scheduled' and m.at > $2
), standing as (
    select k.*, j.capacity, j.people from known k
    cross join lateral (values ('social_worker', k.workers), ('designated_teacher', k.teachers), ('carer', k.carers))
        as j (capacity, people)
), found as (
    select s.*, min(i.person_ref) as before, null::text[] as gone
    from standing s
    join meeting_invitee i using (authority, meeting_id, capacity)
    where s.capacity <> 'carer' and s.people <> '{}' and i.person_ref is not null
    group by s.authority, s.meeting_id, s.child_ref, s.at, s.vacant, s.born_in_school_year, s.carers, s.workers,
             s.teachers, s.capacity, s.people
    having not bool_or(i.person_ref = any (s.people))
    union all
    select s.*, i.person_ref, array[i.person_ref]
    from standing s
    join meeting_invitee i using (authority, meeting_id, capacity)
    where s.capacity = 'carer' and i.person_ref <> all (s.people) and 'CarerUnlinked' = (
        select e.type from journal e
        where e.authority = s.authority and e.stream = 'person-' || i.person_ref and e.child_ref = s.child_ref
        order by e.position desc limit 1)
    union all
    select s.*, 'nobody', '{}'
    from standing s
    where s.capacity = any (s.vacant) and exists (
        select from unnest(s.people) as person
        where not exists (select from meeting_invitee i
                          where (i.authority, i.meeting_id, i.person_ref) = (s.authority, s.meeting_id, person)))
)
select meeting_id, child_ref, at, born_in_school_year, capacity, before, people, gone
from found order by meeting_id, capacity, before limit $3
"""
_ENDED = """
with standing as (
    select meeting_id, child_ref from meeting_overview where authority = $1 and state = 'scheduled' and at > $2
    union all
    select meeting_id, child_ref from meeting_proposal where authority = $1 and state in ('open', 'agreed')
)
select s.meeting_id, s.child_ref, fact.event_id as fact, fact.correlation, fact.recorded_at,
       case when c.why_not <> 'left_care' then 'no_pep_applies'
            when k.ended = 'died' then 'died' else 'left_care' end as because
from standing s
join child_overview c on (c.authority, c.child_ref) = ($1, s.child_ref) and not c.pep_applies
left join child_circumstances k on (k.authority, k.child_ref) = ($1, s.child_ref)
join journal arranged on (arranged.authority, arranged.stream, arranged.version) = ($1, 'meeting-' || s.meeting_id, 1)
cross join lateral (
    select e.event_id, e.correlation, e.recorded_at from journal e
    where e.authority = $1 and e.stream = 'child-' || s.child_ref and e.position > arranged.position
      and (e.type = 'ChildLeftCare' or (e.type = 'FactCorrected' and c.why_not = 'never_in_care')
           or (e.type = 'PEPNotApplicable' and 'PEPApplicable' = (
               select v.type from journal v
               where v.authority = $1 and v.stream = e.stream and v.position < arranged.position
                 and v.type in ('PEPApplicable', 'PEPNotApplicable')
               order by v.position desc limit 1)))
    order by e.position limit 1
) fact
order by s.meeting_id limit $3
"""


async def sweep_what_facts_left(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await sweep_changed_people(service)
    await for_each_authority(service, "what ended", _sweep_ended)


async def sweep_changed_people(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "changed people", _sweep_one)


async def _sweep_one(service: RunningService, authority: str) -> None:
    """Only where nobody who has the job is invited, since a colleague who comes along stays; of carers each one.

    And where a place stayed empty, and somebody has the job now.
    """
    today, rules = service.clock.today(), cast(SchedulingRules, service.rules(authority))
    for record in await records_of(service, authority, _CHANGED, service.clock.now(), AT_MOST):
        act, cause = follow_a_changed_person(authority, _another(**dict(record)), today, rules.file.in_force(today))
        await say(service, authority, act, ByPolicy("follow_a_changed_person", cause, cause))


def _another(
    *, at: datetime, born_in_school_year: int | None, people: list[str], gone: list[str] | None, **found: str
) -> AnotherPerson:
    year_group = cohort_year_group(born_in_school_year or 0, at.astimezone(LONDON).date())
    left = None if gone is None else tuple(gone)
    return AnotherPerson(**found, people=tuple(people), left=left, year_group=year_group)


async def _sweep_ended(service: RunningService, authority: str) -> None:
    """Only what was arranged before: a meeting that people arrange for a child without a PEP is theirs."""
    for record in await records_of(service, authority, _ENDED, service.clock.now(), AT_MOST):
        found = StillStanding(**dict(record))
        origin = ByPolicy(f"call_off_what_ended/{found.meeting_id}", found.fact, found.correlation, found.recorded_at)
        await say(service, authority, call_off(found, service.clock.today()), origin)
