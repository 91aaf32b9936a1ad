"""Kafka's users as an operator sets them up: their passwords, rights and quotas. Doing it again changes nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import (
    CreateAclsRequest,
    DeleteAclsRequest,
    DescribeAclsRequest,
    DescribeClientQuotasRequest,
)

from pep_runtime.kafka import closed, opened
from pep_runtime.kafka_address import at
from pep_runtime.kafka_requests import AlterQuotas, AlterScram, DescribeScram
from pep_runtime.kafka_rights import Quota, Right

_SCRAM_SHA_256, _ITERATIONS = 1, 8192
_OF = {"topic": 2, "group": 3}
_OPERATIONS = {"all": 2, "read": 3, "write": 4}
_ANY, _PREFIXED, _ALLOW, _USERS = 1, 4, 3, "User:"
_THOSE_WITH_A_NAME = 2


@dataclass(frozen=True, slots=True)
class UserPasswords:
    """The users' passwords as files of one folder, readable by their owner only; made when first asked for.

    The one that follows, while a user's password is exchanged, has a file beside it: `.<user>.next`.
    """

    folder: Path

    def of(self, user: str) -> str:
        """The user's password."""
        return self._made(user)

    def following(self, user: str) -> str:
        """The one that takes its place: the same until `follow`."""
        return self._made(_next(user))

    def follow(self, user: str) -> None:
        """From now on the one that follows is the user's password."""
        (self.folder / _next(user)).replace(self.folder / user)

    def _made(self, name: str) -> str:
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = self.folder / f".{name}.{secrets.token_hex(4)}"
            with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            half.rename(path)
        return path.read_text()

    def known(self, user: str) -> bool:
        """Whether there is one already."""
        return (self.folder / user).exists()

    def forget(self, user: str) -> None:
        """The files go."""
        for name in (user, _next(user)):
            (self.folder / name).unlink(missing_ok=True)


def _next(user: str) -> str:
    return f".{user}.next"


@dataclass(slots=True)
class KafkaUsers:
    """`async with KafkaUsers(address) as users:` … as an operator. Raises `KafkaError` for what Kafka refuses."""

    bootstrap: str
    _client: Any = field(init=False)

    async def __aenter__(self) -> Self:
        self._client = AIOKafkaClient(**at(self.bootstrap))
        await opened(self._client.bootstrap(), self._client.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await closed(self._client.close())

    async def names(self) -> set[str]:
        """Who has a password."""
        answer = await self._ask(DescribeScram(None, {}))
        _check(answer.error_code, answer.error_message)
        return {name for name, *_ in answer.results}

    async def set_password(self, user: str, password: str) -> None:
        """Make the user, or give it another password. Only what is derived from the password travels."""
        salt = os.urandom(32)
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
        await self._alter(AlterScram([], [(user, _SCRAM_SHA_256, _ITERATIONS, salt, salted, {})], {}))

    async def remove(self, user: str) -> None:
        """The user may sign in no more."""
        await self._alter(AlterScram([(user, _SCRAM_SHA_256, {})], [], {}))

    async def _alter(self, request: AlterScram) -> None:
        for _user, code, message, _tags in (await self._ask(request)).results:
            _check(code, message)

    async def rights(self) -> set[Right]:
        """All that anybody was given here by prefix."""
        answer = await self._ask(DescribeAclsRequest(_ANY, None, _PREFIXED, None, None, _ANY, _ALLOW))
        _check(answer.error_code, answer.error_message)
        of, operations = ({number: name for name, number in each.items()} for each in (_OF, _OPERATIONS))
        return {
            Right(principal.removeprefix(_USERS), operations[operation], of[kind], prefix)  # type: ignore[arg-type]  # as in Right
            for kind, prefix, _pattern, given in answer.resources
            for principal, _host, operation, _permission in given
            if kind in of and operation in operations
        }

    async def grant(self, rights: Iterable[Right]) -> None:
        """Give these rights."""
        for right in sorted(rights):
            for code, message in (await self._ask(CreateAclsRequest(*_acl(right)))).creation_responses:
                _check(code, message)

    async def revoke(self, rights: Iterable[Right]) -> None:
        """Take these rights away."""
        for right in sorted(rights):
            for code, message, _matching in (await self._ask(DeleteAclsRequest(*_acl(right)))).filter_responses:
                _check(code, message)

    async def quotas(self) -> dict[str, Quota]:
        """Each user's quotas."""
        answer = await self._ask(DescribeClientQuotasRequest([("user", _THOSE_WITH_A_NAME, None)], True))
        _check(answer.error_code, answer.error_message)
        return {entity[0][1]: dict(values) for entity, values in answer.entries}

    async def limit(self, user: str, quota: Quota) -> None:
        """The user uses no more than this of a broker."""
        await self._alter_quotas(user, [(key, value, False) for key, value in quota.items()])

    async def unlimit(self, user: str, quota: Quota) -> None:
        """Nothing remains to be known of the user's quotas."""
        await self._alter_quotas(user, [(key, 0.0, True) for key in quota])

    async def _alter_quotas(self, user: str, changes: Sequence[tuple[str, float, bool]]) -> None:
        request = AlterQuotas([([("user", user)], list(changes))], False)
        for code, message, _entity in (await self._ask(request)).entries:
            _check(code, message)

    async def _ask(self, request: Any) -> Any:
        return await self._client.send(self._client.get_random_node(), request)


def _acl(right: Right) -> tuple[Any, ...]:
    principal = f"{_USERS}{right.user}"
    return (_OF[right.of], right.prefix, _PREFIXED, principal, "*", _OPERATIONS[right.operation], _ALLOW)


def _check(code: int, message: str | None) -> None:
    if code:
        raise for_code(code)(message)
