"""How a spell in care ended: told once, put right by a correction, handed over to whoever is responsible since."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told
from tests.scheduling.test_corrections import after, announced, correct, known
from tests.scheduling.test_hand_over import OPENED
from tests.scheduling.worked_examples import (
    MONDAY,
    OXFORDSHIRE,
    REF,
    episode,
    of_kind,
    spell,
)
from tests.scheduling.worked_examples import told as record

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from scheduling.domain.child.events import ChildLeftCare, LastPEPNoted, LegalStatusChanged, ReviewHeld, SchoolMoved
from scheduling.domain.child.fact_events import (
    CareResponsibilityTransferred,
    EHCPIssued,
    FactCorrected,
    SpecialEducationalNeedsChanged,
)
from scheduling.domain.child.states import SpellInCare, Transferred
from scheduling.domain.hand_over import HandOverPack, packed

NOVEMBER_2, NOVEMBER_9, NOVEMBER_16 = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)
TRANSFER = fact("responsibility_transferred", NOVEMBER_2, OXFORDSHIRE, to_authority="leicestershire")
LONG_AGO = {"began": date(2025, 1, 6), "ended": date(2025, 3, 3)}


def gone(on: date, reason: str = "E4A", **changes: Any) -> Scenario:
    here = known(OXFORDSHIRE, **changes)
    return here.given(*here.when(left_care_told(on, reason)).happened)


def then(scenario: Scenario, *commands: Any) -> Scenario:
    for command in commands:
        scenario = scenario.given(*scenario.when(command).happened)
    return scenario


def twice() -> Scenario:
    return known(OXFORDSHIRE, spells=(spell(**LONG_AGO, reason_ceased="E4A"), spell()))


def pack(scenario: Scenario) -> HandOverPack:
    return packed(after(scenario), "oxfordshire", OPENED)


# How it ended is known, and can be put right


def test_a_last_day_that_is_put_right_keeps_its_reason_and_a_record_is_kept_from_the_right_day() -> None:
    died = then(gone(NOVEMBER_9, "E2"), correct("left_care", NOVEMBER_9, OXFORDSHIRE, right_on=NOVEMBER_2))
    assert after(died).spells == (SpellInCare(MONDAY, NOVEMBER_2, "E2"),)
    assert after(died).keeping.died_on == NOVEMBER_2
    lives = then(died, correct("left_care", NOVEMBER_2, OXFORDSHIRE, never_happened=True))
    assert after(lives).keeping.died_on is None
    other = then(died, correct("left_care", NOVEMBER_2, OXFORDSHIRE, right="E4A"))
    assert after(other).keeping.died_on is None


@pytest.mark.parametrize(("on", "reason"), [(NOVEMBER_2, "E2"), (NOVEMBER_9, "E2"), (NOVEMBER_2, "E4A")])
def test_another_end_of_a_spell_that_has_ended_is_refused_and_names_the_one_that_is_known(
    on: date, reason: str
) -> None:
    ended = gone(NOVEMBER_9)
    ended.when(left_care_told(NOVEMBER_9)).then_nothing()
    ended.when(left_care_told(on, reason, today=NOVEMBER_16)).then_refused(
        "on: it is known that care ended on 09/11/2026, for the reason E4A. If that is wrong, correct it."
    )


def test_a_spell_that_began_where_another_ended_may_end_on_that_day_too() -> None:
    touching = known(OXFORDSHIRE, spells=(spell(date(2025, 1, 6), ended=MONDAY, reason_ceased="E4A"), spell()))
    touching.when(left_care_told(MONDAY)).then_nothing()
    died = then(touching, left_care_told(MONDAY, "E2"))
    assert [each.reason for each in after(died).spells] == ["E4A", "E2"]
    other = then(died, correct("left_care", MONDAY, OXFORDSHIRE, right_on=NOVEMBER_2))
    assert [(each.ended, each.reason) for each in after(other).spells] == [(MONDAY, "E4A"), (NOVEMBER_2, "E2")]


def test_the_end_of_an_older_spell_can_be_put_right_while_another_runs() -> None:
    right = correct("left_care", date(2025, 3, 3), OXFORDSHIRE, right_on=date(2025, 3, 10), right="E11")
    outcome = twice().when(right)
    outcome.then_some(FactCorrected, ChildLeftCare)
    assert of_kind(ChildLeftCare, outcome.happened)[0].earlier
    assert [each for each in announced(outcome) if isinstance(each, contracts.ChildLeftCare)] == []
    assert after(twice().given(*outcome.happened)).spells == (
        SpellInCare(date(2025, 1, 6), date(2025, 3, 10), "E11"),
        SpellInCare(MONDAY),
    )


@pytest.mark.parametrize(
    ("right_on", "sentence"),
    [
        (NOVEMBER_2, "would overlap: 06/01/2025 to 02/11/2026, 21/09/2026 to now"),
        (date(2025, 1, 5), "would end before it begins, on 06/01/2025"),
    ],
)
def test_an_end_that_could_not_have_been_is_refused(right_on: date, sentence: str) -> None:
    twice().when(correct("left_care", date(2025, 3, 3), OXFORDSHIRE, right_on=right_on)).then_refused(sentence)


def test_an_older_spell_that_is_told_after_a_death_changes_nothing_of_it() -> None:
    older = record(OXFORDSHIRE, NOVEMBER_16, spells=(spell(**LONG_AGO, reason_ceased="E4A"), spell()))
    assert after(then(gone(NOVEMBER_9, "E2"), older)).keeping.died_on == NOVEMBER_9


# Another authority is responsible


@pytest.mark.rule("O-28")
def test_a_transfer_may_be_told_of_a_spell_that_is_known_to_have_ended_by_one() -> None:
    ended = gone(NOVEMBER_2, "E3")
    outcome = ended.when(TRANSFER)
    outcome.then_some(CareResponsibilityTransferred)
    assert pack(ended.given(*outcome.happened)).to_authority == "leicestershire"
    ended.given(*outcome.happened).when(TRANSFER).then_nothing()
    gone(NOVEMBER_2).when(TRANSFER).then_refused("care ended on 02/11/2026, for the reason E4A")


def test_a_transfer_to_another_authority_of_the_same_day_puts_it_right() -> None:
    other = fact("responsibility_transferred", NOVEMBER_2, OXFORDSHIRE, to_authority="nonesuch")
    assert pack(then(known(OXFORDSHIRE), TRANSFER, other)).to_authority == "nonesuch"


@pytest.mark.parametrize(
    ("right", "transferred"),
    [
        ({"never_happened": True}, None),
        ({"right": "E4A"}, None),
        ({"right_on": NOVEMBER_9}, Transferred(NOVEMBER_9, "leicestershire")),
        ({"right_on": NOVEMBER_9, "right": "E3"}, Transferred(NOVEMBER_9, "leicestershire")),
    ],
)
def test_a_transfer_goes_with_the_end_of_care_and_is_none_where_care_did_not_end_so(
    right: dict[str, Any], transferred: Transferred | None
) -> None:
    corrected = then(known(OXFORDSHIRE), TRANSFER, correct("left_care", NOVEMBER_2, OXFORDSHIRE, **right))
    assert after(corrected).transferred == transferred


def test_another_end_of_care_leaves_a_transfer_of_another_day() -> None:
    long_ago = record(OXFORDSHIRE, NOVEMBER_16, spells=(spell(**LONG_AGO, reason_ceased="E4A"), spell()))
    older = then(known(OXFORDSHIRE), TRANSFER, long_ago)
    older = then(older, correct("left_care", date(2025, 3, 3), OXFORDSHIRE, right="E11"))
    assert after(older).transferred == Transferred(NOVEMBER_2, "leicestershire")


def test_of_a_child_who_is_in_care_here_again_nothing_is_handed_over() -> None:
    first = spell(ended=NOVEMBER_2, reason_ceased="E3")
    back = record(OXFORDSHIRE, NOVEMBER_16, spells=(first, spell(NOVEMBER_9, episode(NOVEMBER_9))))
    again = then(known(OXFORDSHIRE), TRANSFER, back)
    again.when(TRANSFER).then_nothing()
    with pytest.raises(Refusal, match="only once the transfer"):
        pack(again)


def test_the_pack_tells_of_the_time_until_the_transfer_alone() -> None:
    needs = SpecialEducationalNeedsChanged(child_ref=REF, on=NOVEMBER_9, special_educational_needs="none")
    transferred = then(
        known(OXFORDSHIRE).given(ReviewHeld(child_ref=REF, on=NOVEMBER_2), EHCPIssued(child_ref=REF, on=NOVEMBER_2)),
        TRANSFER,
    )
    later = transferred.given(
        needs,
        ReviewHeld(child_ref=REF, on=NOVEMBER_9),
        SchoolMoved(child_ref=REF, on=NOVEMBER_9, school_urn="999102"),
        LegalStatusChanged(child_ref=REF, on=NOVEMBER_9, legal_status="C1"),
        LastPEPNoted(child_ref=REF, on=NOVEMBER_9),
    )
    assert pack(later) == pack(transferred)
    assert (pack(later).legal_status, pack(later).special_educational_needs) == ("C2", "plan")
    assert pack(later).reviews == (NOVEMBER_2,)
