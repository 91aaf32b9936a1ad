"""Reading a file: all that is wrong with it is told at once, each fault with its file, its key and the reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pep_kernel.authority_policy.dated import PolicyFile

File = TypeVar("File", bound=PolicyFile)
WHOLE_FILE = "the whole file"
PLAINLY = {
    "extra_forbidden": "no such key is known",
    "missing": "is missing",
    "too_short": "says nothing; at least one is needed",
}


@dataclass(frozen=True)
class PolicyFault:
    """One thing that is wrong. `key` is the way to it, entries counted from 0; `of` the day its entry begins."""

    file: str
    key: str
    reason: str
    of: str | None = None

    def __str__(self) -> str:
        entry = f" (from {self.of})" if self.of else ""
        return f"{self.file}: {self.key}{entry}: {self.reason}"


class PolicyFileError(ValueError):
    """Policy files are wrong: the text has a line for each fault."""

    def __init__(self, *faults: PolicyFault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def read_policy_file(kind: type[File], text: str, file: str, authority: str) -> File:
    """The file as a model. Raises PolicyFileError with all its faults."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyFileError(_not_toml(file, text, str(fault))) from fault
    faults = list(_in_wrong_folder(content, file, authority))
    try:
        read = kind.model_validate(content)
    except ValidationError as fault:
        raise PolicyFileError(*faults, *_faults(file, content, fault.errors(include_url=False))) from fault
    if faults:
        raise PolicyFileError(*faults)
    return read


def _not_toml(file: str, text: str, reason: str) -> PolicyFault:
    """With the key behind which reading stopped, if it stopped there: 30 February stands behind a key."""
    place = re.search(r"at line (\d+), column (\d+)", reason)
    before = text.splitlines()[int(place[1]) - 1][: int(place[2])] if place else ""
    key = re.search(r"([\w-]+)\s*=[^=]*$", before)
    return PolicyFault(file, key[1] if key else WHOLE_FILE, f"is not TOML: {reason}")


def _in_wrong_folder(content: dict[str, Any], file: str, authority: str) -> Iterator[PolicyFault]:
    if (named := content.get("authority", authority)) != authority:
        yield PolicyFault(file, "authority", f"says '{named}' in the folder of '{authority}'")


def _faults(file: str, content: dict[str, Any], errors: Sequence[ErrorDetails]) -> Iterator[PolicyFault]:
    for error in errors:
        if _only_follows(error, errors):
            continue
        key = ".".join(str(part) for part in error["loc"] if part != "[key]")
        reason = PLAINLY.get(error["type"], error["msg"].removeprefix("Value error, ").removeprefix("Input "))
        yield PolicyFault(file, key or WHOLE_FILE, reason, _day_of_entry(content, error["loc"]))


def _only_follows(error: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """A list counts as empty when all its entries are wrong: they are told, not the list."""
    at = error["loc"]
    inside = (each["loc"][: len(at)] == at != each["loc"] for each in errors)
    return error["type"] == "too_short" and any(inside)


def _day_of_entry(content: dict[str, Any], loc: tuple[int | str, ...]) -> str | None:
    """When the entry begins that the fault is in, as far as the file says so."""
    match loc:
        case (str(key), int(index), *_) if isinstance(entry := content[key][index], dict):
            begins = entry.get("effective_from")
            return str(begins) if begins else None
        case _:
            return None
