"""What the tests of all services share: the authorities' sign-in providers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests.integration.sign_in import SignInProvider, sign_in_provider


@pytest.fixture(scope="session")
def providers() -> Iterator[dict[str, SignInProvider]]:
    """One sign-in provider an authority, for the whole run: they remember nothing."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(sign_in_provider()) for name in ("leicestershire", "oxfordshire")}
