"""A sign-in provider with the code flow, for tests: it signs in whoever comes, and lies in any answer if told to."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet
from tests.integration.sign_in import SignInProvider, answering


@dataclass
class OpenIdProvider(SignInProvider):
    """`lies` changes what it says: the name of an answer to what becomes of it."""

    lies: dict[str, Callable[[dict[str, Any]], object]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanges: list[dict[str, str]] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "authorization_response_iss_parameter_supported": True,
        }

    def came_back(self, address: str) -> str:
        """Where the browser is sent after somebody signed in, who was sent here by this address."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        said = self.told("redirect", {"code": code, "state": asked["state"], "iss": self.address})
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, to whoever knows the verifier."""
        self.exchanges.append(form)
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return 400, {"error": "invalid_grant"}
        access = self.token("person-1")
        said = {"access_token": access, "token_type": "Bearer", "expires_in": 600}
        return 200, self.told("tokens", {**said, "id_token": self.id_token(asked, access)})

    def id_token(self, asked: dict[str, str], access: str) -> str:
        now, half = int(time.time()), hashlib.sha256(access.encode()).digest()[:16]
        claims = {"iss": self.address, "aud": asked["client_id"], "sub": "person-1", "iat": now, "exp": now + 600}
        claims |= {"nonce": asked["nonce"], "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("=")}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, self.told("id_token", claims), self.key)

    def told(self, what: str, said: dict[str, Any]) -> dict[str, Any]:
        """What it says; a lie may change it, or leave out what it sets to None."""
        if lie := self.lies.get(what):
            lie(said)
        return {name: value for name, value in said.items() if value is not None}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, object]:
        if path == "/token":
            return self.exchange(form)
        if path == "/keys":
            self.asked += 1
            return 200, KeySet([self.key]).as_dict(private=False)
        return 200, self.told("discovery", self.discovery())


@contextlib.contextmanager
def open_id_provider() -> Iterator[OpenIdProvider]:
    """A provider that answers until the end of the block."""
    provider = OpenIdProvider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.give({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.give({**dict(parse_qsl(body)), "authorization": self.headers.get("Authorization", "")})

        def give(self, form: dict[str, str]) -> None:
            status, said = provider.answer(self.path, form)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    with answering(Answers) as provider.address:
        yield provider
