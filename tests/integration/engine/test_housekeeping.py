"""Answers to commands are kept for seven days: long enough for any repeat, and not for ever."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tests.integration.engine.conftest import SmallService
from tests.integration.engine.test_relay import as_owner

from pep_runtime.housekeeping import forget_answers


async def test_answers_older_than_seven_days_are_forgotten(alpha: SmallService, authority: str) -> None:
    await alpha.fill(authority, key="old")
    await alpha.fill(authority, key="new")
    await as_owner(alpha, "update command_answer set stored_at = now() - interval '8 days' where key = 'old'")
    service = cast(Any, SimpleNamespace(worker=alpha.worker))
    assert await forget_answers(service, authority) == 1
    assert await forget_answers(service, authority) == 0
    assert (await alpha.fill(authority, key="new")).repeated


async def test_a_repeat_after_its_answer_was_forgotten_still_does_nothing_twice(
    alpha: SmallService, authority: str
) -> None:
    await alpha.fill(authority, key="old")
    await as_owner(alpha, "update command_answer set stored_at = now() - interval '8 days'")
    await forget_answers(cast(Any, SimpleNamespace(worker=alpha.worker)), authority)
    assert (await alpha.fill(authority, key="old")).repeated
    assert len(await alpha.rows(authority)) == 1
