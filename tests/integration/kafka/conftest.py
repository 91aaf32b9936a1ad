"""A Kafka of its own that asks who signs in, with two authorities on it and two services, one of which listens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from tests.undisturbed import undisturbed

from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_runtime.database import connected, provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.kafka_address import KafkaAddress
from pep_runtime.onboarding import Infrastructure, open_authority

HERE, ELSEWHERE = "northshire", "southshire"
GIVER, LISTENER, OTHER = "alpha", "beta", "gamma"


@dataclass(frozen=True)
class Guarded:
    """The address for the operator, and who else may sign in."""

    infrastructure: Infrastructure

    def address(self, user: str) -> str:
        """Kafka's address for a user that was made."""
        assert self.infrastructure.passwords is not None
        operator = KafkaAddress.parse(self.infrastructure.bootstrap)
        return str(operator.signed_in_as(user, self.infrastructure.passwords.of(user)))


@pytest.fixture(scope="session")
def guarded_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack.on_free_ports(tmp_path_factory.mktemp("guarded"))
    with undisturbed(), Supervisor(stack.folder) as supervisor:
        supervisor.start([process for process in stack.stores(fsync=False) if process.name == "Kafka"])
        yield stack


@pytest.fixture(scope="session")
def bare(guarded_kafka: Stack, tmp_path_factory: pytest.TempPathFactory) -> Infrastructure:
    """Nothing on it: databases are not what these tests are about."""
    return Infrastructure(
        databases={},
        bootstrap=guarded_kafka.kafka_bootstrap,
        keys=FileKeys(tmp_path_factory.mktemp("keys")),
        passwords=guarded_kafka.kafka_passwords,
    )


@pytest.fixture(scope="session")
async def guarded(bare: Infrastructure, postgres_dsn: str, unique_name: Callable[[str], str]) -> AsyncIterator[Guarded]:
    database = unique_name("guarded")
    await provision(postgres_dsn, database)
    dsn = f"{postgres_dsn.rpartition('/')[0]}/{database}"
    infrastructure = replace(
        bare,
        databases={GIVER: dsn, LISTENER: dsn, OTHER: dsn},
        reads={LISTENER: {"events": (GIVER,)}},
        readers={"finance": {"events": (GIVER,)}},
    )
    for authority in (HERE, ELSEWHERE):
        await open_authority(infrastructure, authority)
    yield Guarded(infrastructure)
    async with connected(postgres_dsn) as connection:
        await connection.execute(f"drop database {database} with (force)")
