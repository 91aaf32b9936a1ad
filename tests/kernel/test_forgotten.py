"""A child who is forgotten, as the services other than scheduling know it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.forgotten import KnownForgotten, NoteForgotten, decide, note_of, refuse_if_forgotten
from pep_kernel.refusal import Refusal

ON, REASON = date(2089, 11, 5), "retention_period_ended"
NOTE = NoteForgotten(child_ref="child-7", on=ON, reason=REASON)
GONE = KnownForgotten(child_ref="child-7", on=ON, reason=REASON)


def test_a_child_becomes_known_as_forgotten_once() -> None:
    assert decide(None, NOTE) == [GONE]
    assert decide(GONE, NOTE) == []


def test_what_scheduling_said_is_noted_as_it_was_said() -> None:
    told = ChildForgotten(child_ref="child-7", on=ON, reason=REASON)
    said = Said(told, "someshire", "scheduling", 1, UUID(int=1), datetime(2089, 11, 5, tzinfo=UTC), UUID(int=1))
    assert note_of(said) == NOTE


def test_who_asks_about_a_forgotten_child_hears_when_and_why_the_record_was_removed() -> None:
    refuse_if_forgotten(None)
    with pytest.raises(Refusal, match="record was removed on 05/11/2089: retention period ended") as refused:
        refuse_if_forgotten(GONE)
    assert refused.value.rules == ("reg 50",)
