"""Who is away, and who does the work meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.test_projections import folded

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import States
from pep_kernel.may import Role, stands_in_for
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.person.commands import EndAbsence, RecordAbsence
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import (
    GrantEnded,
    RoleEnded,
    RoleGranted,
    StaffAbsent,
    StaffMemberAdded,
    StaffReturned,
)
from scheduling.domain.standing_in import EndAbsenceWithDeputy, end_absence, record_absence, worker_on
from scheduling.projections.absence import ABSENCES
from scheduling.projections.colleague import COLLEAGUES

AWAY, DEPUTY = "away" + "a" * 20, "deputy" + "a" * 18
FIRST, LAST, BACK = date(2026, 11, 2), date(2026, 11, 13), date(2026, 11, 9)
command = RecordAbsence(person_ref=AWAY, on=FIRST, until=LAST, deputy_ref=DEPUTY, by="admin")
absent = StaffAbsent(person_ref=AWAY, on=FIRST, until=LAST, deputy_ref=DEPUTY, by="admin")
ending = EndAbsenceWithDeputy(ending=EndAbsence(person_ref=AWAY, on=BACK, by="admin"))
returned = StaffReturned(person_ref=AWAY, on=BACK, absent_on=FIRST, by="admin")


def works(ref: str, role: Role, urn: str | None = None) -> StaffMemberAdded:
    return StaffMemberAdded(
        person_ref=ref,
        digest="d",
        role=role.value,
        school_urn=urn,
        name=ThirdParty(token="n"),
        email=Contact(token="e"),
    )


def states(*events: Any) -> States:
    refs = {event.person_ref for event in events}
    of = {ref: PERSON.fold([event for event in events if event.person_ref == ref]) for ref in refs}
    return States({"person": PERSON}, {f"person-{ref}": state for ref, state in of.items()})


def both(role: Role, deputys: Role, urn: str | None = None, deputys_urn: str | None = None) -> States:
    return states(works(AWAY, role, urn), works(DEPUTY, deputys, deputys_urn))


def granted(what: str) -> RoleGranted:
    return RoleGranted(person_ref=DEPUTY, what=what, on=FIRST, by="admin", until=LAST, since=FIRST)


def events(decided: Any) -> list[Event]:
    return [event for _stream, event in decided]


def test_a_social_workers_deputy_does_the_work_of_that_worker_on_those_days() -> None:
    workers = both(Role.SOCIAL_WORKER, Role.SOCIAL_WORKER)
    assert events(record_absence(workers, command)) == [absent, granted(stands_in_for(AWAY))]
    outcome = Scenario(PERSON).given(works(AWAY, Role.SOCIAL_WORKER)).when(command)
    outcome.then_announced(contracts.StaffAbsent(person_ref=AWAY, on=FIRST, until=LAST, deputy_ref=DEPUTY))


def test_a_teachers_deputy_is_of_the_same_school_and_has_the_role_for_those_days() -> None:
    same = both(Role.DESIGNATED_TEACHER, Role.DELEGATE, "999101", "999101")
    assert events(record_absence(same, command)) == [absent, granted(stands_in_for(AWAY))]


def test_somebody_of_the_virtual_school_stands_in_for_a_person_there_and_gets_no_role_for_good() -> None:
    officers = both(Role.VIRTUAL_SCHOOL_OFFICER, Role.PEP_COORDINATOR)
    assert events(record_absence(officers, command)) == [absent, granted(stands_in_for(AWAY))]


def test_two_absences_of_one_person_are_two_grants_and_one_return_ends_one() -> None:
    """The days in between are nobody's to stand in on."""
    people = (works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER), absent, granted(stands_in_for(AWAY)))
    in_december = command.model_copy(update={"on": date(2026, 12, 7), "until": date(2026, 12, 11)})
    (_, again) = events(record_absence(states(*people), in_december))
    (row,) = folded(COLLEAGUES, *people[1:2], people[3], again)
    first, second = (
        f"stands_in_for:{AWAY} from {begins} until {ends}"
        for begins, ends in (("2026-11-02", "2026-11-13"), ("2026-12-07", "2026-12-11"))
    )
    assert row.granted == (first, second)
    (_, ended) = events(end_absence(states(*people, again), ending))
    (row,) = folded(COLLEAGUES, *people[1:2], people[3], again, ended)
    assert row.granted == (second,)


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        (both(Role.SOCIAL_WORKER, Role.TEAM_MANAGER), "the deputy of a social worker is one too"),
        (both(Role.DESIGNATED_TEACHER, Role.DELEGATE, "999101", "999102"), "works at the same school"),
        (both(Role.DESIGNATED_TEACHER, Role.DELEGATE), "works at the same school"),
        (both(Role.VIRTUAL_SCHOOL_HEAD, Role.SOCIAL_WORKER), "works there too"),
        (both(Role.AUDITOR, Role.AUDITOR), "Nobody stands in for this role here"),
        (states(works(AWAY, Role.SOCIAL_WORKER)), "Only somebody who works here"),
    ],
)
def test_not_everybody_stands_in_for_everybody(people: States, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        record_absence(people, command)


def test_an_absence_is_told_once_and_no_two_overlap() -> None:
    here = Scenario(PERSON).given(works(AWAY, Role.SOCIAL_WORKER))
    known = here.when(command).then(absent)
    known.when(command).then_nothing()
    longer = command.model_copy(update={"until": date(2026, 11, 20)})
    known.when(longer).then_refused("an absence from 02/11/2026 to 13/11/2026 is known")
    here.when(command.model_copy(update={"until": date(2026, 11, 1)})).then_refused("cannot end before it begins")
    here.when(command.model_copy(update={"deputy_ref": AWAY})).then_refused("nobody stands in for themselves")
    known_worker = states(works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER), absent)
    assert events(record_absence(known_worker, command)) == []


