"""The journals that are generated for measuring are such as the engine itself writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
from rich.console import Console
from tests.bench import generate
from tests.integration.installed import superuser

from pep_record.main import PARTS
from pep_runtime.codec import EventTypes
from pep_runtime.database import connect
from pep_runtime.projector import Projector
from pep_runtime.rebuild import rebuild
from pep_runtime.verify import Verdict, Verifier
from pep_runtime.wake import Bell

EVENTS = 2_000


@pytest.fixture
async def made(postgres_dsn: str, kafka_bootstrap: str, authority: str) -> AsyncIterator[generate.Made]:
    console = Console(quiet=True)
    made = await generate.make(postgres_dsn, authority, EVENTS, seed=7, console=console)
    await generate.publish(made, kafka_bootstrap, console)
    yield made
    async with superuser(postgres_dsn) as connection:
        await connection.execute(f"drop database {made.database} with (force)")


async def test_a_generated_journal_and_its_topics_are_found_whole(made: generate.Made, kafka_bootstrap: str) -> None:
    found = await Verifier(made.logins.worker, kafka_bootstrap, generate.SERVICE, made.authority).verify()
    assert found == Verdict(made.authority, generate.SERVICE, EVENTS, found.announcements, repeats=0, fault=None)
    assert found.announcements > EVENTS / 20


async def test_every_read_model_of_its_service_has_rows_of_it(made: generate.Made) -> None:
    async with await connect(made.logins.worker) as pool:
        projector = Projector(pool, PARTS.read_models, EventTypes(PARTS.events), Bell())
        while await projector.catch_up():
            pass
    async with superuser(made.superuser_dsn) as connection:
        for model in PARTS.read_models:
            assert await connection.fetchval(f"select count(*) from {model.table}") > 5


async def test_its_read_models_are_the_same_from_journal_and_topic(made: generate.Made, kafka_bootstrap: str) -> None:
    types, dsn = EventTypes(PARTS.events), made.logins.worker
    for model in PARTS.read_models:
        checked = partial(rebuild, dsn, model, types, made.authority, swap=False)
        from_journal = await checked()
        from_kafka = await checked(source="kafka", service=generate.SERVICE, bootstrap=kafka_bootstrap)
        assert (from_kafka.checksum, from_kafka.from_kafka) == (from_journal.checksum, EVENTS)
