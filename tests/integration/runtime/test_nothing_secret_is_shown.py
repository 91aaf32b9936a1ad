"""What machines and operators are shown of a service holds no secret and nobody's name or reference."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from tests.integration.cli.conftest import Pep, Place, installation, pep, places
from tests.integration.installed import Asked
from tests.integration.runtime.conftest import CHILD, PLAN

from pep_runtime.metrics_page import page
from pep_runtime.settings import Settings

__all__ = ["installation", "pep", "places"]  # fixtures of the command line's tests


def secrets_of(settings: Settings) -> list[str]:
    """The passwords in its addresses, and what its key files hold."""
    dsns = (settings.postgres_app_dsn, settings.postgres_relay_dsn, settings.postgres_worker_dsn, settings.keys_dsn)
    passwords = [password for dsn in dsns if (password := urlsplit(dsn).password)]
    assert len(passwords) == len(dsns)
    return [*passwords, settings.services_key_file.read_text()]


async def test_the_page_of_figures_shows_no_secret_and_nobody(door: Asked) -> None:
    assert (await door.ask("officer-1", "GET", f"/plans/{PLAN}")).status_code == 200
    shown = (await page(door.service)).decode()
    assert "pep_journal_position" in shown
    told_apart = [*secrets_of(door.service.settings), CHILD, PLAN, "officer-1", "worker-1", "teacher-1"]
    assert [word for word in told_apart if word in shown] == []


@pytest.mark.parametrize("words", [("status", "--json"), ("status",), ("refusals",)], ids=" ".join)
async def test_what_pep_prints_shows_no_password(pep: Pep, places: dict[str, Place], words: tuple[str, ...]) -> None:
    answer = await pep(*words)
    said = f"{answer.output}{answer.exception!r}"
    assert "scheduling" in said or words == ("refusals",)
    assert [secret for place in places.values() for secret in secrets_of(place.settings) if secret in said] == []
