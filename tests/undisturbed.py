"""For tests that run a whole installation in their own process."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVERS_OF_OTHERS = ("PEP_POSTGRES_DSN", "PEP_KAFKA_BOOTSTRAP", "PEP_AUTHORITIES_DIR", "PEP_INSTALLATION")


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """A supervisor answers signals in its own way; afterwards pytest's way is back. No server of others is used."""
    handlers = {each: signal.getsignal(each) for each in SIGNALS}
    hidden = {name: os.environ.pop(name) for name in SERVERS_OF_OTHERS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)
        for number, handler in handlers.items():
            signal.signal(number, handler)
