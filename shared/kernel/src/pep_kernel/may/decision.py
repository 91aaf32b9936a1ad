"""The answer to "may this person do this?", and the same answer as a condition for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any

from pep_kernel.calendars import school_year
from pep_kernel.may.grants import GRANTS, LOOKING
from pep_kernel.may.people import Permission, Role, Signed
from pep_kernel.may.relations import BROKEN_GLASS, Relation
from pep_kernel.may.resource import Resource
from pep_kernel.may.states import STATES, broken_rule
from pep_kernel.may.words import act_in_words, spoken

RESTRICTED = "This record is restricted: it is open only to people to whom that was granted by name."


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why, in a sentence fit for the person who asked; `role` is the one in which they may.

    `as_whom` is whoever may it: themselves, or somebody absent whose work they do. `hats` are all the roles in which
    they may, each with whose it is, this one first: a rule that asks for a certain role picks among them.
    """

    allowed: bool
    reason: str
    role: Role
    as_whom: Signed
    hats: tuple[tuple[Role, Signed], ...] = ()


def may(signed: Signed, action: str, resource: Resource) -> Decision:
    """Whether `signed` may do `action` to `resource`. An action that is not listed is nobody's."""
    held_back = broken_rule(STATES.get(action, ()), signed.person_ref, resource)
    answers = [_answer(signed, role, as_whom, action, resource) for role, as_whom in signed.hats]
    allowed = [each for each in answers if each.allowed]
    answer = replace((allowed or answers)[0], hats=tuple((each.role, each.as_whom) for each in allowed))
    if answer.allowed and held_back is not None:
        return replace(answer, allowed=False, reason=held_back.sentence)
    if answer.allowed and resource.restricted and Permission.RESTRICTED_RECORDS not in signed.granted:
        return replace(answer, allowed=False, reason=RESTRICTED)
    return answer


def _answer(signed: Signed, role: Role, as_whom: Signed, action: str, resource: Resource) -> Decision:
    """Glass is broken by each for themselves."""
    relation = GRANTS.get(action, {}).get(role)
    they_may = f"{spoken(role).capitalize()} may"
    words = act_in_words(action)
    if action in LOOKING and BROKEN_GLASS.holds(signed, resource):
        return Decision(True, f"{they_may} {words}, having broken the glass.", role, as_whom)
    if relation is None:
        return Decision(False, f"{they_may} not {words}.", role, as_whom)
    only = f" only for {relation.needs}" if relation.needs else ""
    return Decision(relation.holds(as_whom, resource), f"{they_may} {words}{only}.", role, as_whom)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL. In `sql`, `{name}` stands for the argument of that name."""

    sql: str
    arguments: Mapping[str, Any]

    def placed(self, first: int) -> tuple[str, list[Any]]:
        """The condition with `$n` from `first` on, and the arguments that go there; those it does not name are left."""
        used = {name: value for name, value in self.arguments.items() if f"{{{name}}}" in self.sql}
        places = {name: f"${first + index}" for index, name in enumerate(used)}
        return self.sql.format(**places), list(used.values())

    def __and__(self, other: Condition) -> Condition:
        """Both of them."""
        return self._with(other, "and")

    def __or__(self, other: Condition) -> Condition:
        """One of them at least."""
        return self._with(other, "or")

    def _with(self, other: Condition, word: str) -> Condition:
        """What the other one names is named apart: both may speak of a school, and mean two."""
        named = {name: f"{name}_{len(self.arguments)}" for name in other.arguments}
        sql = other.sql.format(**{name: f"{{{apart}}}" for name, apart in named.items()})
        more = {named[name]: value for name, value in other.arguments.items()}
        return Condition(f"({self.sql}) {word} ({sql})", {**self.arguments, **more})

    def about(self, table: str) -> Condition:
        """The same of another table's rows about a child: the child's row, in this table, fulfils the condition."""
        rows = f"select authority, child_ref from {table} where {self.sql}"  # noqa: S608  a read model's own name
        return Condition(f"(authority, child_ref) in ({rows})", self.arguments)


def whose(signed: Signed, action: str, now: datetime) -> Condition:
    """Which rows of children somebody may do `action` to: what `may` answers of each, for a whole table."""
    grants = GRANTS.get(action, {})
    hats = dict.fromkeys((as_whom, grants[role]) for role, as_whom in signed.hats if role in grants)
    each = [_about(as_whom, relation, now) for as_whom, relation in hats]
    glass = [_about(signed, BROKEN_GLASS, now)] if action in LOOKING else []
    theirs = reduce(Condition.__or__, [*each, *glass] or [Condition("false", {})])
    open_to_them = "" if Permission.RESTRICTED_RECORDS in signed.granted else " and not restricted"
    return Condition(f"({theirs.sql}){open_to_them}", theirs.arguments)


def _about(person: Signed, relation: Relation, now: datetime) -> Condition:
    arguments = {
        "person": person.person_ref,
        "school": person.school_urn,
        "school_year": school_year(now.date()),
        "today": now.date(),
        "now": now,
    }
    return Condition(relation.sql, {name: value for name, value in arguments.items() if f"{{{name}}}" in relation.sql})
