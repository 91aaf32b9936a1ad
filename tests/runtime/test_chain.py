"""Each hash of the chain covers all of a row and all rows before it."""

from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256

import pytest
from msgspec.structs import replace

from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame

ROW = Frame(1, datetime.fromisoformat("2026-09-14T09:00:00+00:00"), 1, b'{"type":"T"}', b'{"on":1}', b"{}")


def test_the_hash_is_the_one_that_a_stranger_computes() -> None:
    micros = 1_789_376_400_000_000
    numbers = b"".join(number.to_bytes(8, "big") for number in (1, micros, 1))
    digests = b"".join(sha256(part).digest() for part in (b'{"type":"T"}', b'{"on":1}', b"{}"))
    assert next_hash(bytes(32), ROW) == sha256(bytes(32) + numbers + digests).digest()


@pytest.mark.parametrize(
    "other",
    [
        replace(ROW, position=2),
        replace(ROW, recorded_at=ROW.recorded_at + timedelta(microseconds=1)),
        replace(ROW, announced=0),
        replace(ROW, envelope=b'{"type":"U"}'),
        replace(ROW, payload=b'{"on":2}'),
        replace(ROW, announcement=b""),
        replace(ROW, payload=b'{"on":1}{}', announcement=b""),
    ],
)
def test_any_change_of_a_row_is_another_hash(other: Frame) -> None:
    assert next_hash(GENESIS, other) != next_hash(GENESIS, ROW)


def test_a_change_at_the_beginning_changes_the_end() -> None:
    rows = [replace(ROW, position=position) for position in range(1, 6)]
    changed = [replace(rows[0], payload=b"{}"), *rows[1:]]
    left_out = [rows[0], *rows[2:]]
    swapped = [rows[1], rows[0], *rows[2:]]
    assert len({reduce(next_hash, each, GENESIS) for each in (rows, changed, left_out, swapped)}) == 4
