"""Reads every authority's policy files at start, all of them and whole: one wrong key stops the start and is named.

`PEP_AUTHORITIES_DIR` says where they are; the settings of each service pass it on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pep_kernel.authority_policy import (
    AuthorityFile,
    FundingFile,
    NotificationsFile,
    PepRecordFile,
    PolicyFile,
    PolicyFileError,
    SchedulingFile,
    TermsFile,
    read_policy_file,
)
from pep_kernel.calendars import Calendar

File = TypeVar("File", bound=PolicyFile)


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

    def for_authority(self, name: str) -> AuthorityPolicies:
        """KeyError for an authority that has no folder."""
        return self.authorities[name]

    def calendar_for(self, name: str, school_urn: str | None = None, laestab: str | None = None) -> Calendar:
        """The days of a child's school: by the term dates of the area the school lies in, else by the authority's own.

        A school in another county keeps that county's term dates (T02b); one in an area that has no folder here, and a
        child without a school, are counted by the responsible authority's.
        """
        area = next((each for each in self.authorities.values() if _lies_in(laestab, each)), self.for_authority(name))
        return area.terms.calendar(school_urn)


def _lies_in(laestab: str | None, area: AuthorityPolicies) -> bool:
    return laestab is not None and laestab.startswith(area.authority.area_code)


def read_policies(folder: Path) -> Policies:
    """Every folder in `folder` as one authority. PolicyFileError names the first file and key that is wrong."""
    names = sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    if not names:
        raise PolicyFileError(
            str(folder), "the folder", "holds no authority; PEP_AUTHORITIES_DIR must name one that does"
        )
    return Policies({name: _read_authority(folder / name) for name in names})


def _read_authority(folder: Path) -> AuthorityPolicies:
    return AuthorityPolicies(
        authority=_read(AuthorityFile, folder, "authority"),
        scheduling=_read(SchedulingFile, folder, "scheduling"),
        pep_record=_read(PepRecordFile, folder, "pep-record"),
        funding=_read(FundingFile, folder, "funding"),
        notifications=_read(NotificationsFile, folder, "notifications"),
        terms=_read(TermsFile, folder, "terms"),
    )


def _read(kind: type[File], folder: Path, name: str) -> File:
    path = folder / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyFileError(str(path), "the whole file", f"cannot be read: {fault}") from fault
    return read_policy_file(kind, text, str(path), folder.name)
