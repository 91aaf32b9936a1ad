"""How writers ask: on the loopback alone, and never for long."""

from __future__ import annotations

import httpx
from tests.faults.writer import ANSWER_SECONDS


def client_of_writers() -> httpx.AsyncClient:
    """A client whose every question is answered, or given up, in time."""
    return httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False)
