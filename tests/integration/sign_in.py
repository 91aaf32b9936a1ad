"""Sign-in providers for tests: each publishes its key over HTTP and signs tokens that say who somebody is."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


@dataclass(frozen=True)
class SignInProvider:
    """One authority's provider."""

    address: str
    key: RSAKey

    def token(self, person_ref: str) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": "openpep", "sub": person_ref, "iat": now, "exp": now + 600}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


@contextlib.contextmanager
def sign_in_provider() -> Iterator[SignInProvider]:
    """A provider that answers until the end of the block."""
    key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    published = json.dumps(KeySet([key]).as_dict(private=False)).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(published)

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield SignInProvider(f"http://127.0.0.1:{server.server_port}", key)
        finally:
            server.shutdown()
            thread.join()


def write_issuers(file: Path, providers: dict[str, SignInProvider]) -> None:
    """The file that tells a service which issuer speaks for which authority."""
    issuers = {each.address: {"authority": name, "keys_url": each.address} for name, each in providers.items()}
    file.write_text(json.dumps(issuers))
