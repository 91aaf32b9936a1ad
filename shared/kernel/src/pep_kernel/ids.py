"""Names of things. References of children and people are keyed hashes: an import finds them again, nobody guesses."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID, uuid5

_NAMESPACE = UUID("6b7f0c52-2f0e-5d8a-9c55-0d5f0f6e7c11")


def keyed_reference(secret: bytes, kind: str, local_id: str) -> str:
    """An opaque reference, 26 lower-case letters and digits: HMAC-SHA-256 of the authority's id under its secret."""
    digest = hmac.new(secret, f"{kind}\n{local_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def command_event_id(authority: str, actor: str, key: str, index: int) -> UUID:
    """The id of the `index`-th event of a person's command: the same key can only ever make the same events."""
    return uuid5(_NAMESPACE, f"command\n{authority}\n{actor}\n{key}\n{index}")


def policy_event_id(cause: UUID, purpose: str, index: int) -> UUID:
    """The id of the `index`-th event that a policy or timer makes of `cause`: a repeat makes the same id."""
    return uuid5(_NAMESPACE, f"policy\n{cause}\n{purpose}\n{index}")


def timer_cause(purpose: str, *parts: str) -> UUID:
    """The cause of what a timer does: it is the passing of a stored date, named by its parts."""
    return uuid5(_NAMESPACE, "\n".join(("timer", purpose, *parts)))
