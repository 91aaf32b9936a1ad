"""What people look at about due dates: late stays late, with its reason; terms looked at; the quality queue."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.scheduling.test_projections import OF_ONE, due_after, folded
from tests.scheduling.worked_examples import MONDAY, REF

from pep_kernel.sealed import PlanText
from scheduling.domain.child import events as child
from scheduling.projections.due_date import DUE_DATES
from scheduling.projections.termly_meeting import TERMLY_MEETINGS, TermlyMeeting

OPENED = date(2027, 1, 4)
OVERDUE = child.PEPOverdue(**OF_ONE, due=date(2026, 10, 19))


def met(on: date, marked: date | None = None) -> child.ObligationMet:
    return child.ObligationMet(**OF_ONE, on=on, by="plan-1", marked_complete_on=marked)


def test_what_was_met_late_says_so_and_why() -> None:
    reason = child.LateReasonRecorded(**OF_ONE, because="school_holiday", details=PlanText(token="sealed"))
    row = due_after(OVERDUE, met(date(2026, 11, 5)), reason)
    assert (row.state, row.overdue, row.days_late, row.late_because) == ("met", True, 3, "school_holiday")
    assert row.late_details == PlanText(token="sealed")
    assert due_after(met(date(2026, 10, 19))).days_late is None
    assert due_after().days_late is None


def test_the_days_in_the_quality_queue_are_counted_apart() -> None:
    assert due_after(met(date(2026, 10, 22), marked=date(2026, 10, 15))).days_in_quality_queue == 7
    assert due_after(met(date(2026, 10, 22))).days_in_quality_queue is None
    assert due_after().days_in_quality_queue is None
    open_again = due_after(met(date(2026, 10, 22), marked=MONDAY), child.ObligationReopened(**OF_ONE, by="plan-1"))
    assert open_again.marked_complete_on is None


def test_how_many_were_told_is_counted_until_the_date_is_counted_again() -> None:
    told = child.PEPOverdueEscalated(**OF_ONE, due=date(2026, 10, 19), step=2, role="virtual_school_head")
    row = due_after(OVERDUE, told)
    assert (row.state, row.escalated) == ("overdue", 2)
    row = due_after(OVERDUE, told, revised())
    assert (row.state, row.escalated, row.overdue) == ("open", 0, False)
    assert (row.due, row.was, row.days) == (date(2026, 10, 26), date(2026, 10, 19), 25)


def revised() -> child.PEPDueDateRevised:
    return child.PEPDueDateRevised(
        **OF_ONE,
        trigger="entered_care",
        due=date(2026, 10, 26),
        was=date(2026, 10, 19),
        unit="working",
        source=("reg 33",),
        policy_version="v2",
        days=25,
    )


def test_a_revision_of_what_is_not_known_makes_no_row() -> None:
    assert folded(DUE_DATES, revised()) == []


def test_each_child_and_term_is_looked_at_once_with_what_came_of_it() -> None:
    of_child: dict[str, Any] = {"child_ref": REF, "policy_version": "v"}
    not_due = child.TermlyMeetingNotDue(
        **of_child, school_year=2026, term="spring", opened_on=OPENED, because="pep_held"
    )
    due = child.PEPDueDateSet(
        **of_child,
        obligation="hold",
        trigger="term_opened",
        trigger_on=OPENED,
        due=date(2027, 3, 25),
        unit="term",
        source=("L-01",),
    )
    unknown = child.PEPDueDateNotCounted(
        **of_child, obligation="hold", trigger="term_opened", trigger_on=OPENED, reason="No term dates."
    )
    assert folded(TERMLY_MEETINGS, not_due) == [TermlyMeeting(REF, OPENED, "pep_held")]
    assert folded(TERMLY_MEETINGS, due) == [TermlyMeeting(REF, OPENED, "due", date(2027, 3, 25))]
    assert folded(TERMLY_MEETINGS, unknown) == [TermlyMeeting(REF, OPENED, "not_counted")]
    assert folded(TERMLY_MEETINGS, OVERDUE) == []
