"""The check letter of a pupil number, by the worked examples of the standard."""

import pytest

from scheduling.ssda903.upn import check_letter, has_the_shape_of_a_upn


@pytest.mark.parametrize(
    "upn", ["P207000016049", "T855400026123", "P931400026007", "P85520002601A", "B801200005001", "T940200026001"]
)
def test_the_letter_of_a_right_number_is_found(upn: str) -> None:
    assert has_the_shape_of_a_upn(upn)
    assert check_letter(upn) == upn[0]


def test_two_help_pages_print_the_wrong_letter_for_the_same_number() -> None:
    assert check_letter("Q207000016049") == "P"


@pytest.mark.parametrize(
    "text", ["", "P20700001604", "P2070000160499", "I207000016049", "P20700001604O", "P2070000A6049"]
)
def test_what_has_not_the_shape_has_no_letter(text: str) -> None:
    assert not has_the_shape_of_a_upn(text)
    with pytest.raises(ValueError, match="not the shape"):
        check_letter(text)
