"""The finance file: one row a released line, then one row with count and sum.

The same lines always make the same bytes, so the file can be made again from the journal at any time. It holds
references, numbers and pence, nothing about a child's life.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from hashlib import sha256

from funding.domain.claim.events import PPPReleased
from funding.domain.release.events import FinanceFileMade
from pep_kernel.calendars import financial_year
from pep_kernel.message import Event
from pep_kernel.spreadsheet import safe_cells

COLUMNS = (
    "record",
    "journal_id",
    "line_number",
    "effective_date",
    "financial_year_of_delivery",
    "financial_year_of_payment",
    "term",
    "payee_urn",
    "payee_ukprn",
    "payment_route",
    "child_reference",
    "plan",
    "plan_line",
    "amount_pence",
    "currency",
    "reference",
)


def finance_file(released: Sequence[PPPReleased]) -> bytes:
    """Header, one row a line, control row: UTF-8, comma, CRLF (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(safe_cells(row_of(line)) for line in released)
    writer.writerow(control_row(released))
    return text.getvalue().encode()


def row_of(line: PPPReleased) -> tuple[str | int, ...]:
    """The line's cells, in the order of `COLUMNS`."""
    return (
        "line",
        line.run_id,
        line.line_number,
        line.on.isoformat(),
        line.financial_year,
        financial_year(line.on),
        line.term,
        line.payee_urn,
        line.payee_ukprn,
        line.payment_route,
        line.child_ref,
        line.plan_id,
        line.line_id,
        line.released_pence,
        "GBP",
        f"PPP-{line.line_number:07d}",
    )


def control_row(released: Sequence[PPPReleased]) -> tuple[str | int, ...]:
    """How many lines and what sum there must be: cells that are not about one line are empty."""
    cells: dict[str, str | int] = {
        "record": "control",
        "journal_id": released[0].run_id,
        "line_number": len(released),
        "amount_pence": total_pence(released),
        "currency": "GBP",
    }
    return tuple(cells.get(column, "") for column in COLUMNS)


def total_pence(released: Iterable[PPPReleased]) -> int:
    return sum(line.released_pence for line in released)


def file_made(run_id: str, released: Sequence[PPPReleased]) -> FinanceFileMade:
    """What is told of the file."""
    return FinanceFileMade(
        run_id=run_id,
        file_name=f"ppp-{run_id}.csv",
        line_count=len(released),
        total_pence=total_pence(released),
        sha256=sha256(finance_file(released)).hexdigest(),
    )


def finance_files(events: Sequence[Event]) -> dict[str, bytes]:
    """The bytes of the files that these events tell of, by file name."""
    made = [event for event in events if isinstance(event, FinanceFileMade)]
    released = [event for event in events if isinstance(event, PPPReleased)]
    return {each.file_name: finance_file(released) for each in made}
