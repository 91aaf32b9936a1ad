"""Which day a file of marks is of: the newest that it tells of. It may correct earlier days too."""

from __future__ import annotations

from datetime import date

from scheduling.attendance_feed.reading import CHILDRENS_MARKS
from scheduling.domain.attendance.marks import AttendanceRecord
from scheduling.domain.child.care_record import BATCH_SIZE
from scheduling.ssda903.staging import Stage


def newest_day(stage: Stage) -> date | None:
    """None where no child's marks can be taken in."""
    batches = stage.batches(CHILDRENS_MARKS, BATCH_SIZE)
    records = (AttendanceRecord.model_validate_json(body) for batch in batches for body in batch)
    return max((day.on for record in records for day in record.days), default=None)
