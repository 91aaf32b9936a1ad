"""Who looks into a log finds why Kafka cannot be reached, and does not drown in it."""

from __future__ import annotations

import logging

from pep_runtime.seldom import Seldom


def line(logger: str) -> logging.LogRecord:
    return logging.LogRecord(logger, logging.ERROR, __file__, 1, "Unable connect", (), None)


def test_one_line_of_the_library_passes_in_a_minute_and_all_of_others() -> None:
    minutes = iter((0.0, 1.0, 59.0, 60.0, 61.0))
    seldom = Seldom("aiokafka", 60, lambda: next(minutes))
    assert [seldom.filter(line("aiokafka.client")) for _ in range(5)] == [True, False, False, True, False]
    assert all(seldom.filter(line(other)) for other in ("pep_runtime.relay", "aiokafkas", "pep_runtime.relay"))
