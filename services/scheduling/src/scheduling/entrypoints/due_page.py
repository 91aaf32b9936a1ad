"""The answer about due dates for people: a line a rule, what was skipped in a few words, and what disagrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from rich.console import Console

from pep_kernel.authority_policy.due_dates import TRIGGER_OF
from pep_kernel.calendars import ONE_DAY, WEEKEND
from scheduling.domain.due.asking import Question
from scheduling.entrypoints.due_answer import CandidateShown, DueAnswer, SkippedDay

DUTIES = {
    "convene": "convene the meeting",
    "hold": "hold the meeting",
    "complete": "complete the plan",
    "available": "have the plan ready",
    "notify": "tell the school in writing",
}
WHY_NO_PEP = {
    "short_break": "a short break needs none (reg 48)",
    "too_young": "the child is too young",
    "grown_up": "the young person is too old",
    "no_early_years_setting": "a child below school age needs one only in a setting",
}
EVENTS = {trigger: event for event, trigger in TRIGGER_OF.items()}


def print_answer(console: Console, name: str, question: Question, answer: DueAnswer) -> None:
    """Everything that an officer needs to explain a date to a school."""
    console.print(f"{name}: {EVENTS[question.trigger]} on {on_day(question.on)}", style="bold", highlight=False)
    console.print(f"Day 1 is {on_day(question.on + ONE_DAY)}. Rules: version {answer.policy_version}.", highlight=False)
    if answer.note is not None:
        console.print(f"! {answer.note}", style="yellow", highlight=False, soft_wrap=True)
    if answer.not_applicable is not None:
        console.print(f"No PEP applies: {WHY_NO_PEP[answer.not_applicable]}.", highlight=False)
    elif not answer.candidates:
        console.print("The authority's rules ask for nothing after this event.", highlight=False)
    for line in _lines(answer):
        console.print(line, highlight=False, soft_wrap=True)
    for conflict in answer.conflicts:
        console.print(f"! {DUTIES[conflict.obligation]}: {conflict.note}", style="yellow", highlight=False)


def on_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _lines(answer: DueAnswer) -> Iterator[str]:
    """Three lines a rule, obligation by obligation; the dot marks the one that governs its obligation."""
    for each in sorted(answer.candidates, key=lambda each: tuple(DUTIES).index(each.obligation)):
        governing = answer.governing.get(each.obligation)
        is_it = governing is not None and governing.rule == each.rule
        why = f" ({governing.why})" if is_it and governing else ""
        due = on_day(each.due) if each.due else "a day that is not known"
        yield f"\n{'●' if is_it else '○'} {DUTIES[each.obligation]} by [bold]{due}[/bold]{why}"
        yield f"  {_counted(each)}, by {each.rule} ({', '.join(each.source)}); met by {each.satisfied_by}"
        if each.skipped:
            yield f"  passed over: {in_few_words(each.skipped)}"


def _counted(each: CandidateShown) -> str:
    return f"{each.days} {each.unit} days" if each.days else "the term's cut-off date"


def in_few_words(skipped: Sequence[SkippedDay]) -> str:
    """Weekends by their number of days, everything else by its stretches."""
    weekends = sum(each.why == WEEKEND for each in skipped)
    rest = [each for each in skipped if each.why != WEEKEND]
    words = [f"{weekends} weekend days"] if weekends else []
    return "; ".join([*words, *_stretches(rest)])


def _stretches(days: Sequence[SkippedDay]) -> Iterator[str]:
    for why, several in groupby(days, key=lambda each: each.why):
        found = list(several)
        first, last = found[0].date, found[-1].date
        when = f"{first:%d/%m}" if first == last else f"{first:%d/%m} to {last:%d/%m}"
        yield f"{why} {when}"
