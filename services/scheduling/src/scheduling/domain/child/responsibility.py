"""One authority hands a child over, the other accepts. Each writes its own record and sees none of the other's (I6)."""

from __future__ import annotations

from pep_kernel.refusal import Refusal
from scheduling.domain.child.commands import AcceptResponsibility
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.fact_events import CareResponsibilityAccepted
from scheduling.domain.child.states import Child


def accepted(child: Child, command: AcceptResponsibility) -> list[ChildEvent]:
    """This authority is responsible from the day on which the spell begins here. Refused where the child is already."""
    began = command.record.spells[-1].began
    if child.running is not None and child.running.began == began:
        raise Refusal(f"This child is in this authority's care already, since {began:%d/%m/%Y}.")
    if child.running is not None:
        raise Refusal("This child is in this authority's care already: correct that spell first.")
    return [
        CareResponsibilityAccepted(
            child_ref=command.child_ref,
            on=began,
            from_authority=command.from_authority,
            pack_sha256=command.pack_sha256,
            by=command.by,
        )
    ]
