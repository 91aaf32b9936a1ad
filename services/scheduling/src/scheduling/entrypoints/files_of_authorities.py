"""The authorities' own files, as the commands that need no server read them: what is wrong is said with its option."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from pep_kernel.authority_policy import PolicyFileError
from pep_runtime.policies import Policies, read_policies
from scheduling.domain.child.care_record import Urn
from scheduling.domain.rules import SchedulingRules

Folder = Annotated[
    Path,
    typer.Option("--folder", envvar="PEP_AUTHORITIES_DIR", help="The folder that has a folder for each authority."),
]
AUTHORITIES = Path("shared/authorities")
A_URN = TypeAdapter[str](Urn)
OWN_SCHOOL = "0000"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of all authorities, and the rules of one of them."""

    policies: Policies
    name: str
    rules: SchedulingRules

    @property
    def full_name(self) -> str:
        return self.policies.for_authority(self.name).authority.name


def files_of(folder: Path, authority: str) -> Files:
    """Ends with 1 if the files are wrong; a wrong call if there is no such authority."""
    try:
        policies = read_policies(folder)
    except PolicyFileError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from wrong
    _known(policies, authority, "AUTHORITY")
    calendar_for = partial(policies.calendar_for, authority)
    return Files(policies, authority, SchedulingRules(policies.for_authority(authority).scheduling, calendar_for))


def laestab_of(files: Files, school: str | None, area: str | None, *, without_school: bool) -> str | None:
    """In whose area the school lies: as told, or by the authority whose term dates name it; none where unknown."""
    if without_school and (school or area):
        raise typer.BadParameter("A child on no roll has no school and no area.", param_hint="--without-school")
    if school is not None:
        _is_urn(school)
        area = area or files.policies.area_that_names(school)
    if area is None:
        return None
    _known(files.policies, area, "--area")
    return files.policies.for_authority(area).authority.area_code + OWN_SCHOOL


def _is_urn(school: str) -> None:
    try:
        A_URN.validate_python(school)
    except ValidationError as wrong:
        told = f"'{school}' is no URN: six figures, or EY and six figures."
        raise typer.BadParameter(told, param_hint="--school") from wrong


def _known(policies: Policies, authority: str, option: str) -> None:
    if authority not in policies.authorities:
        there = ", ".join(sorted(policies.authorities))
        raise typer.BadParameter(f"There is no authority '{authority}': {there} are there.", param_hint=option)
