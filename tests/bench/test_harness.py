"""The harness itself: what its figures say, which measures it takes, and what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.bench.__main__ import by_number, chosen, load, modules
from tests.bench.harness import run_once
from tests.bench.measure import CPU, RATE, SECONDS, SERVERS_CPU, Aim, Bench, Measure, Side, Sides, Spread, medians
from tests.bench.report import page, read_json, result_of, write_json

from pep_local.stack import Stack
from pep_local.trouble import Trouble

KNOWN = {"P1": "p1_append", "P2": "p2_bare_insert", "P11": "p11_latency"}
RUNS = {"ours": [{RATE: 90.0}, {RATE: 110.0}, {RATE: 100.0}], "theirs": [{RATE: 40.0}, {RATE: 10.0}, {RATE: 20.0}]}


def sides(_bench: Bench) -> Sides:
    raise NotImplementedError("these measures are only written about")


def measure(*aims: Aim) -> Measure:
    return Measure("append things", "things/s", aims, sides)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Stack(tmp_path, {}), tmp_path, runs=3)


def test_a_spread_is_the_middle_and_both_ends() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)


def test_a_ratio_is_of_the_medians() -> None:
    assert Aim("ours", "theirs", at_least=5).value(medians(RUNS)) == 5.0


@pytest.mark.parametrize(
    ("aim", "met"),
    [
        (Aim("ours", "theirs", at_least=5), True),
        (Aim("ours", "theirs", at_least=5.1), False),
        (Aim("theirs", "ours", at_most=0.2), True),
        (Aim("theirs", "ours", at_most=0.1), False),
        (Aim("ours", at_most=100), True),
        (Aim("ours", at_most=99), False),
    ],
)
def test_an_aim_is_a_least_or_a_most_beside_a_peer_or_alone(aim: Aim, met: bool) -> None:
    assert aim.is_met(medians(RUNS)) is met


def test_an_aim_reads_as_in_the_promises() -> None:
    assert [str(Aim("ours", "theirs", at_least=0.6)), str(Aim("ours", at_most=250))] == ["≥ 0.6 ×", "≤ 250"]


async def test_a_count_becomes_a_rate_and_figures_stay_as_they_are() -> None:
    async def ten() -> int:
        return 10

    async def latencies() -> dict[str, float]:
        return {"p50 ms": 3.0, SECONDS: 60.0}

    counted, told = await run_once(Side("counted", ten), ()), await run_once(Side("told", latencies), ())
    assert counted[RATE] == pytest.approx(10 / counted[SECONDS])
    assert {CPU, SERVERS_CPU} <= counted.keys()
    assert (told["p50 ms"], told[SECONDS], RATE in told) == (3.0, 60.0, False)


async def test_what_is_prepared_is_there_when_the_run_begins() -> None:
    done: list[str] = []

    async def prepare() -> None:
        done.append("prepared")

    async def run() -> int:
        done.append("run")
        return 1

    await run_once(Side("both", run, prepare), ())
    assert done == ["prepared", "run"]


def test_all_measures_are_taken_unless_some_are_named() -> None:
    assert chosen("", KNOWN) == ["P1", "P2", "P11"]
    assert chosen("p11, P1", KNOWN) == ["P1", "P11"]
    assert chosen("latency,append", KNOWN) == ["P1", "P11"]


def test_an_unknown_measure_is_named_together_with_those_that_are_known() -> None:
    with pytest.raises(Trouble, match="there is no measure P9, P99. There are: P1, P2, P11"):
        chosen("P1,P9,P99", KNOWN)


def test_every_module_with_a_number_is_a_measure_in_order() -> None:
    names = list(modules())
    assert names == sorted(names, key=by_number)
    assert names[0] == "P1"
    for name in names:
        assert load(name).aims


def test_the_json_has_the_first_aims_figures_in_front_and_all_the_others_behind(bench: Bench, tmp_path: Path) -> None:
    aims = Aim("ours", "theirs", at_least=6), Aim("ours", "theirs", at_least=2)
    write_json(tmp_path / "build" / "bench.json", {"P1": result_of(measure(*aims), bench, RUNS)})
    (entry,) = json.loads((tmp_path / "build" / "bench.json").read_text()).values()
    assert (entry["ours"], entry["peer"], entry["ratio"], entry["unit"]) == (100.0, 20.0, 5.0, "things/s")
    assert (entry["met"], [aim["met"] for aim in entry["aims"]]) == (False, [False, True])
    assert entry["sides"]["theirs"][RATE] == {"median": 20.0, "least": 10.0, "most": 40.0}
    assert (entry["runs"], entry["seed"]) == (3, 7)


def test_a_figure_without_a_peer_has_neither_peer_nor_ratio(bench: Bench) -> None:
    result = result_of(measure(Aim("ours", at_most=250)), bench, RUNS)
    assert (result["ours"], result["peer"], result["ratio"], result["met"]) == (100.0, None, None, True)


def test_nothing_was_measured_before_the_first_time(tmp_path: Path) -> None:
    assert read_json(tmp_path / "bench.json") == {}


def test_the_page_shows_figures_with_their_spread_the_aim_and_what_was_written_about_it(bench: Bench) -> None:
    result = result_of(measure(Aim("ours", "theirs", at_least=6)), bench, RUNS)
    text = page({"P1": result}, {"P1": "The disk bounds it."})
    assert "| P1 | ours, a second | theirs | ≥ 6 × | 5 × | **missed** |" in text
    assert "| | things/s |" in text
    assert "| ours | 100 (90 – 110) |" in text
    assert text.rstrip().endswith("The disk bounds it.")
