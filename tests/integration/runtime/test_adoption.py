"""A service writes down the rules it goes by, and does not start over a past that was changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.integration.installed import add_authority, installed
from tests.integration.sign_in import SignInProvider

from notifications.main import PARTS
from pep_kernel.refusal import Refusal
from pep_runtime.adoption import adopt_of
from pep_runtime.policies import read_policies
from pep_runtime.service import running
from pep_runtime.settings import Settings

HERE = "oxfordshire"
DAY = date(2026, 10, 9)
LATER = """
[[words]]
effective_from = 2026-09-01
premium = "the premium"
source = ["our choice"]
"""


@pytest.fixture
async def settings(postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider]) -> AsyncIterator[Settings]:
    folder = add_authority(tmp_path / "authorities", "elsewhere", like=HERE)
    async with installed("notifications", postgres_dsn, tmp_path, providers, authorities_dir=folder) as found:
        yield found


async def started(settings: Settings) -> list[dict[str, Any]]:
    """What the journal holds of rules after the service has started with the files as they are."""
    async with running(PARTS, settings) as service:
        await adopt_of(service, HERE)
        rows = await service.worker.fetch(
            "select payload from journal where authority = $1 and type = 'PolicyAdopted' order by position", HERE
        )
        return [json.loads(row["payload"]) for row in rows]


def words(settings: Settings) -> Path:
    return settings.authorities_dir / HERE / "notifications.toml"


def version(settings: Settings) -> str:
    return read_policies(settings.authorities_dir).for_authority(HERE).notifications.in_force(DAY).version


def change(settings: Settings, old: str, new: str) -> None:
    text = words(settings).read_text()
    assert old in text
    words(settings).write_text(text.replace(old, new))


async def test_rules_are_written_into_the_journal_once_with_their_text(settings: Settings) -> None:
    (first,) = await started(settings)
    assert first["version"] == version(settings)
    assert '"premium":"PP+"' in first["text"]
    assert await started(settings) == [first]


async def test_rules_of_a_later_day_are_a_version_of_their_own(settings: Settings) -> None:
    (first,) = await started(settings)
    words(settings).write_text(words(settings).read_text() + LATER)
    assert [each["effective_from"] for each in await started(settings)] == [first["effective_from"], "2026-09-01"]


async def test_a_past_version_that_was_changed_is_refused_until_the_file_declares_the_correction(
    settings: Settings,
) -> None:
    (first,) = await started(settings)
    change(settings, '"PP+"', '"Pupil Premium"')
    with pytest.raises(Refusal, match=f"adopted as {first['version']} and have been changed since"):
        await started(settings)
    change(settings, f'authority = "{HERE}"\n', f'authority = "{HERE}"\ncorrections = ["{first["version"]}"]\n')
    _, corrected = await started(settings)
    assert (corrected["version"], corrected["corrects"]) == (version(settings), first["version"])


async def test_a_past_version_that_was_taken_away_is_refused(settings: Settings) -> None:
    words(settings).write_text(words(settings).read_text() + LATER)
    await started(settings)
    change(settings, LATER, "")
    with pytest.raises(Refusal, match=r"The rules from 01/09/2026 were adopted .* not in the file any more"):
        await started(settings)
