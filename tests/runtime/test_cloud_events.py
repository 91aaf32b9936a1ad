"""Announcements on their way: headers that say what it is, and nothing of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from pep_kernel.contracts.scheduling import ChildLeftCare
from pep_runtime.cloud_events import Unreadable, headers_of, read

ID = UUID("0b6e7c9a-f2d3-4c5d-8f00-a1b2c3d4e5f6")
CORRELATION = UUID("5d0f6a3c-0e1b-4c8f-9a7b-2d3e4f5a6b7c")
LEFT = ChildLeftCare.model_validate({"child_ref": "child-7", "on": "2026-09-14"})
ROW: dict[str, Any] = {
    "event_id": ID,
    "authority": "borsetshire",
    "recorded_at": datetime.fromisoformat("2026-09-14T10:00:00+00:00"),
    "child_ref": "child-7",
    "stream": "child-child-7",
    "announced": 41,
    "correlation": CORRELATION,
    "trace": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "announcement": LEFT.model_dump_json().encode(),
    "hash": b"h" * 32,
}


def sent(row: dict[str, Any]) -> dict[str, bytes]:
    return dict(headers_of(row, "scheduling", b"p" * 32))


def test_what_is_sent_is_what_is_heard() -> None:
    said = read(sent(ROW), ROW["announcement"], "borsetshire", "scheduling")
    assert (said.announcement, said.authority, said.service) == (LEFT, "borsetshire", "scheduling")
    assert (said.number, said.event_id, said.correlation) == (41, ID, CORRELATION)
    assert (said.recorded_at, said.trace) == (ROW["recorded_at"], ROW["trace"])


def test_the_headers_are_those_of_cloud_events() -> None:
    headers = sent(ROW)
    assert headers["ce_type"] == b"uk.openpep.scheduling.ChildLeftCare.v1"
    assert headers["ce_source"] == b"/openpep/borsetshire/scheduling"
    assert (headers["ce_specversion"], headers["ce_subject"], headers["ce_sequence"]) == (b"1.0", b"child-7", b"41")
    assert (headers["pep_hash"], headers["pep_previous"]) == (b"h" * 32, b"p" * 32)


def test_what_is_about_no_child_is_about_its_stream_and_a_trace_is_sent_where_there_is_one() -> None:
    headers = sent({**ROW, "child_ref": None, "trace": None})
    assert headers["ce_subject"] == b"child-child-7"
    assert "traceparent" not in headers


def test_a_field_that_we_do_not_know_is_passed_over() -> None:
    newer = b'{"type":"uk.openpep.scheduling.ChildLeftCare.v1","child_ref":"child-7","on":"2026-09-14","new":1}'
    said = read(sent(ROW), newer, "borsetshire", "scheduling")
    assert said.announcement == LEFT


def test_an_announcement_of_newer_code_cannot_be_read() -> None:
    headers = {**sent(ROW), "ce_type": b"uk.openpep.scheduling.ChildLeftCare.v2"}
    with pytest.raises(Unreadable, match=r"ChildLeftCare\.v2 is not known here"):
        read(headers, ROW["announcement"], "borsetshire", "scheduling")


@pytest.mark.parametrize("missing", ["ce_type", "ce_id", "ce_sequence", "ce_time", "ce_correlationid"])
def test_an_announcement_without_a_header_is_malformed(missing: str) -> None:
    headers = {name: value for name, value in sent(ROW).items() if name != missing}
    with pytest.raises(ValueError, match=f"{missing} is missing"):
        read(headers, ROW["announcement"], "borsetshire", "scheduling")


@pytest.mark.parametrize("value", [b"", b"{}", b'{"type":"another","child_ref":"child-7","on":"2026-09-14"}'])
def test_an_announcement_that_is_not_what_it_says_is_malformed(value: bytes) -> None:
    with pytest.raises(ValueError, match="ChildLeftCare"):
        read(sent(ROW), value, "borsetshire", "scheduling")
