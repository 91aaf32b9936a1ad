"""R1, R2: nothing leaves without its completed plan, its approval and the child's own school; to the penny.

Judged from the journals as they are: what upstream had announced up to the numbers on which a run said it relied.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from tests.faults.evidence import Evidence, Finding

from funding.adapters.finance_files import file_of
from funding.domain.claim.events import (
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPReleased,
    PPPRequested,
)
from funding.domain.envelope.events import SpendingCommitted, SpendingGivenBack
from funding.domain.release.events import FinanceFileMade, ReleaseRunStarted
from funding.projections.release_run import RELEASE_RUNS
from pep_kernel.message import Recorded
from pep_kernel.refusal import NotFound, Refusal
from pep_record.domain.plan.events import PEPCompleted, PEPCompletionWithdrawn
from pep_runtime.projector import Table
from scheduling.domain.child.events import ChildEnteredCare, SchoolMoved

_RUN = "select * from release_run where authority = $1 and run_id = $2"


@dataclass
class Lines:
    """What became of each line, by plan and line; money in pence. `wrong` is what must not have happened."""

    version: dict[tuple[str, str], int] = field(default_factory=dict)
    approved: dict[tuple[str, str], int] = field(default_factory=dict)
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    released: dict[tuple[str, str], int] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)
    stands: set[tuple[str, int]] = field(default_factory=set)
    spent: int = 0
    wrong: list[str] = field(default_factory=list)

    def take(self, recorded: Recorded) -> None:
        """One event of funding's journal, in its order."""
        match recorded.event:
            case PPPRequested(plan_id=plan, plan_version=version, lines=lines):
                self.version |= {(plan, line.line_id): version for line in lines}
            case PPPApproved(plan_id=plan, line_id=line, approved_pence=pence):
                self.approved[plan, line] = pence
                self.withdrawn.discard((plan, line))
            case PPPApprovalHeld(plan_id=plan):
                self.held[plan] = True
            case PPPApprovalStands(plan_id=plan, plan_version=version):
                self.held[plan] = False
                self.stands.add((plan, version))
            case PPPApprovalWithdrawn(plan_id=plan, line_ids=ids):
                self.withdrawn |= {(plan, line) for line in ids}
                self.held[plan] = False
            case SpendingCommitted(amount_pence=pence):
                self.spent += pence
            case SpendingGivenBack(amount_pence=pence):
                self.spent -= pence
            case PPPReleased():
                self._release(recorded.event)
            case _:
                pass

    def _release(self, released: PPPReleased) -> None:
        which = (released.plan_id, released.line_id)
        if which in self.released:
            self.wrong.append(f"{which} was released twice")
        if which not in self.approved or which in self.withdrawn:
            self.wrong.append(f"{which} was released without an approval")
        elif self.approved[which] != released.released_pence:
            self.wrong.append(f"{which}: {released.released_pence} released, {self.approved[which]} approved")
        if self.held.get(released.plan_id):
            self.wrong.append(f"{which} was released while its approval was held")
        self.released[which] = released.released_pence


async def released_money_was_approved_once(evidence: Evidence) -> list[Finding]:
    """Line by line what is released was approved and not taken back, once; the envelopes come to the same sum."""
    found = []
    for authority in evidence.authorities:
        lines = Lines()
        for recorded in await evidence.journal("funding", authority):
            lines.take(recorded)
        spent = sum(pence for which, pence in lines.approved.items() if which not in lines.withdrawn)
        if lines.spent != spent:
            lines.wrong.append(f"envelopes hold {lines.spent} as spent, approvals that stand come to {spent}")
        found += [Finding(f"funding of {authority}", wrong) for wrong in lines.wrong]
    return found


async def released_money_has_its_completed_plan_and_school(evidence: Evidence) -> list[Finding]:
    """By what pep-record and scheduling had announced up to the numbers that the run relied on."""
    found = []
    for authority in evidence.authorities:
        upstream = Upstream(await _completions(evidence, authority), await _schools(evidence, authority))
        lines, runs = Lines(), dict[str, dict[str, int]]()
        for recorded in await evidence.journal("funding", authority):
            lines.take(recorded)
            match recorded.event:
                case ReleaseRunStarted(run_id=run_id, relied_on=relied_on):
                    runs[run_id] = {each.service: each.number for each in relied_on}
                case PPPReleased() as released:
                    wrong = upstream.wrong(released, lines, runs[released.run_id])
                    found += [Finding(f"funding of {authority}", each) for each in wrong]
                case _:
                    pass
    return found


