"""Authority keys as files of 32 bytes that only their owner reads: `<authority>.key`, then `<authority>-2.key`, ….

A file is never changed, so a backup's file and the one that is there cannot differ. All processes see the same folder.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pep_runtime.authority_keys import KeysAway
from pep_runtime.sealing import CannotOpen, decrypt, encrypt

KEY, RETIRED = ".key", ".retired"


class FileKeys:
    """The keys in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def create(self, authority: str) -> None:
        if not self._files(authority):
            self._make(authority, 1)

    async def wrap(self, authority: str, key: bytes, bound_to: bytes) -> bytes:
        return encrypt(self._keys(authority)[-1], key, bound_to)

    async def unwrap(self, authority: str, wrapped: bytes, bound_to: bytes) -> bytes:
        return _unwrap(self._keys(authority), wrapped, bound_to)

    async def unwrap_all(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        keys = self._keys(authority)
        return [_unwrap(keys, each, bound_to) for each, bound_to in wrapped]

    async def rewrap(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        keys = self._keys(authority)
        return [_rewrap(keys, each, bound_to) for each, bound_to in wrapped]

    async def first_secret(self, authority: str) -> bytes:
        """Derived from the first key, as all references were made before they had a secret of their own."""
        return HKDF(hashes.SHA256(), 32, None, b"references").derive(self._keys(authority)[0])

    async def numbers(self, authority: str) -> list[int]:
        return list(self._files(authority))

    async def rotate(self, authority: str) -> None:
        self._make(authority, max(self._files(authority), default=0) + 1)

    async def retire(self, authority: str) -> None:
        for file in list(self._files(authority).values())[:-1]:
            file.rename(file.with_name(file.name + RETIRED))

    async def destroy(self, authority: str) -> None:
        for ending in (KEY, KEY + RETIRED):
            for file in self._files(authority, ending).values():
                file.unlink()

    def _files(self, authority: str, ending: str = KEY) -> dict[int, Path]:
        """Number → file, the newest last."""
        try:
            names = os.listdir(self._folder)  # many authorities may share it, and a pattern costs more than all of them
        except FileNotFoundError:
            return {}
        found = {_number(authority, name.removesuffix(ending)): name for name in names if name.endswith(ending)}
        return {number: self._folder / name for number, name in sorted(found.items()) if number}

    def _keys(self, authority: str) -> list[bytes]:
        """The newest last."""
        try:
            keys = [key for file in self._files(authority).values() if (key := _read(file))]
        except OSError as error:
            raise KeysAway(f"The key of {authority} cannot be read ({error.strerror}).") from error
        if not keys:
            raise KeysAway(f"There is no key of {authority}.")
        return keys

    def _make(self, authority: str, number: int) -> None:
        """Seen whole or not at all; whoever was quicker has made it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{authority}{KEY}" if number == 1 else f"{authority}-{number}{KEY}"
        with tempfile.NamedTemporaryFile(dir=self._folder) as file:  # for its owner only
            file.write(AESGCM.generate_key(256))
            file.flush()
            os.fsync(file.fileno())
            try:
                os.link(file.name, self._folder / name)
            except FileExistsError:
                return


def _number(authority: str, stem: str) -> int:
    """Which of the authority's keys a file is by its name; 0: none of them."""
    name, _, number = stem.rpartition("-")
    return 1 if stem == authority else int(number) if name == authority and number.isdecimal() else 0


def _read(file: Path) -> bytes | None:
    """None for one that was retired this moment."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _unwrap(keys: Sequence[bytes], wrapped: bytes, bound_to: bytes) -> bytes:
    """By the newest key that fits: what another key wrapped does not open."""
    for key in reversed(keys):
        try:
            return decrypt(key, wrapped, bound_to)
        except CannotOpen:
            continue
    raise CannotOpen("None of the authority's keys opens this key.")


def _rewrap(keys: Sequence[bytes], wrapped: bytes, bound_to: bytes) -> bytes:
    try:
        decrypt(keys[-1], wrapped, bound_to)
    except CannotOpen:
        return encrypt(keys[-1], _unwrap(keys[:-1], wrapped, bound_to), bound_to)
    return wrapped
