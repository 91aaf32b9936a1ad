"""Kafka behind TLS, with a certificate authority of the installation's own: its file and the broker's name must fit."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import faust
import pytest
from aiokafka.errors import KafkaConnectionError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.integration.kafka.test_rights import read
from tests.undisturbed import undisturbed

from pep_local import kafka
from pep_local.places import LOOPBACK, free_ports
from pep_local.supervisor import Supervisor
from pep_runtime.kafka import closed, reader, start_producer
from pep_runtime.kafka_address import KafkaAddress
from pep_runtime.kafka_rights import of_service, of_service_at
from pep_runtime.kafka_users import KafkaUsers
from pep_runtime.onboarding import create_topics
from pep_runtime.stream import broker_of

TOPIC = "pep.northshire.alpha.events.v1"
BEHIND_TLS = """\
listener.security.protocol.map=CLIENT:SASL_SSL,CONTROLLER:SASL_PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={broker}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
"""


@dataclass(frozen=True)
class CertificateAuthority:
    """Its file is what clients are told to trust."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    file: Path

    @classmethod
    def made(cls, folder: Path, name: str) -> CertificateAuthority:
        called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        found = cls(called, ec.generate_private_key(ec.SECP256R1()), folder / f"{name}.pem")
        basics = x509.BasicConstraints(ca=True, path_length=0)
        found.file.write_bytes(found.signed(called, found.key, basics))
        return found

    def broker(self, file: Path) -> Path:
        """Key and certificates of a broker that is known by this machine's number, and by no name."""
        key = ec.generate_private_key(ec.SECP256R1())
        known_as = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(secret + self.signed(x509.Name([]), key, known_as) + self.file.read_bytes())
        return file

    def signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .issuer_name(self.name)
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=True)
        )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaAddress]:
    """The operator's address of a Kafka that is reached by TLS only."""
    folder = tmp_path_factory.mktemp("tls")
    authority = CertificateAuthority.made(folder, "authority")
    port, controller_port = free_ports(2)
    process = kafka.prepare(folder / "kafka", port, controller_port, operator_password="of-the-operator")
    files = BEHIND_TLS.format(broker=authority.broker(folder / "broker.pem"), authority=authority.file)
    with (folder / "kafka" / "server.properties").open("a") as properties:
        properties.write(files)
    with undisturbed(), Supervisor(folder) as supervisor:
        supervisor.start([replace(process, answers=shows_its_certificate(port, authority.file))])
        yield KafkaAddress(f"{LOOPBACK}:{port}", kafka.OPERATOR, "of-the-operator", str(authority.file))


def shows_its_certificate(port: int, authority: Path) -> Callable[[], bool]:
    """Ready when somebody who trusts the authority can speak with it."""

    def answers() -> bool:
        with contextlib.suppress(OSError):
            ssl.get_server_certificate((LOOPBACK, port), ca_certs=str(authority), timeout=2)
            return True
        return False

    return answers


@pytest.fixture(scope="module")
async def service(operator: KafkaAddress) -> KafkaAddress:
    """The address of a service with its rights, and a topic of its own."""
    await create_topics(str(operator), [TOPIC])
    async with KafkaUsers(str(operator)) as users:
        await users.set_password("pep-alpha", "of-alpha")
        await users.grant(of_service("alpha") | of_service_at("northshire", "alpha", {}))
    return operator.signed_in_as("pep-alpha", "of-alpha")


@contextlib.asynccontextmanager
async def written(address: KafkaAddress, value: bytes) -> AsyncIterator[None]:
    """As the relay writes."""
    producer = await start_producer(str(address))
    try:
        await producer.send_and_wait(TOPIC, value, partition=0)
        yield
    finally:
        await closed(producer.stop())


async def test_a_service_that_trusts_the_authority_writes_and_reads(service: KafkaAddress) -> None:
    async with written(service, b"by TLS"), reader(str(service), TOPIC, group_id="pep.alpha.policies") as consumer:
        assert (await consumer.getone()).value == b"by TLS"


async def test_a_stream_worker_comes_by_tls_too(service: KafkaAddress) -> None:
    app = faust.App("pep.alpha.stream", **broker_of(service), store="memory://", topic_allow_declare=False)
    await app.producer.start()
    try:
        await app.producer.send_and_wait(TOPIC, None, b"by faust", 0, None, None)
    finally:
        await app.producer.stop()
    assert b"by faust" in await read(str(service), TOPIC)


async def test_who_does_not_trust_the_authority_is_not_connected(service: KafkaAddress, tmp_path: Path) -> None:
    stranger = CertificateAuthority.made(tmp_path, "stranger")
    for trusted in ("system", str(stranger.file)):
        with pytest.raises(KafkaConnectionError):
            await read(str(replace(service, tls=trusted)), TOPIC)


async def test_a_broker_of_another_name_is_not_believed(service: KafkaAddress) -> None:
    by_name = replace(service, brokers=service.brokers.replace(LOOPBACK, "localhost"))
    with pytest.raises(KafkaConnectionError):
        await read(str(by_name), TOPIC)


async def test_without_tls_nobody_comes_in(service: KafkaAddress) -> None:
    with pytest.raises(KafkaConnectionError):
        await read(str(replace(service, tls=None)), TOPIC)


async def test_the_password_is_asked_for_behind_tls_as_well(service: KafkaAddress) -> None:
    with pytest.raises(KafkaConnectionError):
        await read(str(service.signed_in_as("pep-alpha", "guessed")), TOPIC)
