"""A rehearsal's file and what became of it: each case an event on a day, a child like this, and the dates expected.

TOML has `[[cases]]`, CSV a row a case with a column for each obligation. Only what a case names is compared; `none`
says that an obligation must not be due, `not known` that no term dates reach its day, and no expectation at all that
nothing must be due.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from pep_kernel.authority_policy import NotInForce
from pep_kernel.authority_policy.due_dates import TRIGGER_OF, Age, Trigger, YearGroup
from pep_kernel.contracts.scheduling import Obligation
from scheduling.domain.child.care_record import Urn
from scheduling.domain.child.code_lists import LEGAL_STATUS_CODES
from scheduling.domain.days import Day
from scheduling.domain.due.asking import Question, asked
from scheduling.entrypoints.files_of_authorities import Files, laestab_of

OBLIGATIONS: tuple[Obligation, ...] = get_args(Obligation)
Expected = date | Literal["none", "not known"]
NOT_KNOWN = "not known"
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
EVENTS = {trigger: event for event, trigger in TRIGGER_OF.items()}


class RehearsalFault(ValueError):
    """The file cannot be played; the sentence names the case and the field."""


def _trigger(word: Any) -> Any:
    """An event by its name, or by its word in the policy files."""
    if word not in (*TRIGGER_OF, *Trigger):
        raise PydanticCustomError(
            "trigger", "starts no obligation; these do: {events}", {"events": ", ".join(TRIGGER_OF)}
        )
    return TRIGGER_OF.get(word, word)


def _status(told: Any) -> Any:
    if told is not None and told not in LEGAL_STATUS_CODES:
        known = ", ".join(sorted(LEGAL_STATUS_CODES))
        raise PydanticCustomError("legal_status", "is no legal status; known are {known}", {"known": known})
    return told


def _day(told: Any) -> Any:
    if isinstance(told, str) and not A_DAY.fullmatch(told):
        raise PydanticCustomError("day", "is no day; write it like 2026-09-21")
    return told


class Case(BaseModel):
    """One event on one day, a child like this, and by when what must be done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    name: str = ""
    trigger: Annotated[Trigger, BeforeValidator(_trigger)]
    on: Annotated[Day, BeforeValidator(_day)]
    school: Urn | None = None
    area: str | None = None
    without_school: bool = False
    year_group: YearGroup | None = None
    age_years: Age | None = None
    legal_status: Annotated[str | None, BeforeValidator(_status)] = None
    emergency: bool | None = None
    out_of_county: bool | None = None
    first_pep: bool | None = None
    expected: dict[Obligation, Expected] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.name or f"{EVENTS[self.trigger]} on {self.on:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one case expects of one obligation, and what the files say."""

    case: str
    obligation: str
    expected: str
    found: str
    rule: str

    def as_json(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


def read_cases(file: Path) -> list[Case]:
    """All cases. RehearsalFault names the first that is wrong."""
    try:
        told = _from_csv(file) if file.suffix.lower() == ".csv" else _from_toml(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error) as fault:
        raise RehearsalFault(f"{file}: cannot be read: {fault}") from fault
    if not told:
        raise RehearsalFault(f"{file}: holds no case.")
    return [_case(file, number, each) for number, each in enumerate(told, 1)]


def _case(file: Path, number: int, told: dict[str, Any]) -> Case:
    try:
        return Case.model_validate(told)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"][:2])
        raise RehearsalFault(f"{file}: case {number}: {field}: {first['msg']}") from fault


def _from_toml(file: Path) -> list[dict[str, Any]]:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    authority = {"authority": content["authority"]} if "authority" in content else {}
    return [{**authority, **case} for case in content.get("cases", [])]


def _from_csv(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [_row(row) for row in csv.DictReader(lines)]


def _row(row: dict[str, str]) -> dict[str, Any]:
    """Empty cells are left out; the columns of obligations are what is expected."""
    said = {key: value.strip() for key, value in row.items() if value and value.strip()}
    expected = {key: said.pop(key) for key in OBLIGATIONS if key in said}
    return {**said, "expected": expected}


def played(case: Case, files: Files) -> list[Difference]:
    """Where the files say another date than the case expects."""
    try:
        laestab = laestab_of(files, case.school, case.area, without_school=case.without_school)
        found = asked(_question(case, laestab), files.rules).explanation
    except (NotInForce, typer.BadParameter) as none:
        return [Difference(case.title, "", "", str(none), "")]
    without_date = {each.obligation: (NOT_KNOWN, each.rule) for each in found.uncounted}
    said = {name: (f"{each.due}", each.rule) for name, each in found.governing.items()}
    return list(_differences(case, {**without_date, **said}))


def _differences(case: Case, said: dict[Obligation, tuple[str, str]]) -> Iterator[Difference]:
    expected: dict[Obligation, Expected] = case.expected or dict.fromkeys(OBLIGATIONS, "none")
    for obligation, wanted in expected.items():
        found, rule = said.get(obligation, ("none", ""))
        if found != str(wanted):
            yield Difference(case.title, obligation, str(wanted), found, rule)


def _question(case: Case, laestab: str | None) -> Question:
    return Question(
        trigger=case.trigger,
        on=case.on,
        school_urn=case.school,
        laestab=laestab,
        without_school=case.without_school,
        year_group=case.year_group,
        age_years=case.age_years,
        legal_status=case.legal_status,
        emergency=case.emergency,
        out_of_county=case.out_of_county,
        first_pep=case.first_pep,
    )
