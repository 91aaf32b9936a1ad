"""Absences of one person lie beside each other, never over each other; each person's part is on their own record."""

from datetime import date

import pytest
from tests.scheduling.test_absence import (
    AWAY,
    DEPUTY,
    FIRST,
    LAST,
    absent,
    both,
    command,
    ending,
    granted,
    states,
    works,
)

from pep_kernel.may import Role, stands_in_for
from pep_kernel.scenario import Scenario
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import StaffAbsent
from scheduling.domain.standing_in import end_absence, record_absence

known = Scenario(PERSON).given(works(AWAY, Role.SOCIAL_WORKER), absent)


@pytest.mark.parametrize(
    ("on", "until", "overlaps"),
    [
        (date(2026, 10, 26), date(2026, 11, 1), False),  # ends the day before
        (date(2026, 10, 26), FIRST, True),
        (date(2026, 11, 5), date(2026, 11, 6), True),
        (LAST, date(2026, 11, 20), True),
        (date(2026, 11, 14), date(2026, 11, 20), False),  # begins the day after
    ],
)
def test_two_absences_share_no_day(on: date, until: date, overlaps: bool) -> None:
    outcome = known.when(command.model_copy(update={"on": on, "until": until}))
    if overlaps:
        outcome.then_refused("on: an absence from 02/11/2026 to 13/11/2026 is known. End that one first.")
    else:
        outcome.then_some(StaffAbsent)


def test_somebody_may_be_away_for_one_day() -> None:
    known.when(command.model_copy(update={"on": date(2026, 12, 1), "until": date(2026, 12, 1)})).then_some(StaffAbsent)


def test_each_persons_part_stands_on_their_own_record() -> None:
    workers = both(Role.SOCIAL_WORKER, Role.SOCIAL_WORKER)
    assert [stream for stream, _ in record_absence(workers, command)] == [f"person-{AWAY}", f"person-{DEPUTY}"]
    grant = granted(stands_in_for(AWAY))
    away = states(works(AWAY, Role.SOCIAL_WORKER), works(DEPUTY, Role.SOCIAL_WORKER), absent, grant)
    assert [stream for stream, _ in end_absence(away, ending)] == [f"person-{AWAY}", f"person-{DEPUTY}"]
