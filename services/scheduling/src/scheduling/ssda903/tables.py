"""The tables that can be read, known by their columns: five of the statutory return, and the authority's own."""

from __future__ import annotations

from dataclasses import dataclass

HOW_ALIKE = 0.5
"""A file is taken for the table that it is most like, if at least half of the columns are that table's."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its columns. `key` is the column of what its rows belong to: a child, a person, a school."""

    name: str
    key: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)

    def likeness(self, columns: frozenset[str]) -> float:
        """From 0 to 1: the share of known columns among those that are there or ought to be."""
        return len(columns & set(self.columns)) / len(columns | set(self.required))


HEADER = Table("header", "CHILD", ("CHILD", "SEX", "DOB"), ("ETHNIC", "UPN", "MOTHER", "MC_DOB"))
EPISODES = Table(
    "episodes",
    "CHILD",
    ("CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC"),
    ("CIN", "PLACE_PROVIDER", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
)
UASC = Table("uasc", "CHILD", ("CHILD", "DUC"), ("SEX", "DOB"))
REVIEWS = Table("reviews", "CHILD", ("CHILD", "REVIEW"), ("DOB", "REVIEW_CODE"))
SOCIAL_WORKERS = Table("sw_episodes", "CHILD", ("CHILD", "SW_ID", "SW_DECOM"), ("DOB", "SW_DEC", "SW_REASON"))
PEOPLE = Table(
    "people", "CHILD", ("CHILD", "GIVEN_NAME", "FAMILY_NAME"), ("PREFERRED_NAME", "LANGUAGE", "SOCIAL_WORKER")
)
EDUCATION = Table(
    "education", "CHILD", ("CHILD", "SCHOOL_URN", "ENTERED"), ("LEFT", "YEAR_GROUP", "SEN", "ROLL_STATUS")
)
LAST_PEP = Table("last_pep", "CHILD", ("CHILD", "LAST_PEP"), ("NEXT_AGREED", "NEXT_REVIEW"))
STAFF = Table(
    "staff", "STAFF_ID", ("STAFF_ID", "NAME", "EMAIL", "ROLE"), ("SCHOOL_URN", "TEAM", "APPROVAL_LIMIT", "LEFT")
)
CARERS = Table("carers", "CARER_ID", ("CARER_ID", "NAME", "CHILD"), ("EMAIL", "TELEPHONE"))
PUPILS = Table("pupils", "CHILD", ("CHILD", "PUPIL_SIGN_IN"))
SCHOOLS = Table(
    "schools", "URN", ("URN", "NAME", "PHASE", "AUTHORITY"), ("UKPRN", "LAESTAB", "PREDECESSOR_URN", "OPENED")
)
CHANGES = Table(
    "changes",
    "CHILD",
    ("CHILD", "FACT", "ON"),
    (
        *("VALUE", "PLACEMENT", "EMERGENCY", "AREA", "PLACE_PROVIDER", "CHANGES_SCHOOL", "SAME_CARERS"),
        "FOSTERING_ALLOWANCE",
        *("DOB", "SEX", "GIVEN_NAME", "FAMILY_NAME", "UPN"),
    ),
)
"""The authority's own file of daily changes: one fact a row. It is taken in by a command of its own."""

TABLES = (
    HEADER, EPISODES, UASC, REVIEWS, SOCIAL_WORKERS, PEOPLE, EDUCATION, LAST_PEP, STAFF, CARERS, PUPILS,
    SCHOOLS, CHANGES,
)  # fmt: skip

NOT_USED = (
    Table(
        "oc2",
        "CHILD",
        (
            "CHILD",
            "DOB",
            "SDQ_SCORE",
            "SDQ_REASON",
            "CONVICTED",
            "HEALTH_CHECK",
            "IMMUNISATIONS",
            "TEETH_CHECK",
            "HEALTH_ASSESSMENT",
            "SUBSTANCE_MISUSE",
            "INTERVENTION_RECEIVED",
            "INTERVENTION_OFFERED",
        ),
    ),
    Table("oc3", "CHILD", ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM")),
    Table(
        "ad1",
        "CHILD",
        ("CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
    ),
    Table("placed_adoption", "CHILD", ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED")),
    Table("prev_perm", "CHILD", ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM")),
    Table("missing", "CHILD", ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")),
)
"""Tables of the return that say nothing about plans or meetings."""


def table_of(columns: frozenset[str]) -> Table | None:
    """The table that has most of these columns; none if no table has half of them."""
    likest = max((*TABLES, *NOT_USED), key=lambda table: table.likeness(columns))
    return likest if likest.likeness(columns) >= HOW_ALIKE else None
