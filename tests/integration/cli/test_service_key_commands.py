"""`pep service-key`: an operator makes a service's next key and takes out the old one, with files alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_cli.terminal import err, out
from pep_runtime.service_tokens import ServiceTokens, old_keys


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "width", 300)
    monkeypatch.setattr(err, "width", 300)


def pep(folder: Path, *words: str, key: str) -> Result:
    options = ("--key", str(folder / key), "--public", str(folder))
    return CliRunner().invoke(app, ["service-key", words[0], "funding", *options, *words[1:]])


def test_a_key_is_made_and_the_old_one_is_retired_when_the_new_one_is_used(tmp_path: Path) -> None:
    assert [pep(tmp_path, "new", key=key).exit_code for key in ("old.key", "new.key")] == [0, 0]
    assert ServiceTokens("funding", tmp_path / "old.key", tmp_path).token("journey", "northshire")
    before = (tmp_path / "funding.json").read_text()
    assert "that would be taken out: 1" in pep(tmp_path, "retire", key="new.key").output
    assert (tmp_path / "funding.json").read_text() == before
    assert "that were taken out: 1" in pep(tmp_path, "retire", "--yes", key="new.key").output
    assert old_keys("funding", tmp_path / "new.key", tmp_path) == []
    assert "taken out: 0" in pep(tmp_path, "retire", "--yes", key="new.key").output


def test_no_key_is_written_over_and_a_stray_one_retires_nothing(tmp_path: Path) -> None:
    pep(tmp_path, "new", key="funding.key")
    again = pep(tmp_path, "new", key="funding.key")
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    (tmp_path / "stray.key").write_text("no key")
    stray = pep(tmp_path, "retire", "--yes", key="stray.key")
    assert (stray.exit_code, "stray.key is not a service's key" in stray.output) == (1, True)
