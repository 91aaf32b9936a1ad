"""The one act by which money leaves: over every claim, what is known of every child, the ledger and the run itself.

All these streams are guarded: after a hold, a move or another run that comes in meanwhile the whole run is judged
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from funding.domain.claim.commands import LinePayment, ReleaseLines
from funding.domain.claim.decider import CLAIM
from funding.domain.claim.events import PPPReleased
from funding.domain.claim.states import Claimed
from funding.domain.ledger import LEDGER, NumberLines
from funding.domain.release.commands import StartReleaseRun
from funding.domain.release.events import LinesLeftOut
from funding.domain.release.finance_file import file_made, finance_files
from funding.domain.release.run import RELEASE, Made, NotMade
from funding.domain.release.selection import Payable, Selection, select
from funding.domain.streams import LEDGER_STREAM, claim_stream, known_stream, payee_stream, release_stream
from pep_kernel.decider import Act, Decided, States
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal


def release_act(run: StartReleaseRun, child_refs: Iterable[str], payee_urns: Iterable[str], version: str) -> Act:
    """The run as one act, guarded by all that it rests on; `version` is that of the authority's rules."""
    streams = [
        release_stream(run.run_id),
        LEDGER_STREAM,
        *(claim_stream(plan_id) for plan_id in sorted(set(run.plan_ids))),
        *(known_stream(ref) for ref in sorted(set(child_refs))),
        *(payee_stream(urn) for urn in sorted(set(payee_urns))),
    ]
    return Act(run, tuple(streams), together=release, policy_version=version, files=finance_files)


def release(states: States, run: StartReleaseRun) -> Decided:
    """Start, lines, numbers, what stayed, file. Refused if the run was made before or nothing can leave."""
    stream = release_stream(run.run_id)
    started = RELEASE.decide(states.of(stream, (NotMade, Made)), run)
    selection = select(states, run)
    if not selection.payable:
        raise Refusal(_nothing(selection))
    (numbered,) = LEDGER.decide(states.of(LEDGER_STREAM, int), _lines_of(run, selection))
    released = list(_release_lines(states, run, selection.payable, numbered.first_number))
    return [
        *((stream, event) for event in started),
        *((claim_stream(event.plan_id), event) for event in released),
        (LEDGER_STREAM, numbered),
        *((stream, event) for event in _left_out(run, selection)),
        (stream, file_made(run.run_id, released)),
    ]


def _nothing(selection: Selection) -> str:
    reasons = sorted({line.reason for line in selection.left_out})
    return " ".join(["No approved line can be released today.", *reasons])


def _lines_of(run: StartReleaseRun, selection: Selection) -> NumberLines:
    return NumberLines(run_id=run.run_id, line_count=len(selection.payable))


def _release_lines(
    states: States, run: StartReleaseRun, payable: Sequence[Payable], first_number: int
) -> Iterator[PPPReleased]:
    """Each claim judges for itself whether its lines may leave: what is not approved is refused there."""
    numbered = enumerate(payable, start=first_number)
    for (plan_id, child_ref), lines in groupby(numbered, key=lambda each: (each[1].plan_id, each[1].child_ref)):
        payments = tuple(_payment(number, line) for number, line in lines)
        command = ReleaseLines(plan_id=plan_id, child_ref=child_ref, run_id=run.run_id, on=run.on, payments=payments)
        yield from CLAIM.decide(states.of(claim_stream(plan_id), Claimed), command)


def _payment(number: int, line: Payable) -> LinePayment:
    return LinePayment(
        line_id=line.line_id,
        line_number=number,
        payee_urn=line.payee.urn,
        payee_ukprn=line.payee.ukprn,
        payment_route=line.payee.payment_route,
    )


def _left_out(run: StartReleaseRun, selection: Selection) -> list[Event]:
    return [LinesLeftOut(run_id=run.run_id, lines=selection.left_out)] if selection.left_out else []
