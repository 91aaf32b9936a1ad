"""What funding shows: claims and their lines, envelopes, release runs, schools that are paid, schools of children."""

from __future__ import annotations

from typing import Any

from funding.projections.child_schools import CHILD_SCHOOLS
from funding.projections.claim_line import CLAIM_LINES
from funding.projections.claim_overview import CLAIM_OVERVIEW
from funding.projections.envelope import ENVELOPES
from funding.projections.payee import PAYEES
from funding.projections.release_run import RELEASE_RUNS
from pep_kernel.colleagues import COLLEAGUES
from pep_kernel.read_model import ReadModel

READ_MODELS: tuple[ReadModel[Any], ...] = (
    CLAIM_OVERVIEW,
    CLAIM_LINES,
    ENVELOPES,
    RELEASE_RUNS,
    PAYEES,
    CHILD_SCHOOLS,
    COLLEAGUES,
)
