"""One address of this machine to which a browser comes back after signing in (RFC 8252), once."""

from __future__ import annotations

import hmac
import socketserver
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

PATH = "/signed-in"
_BROWSER_SECONDS = 5.0
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>OpenPEP</title>
<h1>Thank you</h1><p>The terminal says whether you are signed in. You may close this window.</p></html>
"""
_NOT_OURS = "No sign-in is waited for here. Open the address that the terminal showed last."
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds the code
}


class Loopback(socketserver.TCPServer):
    """Listens on a free port of this machine, for as long as it is open."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.state = ""
        self.came_back_to: str | None = None

    @property
    def address(self) -> str:
        """Where the provider sends the browser."""
        return f"http://127.0.0.1:{self.server_address[1]}{PATH}"

    def wait_for(self, state: str, seconds: float) -> str | None:
        """The address to which a browser came back with our `state`; None if none did. Others are sent away."""
        self.state = state
        until = time.monotonic() + seconds
        while self.came_back_to is None and (left := until - time.monotonic()) > 0:
            self.timeout = left
            self.handle_request()
        return self.came_back_to

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no matter of ours; nothing of what it sent is shown."""


class _Answer(BaseHTTPRequestHandler):
    server: Loopback
    timeout = _BROWSER_SECONDS
    server_version = "OpenPEP"

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        state = parse_qs(asked.query).get("state", [""])[0]
        if asked.path != PATH or not hmac.compare_digest(state.encode(), self.server.state.encode()):
            self.send_error(404, explain=_NOT_OURS)
            return
        self.server.came_back_to = self.path
        self.send_response(200)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(_PAGE.encode())

    def log_message(self, format: str, *args: object) -> None:
        """The address holds the code: it is written nowhere."""
