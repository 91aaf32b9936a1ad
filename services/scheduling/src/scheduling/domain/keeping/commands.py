"""What may be asked of a child's record as a record."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy.record_keeping import RecordKeeping
from pep_kernel.message import Command
from scheduling.domain.keeping.events import EntriesBasis, WholeRecordBasis


class AskOfTheRecord(Command):
    """Base of all of them."""

    child_ref: str
    on: date


class PlaceLegalHold(AskOfTheRecord):
    """Keep everything for this case."""

    case_ref: str
    by: str


class LiftLegalHold(AskOfTheRecord):
    """The case needs nothing more."""

    case_ref: str
    by: str


class Judged(AskOfTheRecord):
    """A command that rests on how long the record must be kept. The date of birth is opened for it, and not stored."""

    by: str
    rule: RecordKeeping
    date_of_birth: Annotated[date | None, Field(repr=False)]


class RequestForgetting(Judged):
    """Forget the child."""

    basis: WholeRecordBasis


class RequestForgettingOfEntries(AskOfTheRecord):
    """Forget these entries: they were never this child's, or a court says so."""

    by: str
    basis: EntriesBasis
    stream: str
    first: int
    last: int


class DeclineForgetting(AskOfTheRecord):
    """Do not do what was asked."""

    by: str


class ApproveForgetting(Judged):
    """Do what somebody else asked."""


class ConfirmForgotten(AskOfTheRecord):
    """The keys are destroyed, or the entries hidden."""


KeepingCommand = (
    PlaceLegalHold
    | LiftLegalHold
    | RequestForgetting
    | RequestForgettingOfEntries
    | DeclineForgetting
    | ApproveForgetting
    | ConfirmForgotten
)