@dataclass
class Completion:
    """The announced numbers of a version's completion, and of its being taken back."""

    said: int | None = None
    taken_back: int | None = None


@dataclass(frozen=True)
class Upstream:
    """What others announced: by plan and version; by child, each school with its number."""

    completions: dict[tuple[str, int], Completion]
    schools: dict[str, list[tuple[int, str | None]]]

    def wrong(self, released: PPPReleased, lines: Lines, relied_on: dict[str, int]) -> Iterator[str]:
        """What a run relied on it must have heeded; it may have heard more."""
        version = lines.version[released.plan_id, released.line_id]
        known = self.completions[released.plan_id, version]
        which = f"line {released.line_id} of {released.plan_id} in run {released.run_id}"
        if known.said is None:
            yield f"{which} was released without a completed plan"
        stands = (released.plan_id, version) in lines.stands
        if known.taken_back is not None and known.taken_back <= relied_on["pep-record"] and not stands:
            yield f"{which} was released although its completion was withdrawn"
        told = self.schools[released.child_ref]
        heard = [urn for number, urn in told if number <= relied_on["scheduling"]]
        may_be = {*heard[-1:], *(urn for number, urn in told if number > relied_on["scheduling"])}
        if released.payee_urn not in may_be:
            yield f"{which} was paid to {released.payee_urn}, the child was at {heard[-1:]}"


async def _completions(evidence: Evidence, authority: str) -> dict[tuple[str, int], Completion]:
    found: dict[tuple[str, int], Completion] = defaultdict(Completion)
    for recorded in await evidence.journal("pep-record", authority):
        match recorded.event:
            case PEPCompleted(plan_version=version):
                found[recorded.envelope.stream, version].said = recorded.announced
            case PEPCompletionWithdrawn(plan_version=version):
                found[recorded.envelope.stream, version].taken_back = recorded.announced
            case _:
                pass
    return found


async def _schools(evidence: Evidence, authority: str) -> dict[str, list[tuple[int, str | None]]]:
    found: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
    for recorded in await evidence.journal("scheduling", authority):
        match recorded.event:
            case ChildEnteredCare(child_ref=child, school_urn=urn) | SchoolMoved(child_ref=child, school_urn=urn):
                found[child].append((recorded.announced or 0, urn))
            case _:
                pass
    return found


async def finance_files_equal_the_journal(evidence: Evidence) -> list[Finding]:
    """Each file's bytes have the hash that was told, its rows are the run's lines, and lines count 1, 2, 3 …"""
    found = []
    for authority in evidence.authorities:
        released: dict[str, list[PPPReleased]] = defaultdict(list)
        files = []
        for recorded in await evidence.journal("funding", authority):
            if isinstance(recorded.event, PPPReleased):
                released[recorded.event.run_id].append(recorded.event)
            if isinstance(recorded.event, FinanceFileMade):
                files.append(recorded.event)
        for file in files:
            content = await _content(evidence, authority, file)
            wrong = _wrong_file(file, content, released[file.run_id])
            found += [Finding(f"funding of {authority}", f"{file.file_name}: {each}") for each in wrong]
        numbers = Counter(line.line_number for lines in released.values() for line in lines)
        if sorted(numbers.elements()) != list(range(1, len(numbers) + 1)):
            found.append(Finding(f"funding of {authority}", "the numbers of released lines are not 1, 2, 3 …"))
    return found


async def _content(evidence: Evidence, authority: str, file: FinanceFileMade) -> bytes | None:
    """As whoever takes the file gets it: where a restore took the stored bytes, the service makes them again."""
    database = evidence.databases["funding"]
    row = await database.fetchrow(_RUN, authority, file.run_id)
    try:
        return await file_of(database.fetch, evidence.types("funding"), authority, Table(RELEASE_RUNS).row(dict(row)))
    except (NotFound, Refusal):
        return None


def _wrong_file(file: FinanceFileMade, content: bytes | None, released: list[PPPReleased]) -> Iterator[str]:
    if content is None:
        yield "it is not there"
        return
    if sha256(content).hexdigest() != file.sha256:
        yield "its bytes are others than were told"
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    told = Counter((row["plan_line"], int(row["amount_pence"])) for row in rows if row["record"] == "line")
    if told != Counter((line.line_id, line.released_pence) for line in released):
        yield "its lines are not those of the journal"
    if sum(told_pence * count for (_, told_pence), count in told.items()) != file.total_pence:
        yield "its lines do not come to its total"
