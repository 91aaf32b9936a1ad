"""Reads every authority's policy files at start, all of them and whole: what is wrong stops the start and is named.

`PEP_AUTHORITIES_DIR` says where they are; the settings of each service pass it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pep_kernel.authority_policy import (
    FILES,
    WHOLE_FILE,
    AuthorityFile,
    FundingFile,
    NotificationsFile,
    PepRecordFile,
    PolicyFault,
    PolicyFile,
    PolicyFileError,
    SchedulingFile,
    TermsFile,
    read_policy_file,
)
from pep_kernel.calendars import Calendar

REHEARSAL = "rehearsal"
"""The authority's own cases, which stand beside its files and are no rule: `pep rehearse` reads them."""


@dataclass(frozen=True)
class AuthorityPolicies:
    """All files of one authority."""

    authority: AuthorityFile
    scheduling: SchedulingFile
    pep_record: PepRecordFile
    funding: FundingFile
    notifications: NotificationsFile
    terms: TermsFile


@dataclass(frozen=True)
class Policies:
    """The files of all authorities."""

    authorities: Mapping[str, AuthorityPolicies]
    _calendars: dict[tuple[int, bool | None], Calendar] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def for_authority(self, name: str) -> AuthorityPolicies:
        """KeyError for an authority that has no folder."""
        return self.authorities[name]

    def calendar_for(self, name: str, school_urn: str | None = None, laestab: str | None = None) -> Calendar:
        """The days of a child's school: by the term dates of the area the school lies in, else by the authority's own.

        A school in another county keeps that county's term dates (T02b); one in an area that has no folder here, and a
        child without a school, are counted by the responsible authority's.
        """
        own = self.for_authority(name)
        area = next((each for each in self.authorities.values() if _lies_in(laestab, each)), own)
        outside = None if laestab is None else not _lies_in(laestab, own)
        return self._known_outside(area.terms.calendar(school_urn), outside)

    def area_that_names(self, school_urn: str) -> str | None:
        """The authority whose term dates name this very school."""
        return next((name for name, each in self.authorities.items() if each.terms.names(school_urn)), None)

    def _known_outside(self, calendar: Calendar, outside: bool | None) -> Calendar:
        """The same calendar object for the same question, since what it has counted is kept with it."""
        key = (id(calendar), outside)
        if key not in self._calendars:
            self._calendars[key] = replace(calendar, out_of_county=outside)
        return self._calendars[key]


def _lies_in(laestab: str | None, area: AuthorityPolicies) -> bool:
    return laestab is not None and laestab.startswith(area.authority.area_code)


def read_policies(folder: Path) -> Policies:
    """Every folder in `folder` as one authority. PolicyFileError tells all that is wrong in any file of any of them."""
    names = sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    if not names:
        reason = "holds no authority; PEP_AUTHORITIES_DIR must name one that does"
        raise PolicyFileError(PolicyFault(str(folder), "the folder", reason))
    faults: list[PolicyFault] = []
    read = {name: _read_authority(folder / name, faults) for name in names}
    if faults:
        raise PolicyFileError(*faults)
    return Policies({name: AuthorityPolicies(**files) for name, files in read.items()})


def _read_authority(folder: Path, faults: list[PolicyFault]) -> dict[str, Any]:
    """Its files by the names of `AuthorityPolicies`; what is wrong with them is added to `faults`."""
    unknown = sorted(path for path in folder.glob("*.toml") if path.stem not in (*FILES, REHEARSAL))
    faults.extend(
        PolicyFault(str(path), WHOLE_FILE, f"no such file is known; {', '.join(FILES)} are") for path in unknown
    )
    files = {}
    for name, kind in FILES.items():
        try:
            files[name.replace("-", "_")] = _read(kind, folder / f"{name}.toml")
        except PolicyFileError as wrong:
            faults.extend(wrong.faults)
    return files


def _read(kind: type[PolicyFile], path: Path) -> PolicyFile:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyFileError(PolicyFault(str(path), WHOLE_FILE, f"cannot be read: {fault}")) from fault
    return read_policy_file(kind, text, str(path), path.parent.name)
