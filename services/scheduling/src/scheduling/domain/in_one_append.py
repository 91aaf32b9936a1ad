"""Several things decided one after the other for one append: each sees what those before it have done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pep_kernel.decider import AnyDecider, Decided, States, Wanted, category
from pep_kernel.message import Command, Event
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.states import Child
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.states import MEETING_STATES, Meeting
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.states import PERSON_STATES, Carer
from scheduling.domain.standing_in import person_stream

MEETINGS_TOO: dict[str, Any] = {"whole_child": True, "child_streams": ("meeting",)}
"""What an act says so that all of the child's meetings are loaded as well."""
DECIDERS: Mapping[str, AnyDecider] = {"child": CHILD, "meeting": MEETING, "person": PERSON}


def child_stream(child_ref: str) -> str:
    return f"child-{child_ref}"


def meeting_stream(meeting_id: str) -> str:
    return f"meeting-{meeting_id}"


class InOneAppend:
    """The states of the loaded streams as they become, and what has happened so far."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._now: dict[str, Any] = {}
        self.happened: list[tuple[str, Event]] = []

    def child(self, child_ref: str) -> Child:
        return self._of(child_stream(child_ref), Child)

    def meeting(self, meeting_id: str) -> Meeting:
        return self._of(meeting_stream(meeting_id), MEETING_STATES)

    def meetings_of(self, child_ref: str) -> list[Meeting]:
        """Those of the child's meetings that were loaded, as they are now."""
        loaded = (self._of(stream, MEETING_STATES) for stream in self._states.streams("meeting"))
        return [each for each in loaded if getattr(each, "child_ref", None) == child_ref]

    def carers_of(self, child_ref: str) -> list[str]:
        """Those of the child's carers who were loaded."""
        loaded = {stream: self._of(stream, PERSON_STATES) for stream in self._states.streams("person")}
        carers = {stream: person.child_refs for stream, person in loaded.items() if isinstance(person, Carer)}
        return [stream.partition("-")[2] for stream, children in carers.items() if child_ref in children]

    def tell_person(self, person_ref: str, command: Command) -> Decided:
        return self._tell(person_stream(person_ref), PERSON_STATES, command)

    def tell_child(self, child_ref: str, command: Command) -> Decided:
        return self._tell(child_stream(child_ref), Child, command)

    def tell_meeting(self, meeting_id: str, command: Command) -> Decided:
        return self._tell(meeting_stream(meeting_id), MEETING_STATES, command)

    def _tell(self, stream: str, kind: Any, command: Command) -> Decided:
        decider = DECIDERS[category(stream)]
        state = self._of(stream, kind)
        new = [(stream, event) for event in decider.decide(state, command)]
        for _, event in new:
            state = decider.evolve(state, event)
        self._now[stream] = state
        self.happened += new
        return new

    def _of(self, stream: str, kind: type[Wanted] | tuple[type[Wanted], ...]) -> Wanted:
        found: Wanted = self._now[stream] if stream in self._now else self._states.of(stream, kind)
        return found
