"""Tokens that our services show each other: each signs with a key of its own, of which the others know the public half.

So whoever learns one service's key can pose as that service and as no other. A service's public keys are one file of a
folder that all services read, `<service>.json`: a key set, because an old and a new key hold side by side for a while.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from pep_runtime.clock import real_seconds
from pep_runtime.tokens import NotSignedIn, Unchecked, bearer_claims

SERVICES_ISSUER = "openpep-services"
SERVICE_TOKEN_SECONDS = 60
ALGORITHM = "Ed25519"


class ServiceTokens:
    """Makes this service's tokens and checks the others'."""

    def __init__(self, service: str, key_file: Path, public_folder: Path) -> None:
        """Raises `ValueError` that names the file which cannot be read."""
        self._service = service
        self._key = _read_key(key_file)
        self._public = {file.stem: _read_public(file) for file in public_folder.glob("*.json")}

    def token(self, audience: str, authority: str) -> str:
        """With which this service speaks to the service `audience` on behalf of an authority, for a minute."""
        now = real_seconds()
        claims = {
            "iss": SERVICES_ISSUER,
            "sub": self._service,
            "aud": audience,
            "authority": authority,
            "iat": now,
            "exp": now + SERVICE_TOKEN_SECONDS,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])

    def check(self, token: Unchecked) -> tuple[str, str]:
        """The authority, and the service that speaks. Raises `NotSignedIn`."""
        service, authority = token.word("sub"), token.word("authority")
        keys = self._public.get(service)
        if keys is None or not token.is_signed_by_one_of(keys):
            raise NotSignedIn("This token is of a service, or signed with a key, that is not known here.")
        bearer_claims(
            token.text,
            keys,
            [ALGORITHM],
            issuer=SERVICES_ISSUER,
            audience=self._service,
            seconds_at_most=SERVICE_TOKEN_SECONDS,
        )
        return authority, service


def make_service_key(service: str, key_file: Path, public_folder: Path) -> None:
    """A new key of a service, for its owner's eyes only. Its public half is added to those that the others take.

    Raises `FileExistsError`: no key is ever written over.
    """
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    key_file.touch(mode=0o600, exist_ok=False)
    key_file.write_text(json.dumps(key.as_dict(private=True)))
    file = public_folder / f"{service}.json"
    _write_public(file, [*(_read_public(file).keys if file.exists() else []), key])


def old_keys(service: str, key_file: Path, public_folder: Path) -> list[str]:
    """The names of the service's keys that others take beside that in `key_file`. Raises `ValueError`."""
    file, key = public_folder / f"{service}.json", _read_key(key_file)
    known = [str(each.kid) for each in _read_public(file).keys]
    if key.kid not in known:
        raise ValueError(f"{file} does not have the public half of {key_file}: nothing is taken out.")
    return [name for name in known if name != key.kid]


def retire_old_keys(service: str, key_file: Path, public_folder: Path) -> None:
    """From now on the others take this service's key in `key_file` only. Raises `ValueError`."""
    old = old_keys(service, key_file, public_folder)
    file = public_folder / f"{service}.json"
    _write_public(file, [key for key in _read_public(file).keys if key.kid not in old])


def _read_key(file: Path) -> OKPKey:
    try:
        key = OKPKey.import_key(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise ValueError(f"{file} is not a service's key: {type(error).__name__}.") from error
    if not key.is_private or key.kid is None:
        raise ValueError(f"{file} is not a service's private key.")
    return key


def _read_public(file: Path) -> KeySet:
    try:
        return KeySet.import_key_set(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise ValueError(f"{file} is not a set of public keys: {type(error).__name__}.") from error


def _write_public(file: Path, keys: Iterable[object]) -> None:
    """Written whole or not at all."""
    half = file.with_suffix(".half")
    half.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False), indent=2))  # type: ignore[arg-type]
    half.replace(file)
