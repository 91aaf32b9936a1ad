"""Codes change from year to year."""

from datetime import date

import pytest

from scheduling.domain.child.code_lists import code_lists_of, is_placement

NOW = date(2026, 9, 21)


@pytest.mark.parametrize("code", ["H5", "P2", "Z1"])
def test_three_placements_went_out_of_use_in_2025(code: str) -> None:
    assert is_placement(code, "2024-25", date(2024, 9, 2))
    assert not is_placement(code, "2025-26", date(2025, 9, 2))


@pytest.mark.parametrize("code", ["K3", "Z11", "Z12", "Z13", "Z14"])
def test_five_placements_came_into_use_in_2025(code: str) -> None:
    assert not is_placement(code, "2024-25", date(2024, 9, 2))
    assert is_placement(code, "2025-26", date(2025, 9, 2))


def test_an_episode_that_began_under_the_old_list_keeps_its_code() -> None:
    assert is_placement("Z1", "2026-27", date(2025, 3, 31))
    assert not is_placement("Z1", "2026-27", date(2025, 4, 1))


@pytest.mark.parametrize(("year", "nearest"), [("2019-20", "2023-24"), ("2031-32", "2026-27")])
def test_a_year_that_is_not_known_has_the_lists_of_the_nearest(year: str, nearest: str) -> None:
    assert code_lists_of(year) == code_lists_of(nearest)


def test_sex_was_a_figure_until_2024() -> None:
    assert code_lists_of("2023-24").old_sex_codes
    assert not code_lists_of("2024-25").old_sex_codes
