"""Scheduling lists a school: its numbers are what a payment needs."""

from __future__ import annotations

from funding.domain.payee import NotePayee
from funding.domain.streams import payee_stream
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import SchoolListed
from pep_kernel.decider import Act


def note_payee_when_school_listed(said: Said[SchoolListed], _rules: object) -> Act:
    told = said.announcement
    return Act(NotePayee(urn=told.urn, ukprn=told.ukprn, laestab=told.laestab), (payee_stream(told.urn),))
