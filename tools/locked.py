"""What we depend on, as requirements.lock pins it: names, versions, hashes, and what of it runs in production."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
IN_PRODUCTION = ("services/*/pyproject.toml", "shared/*/pyproject.toml")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pinned:
    """One package; `runs` if a service or the command line needs it, else it is for development alone."""

    name: str
    version: str
    hashes: tuple[str, ...]
    runs: bool

    def installed(self) -> Distribution | None:
        """What is installed of it here; None where another system needs it."""
        return _found(self.name)


def pinned(lock: Path = LOCK) -> list[Pinned]:
    """Every package of the lock file, in its order."""
    running = _running()
    return [
        Pinned(name, version, hashes, canonicalize_name(name) in running) for name, version, hashes in _entries(lock)
    ]


def _entries(lock: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", lock.read_text()):
        if found := _PIN.match(entry):
            yield found[1], found[2], tuple(_HASH.findall(entry))


def _running() -> set[str]:
    """The packages that our services and the command line ask for, and those that these ask for in turn."""
    reached = set[str]()
    following: set[str] = {canonicalize_name(each.name) for each in _asked_for_by_us()}
    while following:
        reached |= following
        following = {name for each in following for name in _asked_for_by(each)} - reached
    return reached


def _asked_for_by_us() -> Iterable[Requirement]:
    for pattern in IN_PRODUCTION:
        for file in sorted(ROOT.glob(pattern)):
            yield from map(Requirement, tomllib.loads(file.read_text())["project"].get("dependencies", ()))


def _asked_for_by(name: str) -> Iterator[str]:
    found = _found(name)
    for each in map(Requirement, (found.requires or ()) if found else ()):
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            yield canonicalize_name(each.name)


def _found(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
