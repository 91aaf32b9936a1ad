"""Authority keys in a key service that speaks HashiCorp Vault's transit API (OpenBao speaks it too).

An authority's key is `openpep-<authority>` there and never leaves it. It is a derived key: what a wrapped key is bound
to goes with it as the `context`, so a wrapped key that is moved does not open. The token is read from its file each
time, so that whoever renews it only writes the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from pep_runtime.authority_keys import KeysAway, NoSuchKey
from pep_runtime.sealing import CannotOpen

TRIES = 3
ANSWER_SECONDS = 2.0
WAIT_SECONDS = 0.1  # before the second try, twice that before the third; each time somewhere in between
PASSING = (HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504)  # 503: it is sealed or starting


@contextlib.asynccontextmanager
async def transit_keys(address: str, token_file: Path) -> AsyncIterator[TransitKeys]:
    """The keys of the service at `address` (where `/v1` begins), with a connection that is closed afterwards."""
    async with httpx.AsyncClient(base_url=address, timeout=ANSWER_SECONDS, trust_env=False) as client:
        yield TransitKeys(client, token_file)


class TransitKeys:
    """The keys of one such service."""

    def __init__(self, client: httpx.AsyncClient, token_file: Path) -> None:
        self._client = client
        self._token_file = token_file

    async def create(self, authority: str) -> None:
        await self._ask("POST", f"keys/{_name(authority)}", {"type": "aes256-gcm96", "derived": True})

    async def wrap(self, authority: str, key: bytes, bound_to: bytes) -> bytes:
        asked = {"plaintext": _text(key), "context": _text(bound_to)}
        answer = await self._ask("POST", f"encrypt/{_name(authority)}", asked)
        return str(answer["ciphertext"]).encode()

    async def unwrap(self, authority: str, wrapped: bytes, bound_to: bytes) -> bytes:
        answer = await self._ask("POST", f"decrypt/{_name(authority)}", _item(wrapped, bound_to))
        return b64decode(answer["plaintext"])

    async def unwrap_all(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        if not wrapped:
            return []
        asked = {"batch_input": [_item(each, bound_to) for each, bound_to in wrapped]}
        answer = await self._ask("POST", f"decrypt/{_name(authority)}", asked)
        return [b64decode(each["plaintext"]) for each in answer["batch_results"]]

    async def rewrap(self, authority: str, wrapped: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        newest = f"vault:v{(await self.numbers(authority))[-1]}:".encode()
        old = {each: bound_to for each, bound_to in wrapped if not each.startswith(newest)}
        if not old:
            return [each for each, _ in wrapped]
        asked = {"batch_input": [_item(each, bound_to) for each, bound_to in old.items()]}
        answer = await self._ask("POST", f"rewrap/{_name(authority)}", asked)
        results = [each.get("ciphertext", "").encode() for each in answer["batch_results"]]
        if not all(results):
            raise CannotOpen("None of the authority's keys opens this key.")
        anew = dict(zip(old, results, strict=True))
        return [anew.get(each, each) for each, _ in wrapped]

    async def first_secret(self, authority: str) -> bytes:
        return os.urandom(32)

    async def numbers(self, authority: str) -> list[int]:
        key = await self._ask("GET", f"keys/{_name(authority)}")
        return list(range(int(key["min_decryption_version"]), int(key["latest_version"]) + 1))

    async def rotate(self, authority: str) -> None:
        await self._ask("POST", f"keys/{_name(authority)}/rotate")

    async def retire(self, authority: str) -> None:
        newest = (await self.numbers(authority))[-1]
        asked = {"min_decryption_version": newest, "min_encryption_version": newest}
        await self._ask("POST", f"keys/{_name(authority)}/config", asked)

    async def destroy(self, authority: str) -> None:
        with contextlib.suppress(NoSuchKey):
            await self.numbers(authority)
            await self._ask("POST", f"keys/{_name(authority)}/config", {"deletion_allowed": True})
            await self._ask("DELETE", f"keys/{_name(authority)}")

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer's data. What passes is tried again, `TRIES` times in all."""
        for again in range(TRIES):
            if again:
                await asyncio.sleep(WAIT_SECONDS * again * random.uniform(1, 2))
            with contextlib.suppress(httpx.TransportError):
                answer = await self._client.request(method, f"/v1/transit/{path}", json=body, headers=self._headers())
                if answer.status_code not in PASSING:
                    return _data(answer)
        raise KeysAway("The key service cannot be reached.")

    def _headers(self) -> dict[str, str]:
        try:
            return {"X-Vault-Token": self._token_file.read_text().strip()}
        except OSError as error:
            raise KeysAway(f"The key service's token cannot be read ({error.strerror}).") from error


def _name(authority: str) -> str:
    return f"openpep-{authority}"


def _item(wrapped: bytes, bound_to: bytes) -> dict[str, str]:
    return {"ciphertext": wrapped.decode(errors="replace"), "context": _text(bound_to)}


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def _data(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code == HTTPStatus.BAD_REQUEST:
        raise CannotOpen("None of the authority's keys opens this key.")
    if answer.status_code == HTTPStatus.NOT_FOUND:
        raise NoSuchKey("The key service has no key of this authority.")
    if answer.is_error:
        raise KeysAway(f"The key service refuses us ({answer.status_code}).")
    data: dict[str, Any] = answer.json().get("data") or {} if answer.content else {}
    return data
