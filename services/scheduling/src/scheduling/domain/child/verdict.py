"""Whether a PEP applies to the child, from which day, and what is due because of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from msgspec import structs

from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.calendars import ONE_DAY, birthday
from scheduling.domain.child import due_dates, set_aside
from scheduling.domain.child.commands import Judged, JudgedToday, RecordCareFacts
from scheduling.domain.child.events import ChildEvent, PEPApplicable, PEPNotApplicable
from scheduling.domain.child.history import value_on
from scheduling.domain.child.school_identity import is_another_school
from scheduling.domain.child.states import Applies, Child, DoesNotApply, SpellInCare

SEPTEMBER = 9


def judged(child: Child, command: JudgedToday) -> list[ChildEvent]:
    """A PEP applies or not, by what holds today; said only when it is new."""
    spell = child.running
    if spell is None:
        return []
    reason = why_not(child, command, command.today)
    match child.verdict, reason:
        case (Applies(), None):
            return []
        case (DoesNotApply(reason=known), _) if known == reason:
            return []
        case (Applies(), str()):
            ended = PEPNotApplicable(child_ref=command.child_ref, on=command.today, reason=reason)
            return [ended, *due_dates.withdrawn(command.child_ref, child.owed_of_pep, "no_longer_applicable")]
        case (_, str()):
            on = command.today if isinstance(child.verdict, DoesNotApply) else spell.began
            return [PEPNotApplicable(child_ref=command.child_ref, on=on, reason=reason)]
        case _:
            return _applies(child, command, spell)


def why_not(child: Child, command: JudgedToday, on: date) -> str | None:
    """The short code of why no PEP applies on this day, by the rules of this day; none when one does."""
    status = value_on(child.legal_statuses, on) or ""
    in_setting = value_on(child.schools, on) is not None
    try:
        rules = command.rules.in_force(on)
    except NotInForce:
        return "no_rules_yet"
    return rules.applicability.why_not(status, command.date_of_birth, on, in_setting=in_setting)


def _applies(child: Child, command: JudgedToday, spell: SpellInCare) -> list[ChildEvent]:
    said = applies(child, command, spell)
    since = after_break(child, command, spell)
    again = set_aside.restored(child, command, since)
    off = set_aside.not_arranged(child, command, since)
    now = set_aside.with_these(child, again)
    return [said, *at_newest_school(now, said), *again, *off, *_first(now, command, said)]


def at_newest_school(child: Child, applies: PEPApplicable) -> list[PEPApplicable]:
    """The last move that had asked for a PEP again asks for it still; others heard of it then."""
    asked = [due.trigger_on for due in child.dues if due.trigger == Trigger.SCHOOL_MOVED]
    since = max(asked, default=applies.on)
    return [structs.replace(applies, on=since, because="school_moved", resumed=True)] if since > applies.on else []


def _first(child: Child, command: JudgedToday, said: PEPApplicable) -> due_dates.Dates:
    if said.because == "already_in_care":
        return due_dates.by_cadence(child, command, said.on)
    return due_dates.after(Trigger.ENTERED_CARE, said.on, child, command)


def applies(child: Child, command: JudgedToday, spell: SpellInCare) -> PEPApplicable:
    """From which day a PEP applies in this spell, and why then. A break after going live ends what was before it."""
    live_from = command.record.cut_over if isinstance(command, RecordCareFacts) else child.live_from
    first = first_day(child, command, spell)
    if live_from is not None and spell.began < live_from and first <= live_from:
        return _from(live_from, "already_in_care", command)
    return _from(first, "entered_care", command)


def _from(
    on: date, because: Literal["entered_care", "already_in_care", "school_moved"], command: Judged
) -> PEPApplicable:
    version = command.rules.in_force(on).version
    return PEPApplicable(child_ref=command.child_ref, on=on, because=because, policy_version=version)


def first_day(child: Child, command: JudgedToday, spell: SpellInCare) -> date:
    """Since when a PEP has applied without a break: entering care, another status, school or age, or today."""
    since = after_break(child, command, spell)
    return next(day for day in (*_days_of_change(child, command, spell), command.today) if day >= since)


def after_break(child: Child, command: JudgedToday, spell: SpellInCare) -> date:
    """The day after the last day of change on which no PEP applied; or the spell's first."""
    without = [day for day in _days_of_change(child, command, spell) if why_not(child, command, day) is not None]
    return max(without) + ONE_DAY if without else spell.began


def _days_of_change(child: Child, command: JudgedToday, spell: SpellInCare) -> list[date]:
    """The spell's first, and those from which there was another status, school or age."""
    told = {day for day, _ in (*child.legal_statuses, *child.schools)}
    changes = told | set(_older(command.date_of_birth, spell.began, command.today))
    return [spell.began, *sorted(day for day in changes if spell.began < day < command.today)]


def _older(date_of_birth: date, first: date, last: date) -> Iterator[date]:
    """Birthdays, and the first days of school years, which begin another year group."""
    for year in range(first.year, last.year + 1):
        yield from (birthday(date_of_birth, year - date_of_birth.year), date(year, SEPTEMBER, 1))


def moved(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """Each new school in this spell asks for a PEP again, where the authority's rules say so (O-13, O-31)."""
    happened: list[ChildEvent] = []
    for day, urn in child.schools:
        happened.extend(at_new_school(child, command, day, urn))
    return happened


def at_new_school(child: Child, command: Judged, on: date, urn: str | None) -> list[ChildEvent]:
    """What this move asks for, if it asks for anything."""
    new = is_another_school(child, command, on, urn)
    match child.running, child.verdict:
        case SpellInCare(began=began), Applies(since=since) if new and on > max(began, since):
            dates = due_dates.after(Trigger.SCHOOL_MOVED, on, child, command)
        case _:
            dates = []
    if not dates:
        return []
    return [_from(on, "school_moved", command), *dates]


def reviewed(before: Child, child: Child, command: Judged) -> list[ChildEvent]:
    """What is due after each review since a PEP applies that did not count `before`: a date is counted once."""
    new = (day for day in sorted(child.reviews) if not (day in before.reviews and applies_on(before, day)))
    return [event for day in new for event in after(Trigger.REVIEW_HELD, day, child, command)]


def after(trigger: Trigger, on: date, child: Child, command: Judged, started_by: str | None = None) -> list[ChildEvent]:
    """What a trigger starts, for a child in care who has a PEP by that day."""
    return [*due_dates.after(trigger, on, child, command, started_by)] if applies_on(child, on) else []


def applies_on(child: Child, on: date) -> bool:
    """Whether the child was in care on this day, in the spell that runs, and had a PEP by then."""
    match child.running, child.verdict:
        case SpellInCare(began=began), Applies(first=first):
            return on >= max(began, first)
        case _:
            return False
