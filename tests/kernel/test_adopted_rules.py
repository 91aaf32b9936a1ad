"""Which rules were in force is in the log, and is not changed behind its back."""

from __future__ import annotations

from datetime import date

from pep_kernel.adopted_rules import ADOPTED_RULES, AdoptPolicy, PolicyAdopted
from pep_kernel.scenario import Scenario

MARCH, SEPTEMBER = date(2026, 3, 1), date(2026, 9, 1)
rules = Scenario(ADOPTED_RULES)
first = PolicyAdopted(effective_from=MARCH, version="2026-03-01.aa", text="[]")


def adopt(version: str, day: date = MARCH, *corrections: str) -> AdoptPolicy:
    days = (MARCH, SEPTEMBER)
    return AdoptPolicy(effective_from=day, version=version, text="[]", days=days, corrections=corrections)


def test_rules_are_written_down_once() -> None:
    rules.when(adopt("2026-03-01.aa")).then(first).when(adopt("2026-03-01.aa")).then_nothing()


def test_rules_of_a_later_day_are_a_new_version() -> None:
    later = PolicyAdopted(effective_from=SEPTEMBER, version="2026-09-01.bb", text="[]")
    rules.given(first).when(adopt("2026-09-01.bb", SEPTEMBER)).then(later)


def test_rules_that_were_changed_after_their_adoption_are_refused() -> None:
    rules.given(first).when(adopt("2026-03-01.cc")).then_refused("adopted as 2026-03-01.aa and have been changed")


def test_a_declared_correction_is_taken_and_names_what_it_corrects() -> None:
    corrected = PolicyAdopted(effective_from=MARCH, version="2026-03-01.cc", text="[]", corrects="2026-03-01.aa")
    rules.given(first).when(adopt("2026-03-01.cc", MARCH, "2026-03-01.aa")).then(corrected)


def test_rules_that_were_taken_out_of_the_file_after_their_adoption_are_refused() -> None:
    without = adopt("2026-09-01.bb", SEPTEMBER).model_copy(update={"days": (SEPTEMBER,)})
    rules.given(first).when(without).then_refused("adopted as 2026-03-01.aa and are not in the file any more")


def test_rules_may_be_taken_out_by_a_declared_correction() -> None:
    without = adopt("2026-09-01.bb", SEPTEMBER, "2026-03-01.aa").model_copy(update={"days": (SEPTEMBER,)})
    rules.given(first).when(without).then_some(PolicyAdopted)
