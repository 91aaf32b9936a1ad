"""A signed token, read with care: what it says before anything is checked, and what holds once it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet

LEEWAY_SECONDS = 30
PROVIDERS_ALGORITHMS = ("RS256", "ES256")


class NotSignedIn(Exception):
    """The token is missing, or is not one that we take; the sentence says which, and never repeats the token."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What a token says of itself. Good for finding the key with which to check it, and for nothing else."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @classmethod
    def read(cls, token: str) -> Unchecked:
        """Raises `NotSignedIn` for what is no signed token."""
        try:
            header, claims, _ = token.split(".")
            return cls(token, _object(header), _object(claims))
        except (ValueError, RecursionError) as error:
            raise NotSignedIn("This is not a token of the kind that is taken here.") from error

    def word(self, claim: str) -> str:
        """A claim that must be text. Raises `NotSignedIn`."""
        found = self.claims.get(claim)
        if not isinstance(found, str):
            raise NotSignedIn("This is not a token of the kind that is taken here.")
        return found

    def is_signed_by_one_of(self, keys: KeySet) -> bool:
        """Whether its key is among these, going by the key's name. A token that names none may be of any."""
        return "kid" not in self.header or any(key.kid == self.header["kid"] for key in keys.keys)


def _object(part: str) -> dict[str, Any]:
    found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def decoded(token: str, keys: KeySet, algorithms: Sequence[str]) -> jwt.Token:
    """The token, if one of these keys signed it by one of these algorithms. Raises `NotSignedIn`."""
    try:
        return jwt.decode(token, keys, algorithms=algorithms)
    except JoseError as error:
        raise NotSignedIn(f"This token is not taken: {error.error.replace('_', ' ')}.") from error


def bearer_claims(
    token: str, keys: KeySet, algorithms: Sequence[str], *, issuer: str, audience: str, seconds_at_most: int
) -> dict[str, Any]:
    """What a bearer token says: signed by its issuer, for us alone, for now and not for long. Raises `NotSignedIn`."""
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    claims = decoded(token, keys, algorithms).claims
    try:
        rules.validate(claims)
    except ClaimError as error:
        raise not_taken(error) from error
    if claims["aud"] not in (audience, [audience]):  # whoever else it is for could show it to us
        raise NotSignedIn("This token is not taken: it is for others too (aud).")
    if claims["exp"] - claims["iat"] > seconds_at_most + LEEWAY_SECONDS:
        raise NotSignedIn(f"This token is not taken: it may live for {seconds_at_most} seconds at most (exp, iat).")
    return dict(claims)


def not_taken(error: ClaimError) -> NotSignedIn:
    """Which claim is wrong, and not what it says."""
    return NotSignedIn(f"This token is not taken: {error.error.replace('_', ' ')} {error.claim}.")
