"""Where an authority's own key lives, which wraps the keys of its subjects: in files, or in a key service.

An authority's keys have numbers. The newest one wraps; older ones unwrap what they wrapped, until they are retired.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

KeysService = Literal["file", "transit"]


class KeysAway(ConnectionError):
    """The authority's keys cannot be reached, or are refused to us: nothing can be sealed or opened just now."""


class NoSuchKey(KeysAway):
    """The authority has no key there."""


class KeyWrapper(Protocol):
    """What both kinds can do. Every method raises `KeysAway`; what opens, `CannotOpen` too."""

    async def create(self, authority: str) -> None:
        """Make the authority's first key if it has none."""

    async def wrap(self, authority: str, key: bytes, bound_to: bytes) -> bytes:
        """`key` under the authority's newest key."""

    async def unwrap(self, authority: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The key again."""

    async def unwrap_all(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """The key of each `(wrapped, bound_to)` again, all of them asked for at once."""

    async def rewrap(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Each `(wrapped, bound_to)` under the newest key; those that are under it already, byte for byte."""

    async def first_secret(self, authority: str) -> bytes:
        """32 bytes that nobody can guess, for an authority whose references have no secret yet."""

    async def numbers(self, authority: str) -> list[int]:
        """The numbers of the keys that open something, the newest last."""

    async def rotate(self, authority: str) -> None:
        """Make a newer key beside those that are there."""

    async def retire(self, authority: str) -> None:
        """Take all but the newest out of use. An operator can bring them back."""

    async def destroy(self, authority: str) -> None:
        """All keys of the authority go for ever, those out of use too. There may be none."""


@contextlib.asynccontextmanager
async def authority_keys(
    service: KeysService, folder: Path | None, address: str | None = None, token_file: Path | None = None
) -> AsyncIterator[KeyWrapper]:
    """The keys in `folder`, or those of the key service at `address`. Raises `ValueError` if that is not given."""
    from pep_runtime.file_keys import FileKeys
    from pep_runtime.transit_keys import transit_keys

    if service == "file" and folder is not None:
        yield FileKeys(folder)
    elif service == "transit" and address is not None and token_file is not None:
        async with transit_keys(address, token_file) as keys:
            yield keys
    else:
        what = "their folder" if service == "file" else "its address and a file with the token"
        raise ValueError(f"Where the authorities' own keys are is not said: {service} needs {what}.")
