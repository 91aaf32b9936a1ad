"""A journal is sealed once a day, where anything came since the last seal."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from journey.domain.seal import JOURNAL_SEALS, SEAL, JournalSeal, JournalSealed, SealJournal
from pep_kernel.colleagues import ColleagueGone
from pep_kernel.contracts import journey as contracts
from pep_kernel.message import Envelope, Event, Recorded, System
from pep_kernel.scenario import Scenario

MONDAY, TUESDAY = date(2026, 9, 21), date(2026, 9, 22)


def seal(position: int, on: date) -> SealJournal:
    return SealJournal(authority="anytown", service="funding", position=position, hash=f"hash {position}", on=on)


def sealed(position: int, on: date) -> JournalSealed:
    return JournalSealed(authority="anytown", service="funding", position=position, hash=f"hash {position}", on=on)


def recorded(event: Event) -> Recorded:
    now = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)
    envelope = Envelope(
        event_id=UUID(int=1),
        type=type(event).__name__,
        schema_version=1,
        authority="anytown",
        stream="seal-funding",
        version=1,
        occurred_at=now,
        actor=System("daily seal"),
        correlation=UUID(int=1),
    )
    return Recorded(event, envelope, 1, now)


def test_the_first_seal_says_how_far_the_journal_reached() -> None:
    Scenario(SEAL).when(seal(7, MONDAY)).then(sealed(7, MONDAY))


def test_the_next_day_what_came_since_is_sealed() -> None:
    Scenario(SEAL).given(sealed(7, MONDAY)).when(seal(9, TUESDAY)).then(sealed(9, TUESDAY))


@pytest.mark.parametrize(
    "command",
    [seal(9, MONDAY), seal(7, TUESDAY), seal(5, TUESDAY)],
    ids=["that day", "nothing new", "less than before"],
)
def test_no_second_seal_is_made_of_a_day_or_of_no_news(command: SealJournal) -> None:
    Scenario(SEAL).given(sealed(7, MONDAY)).when(command).then()


def test_a_seal_is_told_with_all_that_a_check_needs() -> None:
    event = sealed(7, MONDAY)
    assert SEAL.announce(event, event) == contracts.JournalSealed(
        authority="anytown", service="funding", position=7, hash="hash 7", on=MONDAY
    )


def test_the_newest_seal_of_each_journal_is_kept_at_hand() -> None:
    event = recorded(sealed(7, MONDAY))
    assert list(JOURNAL_SEALS.keys(event)) == [("funding",)]
    row = JOURNAL_SEALS.fold(None, event, ("funding",))
    assert row == JournalSeal("funding", 7, MONDAY)
    other = recorded(ColleagueGone(person_ref="officer-1"))
    assert list(JOURNAL_SEALS.keys(other)) == []
    assert JOURNAL_SEALS.fold(row, other, ("funding",)) == row
