"""After a child left care, died or is forgotten, what waits is held back and nothing more goes out about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from notifications.domain.audience import Named
from notifications.domain.holding_back import BeginAttemptAbout, beginning
from notifications.domain.intent import (
    INTENT,
    NotificationAttempted,
    NotificationRequested,
    NotificationSuppressed,
    Sent,
    Template,
    Underway,
    Waiting,
)
from notifications.domain.known_child import KNOWN, KnownChild, KnownInCare, KnownToHaveLeftCare, NoteInCare
from notifications.domain.notify import Notify, act_to_notify
from notifications.domain.roster import ROSTER, ROSTER_STREAM
from notifications.policies import POLICIES
from pep_kernel.announcement import Announcement, Said
from pep_kernel.colleagues import ColleagueKnown
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    Ended,
)
from pep_kernel.decider import Act, AnyDecider, States
from pep_kernel.forgotten import KnownForgotten
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal

ON, REASON = date(2089, 11, 5), "retention_period_ended"
LEFT_ON = date(2026, 11, 30)
GONE = KnownForgotten(child_ref="child7", on=ON, reason=REASON)
FORGOTTEN = KNOWN.fold((GONE,))
HELD_BACK = NotificationSuppressed(reason="child_forgotten")
STAFF = {ROSTER_STREAM: ROSTER.fold((ColleagueKnown(person_ref="teacher-1", role="designated_teacher"),))}


def asked(template: Template = "returned", recipient: str = "teacher-1") -> NotificationRequested:
    return NotificationRequested(template=template, recipient=recipient, child_ref="child7", about="plan-child7-1")


def decided(act: Act, states: dict[str, Any]) -> Sequence[tuple[str, Event]]:
    assert act.together is not None
    deciders: dict[str, AnyDecider] = {"roster": ROSTER, "intent": INTENT, "known": KNOWN}
    return act.together(States(deciders, {**STAFF, **states}), act.command)


def react(told: Announcement) -> Act:
    at = datetime(2089, 11, 5, tzinfo=UTC)
    act = POLICIES[type(told)](Said(told, "authority-1", "scheduling", 1, UUID(int=1), at, UUID(int=1)), None)
    assert act is not None
    return act


def left(ended: Ended = "returned_home") -> KnownChild:
    return KNOWN.fold((KnownToHaveLeftCare(child_ref="child7", on=LEFT_ON, ended=ended),))


def asking(template: Template, *people: str) -> Act:
    audience = Named(people=people)
    notify = Notify(template=template, audience=audience, child_ref="child7", about="plan-child7-1", occasion="1")
    return act_to_notify(notify)


def test_it_becomes_known_and_what_waits_is_held_back_in_the_same_moment() -> None:
    forget = react(ChildForgotten(child_ref="child7", on=ON, reason=REASON))
    assert (forget.streams, forget.child_ref, forget.whole_child) == (("known-child7", ROSTER_STREAM), "child7", True)
    states = {
        "intent-1": Waiting(asked()),
        "intent-2": Sent(),
        "intent-3": Waiting(asked("cancellation"), 2),
        "intent-4": Underway(asked(), 1),
    }
    assert decided(forget, states) == [("known-child7", GONE), ("intent-1", HELD_BACK), ("intent-3", HELD_BACK)]
    assert decided(forget, {"known-child7": FORGOTTEN, "intent-2": Sent()}) == []


ENDINGS: list[tuple[Announcement, Ended, str]] = [
    (ChildLeftCare(child_ref="child7", on=LEFT_ON, ended="died"), "died", "child_died"),
    (ChildLeftCare(child_ref="child7", on=LEFT_ON, ended="adopted"), "adopted", "child_left_care"),
    (ChildLeftCare(child_ref="child7", on=LEFT_ON, ended="never_in_care"), "never_in_care", "child_left_care"),
    (ChildLeftCare(child_ref="child7", on=LEFT_ON), "other", "child_left_care"),
    (CareResponsibilityTransferred(child_ref="child7", on=LEFT_ON), "moved_authority", "child_left_care"),
]


@pytest.mark.parametrize(("told", "ended", "reason"), ENDINGS)
def test_whatever_ends_the_care_holds_back_what_waits_with_its_reason(
    told: Announcement, ended: Ended, reason: str
) -> None:
    known = KnownToHaveLeftCare(child_ref="child7", on=LEFT_ON, ended=ended)
    held_back = NotificationSuppressed(reason=reason)
    states = {"intent-1": Waiting(asked("invitation", "guest-2")), "intent-2": Waiting(asked(), 1), "intent-3": Sent()}
    assert decided(react(told), states) == [
        ("known-child7", known),
        ("intent-1", held_back),
        ("intent-2", held_back),
    ]
    assert decided(react(told), {"known-child7": left(ended)}) == []


def test_that_a_meeting_is_called_off_is_told_all_the_same_and_after_a_death_to_staff_only() -> None:
    states = {
        "intent-1": Waiting(asked("cancellation")),
        "intent-2": Waiting(asked("cancellation", "guest-2")),
        "intent-3": Waiting(asked("glass_broken")),
    }
    home, died = (ChildLeftCare(child_ref="child7", on=LEFT_ON, ended=ended) for ended in ("returned_home", "died"))
    assert [stream for stream, _ in decided(react(home), states)] == ["known-child7"]
    assert [stream for stream, _ in decided(react(died), states)] == ["known-child7", "intent-2"]


def test_a_leaving_told_late_of_a_child_who_is_in_care_again_holds_nothing_back() -> None:
    again = KNOWN.fold((KnownInCare(child_ref="child7", on=date(2027, 1, 4)),))
    told = react(ChildLeftCare(child_ref="child7", on=LEFT_ON, ended="returned_home"))
    happened = decided(told, {"known-child7": again, "intent-1": Waiting(asked())})
    assert [stream for stream, _ in happened] == ["known-child7"]


@pytest.mark.parametrize("on", [LEFT_ON, date(2027, 1, 4)])
def test_a_leaving_that_never_was_and_a_new_spell_let_messages_go_out_again(on: date) -> None:
    act = react(ChildEnteredCare(child_ref="child7", on=on, born_in_school_year=2013))
    assert (act.streams, act.child_ref) == (("known-child7",), "child7")
    assert isinstance(act.command, NoteInCare)
    known = KnownInCare(child_ref="child7", on=on)
    assert KNOWN.decide(left("died"), act.command) == [known]
    in_care = KNOWN.evolve(left("died"), known)
    assert KNOWN.decide(in_care, act.command) == []
    ((_, request),) = decided(asking("invitation", "guest-2"), {"known-child7": in_care})
    assert isinstance(request, NotificationRequested)


def test_what_is_asked_for_afterwards_is_written_down_and_held_back() -> None:
    ((_, request), (_, held_back)) = decided(asking("returned", "teacher-1"), {"known-child7": left("adopted")})
    assert (request, held_back) == (asked(), NotificationSuppressed(reason="child_left_care"))


def test_nothing_is_asked_for_about_a_forgotten_child() -> None:
    act = asking("returned", "teacher-1")
    assert len(decided(act, {})) == 1
    with pytest.raises(Refusal, match="This child's record was removed on 05/11/2089"):
        decided(act, {"known-child7": FORGOTTEN})
    with pytest.raises(Refusal, match="This child's record was removed"):
        decided(react(ChildLeftCare(child_ref="child7", on=LEFT_ON)), {"known-child7": FORGOTTEN})


@pytest.mark.parametrize(("known", "reason"), [(FORGOTTEN, "child_forgotten"), (left("died"), "child_died")])
def test_a_message_that_was_asked_for_at_that_very_moment_is_held_back_when_somebody_begins_to_send_it(
    known: KnownChild, reason: str
) -> None:
    act = beginning(BeginAttemptAbout(message_id="intent-1", child_ref="child7"), "2026-09-01.00000000")
    assert act.streams == ("intent-1", "known-child7", ROSTER_STREAM)
    waiting = Waiting(asked(), 1)
    assert decided(act, {"intent-1": waiting}) == [("intent-1", NotificationAttempted(attempt=2))]
    held_back = NotificationSuppressed(reason=reason)
    assert decided(act, {"intent-1": waiting, "known-child7": known}) == [("intent-1", held_back)]


def test_two_senders_cannot_both_begin() -> None:
    act = beginning(BeginAttemptAbout(message_id="intent-1", child_ref="child7"), "2026-09-01.00000000")
    with pytest.raises(Refusal, match="Underway"):
        decided(act, {"intent-1": Underway(asked(), 1), "known-child7": left()})
