"""Which topics and groups of Kafka somebody may use."""

from __future__ import annotations

from pep_runtime.kafka_rights import of_reader, of_service, of_service_at


def told(rights: object) -> set[str]:
    return {str(each) for each in rights}  # type: ignore[attr-defined]  # a set of rights


def test_a_service_writes_its_own_and_reads_what_it_listens_to() -> None:
    assert told(of_service_at("northshire", "funding", {"events": ("scheduling",), "journal": ()})) == {
        "pep-funding: read every topic pep.northshire.funding.…",
        "pep-funding: write every topic pep.northshire.funding.…",
        "pep-funding: read every topic pep.northshire.funding.events.…",
        "pep-funding: write every topic pep.northshire.funding.events.…",
        "pep-funding: read every topic pep.northshire.scheduling.events.…",
    }


def test_announcements_with_a_name_of_their_own_are_their_services() -> None:
    rights = told(of_service_at("northshire", "journey", {}))
    assert "pep-journey: write every topic pep.northshire.seals.…" in rights


def test_a_services_groups_and_counters_are_named_after_it() -> None:
    assert told(of_service("funding")) == {
        "pep-funding: read every group pep.funding.…",
        "pep-funding: all every topic pep.funding.stream-…",
    }


def test_a_reader_outside_reads_one_authority() -> None:
    assert told(of_reader("northshire", "finance", {"events": ("funding",)})) == {
        "finance-northshire: read every group finance-northshire.…",
        "finance-northshire: read every topic pep.northshire.funding.events.…",
    }


def test_an_authority_whose_name_begins_like_anothers_has_other_topics() -> None:
    short = {right.prefix for right in of_reader("shire", "finance", {"events": ("funding",)})}
    long = {right.prefix for right in of_reader("shire_two", "finance", {"events": ("funding",)})}
    assert not [name for name in long if any(name.startswith(prefix) for prefix in short)]
