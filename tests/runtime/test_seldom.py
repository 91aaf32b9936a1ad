"""Who looks into a log finds why Kafka cannot be reached, and does not drown in it."""

from __future__ import annotations

import logging

from pep_runtime.seldom import Seldom


def line(logger: str, sentence: str = "Unable connect to %s", *particulars: str) -> logging.LogRecord:
    return logging.LogRecord(logger, logging.ERROR, __file__, 1, sentence, particulars, None)


def test_each_sentence_of_the_library_passes_once_a_minute_and_all_of_others() -> None:
    seconds = iter((0.0, 1.0, 59.0, 60.0, 61.0, 62.0))
    seldom = Seldom("aiokafka", 60, lambda: next(seconds))
    said = [seldom.filter(line("aiokafka.client", "Unable connect to %s", str(each))) for each in range(5)]
    assert said == [True, False, False, True, False]
    assert seldom.filter(line("aiokafka.client", "Failed fetch from %s", "1"))
    assert all(seldom.filter(line(other)) for other in ("pep_runtime.relay", "aiokafkas", "pep_runtime.relay"))
