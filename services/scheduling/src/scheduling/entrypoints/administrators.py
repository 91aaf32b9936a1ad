"""The first person of a new authority, added as a fact in the log by an operator."""

from __future__ import annotations

from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember


async def add_administrator(service: RunningService, authority: str, record: StaffRecord) -> str:
    """Add the person as a fact in the log; doing it again changes nothing. Gives the opaque reference."""
    ref = await service.reference(authority, "person", record.staff_id)
    digest = await service.reference(authority, "particulars", record.model_dump_json())
    cause = timer_cause("first administrator", authority, ref)
    act = Act(AddStaffMember(person_ref=ref, record=record, digest=digest), (f"person-{ref}",))
    await service.handler.handle(authority, act, ByPolicy("onboarding", cause, cause))
    return ref
