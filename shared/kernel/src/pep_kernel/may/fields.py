"""Which kinds of particulars each role is shown, whatever the route: what is not listed is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pep_kernel.may.decision import may
from pep_kernel.may.people import OFFICERS, Role, Signed
from pep_kernel.may.resource import Resource


class Shown(StrEnum):
    """A kind of particulars."""

    IDENTITY = "identity"  # name, date of birth, language
    CARE = "care history"  # since when in care, reviews, why no plan is needed, the social care pages of a plan
    PLAN = "plan"  # what was written in a plan and said at a meeting
    COSTS = "costs"  # what the premium is to pay for what was agreed
    ADULTS_MINUTES = "minutes for adults"  # said before the pupil came in (L-33)
    PROFESSIONALS_MINUTES = "minutes for professionals"  # not for carers either
    THIRD_PARTY = "third parties"  # the names of other people around the child
    CARERS_CONTACT = "carers' contact"  # how carers are reached (L-37)
    LATENESS = "why something was late"  # in words of whoever works with the child, perhaps about others
    ASSURANCE = "quality assurance"  # why a plan was returned
    FINANCE = "finance"  # what is asked, approved and released for a plan


_WORKING = frozenset(
    {Shown.IDENTITY, Shown.CARE, Shown.PLAN, Shown.COSTS, Shown.THIRD_PARTY, Shown.LATENESS, Shown.ASSURANCE}
)
_MEETING = frozenset({Shown.ADULTS_MINUTES, Shown.PROFESSIONALS_MINUTES})
_SOCIAL_CARE = _WORKING | _MEETING | {Shown.CARERS_CONTACT}

FIELDS: Mapping[Role, frozenset[Shown]] = {
    Role.SOCIAL_WORKER: _SOCIAL_CARE,
    Role.PERSONAL_ADVISER: _SOCIAL_CARE,
    Role.TEAM_MANAGER: _SOCIAL_CARE,
    Role.INDEPENDENT_REVIEWING_OFFICER: _SOCIAL_CARE,
    **dict.fromkeys(
        (Role.CORPORATE_PARENTING_MANAGER, Role.NOMINATED_OFFICER, Role.DIRECTOR_OF_CHILDRENS_SERVICES),
        frozenset({Shown.IDENTITY, Shown.CARE, Shown.PLAN}),
    ),
    Role.DESIGNATED_TEACHER: _WORKING | _MEETING,
    Role.DELEGATE: frozenset({Shown.IDENTITY, Shown.PLAN, Shown.COSTS, Shown.LATENESS, Shown.ASSURANCE}),
    **dict.fromkeys(OFFICERS, _SOCIAL_CARE | {Shown.FINANCE}),
    Role.PEP_COORDINATOR: _SOCIAL_CARE,
    Role.CARER: frozenset({Shown.IDENTITY, Shown.PLAN, Shown.ADULTS_MINUTES}),
    Role.PUPIL: frozenset({Shown.IDENTITY, Shown.PLAN}),
    Role.SCHOOL_FINANCE: frozenset({Shown.FINANCE}),
    Role.AUTHORITY_FINANCE: frozenset({Shown.FINANCE}),
    Role.AUDITOR: _WORKING | {Shown.FINANCE},
    Role.ADMINISTRATOR: frozenset(),
    Role.SERVICE: frozenset({Shown.CARERS_CONTACT, Shown.FINANCE}),
}


def fields(signed: Signed, action: str, resource: Resource) -> frozenset[Shown]:
    """What somebody is shown who does this: by the role in which they may; nothing to whoever may not."""
    decision = may(signed, action, resource)
    return FIELDS[decision.role] if decision.allowed else frozenset()
