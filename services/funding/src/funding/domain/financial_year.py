"""Which financial year a term's money belongs to: the one in which it is delivered (1 April to 31 March).

In a financial year summer comes first, then autumn, then spring. A spring term that a late Easter stretches past
31 March still belongs, whole, to the year that ends then.
"""

from __future__ import annotations

from pep_kernel.calendars import Term


def financial_year_of_delivery(school_year: int, term: Term) -> str:
    """Of school year 2026, which began in September 2026, autumn and spring are in `2026-27`, summer in `2027-28`."""
    first = school_year + 1 if term is Term.SUMMER else school_year
    return f"{first}-{(first + 1) % 100:02d}"
