"""Which provider speaks for which authority is configuration; production trusts none of this machine, none by http."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pep_runtime.issuers import Issuer, read_issuers

SAFE = "https://sign-in.example.org/northshire"


def file_with(folder: Path, issuer: str, keys_url: str = f"{SAFE}/keys", **more: object) -> Path:
    file = folder / "issuers.json"
    file.write_text(json.dumps({issuer: {"authority": "northshire", "keys_url": keys_url, **more}}))
    return file


def test_each_issuer_is_mapped_to_one_authority(tmp_path: Path) -> None:
    file = file_with(tmp_path, SAFE, staff_id_claim="oid")
    expected = {SAFE: Issuer(authority="northshire", keys_url=f"{SAFE}/keys", staff_id_claim="oid")}
    assert read_issuers(file, "production") == expected


@pytest.mark.parametrize(
    "unsafe",
    [
        *("http://sign-in.example.org", "https://localhost", "https://x.localhost:8443", "https://127.0.0.1"),
        *(
            "https://127.8.8.8",
            "https://[::1]:8443",
            "https://",
            "sign-in.example.org",
            "ftp://sign-in.example.org",
            "",
        ),
    ],
)
def test_production_refuses_a_provider_of_this_machine_or_by_http_and_development_does_not(
    tmp_path: Path, unsafe: str
) -> None:
    for issuer, keys_url in ((unsafe, SAFE), (SAFE, unsafe)):
        file = file_with(tmp_path, issuer, keys_url)
        with pytest.raises(ValueError, match=r"issuers\.json: .*only a development installation"):
            read_issuers(file, "production")
        assert list(read_issuers(file, "development")) == [issuer]


@pytest.mark.parametrize("content", ["", "[]", '{"https://x": {}}', '{"https://x": {"authority": 1, "keys_url": "y"}}'])
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "issuers.json"
    file.write_text(content)
    with pytest.raises(ValueError, match=r"issuers\.json"):
        read_issuers(file, "production")
    with pytest.raises(ValueError, match=r"nowhere\.json"):
        read_issuers(tmp_path / "nowhere.json", "production")


def test_what_an_issuer_says_beyond_what_is_asked_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="roles_claim"):
        read_issuers(file_with(tmp_path, SAFE, roles_claim="roles"), "production")
