"""Where Kafka is, and who signs in there, in one line of settings."""

from __future__ import annotations

import pytest

from pep_runtime.kafka_address import KafkaAddress, at

WITH_LOGIN = "kafka://pep-funding:p%40ss%2Fword@one:9092,two:9092"


def test_brokers_alone_are_asked_without_a_login() -> None:
    told = at("one:9092,two:9092")
    assert (told["bootstrap_servers"], told["security_protocol"]) == ("one:9092,two:9092", "PLAINTEXT")
    assert not [name for name in told if name.startswith("sasl")]


def test_a_login_signs_in_by_scram() -> None:
    told = at(WITH_LOGIN)
    assert (told["bootstrap_servers"], told["security_protocol"]) == ("one:9092,two:9092", "SASL_PLAINTEXT")
    assert told["sasl_mechanism"] == "SCRAM-SHA-256"
    assert (told["sasl_plain_username"], told["sasl_plain_password"]) == ("pep-funding", "p@ss/word")


@pytest.mark.parametrize(("address", "protocol"), [("kafka://one:9092", "SSL"), (WITH_LOGIN, "SASL_SSL")])
def test_tls_is_asked_for_in_the_address(address: str, protocol: str) -> None:
    told = at(f"{address}?tls=system")
    assert told["security_protocol"] == protocol
    assert told["ssl_context"].check_hostname


def test_a_certificate_authority_of_ones_own_must_be_there() -> None:
    with pytest.raises(FileNotFoundError):
        at("kafka://one:9092?tls=/nowhere/ca.pem")


@pytest.mark.parametrize("address", ["one:9092", WITH_LOGIN, f"{WITH_LOGIN}?tls=%2Fetc%2Fca.pem"])
def test_an_address_is_written_as_it_was_read(address: str) -> None:
    assert str(KafkaAddress.parse(address)) == address


def test_the_same_brokers_know_others_too() -> None:
    other = KafkaAddress.parse(WITH_LOGIN).signed_in_as("pep-journey", "another")
    assert str(other) == "kafka://pep-journey:another@one:9092,two:9092"


@pytest.mark.parametrize(
    "address",
    ["kafka://", "kafka://name@one:9092", "kafka://:word@one:9092", "kafka://one:9092/topic", "kafka://one:9092?x=1"],
)
def test_what_is_no_address_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(ValueError, match="must look like") as refused:
        KafkaAddress.parse(address)
    assert ":word@" not in str(refused.value)


def test_a_password_is_not_shown() -> None:
    assert "p@ss" not in repr(KafkaAddress.parse(WITH_LOGIN))
