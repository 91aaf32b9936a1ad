"""Prints which test shows which rule and scenario: the numbers of docs/rules.md against the markers of the tests.

Of a service that is built in full, each rule has a test, or a reason in the page's last table why no test shows it; a
rule with neither ends this with 1, and so does a reason for a rule that a test shows.
"""

import contextlib
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

LIST = Path(__file__).parents[1] / "docs" / "rules.md"
ROW = re.compile(r"^\| ([LO]-\d+|reg \d+|T\d+b?) \|(?: ([a-z, -]+) \|)? (.+) \|$", re.MULTILINE)
REASON = re.compile(r"^\| ([LO]-\d+|reg \d+) \| ([^|]+) \|$", re.MULTILINE)
WHY_NONE = "## Rules that no test shows, and why"
IN_FULL = ("scheduling",)  # services of which every rule is kept
ADVICE = "guidance"  # for help texts: no code is asked to show it


class Collector:
    """A pytest plug-in that notes the numbers on each collected test."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        for item in items:
            for marker in (*item.iter_markers("rule"), *item.iter_markers("scenario")):
                for number in marker.args:
                    self.tests[number].add(item.nodeid.partition("[")[0])


def collect() -> Mapping[str, set[str]]:
    """The tests that show each number. Ends with pytest's code when the tests cannot be collected."""
    collector, said = Collector(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["--collect-only", "--quiet", "tests"], plugins=[collector])
    if code != pytest.ExitCode.OK:
        sys.exit(f"{said.getvalue()}\nThe tests could not be collected.")
    return collector.tests


def lines(rows: Iterable[tuple[str, str, str]], tests: Mapping[str, set[str]]) -> Iterator[str]:
    for number, area, sentence in rows:
        shown = sorted(tests.get(number, ()))
        mark = "shown" if shown else "advice" if area == ADVICE else "-"
        yield f"{number:6} {mark:6}  {sentence}"
        yield from (f"{'':16}{test}" for test in shown)


def neither(
    rows: Iterable[tuple[str, str, str]], tests: Mapping[str, set[str]], reasons: Mapping[str, str]
) -> list[str]:
    """The rules of a service built in full that no test shows and of which nobody said why."""
    return [
        f"{number}: {sentence}"
        for number, area, sentence in rows
        if {*area.split(", ")} & {*IN_FULL} and ADVICE not in area and number not in tests and number not in reasons
    ]


def counts(rows: Iterable[tuple[str, str, str]], tests: Mapping[str, set[str]]) -> str:
    kinds = defaultdict(list)
    for number, area, _ in rows:
        kinds["scenarios" if number.startswith("T") else "advice" if ADVICE in area else "rules"].append(
            number in tests
        )
    said = [f"{sum(shown)} of {len(shown)} {kind} shown" for kind, shown in kinds.items() if kind != "advice"]
    return f"{', '.join(said)}; {len(kinds['advice'])} rules are advice to people."


def main() -> None:
    rules, _, why = LIST.read_text().partition(WHY_NONE)
    rows, reasons = ROW.findall(rules), dict(REASON.findall(why))
    tests = collect()
    print(*lines(rows, tests), counts(rows, tests), sep="\n")
    if missing := neither(rows, tests, reasons):
        sys.exit("\n".join(("No test shows, and no reason is written for:", *missing)))
    if needless := sorted(reasons.keys() & tests.keys()):
        sys.exit(f"A test shows, and a reason says that none does: {', '.join(needless)}.")
    if unknown := sorted(set(tests) - {number for number, _, _ in rows}):
        sys.exit(f"Tests name numbers that docs/rules.md does not have: {', '.join(unknown)}.")


if __name__ == "__main__":
    main()
