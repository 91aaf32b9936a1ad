"""What services tell each other holds references, codes, dates and numbers: nothing of a person."""

import inspect
import re
import types
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel
from tools.catalogue import CATALOGUE, page

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import ANNOUNCEMENTS, PUBLISHERS
from pep_kernel.sealed import PlanText

REFERENCES = re.compile(
    r"(child|person|social_worker|invitee)_ref|by|to|asked|invitees|(plan|by_plan|meeting|line|request|run)_id|supersedes"
)
OF_SCHOOLS = re.compile(r"(school_|payee_)?(urn|ukprn)|laestab")
CODES = {
    "deputy_ref": "a keyed hash, as of any person",
    "type": "the announcement's own name",
    "term": "autumn, spring or summer",
    "financial_year": "2026-27",
    "role": "a role of the kernel's list",
    "granted": "roles and permissions of the kernel's list, or for whom somebody stands in, with their days",
    "capacity": "in which of the kernel's capacities somebody comes to a meeting",
    "category": "a word of the authority's policy",
    "rule": "the number of a rule",
    "source": "the number of a rule",
    "reason": "a short code; what was written stays in the plan",
    "file_name": "made of a run's id",
    "sha256": "a digest",
    "hash": "a digest",
    "about": "a short code: what the next meeting speaks of",
    "item": "the same with its day",
    "decision": "one of the decisions that policy names",
    "approvers": "jobs that policy names",
    "authority": "whose journal it is, as the topic says",
    "service": "a service of OpenPEP",
}


def kinds_in(hint: Any) -> set[Any]:
    """The plain kinds of which a type is made."""
    if get_origin(hint) in (Union, types.UnionType, tuple):
        return set().union(*(kinds_in(each) for each in get_args(hint) if each not in (types.NoneType, Ellipsis)))
    if get_origin(hint) is Literal:
        return {Literal}
    return {hint}


def harmless_text(name: str) -> bool:
    return bool(REFERENCES.fullmatch(name) or OF_SCHOOLS.fullmatch(name) or name in CODES)


def telling(kind: type[BaseModel]) -> list[str]:
    """The fields of a contract that could say something of a person, with those of its parts."""
    found = []
    for name, hint in get_type_hints(kind).items():
        if name in kind.model_fields:
            for each in kinds_in(hint):
                if isinstance(each, type) and issubclass(each, BaseModel):
                    found += telling(each)
                elif not (harmless_text(name) if each is str else each in (int, bool, date, datetime, Literal)):
                    found.append(f"{kind.__name__}.{name}")
    return found


@pytest.mark.parametrize("kind", ANNOUNCEMENTS.values(), ids=lambda kind: kind.__name__)
def test_no_announcement_can_hold_personal_data(kind: type[Announcement]) -> None:
    assert telling(kind) == []


def test_an_announcement_that_could_is_found() -> None:
    class Visitor(BaseModel):
        name: str
        school_urn: str | None = None

    class MeetingVisited(Announcement, arbitrary_types_allowed=True):
        type: Literal["uk.openpep.scheduling.MeetingVisited.v1"]
        child_ref: str
        on: date
        visitors: tuple[Visitor, ...]
        remark: PlanText | None = None

    assert telling(MeetingVisited) == ["Visitor.name", "MeetingVisited.remark"]


@pytest.mark.parametrize(("name", "kind"), ANNOUNCEMENTS.items(), ids=ANNOUNCEMENTS)
def test_an_announcement_is_named_after_its_service_and_itself(name: str, kind: type[Announcement]) -> None:
    service = next(service for service, module in PUBLISHERS.items() if kind.__module__.startswith(module.__name__))
    assert re.fullmatch(rf"uk\.openpep\.{service}\.{kind.__name__}\.v[1-9]\d*", name)
    assert inspect.getdoc(kind) != inspect.getdoc(Announcement)


def test_the_catalogue_is_as_the_code_is() -> None:
    assert CATALOGUE.read_text() == page(), "Write it anew with `make catalogue`."
