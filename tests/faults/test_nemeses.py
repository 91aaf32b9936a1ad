"""A short run of each nemesis against one town, with a fixed seed; `make faults` lets them act for longer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.faults.client import client_of_writers
from tests.faults.nemeses.every import EVERY
from tests.faults.nemeses.kafka_away import KafkaAway
from tests.faults.town import CannotAct, founded
from tests.faults.trial import Outcome, Trials
from tests.faults.workload import settle
from tests.undisturbed import undisturbed

SEED = 7
SECONDS = {"pause": 13.0, "kafka_away": 6.0}
SHORT_SECONDS = 3.0
FOUNDING_SECONDS = 600


@pytest.fixture(scope="module")
async def trials() -> AsyncIterator[Trials]:
    """A town, whose folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="openpep-faults-"))
    try:
        with undisturbed():
            async with founded(folder) as town, client_of_writers() as client:
                yield Trials(town, await settle(town, client, folder), client, SEED)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(FOUNDING_SECONDS)
@pytest.mark.parametrize("name", list(EVERY))
async def test_nothing_is_lost_or_done_twice_under(name: str, trials: Trials) -> None:
    nemesis = EVERY[name]()
    try:
        outcome = await trials.of(nemesis, SECONDS.get(name, SHORT_SECONDS))
    except CannotAct as reason:
        pytest.skip(str(reason))
    assert [str(each) for each in outcome.findings] == []
    assert outcome.counts()["acknowledged"] > 0
    if isinstance(nemesis, KafkaAway):
        assert acknowledged_while_away(nemesis, outcome) > 0


def acknowledged_while_away(nemesis: KafkaAway, outcome: Outcome) -> int:
    """Commands that were accepted between Kafka's end and its return."""
    done = [each.began + each.seconds for each in outcome.history.attempts if each.is_done]
    return sum(began < at < ended for at in done for began, ended in nemesis.away)
