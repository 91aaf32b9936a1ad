"""All checkers, in the order in which a reader would ask; each gives the promises that were not kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.faults.checkers.commands import (
    acknowledged_commands_are_in_the_journal,
    every_command_is_done_at_most_once,
    no_answer_is_a_bug,
    repeats_change_nothing,
)
from tests.faults.checkers.journals import (
    journals_equal_their_topics,
    journey_copied_everything,
    read_models_equal_a_rebuild,
)
from tests.faults.checkers.mail import every_message_ends_and_none_goes_twice
from tests.faults.checkers.money import (
    finance_files_equal_the_journal,
    released_money_has_its_completed_plan_and_school,
    released_money_was_approved_once,
)
from tests.faults.evidence import Evidence, Finding

Checker = Callable[[Evidence], Awaitable[list[Finding]]]

CHECKERS: tuple[Checker, ...] = (
    acknowledged_commands_are_in_the_journal,
    every_command_is_done_at_most_once,
    repeats_change_nothing,
    no_answer_is_a_bug,
    journals_equal_their_topics,
    read_models_equal_a_rebuild,
    journey_copied_everything,
    released_money_was_approved_once,
    released_money_has_its_completed_plan_and_school,
    finance_files_equal_the_journal,
    every_message_ends_and_none_goes_twice,
)


async def judge(evidence: Evidence) -> dict[str, list[Finding]]:
    """Each checker's name in words, and what it found."""
    return {checker.__name__.replace("_", " "): await checker(evidence) for checker in CHECKERS}
