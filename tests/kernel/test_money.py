"""Whole pence: splits lose none, and people read pounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pep_kernel.money import Pence, pounds, split_pence


def test_the_first_shares_get_the_odd_pence() -> None:
    assert split_pence(10_000, 3) == (3_334, 3_333, 3_333)
    assert split_pence(2, 4) == (1, 1, 0, 0)


@given(st.integers(0, 10**9), st.integers(1, 50))
def test_a_split_adds_up_and_no_share_is_more_than_a_penny_larger(total_pence: int, parts: int) -> None:
    shares = split_pence(total_pence, parts)
    assert sum(shares) == total_pence
    assert len(shares) == parts
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("parts", [0, -1])
def test_nothing_is_split_among_nobody(parts: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        split_pence(100, parts)


@pytest.mark.parametrize(
    ("pence", "shown"),
    [
        (0, "£0.00"),
        (7, "£0.07"),
        (123_456, "£1,234.56"),
        (-500, "-£5.00"),
        (-1, "-£0.01"),
        (100_000_000, "£1,000,000.00"),
    ],
)
def test_people_read_pounds(pence: int, shown: str) -> None:
    assert pounds(pence) == shown


@pytest.mark.parametrize("wrong", [-1, 0.5, 1_000_000_001, "12.50"])
def test_an_amount_is_a_whole_number_of_pence_and_none_is_owed(wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Pence).validate_python(wrong)
