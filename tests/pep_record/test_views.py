"""What carers and the child say for themselves, and how this service knows who they are to the child."""

from __future__ import annotations

from datetime import date

import pytest
from tests.pep_record.streams import Streams
from tests.pep_record.test_policies import react
from tests.pep_record.test_projections import child, overview, rows
from tests.pep_record.worked_examples import (
    CHILD,
    LEICESTERSHIRE,
    PLAN_ID,
    TODAY,
    mark_complete,
    marked_complete,
    opened,
    section,
    written,
)

from pep_kernel.announcement import Announcement
from pep_kernel.contracts.scheduling import CarerLinked, CarerUnlinked
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.events import CarerKnown
from pep_record.domain.plan.commands import GiveViews
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import CarerViewsRecorded, PEPMarkedComplete, PupilViewsRecorded
from pep_record.projections import PLAN_VIEWS
from pep_record.projections.plan_views import PlanViews

FIRST, LATER = "I like science.", "I like science, and drums."
plan = Scenario(PLAN)
TOLD_ON = date(2026, 9, 21)


def views(role: Role, text: str = FIRST) -> GiveViews:
    return GiveViews(by=CHILD if role is Role.PUPIL else "carer-1", role=role, text=text, on=TODAY)


def by_carer(text: str = FIRST, by: str = "carer-1") -> CarerViewsRecorded:
    return CarerViewsRecorded(text=PlanText.of(text), by=by, on=TODAY)


def by_pupil(text: str = FIRST) -> PupilViewsRecorded:
    return PupilViewsRecorded(text=PlanText.of(text), by=CHILD, on=TODAY)


@pytest.mark.rule("O-54")
def test_carers_and_the_child_say_what_they_think_while_the_plan_is_written() -> None:
    draft = plan.given(opened())
    draft.when(views(Role.CARER)).then(by_carer())
    draft.when(views(Role.PUPIL)).then(by_pupil())
    waiting = plan.given(*written(LEICESTERSHIRE), marked_complete())
    waiting.when(views(Role.PUPIL)).then_refused("It cannot be changed: the plan is in quality assurance.")


def test_what_they_say_changes_nothing_that_rules_look_at() -> None:
    told = plan.given(*written(LEICESTERSHIRE), by_carer(), by_pupil())
    told.when(mark_complete(LEICESTERSHIRE)).then_some(PEPMarkedComplete)
    assert overview(by_carer(), by_pupil()) == overview()


def test_each_persons_views_are_replaced_by_the_same_person_alone() -> None:
    shown = rows(PLAN_VIEWS, by_pupil(), by_carer(), by_pupil(LATER), by_carer(by="carer-2"), section("pupil_views"))
    assert [(row.person_ref, row.role, row.text) for row in shown.values()] == [
        (CHILD, "pupil", PlanText.of(LATER)),
        ("carer-1", "carer", PlanText.of(FIRST)),
        ("carer-2", "carer", PlanText.of(FIRST)),
    ]
    assert next(iter(shown.values())) == PlanViews(PLAN_ID, CHILD, "pupil", PlanText.of(LATER), TODAY)


@pytest.mark.parametrize(
    ("announcement", "linked"),
    [
        (CarerLinked(person_ref="carer-1", child_ref=CHILD), True),
        (CarerUnlinked(person_ref="carer-1", child_ref=CHILD), False),
    ],
)
def test_who_looks_after_a_child_becomes_known(announcement: Announcement, linked: bool) -> None:
    known = CarerKnown(child_ref=CHILD, on=TOLD_ON, person_ref="carer-1", linked=linked)
    assert Streams().decided(react(announcement)) == [(f"known-{CHILD}", known)]
    assert KNOWN.fold([known]) == KNOWN.fold([])
    assert child(known).carers == (("carer-1",) if linked else ())
