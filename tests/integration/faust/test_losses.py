"""Why faust-streaming holds no truth here: the losses are shown, with the pinned version, on a real Kafka.

When one of these fails, faust got better: read docs/decisions/0003-faust-at-the-edge.md again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[3] / "tools" / "faust_losses.py"


@pytest.fixture(scope="module")
def experiments(kafka_bootstrap: str) -> list[dict[str, Any]]:
    command = [sys.executable, str(SCRIPT), "--json", "--bootstrap", kafka_bootstrap]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    seen: list[dict[str, Any]] = json.loads(ended.stdout)
    return seen


def test_an_agent_that_raises_loses_the_message(experiments: list[dict[str, Any]]) -> None:
    seen = experiments[0]
    assert seen["sent"] == ["one", "two", "three", "four"]
    assert seen["done"] == ["one", "three", "four"]
    assert seen["committed"] > seen["sent"].index("two")


def test_manual_acknowledgement_does_not_save_it(experiments: list[dict[str, Any]]) -> None:
    seen = experiments[1]
    assert seen["done"] == ["one", "three", "four"]
    assert seen["committed"] > seen["sent"].index("two")


def test_a_commit_that_kafka_refuses_is_booked_as_made(experiments: list[dict[str, Any]]) -> None:
    seen = experiments[2]
    assert seen["done"] == ["one", "two"]
    assert (seen["committed"], seen["booked"]) == (0, 2)
