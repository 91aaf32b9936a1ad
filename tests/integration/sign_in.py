"""Sign-in providers for tests: each publishes its key over HTTP and signs tokens that say who somebody is."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


@dataclass
class SignInProvider:
    """One authority's provider; `asked` counts how often somebody fetched its keys. A `broken` one gives none."""

    address: str = ""
    key: RSAKey = field(default_factory=new_key)
    asked: int = 0
    broken: bool = False

    def claims(self, person_ref: str, **other: Any) -> dict[str, Any]:
        """What an access token says; what is None in `other` is left out."""
        now = int(time.time())
        said = {"iss": self.address, "aud": "openpep", "sub": person_ref, "iat": now, "exp": now + 600, **other}
        return {name: value for name, value in said.items() if value is not None}

    def token(self, person_ref: str, **other: Any) -> str:
        """A token signed with the key that is published now."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, self.claims(person_ref, **other), self.key)

    def published(self) -> bytes:
        self.asked += 1
        return b"" if self.broken else json.dumps(KeySet([self.key]).as_dict(private=False)).encode()


@contextlib.contextmanager
def sign_in_provider() -> Iterator[SignInProvider]:
    """A provider that answers until the end of the block."""
    provider = SignInProvider()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(provider.published())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    with answering(Keys) as provider.address:
        yield provider


@contextlib.contextmanager
def answering(requests: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which requests are answered until the end of the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), requests) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def write_issuers(file: Path, providers: Mapping[str, SignInProvider]) -> None:
    """The file that tells a service which issuer speaks for which authority."""
    issuers = {each.address: {"authority": name, "keys_url": each.address} for name, each in providers.items()}
    file.write_text(json.dumps(issuers))
