"""Asking the services as a person of one authority: signed in, seeing what was done before, expecting an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

import httpx

from pep_kernel.ids import keyed_reference
from pep_local.places import LOOPBACK
from pep_local.signin import SignIn, User
from pep_local.stack import Stack
from pep_local.term.steps import NotAsTold
from pep_runtime.database import connect
from pep_runtime.file_keys import FileKeys
from pep_runtime.keyring import Keyring

PATIENCE_SECONDS = 40.0
LOOK_AGAIN_SECONDS = 0.1
AGAIN = 3
FORBIDDEN = httpx.codes.FORBIDDEN
NOT_YET_KNOWN = "nobody has said that you work here"
POSITION = "Pep-Position"


class Desk:
    """One authority's people at the services of a stack."""

    def __init__(self, stack: Stack, authority: str, client: httpx.AsyncClient, secret: bytes) -> None:
        self.authority = authority
        self._stack = stack
        self._client = client
        self._secret = secret
        self._sign_in: SignIn = stack.sign_ins[authority]
        self._passwords: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._positions: dict[str, int] = {}

    def reference(self, kind: str, local_id: str) -> str:
        """The opaque reference of the authority's own id, as the services make it."""
        return keyed_reference(self._secret, kind, local_id)

    def person(self, staff_id: str) -> str:
        return self.reference("person", staff_id)

    def child(self, child_id: str) -> str:
        return self.reference("child", child_id)

    def carer(self, carer_id: str) -> str:
        return self.reference("carer", carer_id)

    def let_sign_in(self, passwords: Mapping[str, str]) -> None:
        """Staff ids and their passwords, made known to the sign-in provider."""
        self._passwords.update(passwords)
        self._sign_in.add_users(User(self.person(who), password) for who, password in passwords.items())

    def token(self, staff_id: str) -> str:
        if staff_id not in self._tokens:
            self._tokens[staff_id] = self._sign_in.token(self.person(staff_id), self._passwords[staff_id])
        return self._tokens[staff_id]

    async def ask(
        self, who: str, service: str, method: str, path: str, body: object = None, *, wanted: int | None = None
    ) -> httpx.Response:
        """The answer, which must be of the `wanted` status: any of the 200s unless said."""
        answer = await self._send_when_known(who, service, method, path, body)
        as_wanted = answer.status_code == wanted if wanted else answer.is_success
        if not as_wanted:
            raise NotAsTold(f"{method} {path} of {service} gave {answer.status_code} to {who}: {answer.text}")
        return answer

    async def tell(self, who: str, service: str, path: str, body: object = None) -> Any:
        """A command; what it answers."""
        answer = await self.ask(who, service, "POST", path, body)
        return answer.json() if answer.content else None

    async def refused(self, who: str, service: str, path: str, body: object = None, *, says: str) -> str:
        """A command that is refused with a sentence in which these words are."""
        answer = await self.ask(who, service, "POST", path, body, wanted=httpx.codes.CONFLICT)
        sentence: str = answer.json()["detail"]
        if says not in sentence:
            raise NotAsTold(f"The refusal should say {says!r}, but says {sentence!r}.")
        return sentence

    async def see(self, who: str, service: str, path: str) -> Any:
        return (await self.ask(who, service, "GET", path)).json()

    async def until(self, who: str, service: str, path: str, is_there: Callable[[Any], Any], what: str) -> Any:
        """Look until what another service said has arrived here: the first truthy answer of `is_there`."""
        deadline, seen = time.monotonic() + PATIENCE_SECONDS, "nothing"
        while time.monotonic() < deadline:
            answer = await self._send(who, service, "GET", path, None)
            if answer.is_success and (found := is_there(answer.json())):
                return found
            seen = answer.text[:2000]
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        raise NotAsTold(f"{what} was not seen in {PATIENCE_SECONDS:.0f} s at {path} of {service}; last seen: {seen}")

    async def _send_when_known(self, who: str, service: str, method: str, path: str, body: object) -> httpx.Response:
        """A colleague's role is announced to the other services; until it has arrived they know nobody."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = await self._send(who, service, method, path, body)
            unknown = answer.status_code == FORBIDDEN and NOT_YET_KNOWN in answer.text
            if not unknown or time.monotonic() > deadline:
                return answer
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _send(self, who: str, service: str, method: str, path: str, body: object) -> httpx.Response:
        seen = f"{service}:{self._positions.get(service, 0)}"
        headers = {"Authorization": f"Bearer {self.token(who)}", POSITION: seen, "Idempotency-Key": uuid4().hex}
        answer = await self._sent(method, f"{self._stack.url(service)}{path}", body, headers)
        position = int(answer.headers.get(POSITION, seen).partition(":")[2])
        self._positions[service] = max(self._positions.get(service, 0), position)
        return answer

    async def _sent(self, method: str, url: str, body: object, headers: Mapping[str, str]) -> httpx.Response:
        """A connection that was closed just now is no answer: the key makes it safe to send the same again."""
        for _ in range(AGAIN):
            try:
                return await self._client.request(method, url, json=body, headers=headers)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await self._client.request(method, url, json=body, headers=headers)


async def desks(stack: Stack, client: httpx.AsyncClient, authorities: Iterable[str]) -> dict[str, Desk]:
    """A desk an authority."""
    async with await connect(stack.keys_operator_dsn, size=1, check_lineage=False) as pool:
        keyring = Keyring(pool, FileKeys(stack.keys_folder))
        return {name: Desk(stack, name, client, await keyring.reference_secret(name)) for name in authorities}


def client_of_services() -> httpx.AsyncClient:
    """For the loopback only: no proxy of the surroundings is used."""
    # A connection that nobody uses is given up well before the service closes it: no request may run into that.
    idle = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1)
    return httpx.AsyncClient(timeout=60, limits=idle, trust_env=False, headers={"User-Agent": f"term on {LOOPBACK}"})
