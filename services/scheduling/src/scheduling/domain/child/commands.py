"""What may be told or asked of a child. The authority's rules and calendars come inside, in all their versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.authority_policy.approvals import Decision
from pep_kernel.calendars import Term
from pep_kernel.contracts.scheduling import Flagged, Lacked, Obligation, Outcome
from pep_kernel.may import Role
from pep_kernel.message import Command
from scheduling.domain.access.commands import AccessCommand
from scheduling.domain.child.care_record import CareRecord
from scheduling.domain.child.events import LateBecause
from scheduling.domain.child.judged import Judged as Judged
from scheduling.domain.child.particulars import SHARED
from scheduling.domain.child.told import Correction, Fact
from scheduling.domain.concerns.commands import ConcernCommand
from scheduling.domain.keeping.commands import KeepingCommand


class RecordCareFacts(Judged):
    """The authority's whole record of a child. Sent again, or later, it changes only what is new.

    `digests` are keyed hashes of what it says of who the child is, by name, and of what two records of one child would
    share. A record that is not `whole` tells only of entering care: it adds, and corrects nothing.
    """

    record: CareRecord
    digests: Mapping[str, str]
    workers: Mapping[str, str]
    whole: bool = True
    today: Annotated[date, Field(exclude=True)]

    @property
    def date_of_birth(self) -> date:
        return self.record.date_of_birth

    @property
    def likeness(self) -> tuple[str, ...]:
        return tuple(self.digests[what] for what in SHARED if what in self.digests)


class JudgedByAge(Judged):
    """A command for which the date of birth is opened, and not stored."""

    date_of_birth: Annotated[date, Field(exclude=True, repr=False)]
    today: Annotated[date, Field(exclude=True)]


class JudgeApplicability(JudgedByAge):
    """Nobody told anything, but the child is older, or other rules are in force: does a PEP apply now?"""


class OfOneFact(JudgedByAge):
    """A command about one fact."""

    by: str


JudgedToday = RecordCareFacts | JudgedByAge


class RecordFact(OfOneFact):
    """One fact, told by itself."""

    fact: Fact


class CorrectFact(OfOneFact):
    """What was told is wrong; this is right."""

    correction: Correction


class FlagMissingNotice(Command):
    """The day has passed by which the school had to be told of the placement of `placement_on`."""

    child_ref: str
    placement_on: date
    today: date


class LetFlagBe(Command):
    """A person lets be what the fact of this day lacks, and says why. Of an approval, `decision` says which."""

    child_ref: str
    fact: Flagged
    on: date
    lacks: Lacked
    decision: Decision | None
    let_be_on: date
    by: str
    reason: str


class EndCareAtEighteen(Command):
    """The child has turned eighteen and is a child in care no more, whatever the care system says yet."""

    child_ref: str
    birthday: date
    today: Annotated[date, Field(exclude=True)]
    rules: Annotated[SchedulingFile, Field(exclude=True, repr=False)]


class AcceptResponsibility(RecordCareFacts):
    """This authority takes over a child from another, with what the other's pack says."""

    from_authority: str
    pack_sha256: str
    by: str


class RecordCareFactsOfMany(Command):
    """The whole records of several children, no child twice."""

    records: tuple[RecordCareFacts, ...]


class NoteMeetingHeld(Judged):
    """A meeting about the child took place, with this outcome; or that is how its record was corrected.

    `outcome_stands`: only the day was wrong.
    """

    meeting_id: str
    on: date
    outcome: Outcome
    outcome_stands: bool = False


class NoteMeetingScheduled(Command):
    """A meeting about the child has a date. It comes after the day it was due by only with a reason."""

    child_ref: str
    meeting_id: str
    on: date
    for_day: date
    after_due_because: str | None


class NoteMeetingCalledOff(Command):
    """A meeting about the child that had a date does not take place."""

    child_ref: str
    meeting_id: str
    on: date


class MeetObligation(Command):
    """Something due has been done, by this plan."""

    child_ref: str
    obligation: Obligation
    on: date
    by: str


class ReopenObligations(Command):
    """What this plan did does not count any more."""

    child_ref: str
    by: str


class FlagOverdue(Command):
    """The day of one obligation has passed; if it is open, it is overdue."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    today: date


class EscalateOverdue(Command):
    """What is overdue has been so for long enough that this step of the authority's ladder is reached."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    step: int
    role: Role


class RecordLateReason(Command):
    """Why something was late: a code to count by, and a person's words."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    because: LateBecause
    details: str | None = None


class OpenTermForChild(Judged):
    """A term opened in the authority's schools; whether the child owes a meeting in it is to be seen."""

    school_year: int
    term: Term
    opened_on: date


class RecomputeDueDates(Judged):
    """Count what is open again, by the rules and term dates of today."""

    today: date


ChildCommand = (
    AcceptResponsibility
    | RecordCareFacts
    | RecordFact
    | CorrectFact
    | JudgeApplicability
    | FlagMissingNotice
    | LetFlagBe
    | EndCareAtEighteen
    | NoteMeetingHeld
    | NoteMeetingScheduled
    | NoteMeetingCalledOff
    | MeetObligation
    | ReopenObligations
    | FlagOverdue
    | EscalateOverdue
    | RecordLateReason
    | OpenTermForChild
    | RecomputeDueDates
    | KeepingCommand
    | AccessCommand
    | ConcernCommand
)
