"""Every field is sealed, or is known to hold nothing personal, and why; each sealed one has the class that suits it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pytest
from pydantic import BaseModel
from tests.contracts.personal_fields import Field, fields_of
from tests.contracts.plain_fields import PLAIN
from tools.samples import SERVICES, announcements, events, parts_of

from pep_kernel.message import Event
from pep_kernel.sealed import Contact, Identity, PlanText, Sealed, ThirdParty

KNOWN = {name for names in PLAIN.values() for name in names.split()}
OF_CHILDREN = ("ChildIdentified", "ChildOverview")
CLASSES: dict[type[Sealed], set[str]] = {
    Contact: {"email", "joining_link", "next_venue", "telephone", "venue"},
    ThirdParty: {"feedback_by", "language", "name"},
    PlanText: {
        *("after_due_because", "minutes", "minutes_not_for_pupil", "minutes_professionals_only"),
        *(
            "notice_waived_because",
            "pupil_absent_because",
            "reason",
            "return_reason",
            "text",
            "details",
            "late_details",
        ),
        *(
            "answer",
            "category",
            "childs_view",
            "conclusion",
            "declined_because",
            "effect_on_education",
            "marks",
            "what",
            "why",
            "withdrawn_reason",
        ),
    },
    Identity: {
        *("date_of_birth", "family_name", "given_name", "language", "preferred_name"),
        *("sex", "unaccompanied", "upn"),
    },
}


def of_events() -> set[Field]:
    return {field for _, kind in events() for field in fields_of(kind)}


def of_announcements() -> set[Field]:
    return {field for _, kind in announcements() for field in fields_of(kind)}


def of_read_models() -> set[Field]:
    models = [model for service in SERVICES for model in parts_of(service).read_models]
    return {field for model in models for field in fields_of(model.row)}


def unexplained(fields: Iterable[Field]) -> list[str]:
    """Those that are neither sealed nor listed."""
    return sorted(each.place for each in fields if not each.is_sealed and not {each.name, each.place} & KNOWN)


def test_no_event_announcement_or_read_model_has_a_field_of_which_nobody_said_why_it_is_plain() -> None:
    assert unexplained(of_events() | of_announcements() | of_read_models()) == [], (
        "Seal it (pep_kernel.sealed), or say in tests/contracts/plain_fields.py why it holds nothing personal."
    )


def test_an_announcement_holds_nothing_personal_not_even_sealed() -> None:
    assert [field.place for field in of_announcements() if field.is_sealed] == []


def test_each_sealed_field_has_the_class_of_what_it_holds() -> None:
    sealed = {field for field in of_events() | of_read_models() if field.is_sealed}
    assert [
        f"{field.place}: {field.kind.__name__}"
        for field in sealed
        if not any(issubclass(field.kind, kind) and field.name in names for kind, names in CLASSES.items())
    ] == []


def test_only_of_the_child_itself_something_is_sealed_as_identity() -> None:
    sealed = {field for field in of_events() | of_read_models() if issubclass(field.kind, Identity)}
    assert {field.owner for field in sealed} == set(OF_CHILDREN)


def test_every_reason_is_still_needed() -> None:
    fields = of_events() | of_announcements() | of_read_models()
    there = {name for field in fields if not field.is_sealed for name in (field.name, field.place)}
    assert KNOWN - there == set()


class Described(Event):
    """Somebody wrote the name of a child where everybody reads it."""

    child_ref: str
    name: str
    words: PlanText


class Part(BaseModel):
    """A part that somebody overlooks."""

    born: date


@dataclass(frozen=True)
class Shown:
    """A row whose parts hold more than it says."""

    parts: tuple[Part | None, ...]
    child_ref: str


@pytest.mark.parametrize(("kind", "found"), [(Described, ["Described.name"]), (Shown, ["Part.born"])])
def test_a_personal_field_that_is_not_sealed_is_found_however_deep_it_lies(kind: type, found: list[str]) -> None:
    assert unexplained(fields_of(kind)) == found
