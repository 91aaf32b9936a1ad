"""Whenever a meeting's outcome is corrected, a completion that rested on it is withdrawn."""

from __future__ import annotations

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import MeetingOutcomeCorrected
from pep_kernel.decider import Act
from pep_record.domain.correction import correction
from pep_record.domain.known.commands import NoteMeetingCorrected


def withdraw_completion_when_meeting_is_corrected(said: Said[MeetingOutcomeCorrected], _rules: object) -> Act:
    told = said.announcement
    return correction(
        NoteMeetingCorrected(child_ref=told.child_ref, on=told.on, meeting_id=told.meeting_id, outcome=told.outcome)
    )
