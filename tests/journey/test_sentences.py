"""Every sentence fits the event that it tells of, in every version of it that was ever written."""

import json

import pytest
from tools.samples import SAMPLES

from funding.main import PARTS as FUNDING
from journey.domain.plain_words import PlainWords
from journey.domain.sentences import SENTENCES, sentence_of
from journey.main import PARTS as JOURNEY
from notifications.main import PARTS as NOTIFICATIONS
from pep_record.main import PARTS as PEP_RECORD
from scheduling.main import PARTS as SCHEDULING

SEALED = {"Identity", "PlanText", "Contact", "ThirdParty"}
EVENTS = {
    (parts.name, event.__name__): event
    for parts in (SCHEDULING, PEP_RECORD, FUNDING, NOTIFICATIONS, JOURNEY)
    for event in parts.events
}
CURRENT = [told for told in SENTENCES if ".v" not in told[1]]


def fields_of(sentence: str) -> set[str]:
    return {field for _, field, _, _ in PlainWords().parse(sentence) if field}


@pytest.mark.parametrize("told", sorted(EVENTS.keys() & SENTENCES.keys()), ids=".".join)
def test_a_sentence_fits_every_version_that_was_ever_written(told: tuple[str, str]) -> None:
    service, event = told
    for sample in (SAMPLES / service).glob(f"{event}.v*.json"):
        version = int(sample.stem.rpartition(".v")[2])
        assert fields_of(sentence_of(service, event, version)) <= json.loads(sample.read_bytes()).keys(), sample.stem


def test_an_older_version_with_other_fields_is_told_in_a_sentence_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SENTENCES, ("pep-record", "TargetSet.v1"), "A target was set, of old.")
    assert sentence_of("pep-record", "TargetSet", 1) == "A target was set, of old."
    assert sentence_of("pep-record", "TargetSet", 2) == SENTENCES["pep-record", "TargetSet"]


@pytest.mark.parametrize("told", CURRENT, ids=".".join)
def test_a_sentence_names_only_fields_that_its_event_has(told: tuple[str, str]) -> None:
    assert fields_of(SENTENCES[told]) <= set(EVENTS[told].__struct_fields__)


@pytest.mark.parametrize("told", CURRENT, ids=".".join)
def test_no_sentence_names_a_sealed_field(told: tuple[str, str]) -> None:
    kinds = {field: str(EVENTS[told].__annotations__.get(field, "")) for field in fields_of(SENTENCES[told])}
    assert not [field for field, kind in kinds.items() if kind.split(" ")[0] in SEALED]


@pytest.mark.parametrize("event", [event for event in EVENTS.items() if "child_ref" in event[1].__struct_fields__])
def test_every_event_that_names_a_child_has_a_sentence(event: tuple[tuple[str, str], type]) -> None:
    assert event[0] in SENTENCES
