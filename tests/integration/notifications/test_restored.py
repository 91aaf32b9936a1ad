"""A mail that went out after the backup is not sent again when the database was put back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.integration.earlier import put_back, remember
from tests.integration.installed import database_dsn, until
from tests.integration.notifications.conftest import AUTHORITY, PostBox
from tests.integration.notifications.test_sender import folded, in_state, message, sender  # noqa: F401  # fixtures too

from notifications.projections.messages import Message
from pep_runtime.database import connect
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.recover import recover
from pep_runtime.relay import Relay
from pep_runtime.service import RunningService


@pytest.fixture
def topics_name(unique_name: Callable[[str], str]) -> str:
    """Topics that no other test writes to."""
    return unique_name("notifications").replace("_", "-")


@contextlib.asynccontextmanager
async def relaying(service: RunningService, bootstrap: str, name: str) -> AsyncIterator[None]:
    async with await connect(service.settings.postgres_relay_dsn, size=2) as pool:
        work = asyncio.ensure_future(Relay(pool, name, bootstrap, service.bell).run())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


async def of_head(service: RunningService, column: str) -> Any:
    query = f"select {column} from journal_head where authority = $1 and log = 'journal'"
    return await service.worker.fetchval(query, AUTHORITY)


async def test_a_mail_that_was_sent_after_the_backup_is_not_sent_again(
    service: RunningService,
    post_box: PostBox,
    message: Message,  # noqa: F811
    postgres_dsn: str,
    kafka_bootstrap: str,
    topics_name: str,
) -> None:
    operator_dsn = database_dsn(postgres_dsn, service.settings.postgres_app_dsn.rpartition("/")[2])
    await create_topics(kafka_bootstrap, topics_of(AUTHORITY, [topics_name]))
    backup = await remember(operator_dsn)
    await sender(service, post_box).turn()
    await in_state(service, "sent")
    position = await of_head(service, "position")

    async def all_is_sent() -> bool:
        sent = await service.worker.fetchval(
            "select position from relay_cursor where authority = $1 and log = 'journal'", AUTHORITY
        )
        return bool(sent == position)

    async with relaying(service, kafka_bootstrap, topics_name):
        await until(all_is_sent)
    await put_back(operator_dsn, backup)
    async with relaying(service, kafka_bootstrap, topics_name):
        await until(lambda: of_head(service, "frozen"))
    assert (await in_state(service, "waiting")).message_id == message.message_id
    await sender(service, post_box).turn()  # it knows of nothing, and may not begin an attempt
    found = await recover(operator_dsn, kafka_bootstrap, topics_name, AUTHORITY, apply=True)
    assert found.goes_on, found.fault
    await in_state(service, "sent")
    await sender(service, post_box).turn()
    assert len(post_box.taken) == 1
