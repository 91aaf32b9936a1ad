"""What people see of plans and children, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.pep_record.worked_examples import (
    CHILD,
    ENTERED_CARE,
    NEXT_PLAN_ID,
    OFFICER,
    PLAN_ID,
    TEACHER,
    TODAY,
    TUITION_LINE,
    WORKER,
    became_current,
    completed,
    held,
    marked_complete,
    opened,
    section,
    target,
)

from pep_kernel.message import Envelope, Event, Recorded, System
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.known.events import (
    KnownInCare,
    KnownToHaveLeftCare,
    NoPlanNeeded,
    SchoolKnown,
    SocialWorkerKnown,
)
from pep_record.domain.plan.commands import Subject
from pep_record.domain.plan.events import (
    PEPCompletionWithdrawn,
    PEPForgotten,
    PEPReturned,
    PEPSuperseded,
    SignedOffBySW,
)
from pep_record.projections import KNOWN_CHILD, PLAN_ACTION, PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET, PLAN_VIEWS
from pep_record.projections.known_child import KnownChild
from pep_record.projections.plan_action import PlanAction
from pep_record.projections.plan_overview import PlanOverview
from pep_record.projections.plan_section import PlanSection
from pep_record.projections.plan_target import PlanTarget

NOON = datetime(2026, 10, 9, 12, tzinfo=UTC)
RETURNED = PEPReturned(plan_version=1, reason=PlanText.of("Costings?"), by=OFFICER, to=TEACHER, on=TODAY)
SIGNED = SignedOffBySW(plan_version=1, by=WORKER, on=TODAY)
WITHDRAWN = PEPCompletionWithdrawn(plan_version=1, meeting_id="meeting-1", on=TODAY)
SUPERSEDED = PEPSuperseded(by_plan_id=NEXT_PLAN_ID, on=TODAY)


def recorded(event: Event, position: int, stream: str) -> Recorded:
    envelope = Envelope(
        event_id=UUID(int=position),
        type=type(event).__name__,
        schema_version=1,
        authority="leicestershire",
        stream=stream,
        version=position,
        occurred_at=NOON,
        actor=System("test"),
        correlation=UUID(int=1),
    )
    return Recorded(event, envelope, position, NOON)


def rows(model: ReadModel[Any], *events: Event, stream: str = PLAN_ID) -> dict[Key, Any]:
    """The table after these events."""
    table: dict[Key, Any] = {}
    for position, event in enumerate(events, start=1):
        each = recorded(event, position, stream)
        for key in model.keys(each):
            table[key] = model.fold(table.get(key), each, key)
    return {key: row for key, row in table.items() if row is not None}


def overview(*events: Event) -> PlanOverview:
    (row,) = rows(PLAN_OVERVIEW, opened(), *events).values()
    assert isinstance(row, PlanOverview)
    return row


def child(*events: Event) -> KnownChild:
    (row,) = rows(KNOWN_CHILD, *events, stream=f"known-{CHILD}").values()
    assert isinstance(row, KnownChild)
    return row


@pytest.mark.parametrize(
    ("events", "state", "version"),
    [
        ((), "draft", 1),
        ((section("pupil_views"), target(Subject.MATHS, 1)), "draft", 1),
        ((marked_complete(),), "in_quality_assurance", 1),
        ((marked_complete(), RETURNED), "returned", 2),
        ((marked_complete(), RETURNED, marked_complete(version=2)), "in_quality_assurance", 2),
        ((marked_complete(), completed()), "completed", 1),
        ((marked_complete(), completed(), WITHDRAWN), "completion_withdrawn", 2),
        ((SUPERSEDED,), "superseded", 1),
        ((marked_complete(), completed(), SUPERSEDED, WITHDRAWN), "superseded", 1),
    ],
)
def test_the_overview_says_where_a_plan_stands(events: Sequence[Event], state: str, version: int) -> None:
    row = overview(*events)
    assert (row.state, row.plan_version) == (state, version)


def test_the_overview_says_that_a_plan_is_forgotten_with_its_child() -> None:
    assert overview(marked_complete(), PEPForgotten(on=TODAY, reason="court_order")).state == "forgotten"


def test_the_overview_keeps_who_marked_complete_why_it_came_back_and_when_it_was_completed() -> None:
    waiting = overview(marked_complete(), SIGNED)
    assert (waiting.marked_complete_by, waiting.marked_complete_on) == (TEACHER, TODAY)
    assert waiting.social_worker_agrees
    returned = overview(marked_complete(), SIGNED, RETURNED)
    assert (returned.return_reason, returned.social_worker_agrees) == (RETURNED.reason, False)
    assert overview(marked_complete(), RETURNED, marked_complete(version=2)).return_reason is None
    assert overview(marked_complete(), completed()).completed_on == TODAY
    assert overview(marked_complete(), completed(), SUPERSEDED).superseded_by == NEXT_PLAN_ID
    assert overview(marked_complete(), completed(), SUPERSEDED, WITHDRAWN).completed_on is None


def test_an_event_of_a_plan_that_was_never_opened_stops_the_fold() -> None:
    with pytest.raises(TypeError, match="PEPMarkedComplete"):
        rows(PLAN_OVERVIEW, marked_complete())


@pytest.mark.parametrize("model", [PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET, PLAN_ACTION, PLAN_VIEWS])
def test_what_concerns_no_plan_makes_no_row(model: ReadModel[Any]) -> None:
    assert rows(model, held()) == {}


@pytest.mark.parametrize("model", [PLAN_SECTION, PLAN_TARGET, PLAN_ACTION, PLAN_VIEWS])
def test_an_event_that_says_nothing_of_a_row_leaves_it_as_it_is(model: ReadModel[Any]) -> None:
    assert model.fold("as it was", recorded(held(), 1, PLAN_ID), (PLAN_ID, "target-1", 1)) == "as it was"


def test_a_section_shows_what_was_written_last() -> None:
    shown = rows(PLAN_SECTION, section("pupil_views"), section("pupil_views", by=WORKER), marked_complete())
    text = PlanText.of("Enjoys fractions.")
    assert shown == {
        (PLAN_ID, "pupil_views"): PlanSection(PLAN_ID, "pupil_views", text, WORKER, "designated_teacher", TODAY)
    }


def test_a_target_shows_how_it_was_set_last() -> None:
    shown = rows(PLAN_TARGET, target(Subject.MATHS, 1), target(Subject.SEMH, 1))
    text = PlanText.of("Reads aloud with joy.")
    assert shown == {(PLAN_ID, "target-1"): PlanTarget(PLAN_ID, "target-1", "semh", text, TEACHER, TODAY)}


def test_actions_stand_with_their_lines_and_go_when_the_target_is_set_anew_without_them() -> None:
    costed = target(Subject.MATHS, 1, TUITION_LINE, TUITION_LINE)
    assert len(rows(PLAN_ACTION, costed)) == 2
    text = PlanText.of("Weekly lessons.")
    line = ("target-1-v1-1", "tuition", 10, 4000, 40000)
    assert rows(PLAN_ACTION, costed, target(Subject.MATHS, 1, TUITION_LINE)) == {
        (PLAN_ID, "target-1", 1): PlanAction(PLAN_ID, "target-1", 1, text, "designated_teacher", *line)
    }


def test_a_child_is_known_by_what_holds_from_the_latest_day() -> None:
    row = child(
        SchoolKnown(child_ref=CHILD, on=ENTERED_CARE, school_urn="900001"),
        KnownInCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015),
        SchoolKnown(child_ref=CHILD, on=date(2024, 9, 2), school_urn="900009"),
        SocialWorkerKnown(child_ref=CHILD, on=ENTERED_CARE, social_worker_ref="worker-1"),
        SocialWorkerKnown(child_ref=CHILD, on=TODAY, social_worker_ref="worker-2"),
        NoPlanNeeded(child_ref=CHILD, on=ENTERED_CARE, reason="too_young"),
        became_current(),
        KnownToHaveLeftCare(child_ref=CHILD, on=TODAY),
        held(),
    )
    assert row == KnownChild(
        child_ref=CHILD,
        in_care_since=ENTERED_CARE,
        left_care_on=TODAY,
        closes_on=TODAY,
        born_in_school_year=2015,
        school_urn="900001",
        school_since=ENTERED_CARE,
        social_worker_ref="worker-2",
        social_worker_since=TODAY,
        current_plan_id=PLAN_ID,
    )


def test_a_child_for_whom_no_pep_applies_shows_why() -> None:
    assert child(NoPlanNeeded(child_ref=CHILD, on=ENTERED_CARE, reason="short_break")).no_plan_because == "short_break"


def test_a_child_who_never_left_has_been_in_care_all_along() -> None:
    in_care = KnownInCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015)
    left = KnownToHaveLeftCare(child_ref=CHILD, on=TODAY)
    again = KnownInCare(child_ref=CHILD, on=TODAY, born_in_school_year=2015)
    row = child(in_care, left, again)
    assert (row.in_care_since, row.left_care_on) == (ENTERED_CARE, None)
    assert child(left, again).in_care_since == TODAY
