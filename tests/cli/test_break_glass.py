"""`pep break-glass` tells when and as what somebody opened a record, in the words and the time of who reads it."""

from __future__ import annotations

from pep_cli.break_glass_command import told


def test_times_are_londons_and_roles_are_words() -> None:
    row = {
        "broken_at": "2026-09-25T09:00:00Z",
        "until": "2026-09-25T12:00:00Z",
        "child_ref": "child7",
        "person_ref": "person3",
        "role": "team_manager",
        "reason": "a call in the night",
    }
    assert told(row) == (
        "25/09/2026 10:00",
        "25/09/2026 13:00",
        "child7",
        "person3",
        "team manager",
        "a call in the night",
    )