def test_whoever_is_back_early_has_no_deputy_from_that_day() -> None:
    grant = granted(stands_in_for(AWAY))
    people = (works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER), absent, grant)
    ended = GrantEnded(person_ref=DEPUTY, what=stands_in_for(AWAY), on=BACK, by="admin", since=FIRST)
    assert events(end_absence(states(*people), ending)) == [returned, ended]
    gone = RoleEnded(person_ref=DEPUTY, on=BACK)
    assert events(end_absence(states(*people, gone), ending)) == [returned]
    assert events(end_absence(states(*people, returned), ending)) == []
    here = Scenario(PERSON).given(*people[:1], absent)
    outcome = here.when(ending.ending)
    outcome.then_announced(contracts.StaffReturned(person_ref=AWAY, on=BACK))
    outcome.then(returned).when(ending.ending).then_nothing()


def test_who_works_on_a_day_is_the_deputy_while_the_worker_is_away() -> None:
    (row,) = folded(ABSENCES, absent)
    assert [worker_on(AWAY, [row], day) for day in (date(2026, 11, 1), FIRST, LAST, date(2026, 11, 14))] == [
        AWAY,
        DEPUTY,
        DEPUTY,
        AWAY,
    ]


def test_the_row_of_an_absence_ends_the_day_before_the_return() -> None:
    (row,) = folded(ABSENCES, absent, returned)
    assert row.until == date(2026, 11, 8)
    same_day = StaffReturned(person_ref=AWAY, on=FIRST, absent_on=FIRST, by="admin")
    assert folded(ABSENCES, absent, same_day) == []
    assert folded(ABSENCES, works(AWAY, Role.AUDITOR)) == []


def test_the_deputys_row_says_from_when_to_when_the_grant_holds() -> None:
    (row,) = folded(COLLEAGUES, works(DEPUTY, Role.SOCIAL_WORKER), granted(stands_in_for(AWAY)))
    assert row.granted == (f"stands_in_for:{AWAY} from 2026-11-02 until 2026-11-13",)


def test_an_absence_to_come_is_called_off_by_its_first_day_and_the_right_deputy_recorded() -> None:
    """Nobody is away yet: the wrong deputy never gets the work."""
    people = (works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER))
    stands_in = granted(stands_in_for(AWAY))
    told = states(*people, absent, stands_in)
    today = date(2026, 10, 26)
    without_day = EndAbsence(person_ref=AWAY, on=today, by="admin")
    assert end_absence(told, EndAbsenceWithDeputy(ending=without_day)) == []
    off = EndAbsenceWithDeputy(ending=without_day.model_copy(update={"absent_on": FIRST}))
    (back, ended) = events(end_absence(told, off))
    assert back == StaffReturned(person_ref=AWAY, on=today, absent_on=FIRST, by="admin")
    assert isinstance(ended, GrantEnded)
    assert folded(ABSENCES, absent, back) == []
    (row,) = folded(COLLEAGUES, people[1], stands_in, ended)
    assert row.granted == ()
    again = states(*people, absent, stands_in, back, ended)
    assert [type(event) for event in events(record_absence(again, command))] == [StaffAbsent, RoleGranted]
    with pytest.raises(Refusal, match="absent_on: no absence from 02/11/2026 is known"):
        end_absence(again, off)


def test_an_absence_that_is_over_is_not_called_off() -> None:
    told = states(works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER), absent)
    over = EndAbsence(person_ref=AWAY, on=date(2026, 11, 14), absent_on=FIRST, by="admin")
    with pytest.raises(Refusal, match="that is not over"):
        end_absence(told, EndAbsenceWithDeputy(ending=over))
