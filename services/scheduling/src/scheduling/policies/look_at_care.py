"""What time alone does to facts of care: a birthday comes, a notice was not given, a file of a feed has not come.

Each has the passing of a day as its cause, so that looking again makes nothing twice.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from pep_kernel.authority_policy import NotInForce
from pep_kernel.calendars import birthday, school_year
from pep_kernel.contracts.scheduling import Feed
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import EndCareAtEighteen, FlagMissingNotice, JudgeApplicability
from scheduling.domain.feed.decider import LookForFeed, feed_stream, late_after
from scheduling.domain.in_one_append import MEETINGS_TOO
from scheduling.domain.meeting_of_child import child_stream, end_care, judge_child
from scheduling.domain.rules import SchedulingRules

GROWN_UP_YEARS = 18


def born_by(today: date) -> int:
    """The newest birth cohort of which somebody may be eighteen today."""
    return school_year(today) - GROWN_UP_YEARS


def end_care_at_eighteen(
    authority: str, child_ref: str, date_of_birth: date, today: date, rules: SchedulingRules
) -> tuple[Act, UUID] | None:
    """The command about one child, and its cause; nothing before the birthday."""
    eighteenth = birthday(date_of_birth, GROWN_UP_YEARS)
    if today < eighteenth:
        return None
    command = EndCareAtEighteen(child_ref=child_ref, birthday=eighteenth, today=today, rules=rules.file)
    act = Act(command, (child_stream(child_ref),), end_care, child_ref, **MEETINGS_TOO)
    return act, timer_cause("eighteen", authority, child_ref, f"{eighteenth}")


class WithoutPEP(NamedTuple):
    """A child in care to whom no PEP applies, as far as that rests on what time changes."""

    child_ref: str
    why_not: str
    date_of_birth: date
    legal_status: str | None
    school_urn: str | None


def is_to_be_judged(child: WithoutPEP, rules: SchedulingRules, today: date) -> bool:
    """Whether today's rules say something else of the child than was said before, when the child was younger."""
    try:
        applicability = rules.file.in_force(today).applicability
    except NotInForce:
        return False
    status, in_setting = child.legal_status or "", child.school_urn is not None
    return applicability.why_not(status, child.date_of_birth, today, in_setting=in_setting) != child.why_not


def judge_applicability(
    authority: str, child: WithoutPEP, streams: tuple[str, ...], rules: SchedulingRules, today: date
) -> tuple[Act, UUID]:
    """The command about one child, which says nothing where nothing is new; its cause is the day of the look."""
    command = JudgeApplicability(
        child_ref=child.child_ref,
        rules=rules.file,
        calendar_for=rules.calendar_for,
        date_of_birth=child.date_of_birth,
        today=today,
    )
    version = rules.version_on(today)
    act = Act(command, streams, judge_child, child.child_ref, **MEETINGS_TOO, policy_version=version)
    return act, timer_cause("applicability", authority, child.child_ref, f"{today}")


def flag_missing_notice(authority: str, child_ref: str, placement_on: date, today: date) -> tuple[Act, UUID]:
    command = FlagMissingNotice(child_ref=child_ref, placement_on=placement_on, today=today)
    act = Act(command, (child_stream(child_ref),), child_ref=child_ref)
    return act, timer_cause("notice", authority, child_ref, f"{placement_on}")


def look_for_feed(
    authority: str, rules: SchedulingRules, feed: Feed, newest_of: date, today: date
) -> tuple[Act, UUID] | None:
    """The cause is the day of the look, since each day another file may be missing. None where there is no feed."""
    may_take = late_after(rules.file.in_force(today), feed)
    if may_take is None:
        return None
    command = LookForFeed(feed=feed, late_after_working_days=may_take, calendar_for=rules.calendar_for, today=today)
    return Act(command, (feed_stream(feed),)), timer_cause("feed", authority, feed, f"{newest_of}", f"{today}")
