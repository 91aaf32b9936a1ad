"""Topics are named after authority and service, and hold nothing of a person."""

import re

import pytest

from pep_runtime.topics import Log, check_authority_name, parts, pattern, topic


@pytest.mark.parametrize("log", ["journal", "events", "access"])
def test_a_topic_says_whose_it_is(log: Log) -> None:
    assert topic("borsetshire", "pep-record", log) == f"pep.borsetshire.pep-record.{log}.v1"
    assert parts(topic("borsetshire", "pep-record", log)) == ("borsetshire", "pep-record")


def test_seals_have_a_topic_that_is_called_after_them() -> None:
    assert topic("borsetshire", "journey", "events") == "pep.borsetshire.seals.v1"
    assert topic("borsetshire", "journey", "journal") == "pep.borsetshire.journey.journal.v1"
    assert parts("pep.borsetshire.seals.v1") == ("borsetshire", "journey")
    assert re.match(pattern(("scheduling", "journey"), "events"), "pep.borsetshire.seals.v1")


@pytest.mark.parametrize(
    "name",
    [
        "pep.borsetshire.pep-record.events.v2",
        "pep.borsetshire.events.v1",
        "orders",
        "pep.a.b.queries.v1",
        "x.a.b.events.v1",
    ],
)
def test_another_topic_is_not_taken_for_ours(name: str) -> None:
    with pytest.raises(ValueError, match="is not a topic of ours"):
        parts(name)


def test_a_reader_follows_every_authority_of_the_services_that_it_names() -> None:
    wanted = re.compile(pattern(("scheduling", "pep-record"), "events"))
    assert wanted.match("pep.borsetshire.scheduling.events.v1")
    assert wanted.match("pep.south_borsetshire.pep-record.events.v1")
    for other in ("funding.events.v1", "scheduling.journal.v1", "scheduling.events.v11", "pepxrecord.events.v1"):
        assert not wanted.match(f"pep.borsetshire.{other}")
    assert not wanted.match("pep.a.b.scheduling.events.v1"), "a dot would be another authority's topic"


@pytest.mark.parametrize("name", ["ab", "borsetshire", "south_borsetshire_2", "a" * 41])
def test_an_authority_may_be_called_so(name: str) -> None:
    assert check_authority_name(name) == name


@pytest.mark.parametrize("name", ["", "a", "A_b", "2nd", "_ab", "a b", "a.b", "a-b", "a" * 42, "ab\n", "ä_b"])
def test_a_name_that_could_not_stand_in_topics_and_files_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="2 to 41 lower-case letters"):
        check_authority_name(name)
