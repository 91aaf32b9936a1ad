"""Looks for invitations of people who have the job no more: a designated teacher who went, a worker told by a batch."""

from __future__ import annotations

from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.entrypoints.sweeping import for_each_authority, records_of
from scheduling.policies.follow_a_changed_person import AnotherPerson, follow_a_changed_person

AT_MOST = 500
_CHANGED = """
with standing as (
    select m.authority, m.meeting_id, m.child_ref, i.capacity, i.person_ref,
           case i.capacity
               when 'social_worker' then array_remove(array[c.social_worker_ref], null)
               else array(select t.person_ref from contact t
                          where t.authority = m.authority and t.role = 'designated_teacher'
                            and t.school_urn = c.school_urn order by 1)
           end as people
    from meeting_overview m
    join meeting_invitee i using (authority, meeting_id)
    join child_overview c on (c.authority, c.child_ref) = (m.authority, m.child_ref)
    where m.authority = $1 and m.state = 'scheduled' and m.at > $2
      and i.capacity in ('social_worker', 'designated_teacher') and i.person_ref is not null
)
select meeting_id, child_ref, capacity, min(person_ref) as before, people
from standing
where people <> '{}'
group by meeting_id, child_ref, capacity, people
having not bool_or(person_ref = any (people))
order by meeting_id limit $3
"""


async def sweep_changed_people(service: RunningService) -> None:
    """One sweep over every authority. Trouble with one stops no other."""
    await for_each_authority(service, "changed people", _sweep_one)


async def _sweep_one(service: RunningService, authority: str) -> None:
    """Only where nobody who has the job is invited: a colleague who comes along stays."""
    today = service.clock.today()
    for record in await records_of(service, authority, _CHANGED, service.clock.now(), AT_MOST):
        found = AnotherPerson(**{**dict(record), "people": tuple(record["people"])})
        act, cause = follow_a_changed_person(authority, found, today)
        await service.handler.handle(authority, act, ByPolicy("follow_a_changed_person", cause, cause))
