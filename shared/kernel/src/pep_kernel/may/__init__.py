"""Who may do what: one pure function that every route asks, with the reason for its answer.

Roles and relationships come from facts in the log, never from a claim in a token. What is granted stands in `grants`,
what somebody must be to the child in `relations`, what must hold of the work in `states`, what is shown in `fields`.
"""

from pep_kernel.may.decision import Condition, Decision, may, whose
from pep_kernel.may.fields import FIELDS, Shown, fields
from pep_kernel.may.grants import GRANTS, LOOKING
from pep_kernel.may.people import (
    NOT_STAFF,
    VIRTUAL_SCHOOL,
    Grantable,
    Permission,
    Role,
    Signed,
    as_granted,
    granted_on,
    is_grant_of,
    stands_in_for,
    stood_in_for,
)
from pep_kernel.may.relations import POST_16
from pep_kernel.may.resource import Resource, child_resource, with_glass, with_member
from pep_kernel.may.standing_in import acts_as
from pep_kernel.may.states import DUAL_APPROVAL, NO_AUTHOR_ASSURES, STATES, broken_rule
from pep_kernel.may.words import ACTS, act_in_words, job_in_words, spoken

__all__ = [
    "ACTS",
    "DUAL_APPROVAL",
    "FIELDS",
    "GRANTS",
    "LOOKING",
    "NOT_STAFF",
    "NO_AUTHOR_ASSURES",
    "POST_16",
    "STATES",
    "VIRTUAL_SCHOOL",
    "Condition",
    "Decision",
    "Grantable",
    "Permission",
    "Resource",
    "Role",
    "Shown",
    "Signed",
    "act_in_words",
    "acts_as",
    "as_granted",
    "broken_rule",
    "child_resource",
    "fields",
    "granted_on",
    "is_grant_of",
    "job_in_words",
    "may",
    "spoken",
    "stands_in_for",
    "stood_in_for",
    "whose",
    "with_glass",
    "with_member",
]
