"""Where a request and its child are decided together: what was agreed to is on the child's own record at once."""

from __future__ import annotations

from datetime import date

from pep_kernel.decider import Decided, States
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.commands import NoteApproval
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.request.commands import AgreeToRequest, AskForApproval, DecideRequest
from scheduling.domain.request.decider import REQUEST, deciding_job
from scheduling.domain.request.events import OfRequest, PlacementApproved, SchoolChangeApproved, TermTimeHolidayDecided
from scheduling.domain.request.states import Ended, NotAsked, Request, Waiting

REQUESTS: tuple[type[Request], ...] = (NotAsked, Waiting, Ended)


def request_stream(request_id: str) -> str:
    return f"request-{request_id}"


def ask_for_approval(states: States, command: AskForApproval) -> Decided:
    """Only of a child in care is anything asked."""
    if states.of(child_stream(command.child_ref), Child).running is None:
        raise Refusal("The child is not in care, so there is nothing to ask for.")
    stream = request_stream(command.request_id)
    return [(stream, event) for event in REQUEST.decide(states.of(stream, REQUESTS), command)]


def agree_to_request(states: States, command: AgreeToRequest) -> Decided:
    stream = request_stream(command.request_id)
    happened = REQUEST.decide(states.of(stream, REQUESTS), command)
    return [*((stream, event) for event in happened), *(each for event in happened for each in _noted(states, event))]


def deciding_job_of(states: States, command: DecideRequest) -> str:
    """In which of their jobs they decide: the log keeps it."""
    return deciding_job(states.of(request_stream(command.request_id), REQUESTS), command)


def _noted(states: States, event: Event) -> Decided:
    note = _note(event)
    if note is None:
        return []
    stream = child_stream(note.child_ref)
    return [(stream, each) for each in CHILD.decide(states.of(stream, Child), note)]


def _note(event: Event) -> NoteApproval | None:
    match event:
        case SchoolChangeApproved(school_urn=urn, for_day=day):
            return _note_of(event, "school_change", day, urn)
        case PlacementApproved(decision=decision, school_urn=urn, for_day=day):
            return _note_of(event, decision, day, urn)
        case TermTimeHolidayDecided(first_day=day):
            return _note_of(event, "term_time_holiday", day)
        case _:
            return None


def _note_of(event: OfRequest, decision: str, for_day: date, school_urn: str | None = None) -> NoteApproval:
    return NoteApproval(
        child_ref=event.child_ref,
        request_id=event.request_id,
        decision=decision,
        on=event.on,
        for_day=for_day,
        school_urn=school_urn,
    )
