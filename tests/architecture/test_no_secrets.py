"""No secret stands in the repository: no private key, token or password, and no file of a running installation."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT

SECRET = re.compile(
    "|".join(
        (
            r"-----BEGIN [A-Z ]*PRIVATE KEY",
            r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",  # a signed token
            r"\"d\": ?\"[\w-]{40,}\"",  # the private half of a key in JSON
            r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}",
            r"(?:postgres(?:ql)?|kafka|https?|smtp)://[\w.%+-]+:(?!password@|nobody@)[^@\s/'\"{}<>]{6,}@[\w.\[]",
            r"(?i:password|secret|token)[\"']?\s*[:=]\s*[\"'](?=[\w+/=-]*\d)(?=[\w+/=-]*[a-zA-Z])[\w+/=-]{24,}[\"']",
        )
    )
)
MADE_UP = {"tests/runtime/test_kafka_address.py": "a login with letters that addresses must escape, read back"}
OF_AN_INSTALLATION = (".state/secrets/services", ".state/installation.json", "build/sbom.cdx.json", ".env")


def tracked() -> list[str]:
    said = subprocess.run(("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in said.stdout.split("\0") if name and (ROOT / name).is_file()]


def with_secrets(root: Path, names: Iterable[str]) -> list[str]:
    """The files in which something looks like a secret."""
    return [name for name in names if SECRET.search((root / name).read_text(errors="replace"))]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    assert len(tracked()) > 300
    assert sorted(with_secrets(ROOT, tracked())) == sorted(MADE_UP)


@pytest.mark.parametrize("name", OF_AN_INSTALLATION)
def test_what_an_installation_keeps_is_never_committed(name: str) -> None:
    ignored = subprocess.run(("git", "check-ignore", "--quiet", name), cwd=ROOT)
    assert ignored.returncode == 0


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "PRIVATE KEY-----",
        '{"kty": "OKP", "d": ' + '"' + "k7Yq" * 11 + '"}',
        "eyJhbGciOiJSUzI1NiJ9" + ".eyJzdWIiOiJwZXJzb24ifQ" + ".c2lnbmF0dXJlLXNpZw",
        "postgresql://funding_app:" + "kX3v9Qz7@db/funding",
        "kafka://pep-funding:" + "kX3v9Qz7@kafka:9092",
        'services_secret = "' + "kX3v9Qz7" * 4 + '"',
    ],
    ids=["key", "json key", "token", "database", "kafka", "setting"],
)
def test_a_secret_is_found(tmp_path: Path, secret: str) -> None:
    (tmp_path / "notes.md").write_text(f"Before.\n{secret}\nAfter.\n")
    assert with_secrets(tmp_path, ["notes.md"]) == ["notes.md"]


@pytest.mark.parametrize(
    "lawful", ["postgresql://nobody@127.0.0.1:1/journey", 'secret = "a secret that only this test knows"']
)
def test_what_is_no_secret_is_let_pass(tmp_path: Path, lawful: str) -> None:
    (tmp_path / "notes.md").write_text(lawful)
    assert with_secrets(tmp_path, ["notes.md"]) == []
