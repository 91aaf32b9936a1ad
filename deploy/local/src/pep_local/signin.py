"""Sign-in for a development machine: nanoidp, one process an authority, so that each authority has keys of its own.

A user's name is the opaque person reference, so a token's `sub` is that reference and says nothing else of the person.
"""

import json
import os
import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import httpx

from pep_local.places import LOOPBACK, make_folder
from pep_local.process import Process, http_answers
from pep_local.trouble import Trouble

AUDIENCE = "openpep"  # `aud` of an access token; an ID token has the client's id there
CLIENT_ID = "openpep-portal"
COMMAND_ID = "openpep-command"  # `pep sign-in`: a client without a secret, on any port of the person's own machine
TOKEN_EXPIRY_MINUTES = 60
MANAGEMENT_HEADER = "X-Management-Secret"
SECRETS = ("client_secret", "management_secret", "session_secret")


@dataclass(frozen=True)
class User:
    """Someone who may sign in."""

    person_ref: str
    password: str


class SignIn:
    """The sign-in provider of one authority, with its files in a folder of its own."""

    def __init__(self, folder: Path, authority: str, port: int) -> None:
        if os.environ.get("PEP_ENVIRONMENT", "development") != "development":
            raise Trouble("The local sign-in provider is for development only: PEP_ENVIRONMENT says otherwise.")
        self.authority = authority
        self.issuer = f"http://{LOOPBACK}:{port}"
        self._folder = folder / authority
        self._port = port

    def prepare(self, users: Iterable[User] = ()) -> Process:
        """Write its two configuration files, keeping users and secrets that are there, and say how to run it."""
        make_folder(self._folder).chmod(0o700)
        if not self._secrets.exists():
            _write(self._secrets, {name: secrets.token_urlsafe(24) for name in SECRETS})
        _write(self._folder / "settings.yaml", self._settings())
        self._write_users(users)
        return Process(
            name=f"Sign-in for {self.authority}",
            command=(sys.executable, "-m", "nanoidp", "--config", str(self._folder), "--strict-config"),
            log=self._folder.parent.parent / "logs" / f"sign-in-{self.authority}.log",
            answers=http_answers(f"{self.issuer}/health"),
            ports=(self._port,),
        )

    @property
    def client_secret(self) -> str:
        """The secret of the client `CLIENT_ID`, made at the first start."""
        return self._secret("client_secret")

    def for_commands(self) -> dict[str, object]:
        """What `pep sign-in` needs, and `pep token`, which signs somebody in by password."""
        place = {"token_url": f"{self.issuer}/token", "client_id": CLIENT_ID, "client_secret": self.client_secret}
        return {"issuer": self.issuer, "client_id": COMMAND_ID, "by_password": place}

    def add_users(self, users: Iterable[User]) -> None:
        """Let more people sign in, at once: the running provider is told to read its users again."""
        self._write_users(users)
        headers = {MANAGEMENT_HEADER: self._secret("management_secret")}
        httpx.post(f"{self.issuer}/api/config/reload", headers=headers, trust_env=False).raise_for_status()

    def token(self, person_ref: str, password: str) -> str:
        """A bearer token for the person. Trouble when the provider does not know the person or the password."""
        form = {"grant_type": "password", "username": person_ref, "password": password}
        client = (CLIENT_ID, self.client_secret)
        answer = httpx.post(f"{self.issuer}/token", data=form, auth=client, trust_env=False)
        if answer.status_code != httpx.codes.OK:
            raise Trouble(f"Sign-in for {self.authority} refused {person_ref}: unknown person or wrong password.")
        return str(answer.json()["access_token"])

    @property
    def _secrets(self) -> Path:
        return self._folder / "secrets.json"

    def _secret(self, name: str) -> str:
        return str(json.loads(self._secrets.read_text())[name])

    def _write_users(self, users: Iterable[User]) -> None:
        path = self._folder / "users.yaml"
        known = json.loads(path.read_text())["users"] if path.exists() else {}
        added = {user.person_ref: {"password": user.password, "roles": []} for user in users}
        _write(path, {"config_version": 1, "users": {**known, **added}})

    def _settings(self) -> dict[str, object]:
        portal = {"client_id": CLIENT_ID, "client_secret": self.client_secret}
        command = {
            "client_id": COMMAND_ID,
            "token_endpoint_auth_method": "none",
            "redirect_uris": [f"http://{LOOPBACK}/signed-in"],
        }
        return {
            "config_version": 1,
            "server": {"host": LOOPBACK, "port": self._port},
            "oauth": {
                "issuer": self.issuer,
                "audience": AUDIENCE,
                "token_expiry_minutes": TOKEN_EXPIRY_MINUTES,
                "require_pkce": True,
                "clients": [portal, command],
            },
            "jwt": {"algorithm": "RS256", "keys_dir": str(self._folder / "keys")},
            "session": {
                "secret_key": self._secret("session_secret"),
                "enforce_password_check": True,
                "management_secret": self._secret("management_secret"),
            },
            "logging": {"level": "WARNING", "verbose_logging": False},
        }


def _write(path: Path, content: object) -> None:
    """Written whole or not at all, for its owner only. JSON is YAML too."""
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(content, indent=2))
    half.replace(path)
