"""What a record does not say of who the child is stays as it is known: files hold different things."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from tests.scheduling.worked_examples import (
    MONDAY,
    REF,
    care_record,
    digests_of,
    episode,
    journal,
    of_kind,
    spell,
    told,
)

from pep_kernel.message import Event
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Identity
from scheduling.domain.child.care_record import ChildName, Unaccompanied
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildIdentified
from scheduling.domain.child.older_events import identified_in_parts
from scheduling.projections.child_overview import ChildOverview, overview

child = Scenario(CHILD)
UPN = "P207000016049"
IN_FULL: dict[str, Any] = {
    "name": ChildName(given="Robin", family="Example", preferred="Rob", language="cy"),
    "upn": UPN,
    "unaccompanied": Unaccompanied(),
}


def known(**changes: Any) -> Scenario:
    """The child as a record in full told of it."""
    return child.given(*child.when(told(**(IN_FULL | changes))).happened)


def a_row(**changes: Any) -> RecordCareFacts:
    """A row of the daily file that says that the child entered care."""
    said = {"schooling": (), "social_workers": (), "name": None, **changes}
    return told(**said).model_copy(update={"whole": False})


def shown(events: Sequence[Event]) -> dict[str, Any]:
    """Who the child is, in the list."""
    row = ChildOverview(REF)
    for recorded in journal(*events):
        row = overview(row, recorded)
    names = ("given_name", "family_name", "preferred_name", "language", "upn", "date_of_birth")
    return {name: value.plain for name, value in asdict(row).items() if name in names and value is not None}


EVERYTHING = {
    "given_name": "Robin",
    "family_name": "Example",
    "preferred_name": "Rob",
    "language": "cy",
    "upn": UPN,
    "date_of_birth": "2014-11-05",
}


def after(scenario: Scenario, command: RecordCareFacts) -> list[Any]:
    return [*scenario.history, *scenario.when(command).happened]


@pytest.mark.parametrize(
    "says_less",
    [
        told(),
        told(name=None, upn=UPN),
        told(**(IN_FULL | {"unaccompanied": None})),
        a_row(),
        a_row(name=ChildName(given="Robin", family="Example")),
    ],
    ids=["a name alone", "no people table", "no uasc table", "a row that entered care", "a row with a name"],
)
def test_a_record_that_says_less_than_is_known_says_nothing_new(says_less: RecordCareFacts) -> None:
    known().when(says_less).then_nothing()
    assert shown(after(known(), says_less)) == EVERYTHING


def test_only_what_is_new_is_told_and_the_rest_stays() -> None:
    renamed = told(name=ChildName(given="Robin", family="Sample"))
    (identified,) = of_kind(ChildIdentified, known().when(renamed).happened)
    assert [name for name, _digest in identified.digests] == ["family_name", "name and date of birth"]
    assert (identified.family_name, identified.given_name) == (Identity.of("Sample"), None)
    assert shown(after(known(), renamed)) == EVERYTHING | {"family_name": "Sample"}


def test_what_was_told_and_is_not_so_is_taken_back_once() -> None:
    wrong = told(taken_back=("preferred_name", "upn"))
    outcome = known().when(wrong)
    outcome.then(ChildIdentified(child_ref=REF, digests=(), taken_back=("preferred_name", "upn")))
    known().given(*outcome.happened).when(wrong).then_nothing()
    left = {name: text for name, text in EVERYTHING.items() if name not in ("preferred_name", "upn")}
    assert shown(after(known(), wrong)) == left
    assert CHILD.fold(after(known(), wrong)).likeness == {digests_of(care_record())["name and date of birth"]}


def test_nothing_is_said_and_taken_back_at_once() -> None:
    with pytest.raises(ValidationError, match="taken_back: the record says upn and takes it back"):
        care_record(upn=UPN, taken_back=("upn",))


def test_a_row_of_entering_care_adds_what_nobody_had_told_and_corrects_nothing() -> None:
    returned = child.given(*child.when(told(name=None)).happened)
    first_told = a_row(name=ChildName(given="Robin", family="Example"), upn=UPN)
    (identified,) = returned.when(first_told).then_some(ChildIdentified)
    assert isinstance(identified, ChildIdentified)
    assert dict(identified.digests) == {
        name: digest for name, digest in first_told.digests.items() if name not in ("sex", "date_of_birth")
    }
    known().when(a_row(name=ChildName(given="Other", family="Example"), upn="H801200001001", sex="M")).then_nothing()


def test_a_row_of_entering_care_cannot_give_another_date_of_birth() -> None:
    known().when(a_row(date_of_birth=date(2012, 11, 5))).then_refused("date_of_birth: another one is known")


def test_a_name_of_which_only_a_part_is_known_is_not_joined_with_another() -> None:
    """The keyed hash of name with date of birth would be that of nobody."""
    half = known(taken_back=()).given(ChildIdentified(child_ref=REF, digests=(), taken_back=("given_name",)))
    other = a_row(name=ChildName(given="Robin", family="Sample"))
    (identified,) = of_kind(ChildIdentified, half.when(other).happened)
    assert [name for name, _digest in identified.digests] == ["given_name"]


def test_another_date_of_birth_alone_leaves_no_hash_of_the_old_one() -> None:
    born_before = told(name=None, date_of_birth=date(2014, 10, 5))
    assert CHILD.fold(after(known(), born_before)).likeness == {f"digest of upn {UPN}"}


def test_a_row_of_entering_care_that_comes_again_takes_no_placement_back_that_was_told_since() -> None:
    moved = child.given(*child.when(told(spells=(spell(MONDAY, episode(MONDAY, "U4")),))).happened)
    moved.when(a_row()).then_nothing()


def test_what_was_written_of_who_a_child_is_before_is_read_by_its_parts() -> None:
    before = {"child_ref": REF, "digest": "d", "date_of_birth": "b", "sex": "s"}
    assert identified_in_parts({**before, "given_name": "g", "upn": "u", "likeness": ["h1", "h2"]}) == {
        "child_ref": REF,
        "date_of_birth": "b",
        "sex": "s",
        "given_name": "g",
        "upn": "u",
        "digests": [("upn", "h1"), ("name and date of birth", "h2")],
    }
    assert identified_in_parts({**before, "given_name": "g", "likeness": ["h2"]})["digests"] == [
        ("name and date of birth", "h2")
    ]
