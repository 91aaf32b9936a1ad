"""What happens to a plan, in the order of its life. All words about the child are sealed."""

from __future__ import annotations

from datetime import date

import msgspec

from pep_kernel.message import Event
from pep_kernel.sealed import PlanText


class PricedLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A costed line that adds up. Its id names the version that set it, so an id never means two things."""

    line_id: str
    category: str
    quantity: int
    unit_pence: int
    line_pence: int


class AgreedAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An action with its owner."""

    text: PlanText
    owner: str
    line: PricedLine | None = None


class EPEPOpened(Event):
    """A plan was opened for a child, for this term."""

    plan_id: str
    child_ref: str
    number: int
    on: date
    because: str
    school_year: int
    term: str
    supersedes: str | None = None


class SectionContributed(Event):
    """Somebody wrote a section, in the place of what it said before."""

    section: str
    text: PlanText
    by: str
    role: str
    on: date


class TargetSet(Event):
    """A target was set, or set anew, with all its actions."""

    target_id: str
    subject: str
    text: PlanText
    actions: tuple[AgreedAction, ...]
    by: str
    role: str
    on: date


class CarerViewsRecorded(Event):
    """A carer said what they think, in the place of what the same carer said before."""

    text: PlanText
    by: str
    on: date


class PupilViewsRecorded(Event):
    """The child said what they think, in the place of what they said before."""

    text: PlanText
    by: str
    on: date


class DelegateApprovedByDT(Event):
    """The designated teacher answers for the sections and targets, by their names, that a delegate wrote (O-22)."""

    parts: tuple[str, ...]
    by: str
    on: date


class PEPMarkedComplete(Event):
    """This version awaits quality assurance. It rests on this meeting; what it lacks and may lack is said."""

    plan_version: int
    meeting_id: str
    by: str
    on: date
    warnings: tuple[str, ...] = ()


class SignedOffBySW(Event):
    """The social worker agreed with this version."""

    plan_version: int
    by: str
    on: date


class PEPReturned(Event):
    """Quality assurance wants more of the one who marked it complete."""

    plan_version: int
    reason: PlanText
    by: str
    to: str
    on: date


class PEPCompleted(Event):
    """Quality assurance approved this version."""

    plan_version: int
    meeting_id: str
    by: str
    on: date


class PEPCompletionWithdrawn(Event):
    """The completion does not stand any more: the meeting that it rested on was no PEP meeting."""

    plan_version: int
    meeting_id: str
    on: date


class PEPSuperseded(Event):
    """Another plan took this one's place."""

    by_plan_id: str
    on: date


class PEPForgotten(Event):
    """The child is forgotten: nothing more is done with the plan."""

    on: date
    reason: str


PlanEvent = (
    EPEPOpened
    | SectionContributed
    | TargetSet
    | CarerViewsRecorded
    | PupilViewsRecorded
    | DelegateApprovedByDT
    | PEPMarkedComplete
    | SignedOffBySW
    | PEPReturned
    | PEPCompleted
    | PEPCompletionWithdrawn
    | PEPSuperseded
    | PEPForgotten
)
