"""The root of the `pep` command: what is not one service's, and the commands that each service adds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn

import asyncpg
import typer

from pep_cli import (
    clock_commands,
    kafka_user_commands,
    keys_commands,
    parked_commands,
    policy_commands,
    service_key_commands,
)
from pep_cli.backup_commands import backup, restore
from pep_cli.break_glass_command import break_glass
from pep_cli.calendar_command import calendar
from pep_cli.export_command import export
from pep_cli.forget_command import forget, hold
from pep_cli.offboard_command import offboard
from pep_cli.onboard_command import onboard
from pep_cli.rebuild_command import rebuild
from pep_cli.recover_command import recover
from pep_cli.refusals_command import refusals
from pep_cli.seals_command import seals
from pep_cli.settings import NoInstallation, name_services, use_kept_token
from pep_cli.sign_in_command import sign_in, sign_out
from pep_cli.status_command import status
from pep_cli.terminal import Away, err
from pep_cli.timeliness_command import timeliness
from pep_cli.token_command import token
from pep_cli.verify_command import verify

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def pep() -> None:
    """OpenPEP at the terminal. The installation is described by the file that PEP_INSTALLATION names."""


for command in (
    verify,
    seals,
    rebuild,
    recover,
    backup,
    restore,
    onboard,
    offboard,
    status,
    refusals,
    sign_in,
    sign_out,
    token,
    forget,
    hold,
    export,
    break_glass,
    timeliness,
    calendar,
):
    app.command()(command)
app.add_typer(parked_commands.app, name="parked", help="Records that a service put aside because it failed on them.")
app.add_typer(keys_commands.app, name="keys", help="An authority's own key, which wraps all keys of personal data.")
app.add_typer(service_key_commands.app, name="service-key", help="The keys of services for their tokens.")
app.add_typer(kafka_user_commands.app, name="kafka-user", help="The users of Kafka and their passwords.")
app.add_typer(policy_commands.app, name="policy", help="The authorities' rules: checked, shown, compared.")
app.add_typer(clock_commands.app, name="clock", help="The frozen clock of a demo or test installation.")


def main() -> None:
    """`pep`: the commands above, and those of each installed service."""
    for found in _wanted(sys.argv[1:2], sorted(entry_points(group="pep.commands"), key=lambda each: each.name)):
        _add(found.name, found.load())
    try:
        name_services()
        use_kept_token()
        app()
    except NoInstallation as missing:
        _give_up(str(missing))
    except (Away, OSError, asyncpg.PostgresError) as away:
        how = str(away) if isinstance(away, Away) else type(away).__name__
        _give_up(f"A server of this installation cannot be reached ({how}). Is it running?")


def _add(name: str, loaded: typer.Typer | Callable[..., None]) -> None:
    """A service gives a group of commands, or one command."""
    if isinstance(loaded, typer.Typer):
        app.add_typer(loaded, name=name)
    else:
        app.command(name)(loaded)


def _wanted(first: list[str], found: list[EntryPoint]) -> list[EntryPoint]:
    """What the first word names, none for a command of the root, else all: a service takes seconds to load."""
    own = {str(each.name or getattr(each.callback, "__name__", "")) for each in app.registered_commands}
    groups = {str(each.name) for each in app.registered_groups}
    named = [each for each in found if first == [each.name]]
    return named or ([] if set(first) & (own | groups) else found)


def _give_up(sentence: str) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    sys.exit(1)
