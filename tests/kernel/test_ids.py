"""References that an import finds again and nobody guesses; ids that a repeat makes again."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from pep_kernel.ids import command_event_id, keyed_reference, policy_event_id, timer_cause

CAUSE = UUID("0b6e7c9a-f2d3-4c5d-8f00-a1b2c3d4e5f6")
ANYTHING = st.text(max_size=20)


def test_a_reference_is_that_of_the_authoritys_own_id_under_its_secret() -> None:
    assert keyed_reference(b"secret", "child", "123") == "ao4nermwraxionsmlt33qx5ndq"


@given(st.binary(min_size=1, max_size=32), ANYTHING)
def test_a_reference_can_stand_in_an_address_and_says_nothing(secret: bytes, local_id: str) -> None:
    reference = keyed_reference(secret, "child", local_id)
    assert len(reference) == 26
    assert set(reference) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert reference == keyed_reference(secret, "child", local_id)


def test_secret_kind_and_id_each_make_another_reference() -> None:
    made = {
        keyed_reference(b"ours", "child", "1"),
        keyed_reference(b"theirs", "child", "1"),
        keyed_reference(b"ours", "person", "1"),
        keyed_reference(b"ours", "child", "2"),
    }
    assert len(made) == 4


def test_the_same_command_makes_the_same_events_and_every_other_makes_others() -> None:
    made = [
        command_event_id("borsetshire", "worker-1", "key", 0),
        command_event_id("ambridge", "worker-1", "key", 0),
        command_event_id("borsetshire", "worker-2", "key", 0),
        command_event_id("borsetshire", "worker-1", "another", 0),
        command_event_id("borsetshire", "worker-1", "key", 1),
    ]
    assert len(set(made)) == len(made)
    assert made[0] == command_event_id("borsetshire", "worker-1", "key", 0)


def test_the_same_cause_makes_the_same_events_for_each_purpose() -> None:
    made = [
        policy_event_id(CAUSE, "open plan", 0),
        policy_event_id(CAUSE, "open plan", 1),
        policy_event_id(CAUSE, "ask for money", 0),
        policy_event_id(timer_cause("overdue", "child-7"), "open plan", 0),
    ]
    assert len(set(made)) == len(made)
    assert made[0] == policy_event_id(CAUSE, "open plan", 0)


def test_a_timer_is_known_by_its_parts_and_not_by_their_spelling_together() -> None:
    assert timer_cause("overdue", "child-7", "hold") == timer_cause("overdue", "child-7", "hold")
    assert timer_cause("overdue", "child-7", "hold") != timer_cause("overdue", "child-7hold")
