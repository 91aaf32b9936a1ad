"""What the API accepts as a care record, whoever sends it."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from scheduling.domain.child.care_record import CareRecord, CareRecordBatch, Schooling, SocialWorkerSpell

EPISODE = {"began": "2026-09-21", "reason_new": "S", "legal_status": "C2", "placement": "U6"}
OF_JANUARY = {**EPISODE, "began": "2026-01-12", "ended": "2026-04-30"}
SPELL = {"began": "2026-09-21", "episodes": [EPISODE]}
ENDED = {"began": "2026-01-12", "ended": "2026-04-30", "reason_ceased": "E4A", "episodes": [OF_JANUARY]}


def record(**changes: Any) -> CareRecord:
    whole = {"child_id": "child-7", "date_of_birth": "2015-05-04", "sex": "F", "spells": [SPELL]}
    return CareRecord.model_validate({**whole, **changes})


def test_a_number_a_birthday_and_a_spell_are_enough() -> None:
    assert record().spells[0].began == date(2026, 9, 21)


def test_two_spells_one_after_the_other_are_put_in_order() -> None:
    assert record(spells=[SPELL, ENDED]) == record(spells=[ENDED, SPELL])


@pytest.mark.parametrize("spells", [[SPELL, SPELL], [SPELL, {**ENDED, "ended": "2026-09-22"}], []])
def test_spells_that_overlap_or_are_none_are_refused(spells: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError, match="spells"):
        record(spells=spells)


def of(*episodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**SPELL, "episodes": [{**EPISODE, **each} for each in episodes], **more}


def test_episodes_are_put_in_order() -> None:
    moved = {"began": "2026-10-12"}
    assert record(spells=[of(moved, {})]) == record(spells=[of({}, moved)])


@pytest.mark.parametrize(
    ("spell", "reason"),
    [
        (of({"began": "2001-03-05"}), "episodes: 05/03/2001 is before the spell in care began, on 21/09/2026"),
        (
            of({}, {"began": "2031-03-05"}, ended="2026-11-02"),
            "episodes: 05/03/2031 is after the spell in care ended, on 02/11/2026",
        ),
        (
            of({"ended": "2026-11-03"}, ended="2026-11-02"),
            "episodes: 03/11/2026 is after the spell in care ended, on 02/11/2026",
        ),
        (of({}, {"placement": "K2"}), "two episodes begin on 21/09/2026"),
        (
            of({"ended": "2026-10-12"}, {"began": "2026-10-11"}),
            "11/10/2026 is before the episode of 21/09/2026 ends, on 12/10/2026",
        ),
    ],
    ids=["long before", "long after", "ends after", "two of a day", "one in another"],
)
def test_an_episode_lies_in_its_spell_and_after_the_one_before(spell: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        record(spells=[spell])


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("social_workers", {"social_workers": [{"staff_id": "3", "began": "1990-01-08"}]}),
        ("reviews", {"reviews": ["2026-10-06", "1990-01-08"]}),
        ("last_pep.held", {"last_pep": {"held": "1990-01-08"}}),
    ],
)
def test_nobody_worked_with_a_child_who_was_not_born_yet(field: str, told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=f"{field}: 08/01/1990 is before the child was born"):
        record(**told)


def test_a_spell_cannot_end_before_it_began() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        record(spells=[{**SPELL, "ended": "2026-09-20"}])


def test_a_social_worker_cannot_end_before_beginning() -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        SocialWorkerSpell(staff_id="worker-1", began=date(2026, 9, 21), ended=date(2026, 9, 1))


def test_a_child_cannot_leave_a_school_before_entering_it() -> None:
    with pytest.raises(ValidationError, match="leaves the school before entering"):
        Schooling(school_urn="900101", entered=date(2026, 9, 2), left=date(2026, 9, 1))


def test_the_last_day_at_school_may_be_the_first() -> None:
    assert Schooling(school_urn="900101", entered=date(2026, 9, 2), left=date(2026, 9, 2)).left == date(2026, 9, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("sex", "1"), ("child_id", ""), ("shoe_size", 37), ("date_of_birth", "31/02/2015"), ("upn", "P2070000160491")],
)
def test_a_wrong_shape_names_its_field(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as fault:
        record(**{field: value})
    assert fault.value.errors()[0]["loc"] == (field,)


def test_a_batch_holds_from_one_to_two_hundred() -> None:
    one = record()
    assert len(CareRecordBatch(records=(one,) * 200).records) == 200
    for records in ((), (one,) * 201):
        with pytest.raises(ValidationError, match="records"):
            CareRecordBatch(records=records)
