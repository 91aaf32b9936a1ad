"""The arrows between packages point where pyproject.toml says, and each of its contracts fails when it should."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT

SOURCES = ("services/*/src/*", "shared/*/src/*", "deploy/local/src/*")
OFFENCES = {
    "Services never import each other": ("funding/adapters/other.py", "import journey.main"),
    "The kernel knows nobody": ("pep_kernel/money.py", "from pep_runtime.codec import encode"),
    "The runtime knows no service": ("pep_runtime/topics.py", "import funding.main"),
    "The development servers are used by nobody that runs in production": ("pep_runtime/wake.py", "import pep_local"),
    "Inside a service the arrows point at the domain": ("scheduling/domain/rules.py", "import scheduling.projections"),
    "Domain, policies, projections and kernel do no I/O and ask neither clock nor chance": (
        "pep_record/domain/rules.py",
        "import asyncpg",
    ),
}


def lint_imports(folder: Path) -> str:
    """What import-linter says of the packages in the folder by our contracts."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    surroundings = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    said = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True)
    return said.stdout + said.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All our packages beside each other, with the contracts that they are held to."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in (found for source in SOURCES for found in ROOT.glob(source) if (found / "__init__.py").exists()):
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_all_arrows_point_where_they_should(copy: Path) -> None:
    assert f"Contracts: {len(OFFENCES)} kept, 0 broken." in lint_imports(copy)


def test_every_contract_has_its_offence() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {each["name"] for each in contracts} == OFFENCES.keys()


@pytest.mark.parametrize("contract", OFFENCES)
def test_an_arrow_that_points_elsewhere_is_found(copy: Path, contract: str) -> None:
    file, offence = OFFENCES[contract]
    place = copy / file
    before = place.read_text() if place.exists() else ""
    place.write_text(f"{before}\n{offence}\n")
    try:
        assert f"{contract} BROKEN" in lint_imports(copy)
    finally:
        place.write_text(before)
