"""Where an authority's rules say that calendars hold joining links, each fetch is a look that is written down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.integration.installed import ROOT, installed
from tests.integration.scheduling.conftest import HERE, TODAY, World
from tests.integration.scheduling.test_calendar import address, arranged, entries
from tests.integration.sign_in import SignInProvider
from tests.integration.walk import entries_after

from pep_runtime.settings import Settings


@pytest.fixture
async def settings(postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider]) -> AsyncIterator[Settings]:
    """Authorities that have calendars hold the links."""
    rules = tmp_path / "authorities"
    for file in (ROOT / "shared" / "authorities").glob("*/*.toml"):
        (rules / file.parent.name).mkdir(parents=True, exist_ok=True)
        text = file.read_text().replace("shows_joining_link = false", "shows_joining_link = true")
        (rules / file.parent.name / file.name).write_text(text)
    installing = installed("scheduling", postgres_dsn, tmp_path, providers, today=TODAY, authorities_dir=rules)
    async with installing as made:
        yield made


async def test_a_joining_link_in_a_calendar_is_shown_to_its_person_and_written_down(world: World) -> None:
    await arranged(world, "worker")
    path = await address(world, "worker")
    before = len(await entries_after(world.service, HERE))
    (entry,) = await entries(world, path)
    assert entry["DESCRIPTION"] == "Join online: https://meet.example/zebedee-lane"
    (look,) = await entries_after(world.service, HERE, before)
    assert (look.classes, look.route, look.action) == (("contact",), "GET /calendar/{secret}.ics", "use calendar feed")
