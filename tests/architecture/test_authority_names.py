"""What differs between authorities is data: no authority's name stands in code, so that a new one needs none."""

import re
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT, plant

CODE = ("services", "shared/kernel", "shared/runtime", "shared/cli", "deploy/local/src", "tools", "Makefile")
DATA = {".toml", ".csv", ".md"}
AUTHORITIES = sorted(folder.name for folder in (ROOT / "shared" / "authorities").iterdir() if folder.is_dir())


def named(root: Path, authorities: list[str]) -> list[str]:
    """The files of code (Python, SQL and all else but data and prose) in which an authority's name stands."""
    name = re.compile("|".join(re.escape(each).replace("_", "[_ -]?") for each in authorities), re.IGNORECASE)
    files = (file for place in CODE for file in _files(root / place) if file.suffix not in DATA)
    return [str(file.relative_to(root)) for file in files if name.search(file.read_text(errors="replace"))]


def _files(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place] if place.exists() else []
    return [file for file in sorted(place.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]


def test_no_authority_is_named_in_code() -> None:
    assert AUTHORITIES != []
    assert named(ROOT, AUTHORITIES) == []


@pytest.mark.parametrize(
    ("place", "offence"),
    [
        ("services/funding/src/funding/domain/approval.py", "if authority == 'borsetshire':\n    limit = 0\n"),
        ("services/funding/migrations/0002_limit.sql", "update claim set term = '' where authority = 'borsetshire';"),
        ("shared/runtime/src/pep_runtime/policies.py", "# Borsetshire has no terms of its own.\n"),
        ("deploy/local/src/pep_local/demo.py", "FIRST = 'BORSETSHIRE'\n"),
    ],
)
def test_an_authority_that_is_named_is_found(tmp_path: Path, place: str, offence: str) -> None:
    assert named(plant(tmp_path, place, offence), ["borsetshire", "south_borsetshire"]) == [place]


@pytest.mark.parametrize("spelling", ["south_borsetshire", "South Borsetshire", "south-borsetshire"])
def test_a_name_of_two_words_is_found_however_it_is_joined(tmp_path: Path, spelling: str) -> None:
    place = "services/funding/src/funding/main.py"
    assert named(plant(tmp_path, place, f"NAME = '{spelling}'\n"), ["south_borsetshire"]) == [place]
