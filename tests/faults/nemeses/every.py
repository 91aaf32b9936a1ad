"""All nemeses, in the order in which they are let in: those that change what is there for good come last."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.nemeses.clock import ClockJumps
from tests.faults.nemeses.full_disk import FullDisk
from tests.faults.nemeses.kafka_away import KafkaAway
from tests.faults.nemeses.kill import Kill
from tests.faults.nemeses.network import Network
from tests.faults.nemeses.older_database import OlderDatabase
from tests.faults.nemeses.pause import Pause
from tests.faults.nemeses.poison import Poison
from tests.faults.nemeses.rebalance import Rebalance
from tests.faults.nemeses.redelivery import Redelivery
from tests.faults.nemeses.second_relay import SecondRelay
from tests.faults.nemeses.topic_anew import KafkasTail, TopicAnew
from tests.faults.town import Nemesis

EVERY: dict[str, Callable[[], Nemesis]] = {
    "kill": Kill,
    "pause": Pause,
    "network": Network,
    "kafka_away": KafkaAway,
    "rebalance": Rebalance,
    "redelivery": Redelivery,
    "second_relay": SecondRelay,
    "clock": ClockJumps,
    "full_disk": FullDisk,
    "topic_anew": TopicAnew,
    "kafkas_tail": KafkasTail,
    "older_database": OlderDatabase,
    "poison": Poison,
}
