"""`pep sign-in`: a browser, a page that says thank you, and a token that the next commands use until it expires."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from tests.integration.open_id import OpenIdProvider, open_id_provider

from pep_cli.kept_token import KeptToken, kept_token

PEP = str(Path(sys.executable).with_name("pep"))


@pytest.fixture
def provider() -> Iterator[OpenIdProvider]:
    with open_id_provider() as started:
        yield started


@contextlib.contextmanager
def listening(shown: list[str]) -> Iterator[str]:
    """The address of something that writes down which tokens it is shown."""

    class Listens(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers.get("Authorization", ""))
            self.send_response(401)
            self.end_headers()
            self.wfile.write(b'{"detail": "Sign in first."}')

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Listens) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Terminal:
    """One person's account on a machine, and an installation."""

    def __init__(self, folder: Path, provider: OpenIdProvider, **more: object) -> None:
        self.token_file = folder / "state" / "openpep" / "token.json"
        self._installation = folder / "installation.json"
        place = {"issuer": provider.address, "client_id": "openpep-command"}
        content = {"kafka_bootstrap": "127.0.0.1:1", "services": {}, "sign_in": {"northshire": place}}
        self._installation.write_text(json.dumps({"environment": "development", **content, **more}))
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "PEP_TOKEN"},
            "PEP_INSTALLATION": str(self._installation),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def starts(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        everything = {**self._environment, **environment}
        return subprocess.Popen(
            (PEP, *words), env=everything, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def runs(self, *words: str, **environment: str) -> tuple[int, str]:
        """Its exit code and all that it printed."""
        with self.starts(*words, **environment) as command:
            printed = "".join(command.communicate(timeout=60))
        return command.returncode, printed

    def told_where_to_go(self, command: subprocess.Popen[str]) -> str:
        assert command.stderr is not None
        for line in command.stderr:
            if line.startswith("http"):
                return line.strip()
        raise AssertionError(f"no address: exit code {command.wait(10)}")


def test_whoever_signs_in_by_browser_is_known_to_the_next_command(tmp_path: Path, provider: OpenIdProvider) -> None:
    terminal = Terminal(tmp_path, provider)
    with terminal.starts("sign-in", "northshire", "--no-open") as command:
        back = provider.came_back(terminal.told_where_to_go(command))
        for stranger in (re.sub("state=[^&]*", "state=guessed", back), back.replace("/signed-in", "/favicon.ico")):
            refused = httpx.get(stranger, trust_env=False)
            assert (refused.status_code, "that the terminal showed last" in refused.text) == (404, True)
        page = httpx.get(back, trust_env=False)
        printed = "".join(command.communicate(timeout=30))
    assert command.returncode == 0, printed
    assert "You are signed in at northshire until" in printed
    assert "The terminal says whether you are signed in" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    kept = kept_token(terminal.token_file)
    assert kept is not None
    assert (kept.authority, kept.issuer) == ("northshire", provider.address)
    assert stat.S_IMODE(terminal.token_file.stat().st_mode) == 0o600
    assert kept.token not in printed
    assert terminal.runs("sign-out")[0] == 0
    assert not terminal.token_file.exists()


def test_what_the_browser_brings_from_elsewhere_signs_nobody_in(tmp_path: Path, provider: OpenIdProvider) -> None:
    provider.lies["redirect"] = lambda said: said.update(iss="https://another.example.org")
    terminal = Terminal(tmp_path, provider)
    with terminal.starts("sign-in", "northshire", "--no-open") as command:
        httpx.get(provider.came_back(terminal.told_where_to_go(command)), trust_env=False)
        printed = "".join(command.communicate(timeout=30))
    assert command.returncode == 1
    assert "not from the sign-in provider that was asked" in printed
    assert not terminal.token_file.exists()


def test_who_does_not_come_back_in_time_or_gives_up_leaves_nothing(tmp_path: Path, provider: OpenIdProvider) -> None:
    terminal = Terminal(tmp_path, provider)
    with terminal.starts("sign-in", "northshire", "--no-open") as command:
        terminal.told_where_to_go(command)
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=30)
    assert command.returncode == 130
    assert not terminal.token_file.exists()


def test_sign_in_says_what_is_missing(tmp_path: Path, provider: OpenIdProvider) -> None:
    terminal = Terminal(tmp_path, provider)
    assert terminal.runs("sign-in", "southshire") == (
        2,
        "This installation names no sign-in provider for southshire.\n",
    )
    away = Terminal(tmp_path, OpenIdProvider(address="http://127.0.0.1:1"))
    code, printed = away.runs("sign-in", "northshire", "--no-open")
    assert (code, "the sign-in provider of northshire" in printed) == (1, True)
    production = Terminal(tmp_path, provider, environment="production")
    code, printed = production.runs("sign-in", "northshire", "--no-open")
    assert (code, "only a development installation" in printed) == (1, True)


def test_a_password_is_asked_for_in_development_only(tmp_path: Path, provider: OpenIdProvider) -> None:
    terminal = Terminal(tmp_path, provider, environment="production")
    code, printed = terminal.runs("token", "northshire", "person-1", PEP_PASSWORD="a password")
    assert (code, "Use pep sign-in" in printed) == (2, True)
    development = Terminal(tmp_path, provider)
    code, printed = development.runs("token", "northshire", "x", PEP_PASSWORD="a password")
    assert (code, "takes a password" in printed) == (2, True)


def test_the_kept_token_is_shown_to_the_services_of_its_own_installation_only(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    shown: list[str] = []
    with listening(shown) as address:
        here = Terminal(tmp_path, provider)
        token = KeptToken(
            authority="northshire", issuer=provider.address, token="kept", expires_at=int(time.time()) + 60
        )
        token.keep(here.token_file)
        here.runs("journey", "child-1", "--api", address)
        here.runs("journey", "child-1", "--api", address, PEP_TOKEN="of the script")
        elsewhere = Terminal(tmp_path, OpenIdProvider(address="http://127.0.0.1:1"))
        answer = elsewhere.runs("journey", "child-1", "--api", address)
    assert answer == (1, "Sign in first. Here: `pep sign-in AUTHORITY`.\n")
    assert shown == ["Bearer kept", "Bearer of the script", ""]


@pytest.mark.parametrize("content", ["", "{}", "no JSON"])
def test_a_token_that_expired_or_cannot_be_read_is_removed(tmp_path: Path, content: str) -> None:
    file = tmp_path / "deep" / "token.json"
    assert kept_token(file) is None
    KeptToken(authority="x", issuer="y", token="z", expires_at=int(time.time()) - 1).keep(file)
    assert kept_token(file) is None
    assert not file.exists()
    file.write_text(content)
    assert kept_token(file) is None
    assert not file.exists()
