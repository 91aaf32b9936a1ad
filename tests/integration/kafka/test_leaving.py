"""An authority that leaves takes its readers' rights on Kafka with it, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from tests.integration.kafka.conftest import GIVER, HERE, Guarded
from tests.integration.kafka.test_rights import EVENTS, read, write

from pep_runtime.authority_export import export_authority
from pep_runtime.authority_removal import remove_authority
from pep_runtime.database import connected, provision
from pep_runtime.kafka_users import KafkaUsers
from pep_runtime.onboarding import administering, look, open_authority

LEAVES = "eastshire"


async def test_its_topics_users_rights_and_quotas_go_and_nobody_elses(
    guarded: Guarded, postgres_dsn: str, unique_name: Callable[[str], str], tmp_path: Path
) -> None:
    infrastructure = guarded.infrastructure
    await open_authority(infrastructure, LEAVES)
    reader = guarded.address(f"finance-{LEAVES}")
    async with KafkaUsers(infrastructure.bootstrap) as users:
        rights = await users.rights()
    keys = unique_name("keys")
    await provision(postgres_dsn, keys, "keys")
    keys_dsn = f"{postgres_dsn.rpartition('/')[0]}/{keys}"
    said: list[str] = []
    told = (lambda what, _done, _of: said.append(what),)
    manifest = await export_authority(
        infrastructure, LEAVES, keys_dsn, tmp_path, tmp_path / "export", datetime.now(UTC), *told
    )
    removed = await remove_authority(infrastructure, keys_dsn, manifest, *told)
    async with connected(postgres_dsn) as connection:
        await connection.execute(f"drop database {keys} with (force)")

    assert removed.kafka_users == (f"finance-{LEAVES}",)
    assert removed.rights == len(infrastructure.own_rights(LEAVES))
    async with KafkaUsers(infrastructure.bootstrap) as users:
        assert await users.rights() == rights - infrastructure.own_rights(LEAVES)
        assert f"finance-{LEAVES}" not in {*await users.names(), *await users.quotas()}
    async with administering(infrastructure.bootstrap) as admin:
        assert not [name for name in await admin.list_topics() if LEAVES in name]
    with pytest.raises(KafkaConnectionError):
        await read(reader, EVENTS)
    await write(guarded.address(f"pep-{GIVER}"), EVENTS)
    assert {item.there for item in await look(infrastructure, HERE)} == {True}
    assert "removing topics and users of Kafka" in said
