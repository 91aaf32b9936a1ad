"""What the routes of meetings share: the meeting and its child, the rules of today, whose time it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.meeting_practice import Circumstance
from pep_kernel.calendars import cohort_year_group
from pep_kernel.may import Condition
from pep_runtime.clock import LONDON
from pep_runtime.http import Desk
from scheduling.domain.meeting.diary import Appointment, clashes, in_lessons, week_is_full
from scheduling.domain.meeting.invitation import OFFICERS
from scheduling.domain.meeting.people import GuestInvitee, KnownInvitee
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.arranging_shapes import ClashShown
from scheduling.entrypoints.permitted import around, permitted_child
from scheduling.projections.child_overview import ChildOverview
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview
from scheduling.projections.school import SCHOOLS

ENGLISH = ("english", "en", "en-gb")
Diaries = dict[str, dict[str, Appointment]]
"""By person, and then by meeting."""


async def meeting_of(caller: Desk, meeting_id: str, action: str) -> tuple[MeetingOverview, ChildOverview]:
    """The meeting and its child. `NotFound` if this authority has no such meeting, `Forbidden` if they may not."""
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    return meeting, await permitted_child(caller, meeting.child_ref, action)


def policy_of(caller: Desk) -> SchedulingPolicy:
    """The rules of today."""
    rules: SchedulingRules = caller.rules
    return rules.file.in_force(caller.today)


def by_the_rules(caller: Desk, child: ChildOverview) -> dict[str, Any]:
    """Who asks, when, and by which rules: after permission was given, in all the roles in which it was."""
    return {**who_asks(caller), **roles_of(caller), **child_now(caller, child)}


def who_asks(caller: Desk) -> dict[str, Any]:
    return {"on": caller.today, "by": caller.signed.person_ref, "policy": policy_of(caller)}


def roles_of(caller: Desk) -> dict[str, Any]:
    """The role in which they were permitted, and those in which they would have been as well."""
    role, *others = dict.fromkeys(role for role, _ in caller.hats)
    return {"by_role": role, "also_as": tuple(others)}


def child_now(caller: Desk, child: ChildOverview) -> dict[str, Any]:
    """What of the child tells who does whose work."""
    now = around(child, caller.now)
    return {"year_group_now": now.year_group, "has_school": now.school_urn is not None}


def year_group_of(child: ChildOverview, at: datetime) -> int:
    return cohort_year_group(child.born_in_school_year or 0, at.date())


async def circumstances_of(
    caller: Desk, child: ChildOverview, told: Iterable[Circumstance], invitees: Iterable[Any] = ()
) -> frozenset[Circumstance]:
    """What the convener said, and what follows from the records: the language, where the school lies."""
    found = set(told)
    languages = [each.language for each in invitees if isinstance(each, GuestInvitee)]
    spoken = [await caller.open(child.language), *languages]
    if any(language and language.casefold() not in ENGLISH for language in spoken):
        found.add(Circumstance.INTERPRETER_NEEDED)  # O-96
    if await _is_out_of_county(caller, child):
        found.add(Circumstance.OUT_OF_COUNTY)  # O-94
    return frozenset(found)


async def _is_out_of_county(caller: Desk, child: ChildOverview) -> bool:
    """By the first figures of the school's number; not known is not out of county."""
    if child.school_urn is None:
        return False
    found = (await caller.rows(SCHOOLS, {"urn": child.school_urn}, limit=1)).items
    area = caller.service.policies.for_authority(caller.authority).authority.area_code
    return any(school.laestab is not None and not school.laestab.startswith(area) for school in found)


def scheduled_with(person_refs: Sequence[str]) -> Condition:
    """The meetings that still stand to which one of these people is invited, and not only put forward."""
    invited = (
        "select authority, meeting_id from meeting_invitee where person_ref = any ({people}) and not awaits_approval"
    )
    return Condition(f"state = 'scheduled' and (authority, meeting_id) in ({invited})", {"people": list(person_refs)})


async def diaries_of(caller: Desk, arranged: Sequence[tuple[Appointment, Iterable[Any]]]) -> Diaries:
    """For each invitee of these meetings whom the records know: what stands in their diary, these meetings too."""
    diaries: Diaries = {}
    for new, invitees in arranged:
        for person in _known(invitees):
            if person not in diaries:
                diaries[person] = {each.meeting_id: each for each in await appointments_of(caller, person)}
            diaries[person][new.meeting_id] = new
    return diaries


def clashes_of(caller: Desk, diaries: Diaries, new: Appointment, invitees: Iterable[Any]) -> list[ClashShown]:
    """What else its invitees have then. Shown, and not refused."""
    diary = policy_of(caller).diary
    found: list[ClashShown] = []
    for person, capacity in _known(invitees).items():
        others = [each for each in diaries[person].values() if each.meeting_id != new.meeting_id]
        for clash in clashes((new, *others), timedelta(minutes=diary.travel_minutes)):
            if new.meeting_id in (clash.one, clash.other):
                other = clash.other if clash.one == new.meeting_id else clash.one
                found.append(ClashShown(person_ref=person, kind=clash.kind, meeting_id=other))
        if capacity in OFFICERS and week_is_full(new, others, diary):
            found.append(ClashShown(person_ref=person, kind="week_is_full", meeting_id=None))
    return found


def _known(invitees: Iterable[Any]) -> dict[str, str]:
    return {each.person_ref: each.capacity for each in invitees if isinstance(each, KnownInvitee)}


async def appointments_of(caller: Desk, person_ref: str) -> list[Appointment]:
    """What stands in somebody's diary from this week on, whoever's child it is about: times alone."""
    records = await caller.fetch(
        "select m.meeting_id, m.at, m.lasts_minutes, c.school_urn from meeting_overview m"
        " join meeting_invitee i using (authority, meeting_id)"
        " join child_overview c on (c.authority, c.child_ref) = (m.authority, m.child_ref)"
        " where m.authority = $1 and i.person_ref = $2 and m.state = 'scheduled' and m.at >= $3"
        " order by m.at limit 500",
        caller.authority,
        person_ref,
        caller.now - timedelta(days=7),
    )
    return [appointment(each["meeting_id"], each["at"], each["lasts_minutes"], each["school_urn"]) for each in records]


def appointment(meeting_id: str, at: datetime, lasts_minutes: int, place: str | None) -> Appointment:
    begins = at.astimezone(LONDON)
    return Appointment(meeting_id, begins, begins + timedelta(minutes=lasts_minutes), place)


async def takes_out_of_lessons(caller: Desk, new: Appointment, child: ChildOverview) -> bool:
    rules: SchedulingRules = caller.rules
    schools = (await caller.rows(SCHOOLS, {"urn": child.school_urn}, limit=1)).items if child.school_urn else ()
    laestab = next((school.laestab for school in schools), None)
    return in_lessons(new, policy_of(caller).lesson_times, rules.calendar_for(child.school_urn, laestab))
