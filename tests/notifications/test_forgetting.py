"""After a child is forgotten nobody is told anything about them: what waits is held back, nothing more is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from notifications.domain.audience import Named
from notifications.domain.forgetting import BeginAttemptAbout, beginning
from notifications.domain.intent import INTENT, NotificationAttempted, NotificationSuppressed, Sent, Underway, Waiting
from notifications.domain.notify import Notify, act_to_notify
from notifications.domain.roster import ROSTER
from notifications.policies import POLICIES
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.decider import Act, AnyDecider, States
from pep_kernel.forgotten import FORGOTTEN, KnownForgotten
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal

ON, REASON = date(2089, 11, 5), "retention_period_ended"
KNOWN = KnownForgotten(child_ref="child7", on=ON, reason=REASON)
HELD_BACK = NotificationSuppressed(reason="child_forgotten")


def decided(act: Act, states: dict[str, Any]) -> Sequence[tuple[str, Event]]:
    assert act.together is not None
    deciders: dict[str, AnyDecider] = {"roster": ROSTER, "intent": INTENT, "known": FORGOTTEN}
    return act.together(States(deciders, states), act.command)


def forget() -> Act:
    told = ChildForgotten(child_ref="child7", on=ON, reason=REASON)
    at = datetime(2089, 11, 5, tzinfo=UTC)
    act = POLICIES[ChildForgotten](Said(told, "authority-1", "scheduling", 1, UUID(int=1), at, UUID(int=1)), None)
    assert act is not None
    return act


def test_it_becomes_known_and_what_waits_is_held_back_in_the_same_moment() -> None:
    assert (forget().streams, forget().child_ref, forget().whole_child) == (("known-child7",), "child7", True)
    states = {"intent-1": Waiting(), "intent-2": Sent(), "intent-3": Waiting(2), "intent-4": Underway(1)}
    assert decided(forget(), states) == [("known-child7", KNOWN), ("intent-1", HELD_BACK), ("intent-3", HELD_BACK)]
    assert decided(forget(), {"known-child7": KNOWN, "intent-2": Sent()}) == []


def test_nothing_is_asked_for_about_a_forgotten_child() -> None:
    audience = Named(people=("teacher-1",))
    act = act_to_notify(
        Notify(template="returned", audience=audience, child_ref="child7", about="plan-child7-1", occasion="1")
    )
    assert len(decided(act, {})) == 1
    with pytest.raises(Refusal, match="This child's record was removed on 05/11/2089"):
        decided(act, {"known-child7": KNOWN})


def test_a_message_that_was_asked_for_at_that_very_moment_is_held_back_when_somebody_begins_to_send_it() -> None:
    act = beginning(BeginAttemptAbout(message_id="intent-1", child_ref="child7"), "2026-09-01.00000000")
    assert act.streams == ("intent-1", "known-child7")
    assert decided(act, {"intent-1": Waiting(1)}) == [("intent-1", NotificationAttempted(attempt=2))]
    assert decided(act, {"intent-1": Waiting(1), "known-child7": KNOWN}) == [("intent-1", HELD_BACK)]
