"""Which approved lines may leave today, and why each of the others may not.

The money goes to the school at which the plan was completed, under its number of the day of release, as long as the
child is there and in care. When in doubt a line stays: it can leave tomorrow, and what has left is hard to bring back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from funding.domain.claim.states import CLAIM_STATES, Claimed, Held
from funding.domain.known_child import KnownChild
from funding.domain.payee import PayeeKnown, payment_route
from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.events import LeftOut
from funding.domain.streams import claim_stream, known_stream, payee_stream
from pep_kernel.calendars import financial_year
from pep_kernel.decider import States


class Stays(StrEnum):
    """Why an approved line does not leave."""

    HELD = "The plan's completion was withdrawn; the head of the Virtual School decides about its money."
    FORGOTTEN = "The child's record was removed."
    PARKED = "Something that another service said of this child could not be taken in yet."
    OTHER_YEAR = "The line belongs to a financial year that is not open."
    NOT_IN_CARE = "The child is not known to be in care today."
    NO_SCHOOL = "No school was known for the child when the plan was completed."
    MOVED = "The child has changed school since the plan was completed."
    NO_PAYEE = "The school's number for payments (UKPRN) is not known."


@dataclass(frozen=True, slots=True)
class Payee:
    """A school that can be paid, and how."""

    urn: str
    ukprn: str
    payment_route: str


@dataclass(frozen=True, slots=True)
class Payable:
    """An approved line that may leave, and whom it is for."""

    plan_id: str
    child_ref: str
    line_id: str
    amount_pence: int
    payee: Payee


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run would release, and what would stay; each in the order of plans and lines."""

    payable: tuple[Payable, ...]
    left_out: tuple[LeftOut, ...]

    def total_pence(self) -> int:
        return sum(line.amount_pence for line in self.payable)


def select(states: States, run: StartReleaseRun) -> Selection:
    """Every approved, unreleased line of the run's plans, judged."""
    judged = [line for plan_id in sorted(set(run.plan_ids)) for line in _judge_plan(states, run, plan_id)]
    return Selection(
        payable=tuple(line for line in judged if isinstance(line, Payable)),
        left_out=tuple(line for line in judged if isinstance(line, LeftOut)),
    )


def _judge_plan(states: States, run: StartReleaseRun, plan_id: str) -> Iterator[Payable | LeftOut]:
    claim = states.of(claim_stream(plan_id), CLAIM_STATES)
    if not isinstance(claim, Claimed):
        return
    known = states.of(known_stream(claim.child_ref), KnownChild)
    judged = payee_or_reason(claim, known, _school(states, known.school_on(run.on)), run)
    for line_id, pence in sorted(claim.approved().items()):
        if isinstance(judged, Payee):
            yield Payable(plan_id, claim.child_ref, line_id, pence, judged)
        else:
            yield LeftOut(plan_id, line_id, judged.value)


def payee_or_reason(
    claim: Claimed, known: KnownChild, school: PayeeKnown | None, run: StartReleaseRun
) -> Payee | Stays:
    """The school to pay; or the first reason to wait, in the order in which a person would ask."""
    reasons = {
        Stays.FORGOTTEN: known.forgotten is not None,
        Stays.PARKED: claim.child_ref in run.parked_children,
        Stays.HELD: isinstance(claim, Held),
        Stays.OTHER_YEAR: claim.financial_year != financial_year(run.on),
        Stays.NOT_IN_CARE: not known.in_care_on(run.on),
        Stays.NO_SCHOOL: known.school_on(claim.completed_on) is None,
        Stays.MOVED: known.has_moved_after(claim.completed_on),
    }
    if applying := [reason for reason, applies in reasons.items() if applies]:
        return applying[0]
    match school:
        case PayeeKnown(urn=urn, ukprn=str(ukprn)):
            return Payee(urn, ukprn, payment_route(school, run.area_code, run.payment_routes))
        case _:
            return Stays.NO_PAYEE


def _school(states: States, urn: str | None) -> PayeeKnown | None:
    return None if urn is None else states.of(payee_stream(urn), (PayeeKnown, type(None)))
