"""Prints which test shows which rule and scenario: the numbers of docs/rules.md against the markers of the tests."""

import contextlib
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

LIST = Path(__file__).parents[1] / "docs" / "rules.md"
ROW = re.compile(r"^\| ([LO]-\d+|T\d+b?) \|(?: ([a-z, -]+) \|)? (.+) \|$", re.MULTILINE)
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


def counts(rows: Iterable[tuple[str, str, str]], tests: Mapping[str, set[str]]) -> str:
    kinds = defaultdict(list)
    for number, area, _ in rows:
        kinds["scenarios" if number.startswith("T") else "advice" if ADVICE in area else "rules"].append(
            number in tests
        )
    said = [f"{sum(shown)} of {len(shown)} {kind} shown" for kind, shown in kinds.items() if kind != "advice"]
    return f"{', '.join(said)}; {len(kinds['advice'])} rules are advice to people."


def main() -> None:
    rows = ROW.findall(LIST.read_text())
    tests = collect()
    print(*lines(rows, tests), counts(rows, tests), sep="\n")
    if unknown := sorted(set(tests) - {number for number, _, _ in rows}):
        sys.exit(f"Tests name numbers that docs/rules.md does not have: {', '.join(unknown)}.")


if __name__ == "__main__":
    main()
