"""The service scheduling, wired."""

from __future__ import annotations

import sys
from functools import partial
from typing import get_args

from pep_runtime.policies import Policies
from pep_runtime.refusals import read_refusals
from pep_runtime.service import ServiceParts, serve
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.stream import run_stream
from scheduling.domain.attendance.decider import ATTENDANCE
from scheduling.domain.attendance.events import AttendanceMarksReceived
from scheduling.domain.calendar_feed.decider import CALENDAR_FEED, CalendarFeedEvent
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.older_events import UPCASTERS
from scheduling.domain.feed.decider import FEED, FeedEvent
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import MeetingEvent
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import PersonEvent
from scheduling.domain.request.decider import REQUEST
from scheduling.domain.request.events import RequestEvent
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.school.decider import SCHOOL, SchoolListed
from scheduling.domain.term.decider import TERM, TermOpened
from scheduling.entrypoints import (
    routes_access,
    routes_arranging,
    routes_as_known,
    routes_attendance,
    routes_calendar,
    routes_children,
    routes_concerns,
    routes_contacts,
    routes_due,
    routes_facts,
    routes_flags,
    routes_imports,
    routes_invitations,
    routes_keeping,
    routes_lists,
    routes_meetings,
    routes_replies,
    routes_requests,
    routes_reviews,
    routes_teachers,
    routes_timeliness,
)
from scheduling.entrypoints.forgetting import forget_what_is_approved
from scheduling.entrypoints.stream import scheduling_stream
from scheduling.policies import POLICIES
from scheduling.projections import READ_MODELS


def _rules(policies: Policies, authority: str) -> SchedulingRules:
    return SchedulingRules(policies.for_authority(authority).scheduling, partial(policies.calendar_for, authority))


PARTS = ServiceParts(
    name="scheduling",
    description="Who is in care and where they learn, what is due by when, and what became of each meeting.",
    refusals=read_refusals("scheduling"),
    upcasters=UPCASTERS,
    deciders={
        "attendance": ATTENDANCE,
        "calendar": CALENDAR_FEED,
        "child": CHILD,
        "feed": FEED,
        "meeting": MEETING,
        "person": PERSON,
        "request": REQUEST,
        "school": SCHOOL,
        "term": TERM,
    },
    events=(
        *get_args(ChildEvent),
        *get_args(MeetingEvent),
        *get_args(PersonEvent),
        SchoolListed,
        *get_args(FeedEvent),
        *get_args(CalendarFeedEvent),
        TermOpened,
        *get_args(RequestEvent),
        AttendanceMarksReceived,
    ),
    read_models=READ_MODELS,
    policies=POLICIES,
    upstreams=("pep-record",),
    rules=_rules,
    rule_file=lambda policies, authority: policies.for_authority(authority).scheduling,
    routers=(
        routes_imports.router,
        routes_children.router,
        routes_as_known.router,
        routes_lists.router,
        routes_due.router,
        routes_access.router,
        routes_keeping.router,
        routes_arranging.router,
        routes_meetings.router,
        routes_invitations.router,
        routes_replies.router,
        routes_contacts.router,
        routes_facts.router,
        routes_flags.router,
        routes_teachers.router,
        routes_timeliness.router,
        routes_calendar.router,
        routes_requests.router,
        routes_concerns.router,
        routes_attendance.router,
        routes_reviews.router,
    ),
    public_routers=(routes_calendar.public,),
    background=(forget_what_is_approved,),
)

if __name__ == "__main__":
    if sys.argv[1:] == ["stream"]:
        run_stream(scheduling_stream(PARTS, Settings(), StreamSettings()))
    serve(PARTS, Settings())
