"""What time alone does to facts of care: a birthday comes, a notice was not given, a file of a feed has not come.

Each has the passing of a stored date as its cause, so that looking again makes nothing twice.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pep_kernel.calendars import school_year
from pep_kernel.contracts.scheduling import Feed
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import EndCareAtEighteen, FlagMissingNotice
from scheduling.domain.feed.decider import LookForFeed, feed_stream, late_after
from scheduling.domain.in_one_append import MEETINGS_TOO
from scheduling.domain.meeting_of_child import child_stream, end_care
from scheduling.domain.rules import SchedulingRules

GROWN_UP_YEARS = 18


def born_by(today: date) -> int:
    """The newest birth cohort of which somebody may be eighteen today."""
    return school_year(today) - GROWN_UP_YEARS


def eighteenth_birthday(date_of_birth: date) -> date:
    """A child born on 29 February is eighteen on 1 March where there is no 29 February."""
    year = date_of_birth.year + GROWN_UP_YEARS
    try:
        return date_of_birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def end_care_at_eighteen(authority: str, child_ref: str, date_of_birth: date, today: date) -> tuple[Act, UUID] | None:
    """The command about one child, and its cause; nothing before the birthday."""
    birthday = eighteenth_birthday(date_of_birth)
    if today < birthday:
        return None
    command = EndCareAtEighteen(child_ref=child_ref, birthday=birthday)
    act = Act(command, (child_stream(child_ref),), end_care, child_ref, **MEETINGS_TOO)
    return act, timer_cause("eighteen", authority, child_ref, f"{birthday}")


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
