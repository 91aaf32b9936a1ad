"""`pep due AUTHORITY --trigger EVENT --on DATE`: by when what must be done, and why. Needs no server.

`pep due recompute AUTHORITY` asks the service which open dates would be others today, and changes them if told to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from pep_kernel.authority_policy import NotInForce
from pep_kernel.authority_policy.due_dates import TRIGGER_OF, Trigger
from scheduling.domain.child.code_lists import LEGAL_STATUS_CODES
from scheduling.domain.days import FIRST_DAY, LAST_DAY
from scheduling.domain.due.asking import Question, asked
from scheduling.entrypoints.due_answer import answer_of
from scheduling.entrypoints.due_page import print_answer
from scheduling.entrypoints.due_recompute import recompute
from scheduling.entrypoints.files_of_authorities import AUTHORITIES, Folder, files_of, laestab_of

EXPLAIN = "explain"
BELOW = f"EVENT is one of {', '.join(TRIGGER_OF)}. `pep due recompute` counts open dates again."


class ExplainsByDefault(TyperGroup):
    """What begins with no command of the group is a question: the first word is the authority."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        is_command = not args or args[0] in self.commands
        return super().parse_args(ctx, args if is_command else [EXPLAIN, *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """A question has no word of its own, in what is said about its use either."""
        word, command, rest = super().resolve_command(ctx, args)
        return (None if word == EXPLAIN else word), command, rest


app = typer.Typer(cls=ExplainsByDefault, no_args_is_help=True, pretty_exceptions_show_locals=False)
app.command()(recompute)


@app.callback()
def due() -> None:
    """By when what must be done: AUTHORITY --trigger EVENT --on DATE. `recompute` counts open dates again."""


def trigger_named(word: str) -> Trigger:
    """An event by its name, as `ChildEnteredCare`, or by its word in the policy files."""
    if word in TRIGGER_OF:
        return TRIGGER_OF[word]
    try:
        return Trigger(word)
    except ValueError as unknown:
        raise typer.BadParameter(f"'{word}' starts no obligation. These do: {', '.join(TRIGGER_OF)}.") from unknown


@app.command(EXPLAIN, hidden=True, epilog=BELOW)
def explain(
    authority: Annotated[str, typer.Argument(help="The name of the authority's folder.")],
    trigger: Annotated[
        Trigger,
        typer.Option(parser=trigger_named, metavar="EVENT", help="What happened; the events are named below."),
    ],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which it happened.")],
    school: Annotated[str | None, typer.Option(help="The URN of the child's school: its INSET days count.")] = None,
    area: Annotated[str | None, typer.Option(help="The authority in whose area the school lies.")] = None,
    without_school: Annotated[bool, typer.Option("--without-school", help="The child is on no roll.")] = False,
    year_group: Annotated[
        int | None, typer.Option(min=-3, max=14, help="0 is Reception, -1 the nursery year before.")
    ] = None,
    age: Annotated[int | None, typer.Option(min=0, max=25, help="In whole years.")] = None,
    legal_status: Annotated[str | None, typer.Option(help="As in the statutory return, for example C2.")] = None,
    emergency: Annotated[bool | None, typer.Option(help="Whether the child was placed in an emergency.")] = None,
    first_pep: Annotated[
        bool | None, typer.Option("--first-pep/--later-pep", help="Whether the child had no PEP yet in this spell.")
    ] = None,
    folder: Folder = AUTHORITIES,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")] = False,
) -> None:
    """Every rule that the event starts, with its source, each skipped day and why; and which date governs."""
    if not FIRST_DAY <= on.date() <= LAST_DAY:
        raise typer.BadParameter(f"Only {FIRST_DAY} to {LAST_DAY} can be counted.", param_hint="--on")
    files = files_of(folder, authority)
    question = Question(
        trigger=trigger,
        on=on.date(),
        school_urn=school,
        laestab=laestab_of(files, school, area, without_school=without_school),
        without_school=without_school,
        year_group=year_group,
        age_years=age,
        legal_status=_on_the_list(legal_status),
        emergency=emergency,
        first_pep=first_pep,
    )
    try:
        found = asked(question, files.rules)
    except NotInForce as none:
        raise typer.BadParameter(f"{authority}: {none}.", param_hint="--on") from none
    answer = answer_of(found)
    if as_json:
        print(answer.model_dump_json())
    else:
        print_answer(Console(), files.full_name, question, answer)


def _on_the_list(legal_status: str | None) -> str | None:
    if legal_status is not None and legal_status not in LEGAL_STATUS_CODES:
        known = ", ".join(sorted(LEGAL_STATUS_CODES))
        raise typer.BadParameter(f"'{legal_status}' is none of {known}.", param_hint="--legal-status")
    return legal_status
