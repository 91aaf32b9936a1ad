"""What may be asked about who sees a child's record."""

from __future__ import annotations

from datetime import date, datetime

from pep_kernel.message import Command


class AskOfAccess(Command):
    """Something about who sees this child's record."""

    child_ref: str
    by: str


class NameDelegate(AskOfAccess):
    """From this day this person writes and attends for the designated teacher (O-21)."""

    on: date
    person_ref: str


class EndDelegate(AskOfAccess):
    """From this day the person does so no more."""

    on: date
    person_ref: str


class RestrictRecord(AskOfAccess):
    """Only people to whom it was granted by name may see the record."""

    on: date
    reason: str


class UnrestrictRecord(AskOfAccess):
    """The record is open again to those around the child."""

    on: date
    reason: str


class BreakGlass(AskOfAccess):
    """Somebody must see the record now, whoever they are to the child."""

    role: str
    reason: str
    at: datetime


AccessCommand = NameDelegate | EndDelegate | RestrictRecord | UnrestrictRecord | BreakGlass
