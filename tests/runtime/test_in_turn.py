"""Which records of a topic come next, whatever is repeated or came too early."""

from pep_runtime.in_turn import InTurn


def taken(numbers: list[int], last: int = 0) -> tuple[list[int], int | None]:
    turn = InTurn(last)
    return [number for number in numbers if turn.takes(number)], turn.missing


def test_each_number_is_taken_once_in_its_turn() -> None:
    assert taken([1, 2, 2, 1, 3]) == ([1, 2, 3], None)


def test_what_was_taken_before_is_passed() -> None:
    assert taken([3, 4, 5, 6], last=4) == ([5, 6], None)


def test_what_comes_before_its_turn_is_passed_and_taken_when_it_comes_again() -> None:
    assert taken([4, 5, 1, 2, 3, 4, 5]) == ([1, 2, 3, 4, 5], None)


def test_a_number_is_missing_where_a_higher_one_is_there_and_it_never_came() -> None:
    assert taken([1, 2, 4, 5]) == ([1, 2], 3)


def test_nothing_is_missing_in_what_is_not_there_yet() -> None:
    assert taken([]) == ([], None)
