"""How often one caller may ask, told with a clock that the test holds."""

import pytest

from pep_runtime.rate_limits import AskedTooOften, Buckets, RateLimits, network_of
from pep_runtime.settings import AtTheDoor, Rate
from pep_runtime.signin import Identity

SLOW = Rate(per_second=2, at_once=3)


def asked(buckets: Buckets, times: int, now: float, caller: str = "somebody") -> int:
    """How many of so many requests at once are let through."""
    for number in range(times):
        try:
            buckets.take(caller, now)
        except AskedTooOften:
            return number
    return times


def test_after_a_quiet_time_several_requests_come_through_at_once() -> None:
    assert asked(Buckets(SLOW, most=10), 9, now=0) == 3


def test_a_bucket_fills_evenly_and_never_over_its_brim() -> None:
    buckets = Buckets(SLOW, most=10)
    assert asked(buckets, 9, now=0) == 3
    assert asked(buckets, 9, now=0.4) == 0
    assert asked(buckets, 9, now=0.5) == 1
    assert asked(buckets, 9, now=1_000) == 3


def test_who_is_sent_away_is_told_when_to_come_back_and_that_is_true() -> None:
    buckets = Buckets(SLOW, most=10)
    asked(buckets, 3, now=0)
    with pytest.raises(AskedTooOften) as sent_away:
        buckets.take("somebody", 0.1)
    assert sent_away.value.seconds == pytest.approx(0.4)
    assert asked(buckets, 1, now=0.1 + sent_away.value.seconds) == 1


def test_one_caller_takes_nothing_from_another() -> None:
    buckets = Buckets(SLOW, most=10)
    assert asked(buckets, 9, 0, "one") == asked(buckets, 9, 0, "another") == 3


def test_no_more_callers_are_kept_than_there_is_room_for_and_the_busy_ones_stay() -> None:
    buckets = Buckets(SLOW, most=10)
    for number in range(1_000):
        asked(buckets, 1, number / 1_000, f"passer-by {number}")
        asked(buckets, 1, number / 1_000, "busy")
    assert len(buckets) == 10
    assert asked(buckets, 9, 1, "busy") < 3


def test_people_are_told_apart_by_authority_and_services_have_limits_of_their_own() -> None:
    once = Rate(per_second=1, at_once=1)
    limits = RateLimits(AtTheDoor(person=once, service=Rate(per_second=1, at_once=5), stranger=once))
    limits.known(Identity(authority="shire", subject="p1"), 0)
    limits.known(Identity(authority="othershire", subject="p1"), 0)
    for _ in range(5):
        limits.known(Identity(authority="shire", subject="funding", is_service=True), 0)
    limits.stranger("192.0.2.1", 0)
    with pytest.raises(AskedTooOften):
        limits.known(Identity(authority="shire", subject="p1"), 0)
    with pytest.raises(AskedTooOften):
        limits.stranger("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("testclient", "here", False),
    ],
)
def test_a_network_of_many_addresses_counts_as_one_stranger(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same
