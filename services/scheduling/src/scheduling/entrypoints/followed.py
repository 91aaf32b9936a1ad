"""What must be loaded so that meetings and carers follow a child: those, and the teachers of a new school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pep_kernel.decider import Act
from pep_kernel.may import Condition, Role
from pep_runtime.http import Desk
from scheduling.domain.carers_told import LinkCarerOfChildren, link_carer
from scheduling.domain.in_one_append import meeting_stream
from scheduling.domain.person.commands import LinkCarer
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.standing_in import person_stream
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.contact import CONTACTS


async def teachers_of(caller: Desk, school_urns: Iterable[str | None]) -> Mapping[str, tuple[str, ...]]:
    """The designated teachers of each of these schools, by its URN."""
    urns = sorted({urn for urn in school_urns if urn is not None})
    found: dict[str, tuple[str, ...]] = dict.fromkeys(urns, ())
    where = {"role": Role.DESIGNATED_TEACHER.value, "school_urn": urns}
    for person in (await caller.rows(CONTACTS, where, limit=200)).items if urns else ():
        urn = str(person.school_urn)
        found[urn] = (*found[urn], person.person_ref)
    return found


async def carer_act(caller: Desk, link: LinkCarer) -> Act:
    """The act that tells whom a carer looks after, with the meetings of those children for whom that changes."""
    known = await caller.rows(CHILD_OVERVIEWS, only=Condition("{person} = any (carers)", {"person": link.person_ref}))
    before = {child.child_ref: child for child in known.items}
    new = await caller.rows(CHILD_OVERVIEWS, {"child_ref": sorted(link.child_refs - before.keys())}, limit=200)
    children = {**before, **{child.child_ref: child for child in new.items}}
    changed = [ref for ref in children if (ref in before) != (ref in link.child_refs)]
    standing = await standing_meetings(caller, changed) if changed else {}
    rules: SchedulingRules = caller.rules
    policy = rules.file.in_force(caller.today)
    command = LinkCarerOfChildren(
        link=link,
        carers={ref: children[ref].carers for ref in changed},
        born={ref: children[ref].born_in_school_year for ref in changed},
        on=caller.today,
        policy=policy,
    )
    streams = (person_stream(link.person_ref), *(each for ref in changed for each in standing[ref]))
    return Act(command, streams, link_carer, policy_version=policy.version)


async def standing_meetings(caller: Desk, child_refs: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The streams of each child's meetings that are proposed or arranged, as the read models show them.

    A meeting that is arranged at this very moment may be missing: the next record of the child finds it.
    """
    refs = sorted(set(child_refs))
    records = await caller.fetch(
        "select child_ref, meeting_id from meeting_overview"
        " where authority = $1 and child_ref = any ($2) and state = 'scheduled'"
        " union select child_ref, meeting_id from meeting_proposal"
        " where authority = $1 and child_ref = any ($2) and state in ('open', 'agreed')",
        caller.authority,
        refs,
    )
    found: dict[str, tuple[str, ...]] = dict.fromkeys(refs, ())
    for record in records:
        ref = record["child_ref"]
        found[ref] = (*found[ref], meeting_stream(record["meeting_id"]))
    return found


async def carers_of(caller: Desk, child_refs: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The streams of those who look after each child, as the read model shows them."""
    refs = sorted(set(child_refs))
    records = await caller.fetch(
        "select child_ref, person_ref from carer_of_child where authority = $1 and child_ref = any ($2) order by 1, 2",
        caller.authority,
        refs,
    )
    return {
        ref: tuple(person_stream(each["person_ref"]) for each in records if each["child_ref"] == ref) for ref in refs
    }


async def with_carers(caller: Desk, act: Act) -> Act:
    """The act about one child, with the streams of its carers: their link may end with what is told."""
    child_ref = str(act.child_ref)
    return replace(act, streams=(*act.streams, *(await carers_of(caller, (child_ref,)))[child_ref]))
