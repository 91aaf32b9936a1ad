"""The bugs that are kept as patches stay usable: each applies to the tree as it is, and names tests that exist."""

from __future__ import annotations

import re

import pytest
from tests.faults.seeded.copies import complaint_about
from tests.faults.seeded.patches import ROOT, SeededBug, seeded_bugs

AT_LEAST = 15
BUGS = seeded_bugs()


@pytest.fixture(params=BUGS, ids=lambda bug: bug.path.stem)
def bug(request: pytest.FixtureRequest) -> SeededBug:
    found: SeededBug = request.param
    return found


def test_each_bug_has_a_number_of_its_own_and_there_are_enough() -> None:
    assert [int(bug.number) for bug in BUGS] == list(range(1, len(BUGS) + 1))
    assert len(BUGS) >= AT_LEAST


def test_a_bug_can_be_let_into_the_tree(bug: SeededBug) -> None:
    assert complaint_about(bug, ROOT, "--check") == ""


def test_a_bug_says_what_it_breaks_and_which_tests_find_it(bug: SeededBug) -> None:
    assert re.fullmatch(r"R\d+(, R\d+)*", bug.breaks)
    for test in bug.caught_by:
        file, _, name = test.partition("::")
        assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.MULTILINE), test
