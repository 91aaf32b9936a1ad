"""Every sentence fits the event that it tells of, as the event is now in its service."""

import pytest

from funding.main import PARTS as FUNDING
from journey.domain.plain_words import PlainWords
from journey.domain.sentences import SENTENCES
from notifications.main import PARTS as NOTIFICATIONS
from pep_record.main import PARTS as PEP_RECORD
from scheduling.main import PARTS as SCHEDULING

SEALED = {"Identity", "PlanText", "Contact", "ThirdParty"}
EVENTS = {
    (parts.name, event.__name__): event
    for parts in (SCHEDULING, PEP_RECORD, FUNDING, NOTIFICATIONS)
    for event in parts.events
}


@pytest.mark.parametrize("told", SENTENCES, ids=".".join)
def test_a_sentence_names_only_fields_that_its_event_has(told: tuple[str, str]) -> None:
    fields = {field for _, field, _, _ in PlainWords().parse(SENTENCES[told]) if field}
    assert fields <= set(EVENTS[told].__struct_fields__)


@pytest.mark.parametrize("told", SENTENCES, ids=".".join)
def test_no_sentence_names_a_sealed_field(told: tuple[str, str]) -> None:
    fields = {field for _, field, _, _ in PlainWords().parse(SENTENCES[told]) if field}
    kinds = {field: str(EVENTS[told].__annotations__.get(field, "")) for field in fields}
    assert not [field for field, kind in kinds.items() if kind.split(" ")[0] in SEALED]


@pytest.mark.parametrize("event", [event for event in EVENTS.items() if "child_ref" in event[1].__struct_fields__])
def test_every_event_that_names_a_child_has_a_sentence(event: tuple[tuple[str, str], type]) -> None:
    assert event[0] in SENTENCES
