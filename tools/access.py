"""Writes docs/access.md: who may do what, who is shown what, and what must hold besides, role by role."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pep_kernel.may import FIELDS, GRANTS, LOOKING, STATES, Role, Shown, job_in_words
from pep_kernel.may.relations import (
    ALLOCATED,
    ALLOCATED_AFTER_16,
    ANYONE,
    CARES_FOR,
    DELEGATED,
    NO_SCHOOL,
    OWN_RECORD,
    THEIR_SCHOOL,
    Relation,
)
from pep_kernel.may.states import DUAL_APPROVAL, StateRule

PAGE = Path(__file__).parents[1] / "docs" / "access.md"
LETTERS = {
    ANYONE: "x",
    ALLOCATED: "c",
    ALLOCATED_AFTER_16: "y",
    THEIR_SCHOOL: "s",
    DELEGATED: "d",
    NO_SCHOOL: "n",
    CARES_FOR: "h",
    OWN_RECORD: "o",
}
HEADINGS = {
    Role.SOCIAL_WORKER: "SW",
    Role.PERSONAL_ADVISER: "PA",
    Role.TEAM_MANAGER: "TM",
    Role.DESIGNATED_TEACHER: "DT",
    Role.DELEGATE: "DG",
    Role.PEP_COORDINATOR: "PC",
    Role.VIRTUAL_SCHOOL_OFFICER: "VO",
    Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: "SO",
    Role.VIRTUAL_SCHOOL_HEAD: "VH",
    Role.INDEPENDENT_REVIEWING_OFFICER: "IR",
    Role.CORPORATE_PARENTING_MANAGER: "CM",
    Role.NOMINATED_OFFICER: "NO",
    Role.DIRECTOR_OF_CHILDRENS_SERVICES: "DC",
    Role.CARER: "CA",
    Role.PUPIL: "PU",
    Role.SCHOOL_FINANCE: "SF",
    Role.AUTHORITY_FINANCE: "AF",
    Role.AUDITOR: "AU",
    Role.ADMINISTRATOR: "AD",
    Role.SERVICE: "SV",
}
OPENING = """\
# Who may do what, and who sees what

Written by `.venv/bin/python -m tools.access` from the code that decides; do not edit. A test compares it with the code,
and the code with a table that was written by hand.

Everybody works for one authority. What belongs to another authority is not found, whoever asks. What somebody is and
whom they work with comes from facts in the log: when a fact ends, the access that rested on it ends with it. Numbers
such as L-37 and O-12 are those of [the rules](rules.md).
"""


def page() -> str:
    return "\n".join((OPENING, *_overview(), *_besides(), *(line for role in Role for line in _about(role))))


def matrix() -> str:
    """Every action and role: a letter for what somebody must be to the child, a dot where they may not."""
    width = max(map(len, GRANTS)) + 2
    head = " " * width + "  ".join(HEADINGS[role] for role in Role)
    rows = (f"{action:{width}}" + "   ".join(_letter(action, role) for role in Role) for action in GRANTS)
    return "\n".join((head, *rows))


def _letter(action: str, role: Role) -> str:
    return LETTERS[GRANTS[action][role]] if role in GRANTS[action] else "."


def _overview() -> Iterator[str]:
    yield "## At a glance\n"
    yield "```text"
    yield matrix()
    yield "```\n"
    yield from (f"- `{HEADINGS[role]}` {job_in_words(role)}" for role in Role)
    yield "\nA dot: may not. A letter: may, and only for"
    yield ""
    for relation, letter in LETTERS.items():
        yield f"- `{letter}` {relation.needs or 'any child'}{_sources(relation)}"
    yield ""


def _besides() -> Iterator[str]:
    yield "## What must hold besides\n"
    yield from (f"- To {action}: {rule.sentence}{_sources(rule)}" for action, rules in STATES.items() for rule in rules)
    yield from (f"- Where two people must approve: {rule.sentence}{_sources(rule)}" for rule in DUAL_APPROVAL)
    yield "- A restricted record is open, to look and to write, only to those of its people to whom that was granted by"
    yield "  name. Lists show it to nobody else, and nobody else hands it over, holds it for a case or forgets it."
    yield "  The two people who let a restricted record go are both named for it, or it is opened again first."
    yield "- Who writes a plan in another's place: a personal adviser as the social worker in Year 12 and 13 (O-12),"
    yield "  officers of the Virtual School as the designated teacher of a child without a school (O-15), a delegate as"
    yield "  the designated teacher (O-21), who alone marks the plan complete (L-05). Where the"
    yield "  authority says so, the designated teacher first approves what the delegate wrote (O-22)."
    yield "- Carers and the child read a plan once its quality is assured, and for as long as that stands; without what"
    yield "  only social care writes, what it costs, and the sections that the authority keeps from them."
    yield f"- Broken glass: whoever may break it and gives a reason may {_listed(sorted(LOOKING))} for three hours. It"
    yield "  opens nothing for writing, and no restricted record. The child's social worker and the head of the Virtual"
    yield "  School are told at once."
    yield "- Nobody tells of themselves, in the list of staff, another role, another school or another limit: another"
    yield "  administrator does."
    yield "- A further role may be granted by name, to a day. The person then acts in whichever role allows the act."
    yield "- Whoever has another role or school, or has left, stands in for nobody any more, and nobody for them, until"
    yield "  the absence is recorded again."
    yield "- When care has ended, school, delegate, social worker, personal adviser and carer may nothing of the above"
    yield "  about the child from the day on which the record closes to them: the day itself after adoption, death, a"
    yield "  transfer to another authority and where the child never was in care, else some days later, as the"
    yield "  authority's rules say. The Virtual School and the child go on seeing it."
    yield "- When a child comes to live elsewhere, the carers of before are the child's carers no more, until the list"
    yield "  of carers says so; not where the record says that they are the same, nor for a temporary placement."
    yield "- A deputy may, on the days of the absence, what the absent person may in their role: with that person's"
    yield "  children, at that person's school, to that person's limit, and nothing more. What was granted to that"
    yield "  person by name, and glass that they broke, stays theirs: a restricted record does not open."
    yield ""


def _about(role: Role) -> Iterator[str]:
    yield f"## {job_in_words(role).capitalize()}\n"
    granted = {action: holders[role] for action, holders in GRANTS.items() if role in holders}
    yield "May:\n"
    yield from (f"- {action}{_needing(relation)}{_sources(relation)}" for action, relation in granted.items())
    if not granted:
        yield "- nothing of its own; something may be granted by name"
    shown = [kind for kind in Shown if kind in FIELDS[role]]
    yield f"\nIs shown: {_listed(shown) or 'nothing of a child'}."
    yield f"\nIs never shown: {_listed([kind for kind in Shown if kind not in shown])}.\n"


def _needing(relation: Relation) -> str:
    return f": {relation.needs}" if relation.needs else ""


def _sources(told: Relation | StateRule) -> str:
    return f" ({', '.join(told.source)})" if told.source else ""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"Written: {PAGE}")
