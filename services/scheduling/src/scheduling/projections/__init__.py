"""The read models: what people look at, each folded from scheduling's own journal."""

from typing import Any

from pep_kernel.read_model import ReadModel
from scheduling.projections.absence import ABSENCES
from scheduling.projections.attendance import ATTENDANCE_OF_YEARS
from scheduling.projections.broken_glass import BROKEN_GLASS
from scheduling.projections.calendar_feed import CALENDAR_FEEDS, MEETINGS_IN_CALENDARS
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.circumstances import CIRCUMSTANCES
from scheduling.projections.colleague import COLLEAGUES
from scheduling.projections.concern import (
    AGENDA_ITEMS,
    EXCLUSIONS,
    SAFEGUARDING_CONCERNS,
    URGENT_PEPS,
)
from scheduling.projections.contact import CARERS_OF_CHILDREN, CONTACTS
from scheduling.projections.designated_teacher import DESIGNATED_TEACHERS
from scheduling.projections.due_date import DUE_DATES
from scheduling.projections.fact_flag import FACT_FLAGS
from scheduling.projections.feed_day import FEED_DAYS
from scheduling.projections.likeness import CHILD_LIKENESSES
from scheduling.projections.meeting import MEETING_OVERVIEWS
from scheduling.projections.meeting_invitee import MEETING_INVITEES
from scheduling.projections.meeting_proposal import MEETING_PROPOSALS
from scheduling.projections.record_keeping import LEGAL_HOLDS, RECORD_KEEPING
from scheduling.projections.request import CONSULTATIONS, REQUESTS
from scheduling.projections.review_ahead import REVIEWS_AHEAD
from scheduling.projections.school import SCHOOLS
from scheduling.projections.termly_meeting import TERMLY_MEETINGS
from scheduling.projections.timeliness import TEAMS, TIMELINESS

READ_MODELS: tuple[ReadModel[Any], ...] = (
    CHILD_OVERVIEWS,
    DUE_DATES,
    TERMLY_MEETINGS,
    MEETING_OVERVIEWS,
    MEETING_INVITEES,
    MEETING_PROPOSALS,
    CONTACTS,
    CARERS_OF_CHILDREN,
    COLLEAGUES,
    SCHOOLS,
    BROKEN_GLASS,
    RECORD_KEEPING,
    LEGAL_HOLDS,
    CIRCUMSTANCES,
    FACT_FLAGS,
    CHILD_LIKENESSES,
    FEED_DAYS,
    DESIGNATED_TEACHERS,
    ABSENCES,
    TIMELINESS,
    TEAMS,
    CALENDAR_FEEDS,
    MEETINGS_IN_CALENDARS,
    REQUESTS,
    CONSULTATIONS,
    AGENDA_ITEMS,
    EXCLUSIONS,
    URGENT_PEPS,
    SAFEGUARDING_CONCERNS,
    ATTENDANCE_OF_YEARS,
    REVIEWS_AHEAD,
)
