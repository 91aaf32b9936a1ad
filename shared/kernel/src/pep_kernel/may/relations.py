"""What somebody must be to a child, once as a question about one child and once as a condition in SQL for lists.

The two stand side by side, and a test generates people and children to see that they agree. In the SQL, `{person}`,
`{school}`, `{school_year}`, `{today}` and `{now}` stand for what is known of whoever asks, or of the absent person
whose work they do, all else for columns of a child's row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pep_kernel.calendars import YEAR_GROUP_FROM_BIRTH
from pep_kernel.may.people import Signed
from pep_kernel.may.resource import Resource

POST_16 = (12, 13)


@dataclass(frozen=True, slots=True)
class Relation:
    """`needs` completes the sentence "they may only for …"; empty where nothing is needed beside the role."""

    holds: Callable[[Signed, Resource], bool]
    sql: str
    needs: str = ""
    source: tuple[str, ...] = ()


def _until_closed(holds: Callable[[Signed, Resource], bool], sql: str, needs: str, source: tuple[str, ...]) -> Relation:
    """What somebody is to a child in care, and for some days afterwards."""
    return Relation(
        lambda signed, resource: not resource.closed and holds(signed, resource),
        f"((closes_on is null or {{today}} < closes_on) and {sql})",
        needs,
        source,
    )


def _at_their_school(signed: Signed, resource: Resource) -> bool:
    return signed.school_urn is not None and signed.school_urn == resource.school_urn


def _allocated(signed: Signed, resource: Resource) -> bool:
    return resource.social_worker_ref == signed.person_ref


def _allocated_after_16(signed: Signed, resource: Resource) -> bool:
    return _allocated(signed, resource) and resource.year_group in POST_16


def _named_delegate(signed: Signed, resource: Resource) -> bool:
    return _at_their_school(signed, resource) and signed.person_ref in resource.delegates


ANYONE = Relation(lambda _signed, _resource: True, "true")
THEIR_SCHOOL = _until_closed(
    _at_their_school, "school_urn = {school}", "a child who is on the roll of this person's school", ("L-37", "O-93")
)
ALLOCATED = _until_closed(
    _allocated, "social_worker_ref = {person}", "a child who is allocated to this social worker", ("L-10",)
)
ALLOCATED_AFTER_16 = _until_closed(
    _allocated_after_16,
    "(social_worker_ref = {person} and {school_year} - born_in_school_year between"
    f" {POST_16[0] + YEAR_GROUP_FROM_BIRTH} and {POST_16[1] + YEAR_GROUP_FROM_BIRTH})",
    "a child in Year 12 or 13 who is allocated to this adviser",
    ("O-12",),
)
DELEGATED = _until_closed(
    _named_delegate,
    "(school_urn = {school} and {person} = any (delegates))",
    "a child of this person's school for whom the designated teacher named this delegate",
    ("O-21", "O-22"),
)
NO_SCHOOL = Relation(
    lambda _signed, resource: resource.child_ref is not None and resource.school_urn is None,
    "school_urn is null",
    "a child who is on no school's roll",
    ("O-15",),
)
CARES_FOR = _until_closed(
    lambda signed, resource: signed.person_ref in resource.carers,
    "{person} = any (carers)",
    "a child whom this carer looks after",
    ("L-14",),
)
OWN_RECORD = Relation(
    lambda signed, resource: signed.person_ref == resource.child_ref,
    "child_ref = {person}",
    "the child whose own record it is, who signs in under its reference",
)
BROKEN_GLASS = Relation(
    lambda signed, resource: signed.person_ref in resource.glass_broken_by,
    "(cardinality(glass) > 0 and exists (select from unnest(glass) as broken"
    " where split_part(broken, ' ', 1) = {person} and split_part(broken, ' ', 2)::timestamptz > {now}))",
    "a child for whom this person broke the glass within the last hours",
)
