"""Would this be a PEP meeting? Asked ahead, of those who said yes, and anew whenever the list changes (T63, L-19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

from pep_kernel.authority_policy.meetings import Capacity, Quorum
from scheduling.domain.meeting.events import MeetingEvent
from scheduling.domain.meeting.evolve import evolve
from scheduling.domain.meeting.invitation_commands import AnswerByLink, FollowPerson, LookAtQuorum, OfTheList
from scheduling.domain.meeting.invitation_events import QuorumAtRisk, QuorumSecured
from scheduling.domain.meeting.states import Meeting, Scheduled


def coming(answers: Iterable[tuple[str, str]], convener: str | None, chair: str | None) -> frozenset[Capacity]:
    """In which capacities people come: who said yes; and whoever convenes or chairs, unless they said no.

    `answers` has the capacity and the answer of each who is invited. A chair whom nobody invited was told of nothing.
    """
    given = list(answers)
    yes = {capacity for capacity, answer in given if answer == "comes"}
    no = {capacity for capacity, answer in given if answer == "does_not_come"}
    leads = {capacity for capacity, _ in given if capacity in (convener, chair)} - no
    return frozenset(map(Capacity, yes | leads))


def expected(meeting: Scheduled) -> frozenset[Capacity]:
    """Whoever awaits approval is not invited yet."""
    invited = [(each.capacity, each.answer) for each in meeting.invitees if not each.awaits_approval]
    return coming(invited, meeting.convener, meeting.chair)


def counts(meeting: Scheduled, quorum: Quorum, year_group: int) -> bool:
    """Whether it would be a PEP meeting with those who are expected."""
    return not quorum.authority_must_attend or quorum.is_represented(expected(meeting), year_group)


def looked_at(meeting: Scheduled, command: LookAtQuorum) -> list[MeetingEvent]:
    """Said each time that a day of warning comes, nearer than the one before; and anew where it had been secured."""
    nearer = meeting.warned_days is None or command.working_days_before < meeting.warned_days
    already = meeting.at_risk and not nearer
    if already or counts(meeting, command.policy.quorum, command.year_group):
        return []
    return [_at_risk(meeting, command.policy.quorum, command.working_days_before, command.on)]


def turned(
    meeting: Scheduled, happened: Sequence[MeetingEvent], asked: OfTheList | AnswerByLink | FollowPerson
) -> list[MeetingEvent]:
    """What happened to the list, and what that means for a meeting of which somebody was warned."""
    start: Meeting = meeting
    after = reduce(evolve, happened, start)
    if not isinstance(after, Scheduled) or after.warned_days is None:
        return list(happened)
    enough = counts(after, asked.policy.quorum, asked.year_group)
    if meeting.at_risk and enough:
        secured = QuorumSecured(meeting_id=meeting.meeting_id, child_ref=meeting.child_ref, on=asked.on)
        return [*happened, secured]
    if not meeting.at_risk and not enough:
        return [*happened, _at_risk(after, asked.policy.quorum, after.warned_days, asked.on)]
    return list(happened)


def _at_risk(meeting: Scheduled, quorum: Quorum, days: int, on: date) -> QuorumAtRisk:
    would_do = {*quorum.represents_authority, *quorum.represents_authority_from_year_12}
    waited_for = dict.fromkeys(each.capacity for each in meeting.invitees if each.answer == "not_answered")
    return QuorumAtRisk(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=on,
        at=meeting.at,
        working_days_before=days,
        unconfirmed=tuple(each for each in waited_for if each in would_do),
    )
