"""What may be wrong with a file: all of it is told at once, each fault with its key and a reason in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pep_kernel.authority_policy import FILES, PolicyFault, PolicyFileError, read_policy_file

FOLDER = Path(__file__).parents[2] / "shared" / "authorities" / "oxfordshire"
TERMS = """
authority = "oxfordshire"
terms = [
    { school_year = 2026, term = "autumn", first = 2026-09-02, last = 2026-12-18 },
    { school_year = 2026, term = "spring", first = 2027-01-04, last = 2027-03-25 },
    { school_year = 2026, term = "summer", first = 2027-04-12, last = 2027-07-21 },
]
"""


def faults(name: str, text: str) -> list[PolicyFault]:
    with pytest.raises(PolicyFileError) as wrong:
        read_policy_file(FILES[name], text, f"{name}.toml", "oxfordshire")
    return list(wrong.value.faults)


def told(name: str, text: str) -> list[tuple[str, str]]:
    return [(fault.key, fault.reason) for fault in faults(name, text)]


def spoilt(name: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """What is told of a shipped file after these changes."""
    text = (FOLDER / f"{name}.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return told(name, text)


def test_a_fault_is_a_line_with_file_key_day_of_the_entry_and_reason() -> None:
    text = (FOLDER / "funding.toml").read_text().replace("held_back_percent = 15", "held_back_percent = 101")
    assert [str(fault) for fault in faults("funding", text)] == [
        "funding.toml: grant.0.held_back_percent (from 2024-04-01): should be less than or equal to 100",
        "funding.toml: grant.1.held_back_percent (from 2025-04-01): should be less than or equal to 100",
    ]


def test_an_entry_that_does_not_say_when_it_begins_is_told_without_a_day() -> None:
    text = (FOLDER / "scheduling.toml").read_text().replace("[[notice]]\neffective_from = 2011-04-01", "[[notice]]")
    assert [str(fault) for fault in faults("scheduling", text)] == [
        "scheduling.toml: notice.0.effective_from: is missing"
    ]


def test_a_day_that_no_calendar_has_is_named_with_its_key() -> None:
    ((key, reason),) = spoilt("funding", ("effective_from = 2024-04-01", "effective_from = 2023-02-29"))
    assert key == "effective_from"
    assert reason.startswith("is not TOML: Invalid date or datetime")
    assert [key for key, _ in told("terms", TERMS.replace("2027-03-25", "2027-02-30"))] == ["last"]


def test_a_file_that_ends_too_early_is_wrong_as_a_whole() -> None:
    ((key, reason),) = told("authority", "authority = [")
    assert (key, reason.partition(":")[0]) == ("the whole file", "is not TOML")


def test_a_file_in_the_folder_of_another_authority_says_so_beside_its_other_faults() -> None:
    assert told("authority", 'authority = "elsewhere"\nname = "Oxfordshire"') == [
        ("authority", "says 'elsewhere' in the folder of 'oxfordshire'"),
        ("area_code", "is missing"),
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "reason"),
    [
        ("funding", "virtual_school_officer = 40000", "wizard = 1", "limits_pence.wizard", "should be 'social_worker'"),
        ("funding", "= 40000", "= -1", "limits_pence.virtual_school_officer", "greater than or equal to 0"),
        ("funding", '["virtual_school_head"]', '["virtual_school_officer"]', "", "has a limit and is without one"),
        (
            "funding",
            "effective_from = 2024",
            "effective_from = 0204",
            "effective_from",
            "greater than or equal to 2000",
        ),
        ("scheduling", "until_age_years = 18", "until_age_years = 1", "", "must be more than 'from_age_years'"),
        ("scheduling", 'invited = "child"', 'invited = "carer"', "each.1", "a second entry for 'carer'"),
        ("scheduling", "recorded_decision = true", "recorded_decision = false", "each.2", "alone, by a recorded"),
        ("scheduling", 'provider = "Welfare Call"', "", "", "'late_after_working_days' go together"),
        ("scheduling", '", "corporate_parenting_manager"', '", "virtual_school_head"', "", "the same job twice"),
        ("scheduling", "days = 10", "days = 0", "days", "greater than or equal to 1"),
        (
            "scheduling",
            "days = 10",
            "effective_until = 2011-03-01\ndays = 10",
            "",
            "ends on 01/03/2011, before it begins",
        ),
        ("pep-record", 'key = "pupil_voice"', 'key = "social_care"', "each.1", "a second entry for 'social_care'"),
        ("notifications", "begin = 19:00:00", "begin = 06:00:00", "", "begin in the evening and end in the morning"),
        ("notifications", "virtual-school@", "virtual-school", "address", "should match pattern"),
    ],
)
def test_an_impossible_value_is_named(name: str, old: str, new: str, key: str, reason: str) -> None:
    found = spoilt(name, (old, new))
    assert any(key in where and reason in why for where, why in found), found


def test_a_store_without_somebody_who_files_there_is_half_said() -> None:
    assert spoilt("pep-record", ("[[document_store]]\n", '[[document_store]]\nname = "A shelf"\n')) == [
        ("document_store.0", "'name' and 'filed_by' go together")
    ]


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("last = 2027-03-25", "last = 2026-12-25", "terms.1", "the stretch from 04/01/2027 ends before it begins"),
        (
            "last = 2027-03-25",
            "last = 2027-04-12",
            "terms.2",
            "the stretch from 12/04/2027 begins before the one before",
        ),
        ('"spring"', '"autumn"', "terms.1", "the autumn term of the school year 2026 cannot begin on 04/01/2027"),
        ('"spring"', '"summer"', "terms.1", None),
        ('"summer"', '"spring"', "terms.2", None),
        ('2026, term = "summer"', '2025, term = "summer"', "terms.2", "school year 2025 cannot begin on 12/04/2027"),
    ],
)
def test_term_dates_that_cannot_be_are_named(old: str, new: str, key: str, reason: str | None) -> None:
    text = TERMS.replace(old, new)
    if reason is None:  # two stretches of one term are a term with a half-term break
        assert read_policy_file(FILES["terms"], text, "terms.toml", "oxfordshire")
    else:
        assert any(where == key and reason in why for where, why in told("terms", text))


def test_terms_of_one_year_come_in_their_order() -> None:
    mixed = TERMS.replace('"spring"', '"sommer"').replace('"summer"', '"spring"').replace('"sommer"', '"summer"')
    assert told("terms", mixed) == [("terms.2", "the spring term comes after the summer term of the same school year")]


def test_inset_days_lie_in_a_term_and_are_given_once() -> None:
    inset = "inset_days = [{ on = 2026-12-24 }, { on = 2026-09-05 }, { on = 2026-09-02 }, { on = 2026-09-02 }, "
    of_a_school = "{ on = 2026-09-02, school_urn = '900001' }]"
    assert told("terms", TERMS + inset + of_a_school) == [
        ("inset_days.0", "the INSET day 24/12/2026 is no day of a term"),
        ("inset_days.1", "the INSET day 05/09/2026 is no day of a term"),
        ("inset_days.3", "this day is given twice"),
    ]


def test_inset_days_are_not_judged_by_term_dates_that_are_wrong_themselves() -> None:
    wrong = TERMS.replace("last = 2027-03-25", "last = 2026-12-25") + "inset_days = [{ on = 2026-12-24 }]"
    assert {key for key, _ in told("terms", wrong)} == {"terms.1"}


def test_a_bank_holiday_is_corrected_once() -> None:
    twice = "bank_holidays = [{ on = 2026-12-24, name = 'A' }, { on = 2026-12-24 }]"
    assert told("terms", TERMS + twice) == [("bank_holidays.1", "this day is given twice")]
