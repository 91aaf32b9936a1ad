"""What tests of rules over several streams need: a journal in memory, and a few fictional plans to fill it with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from funding.domain.claim.commands import ApprovePremium, JudgedLine, RequestPremium
from funding.domain.claim.decider import CLAIM
from funding.domain.envelope.commands import OpenTermEnvelope
from funding.domain.envelope.decider import ENVELOPE
from funding.domain.known_child import KNOWN
from funding.domain.ledger import LEDGER
from funding.domain.payee import PAYEE
from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.run import RELEASE
from pep_kernel.authority_policy.funding import Eligibility, PaymentRoutes
from pep_kernel.calendars import Term
from pep_kernel.decider import Act, States, category
from pep_kernel.message import Envelope, Event, Person, Recorded
from pep_kernel.scenario import assert_storable

DECIDERS = {
    "claim": CLAIM,
    "envelope": ENVELOPE,
    "known": KNOWN,
    "ledger": LEDGER,
    "payee": PAYEE,
    "release": RELEASE,
}
PLAN, CHILD, SCHOOL = "plan-child-7-1", "child-7", "900001"
COMPLETED_ON, RUN_DAY = date(2026, 11, 6), date(2026, 11, 16)
ENTERED_ON = date(2026, 9, 21)
YEAR, TERM = "2026-27", Term.AUTUMN
ROUTES = PaymentRoutes(effective_from=date(2026, 4, 1), source=("our choice",), own_area="journal", other_area="bacs")


def line(line_id: str, quantity: int, unit_pence: int, eligibility: Eligibility = Eligibility.ALLOW) -> JudgedLine:
    """A line of the plan that adds up; `L-93` stands for whatever rule policy cites."""
    return JudgedLine(
        line_id=line_id,
        category="tuition",
        quantity=quantity,
        unit_pence=unit_pence,
        line_pence=quantity * unit_pence,
        eligibility=eligibility,
        rule="L-93",
    )


TUITION, ELSA = line("maths", 10, 4000), line("elsa", 6, 1850)


def completed(*lines: JudgedLine, plan_id: str = PLAN, child_ref: str = CHILD, version: int = 1) -> RequestPremium:
    """Quality assurance completed this version, on Friday 6 November 2026."""
    return RequestPremium(
        plan_id=plan_id,
        child_ref=child_ref,
        plan_version=version,
        school_year=2026,
        term=TERM,
        on=COMPLETED_ON,
        lines=lines,
    )


def approval(*line_ids: str, plan_id: str = PLAN, version: int = 1, limit: int | None = None) -> ApprovePremium:
    """Somebody approves these lines."""
    on = date(2026, 11, 9)
    child_ref = child_of(plan_id)
    return ApprovePremium(
        plan_id=plan_id, child_ref=child_ref, plan_version=version, line_ids=line_ids, limit_pence=limit, on=on
    )


def child_of(plan_id: str) -> str:
    """The child whose plan this is."""
    return plan_id.removeprefix("plan-").rpartition("-")[0]


def envelope_of(amount_pence: int) -> OpenTermEnvelope:
    """The autumn term's money is known."""
    return OpenTermEnvelope(financial_year=YEAR, term=TERM, amount_pence=amount_pence, on=date(2026, 9, 1))


def run_of(run_id: str, *plan_ids: str, on: date = RUN_DAY, parked: frozenset[str] = frozenset()) -> StartReleaseRun:
    """A release run, by default on Monday 16 November 2026."""
    return StartReleaseRun(
        run_id=run_id,
        on=on,
        plan_ids=plan_ids,
        relied_on={"scheduling": 41, "pep-record": 17},
        parked_children=parked,
        payment_routes=ROUTES,
        area_code="855",
    )


class History:
    """Streams of events in memory; `do` decides as the service does, and keeps what came of it."""

    def __init__(self) -> None:
        self.streams: dict[str, list[Event]] = {}
        self.recorded: list[Recorded] = []

    def states(self, streams: Sequence[str]) -> States:
        """The states of these streams; one without events has none, as in the service."""
        known = {stream: self.streams[stream] for stream in streams if stream in self.streams}
        return States(DECIDERS, {stream: DECIDERS[category(stream)].fold(events) for stream, events in known.items()})

    def do(self, act: Act) -> list[tuple[str, Any]]:
        """Decide and keep. Raises `Refusal`."""
        states = self.states((*act.streams, *self._of_child(act)))
        if act.together is None:
            (stream,) = act.streams
            decider = DECIDERS[category(stream)]
            decided = [(stream, event) for event in decider.decide(states.of(stream, object), act.command)]
        else:
            decided = list(act.together(states, act.command))
        for stream, event in decided:
            self.tell(stream, event)
        return decided

    def _of_child(self, act: Act) -> list[str]:
        """The claims of the child, where the act asks for all of the child."""
        return [
            stream for stream in self.streams if act.whole_child and stream.startswith(f"claim-plan-{act.child_ref}-")
        ]

    def tell(self, stream: str, event: Event) -> None:
        """This happened."""
        assert_storable(event)
        self.streams.setdefault(stream, []).append(event)
        version = len(self.streams[stream])
        self.recorded.append(recorded(event, stream, version, len(self.recorded) + 1))

    def of(self, kind: type[Any]) -> list[Any]:
        """All events of this kind, in order."""
        return [each.event for each in self.recorded if isinstance(each.event, kind)]


def recorded(event: Event, stream: str = "claim-x", version: int = 1, position: int = 1) -> Recorded:
    """The event as the journal keeps it, by somebody called `officer-1`."""
    at = datetime(2026, 11, 9, 10, tzinfo=UTC)
    envelope = Envelope(
        event_id=UUID(int=position),
        type=type(event).__name__,
        schema_version=event.schema_version,
        authority="camden",
        stream=stream,
        version=version,
        occurred_at=at,
        actor=Person("officer-1", "virtual_school_officer"),
        correlation=UUID(int=1),
    )
    return Recorded(event, envelope, position, at)
