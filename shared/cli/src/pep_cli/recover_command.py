"""`pep recover`: a frozen authority gets its history together again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pep_cli.progress import under_bar
from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, Away, err, out

if TYPE_CHECKING:
    from pep_runtime.recover import Recovery

FOUND = {
    "agree": "{log} and topic agree.",
    "journal behind": "{log} is behind its topic: the database was put back to an earlier moment.",
    "topic behind": "The topic is behind its {log}: Kafka lost something, or has not got it yet.",
    "apart": "{log} and topic tell different histories.",
}


def recover(
    service: Annotated[str, typer.Argument(help="The service in which the authority is frozen.")],
    authority: Annotated[str, typer.Argument(help="The authority.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    keep_topic: Annotated[
        Path | None,
        typer.Option(
            help="Where the histories went apart: go on with the topic's, and write the journal's own rows to this new"
            " file. They leave the journal. Asks for the authority's name."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how journal and topic differ and what would be done; then, if you agree, do it and let the authority go on.

    The access log (who has looked) is looked at and brought together with its topic likewise.

    Ends with 0 if it can go on, with 1 if it stays frozen or something was only looked at that needs doing.
    """
    found = _recover(service, authority, apply=False)
    if not as_json:
        _say("journal", found, keep_topic)
        if found.access:
            _say("access log", found.access, keep_topic)
    can_be_done = not found.goes_on and (not _apart(found) or keep_topic is not None)
    if can_be_done and _agreed(found, yes, as_json):
        found = _recover(service, authority, apply=True, set_aside=keep_topic)
    _end(found, as_json)


def _agreed(found: Recovery, yes: bool, as_json: bool) -> bool:
    """Rows leave a journal only when the authority was typed; for all else `--yes` is enough."""
    if _apart(found):
        return bool(typer.prompt("Type the authority's name to go on", default="", err=True) == found.authority)
    return yes or (not as_json and typer.confirm("Do it?", err=True))


def _apart(found: Recovery) -> bool:
    return "apart" in (found.finding, found.access and found.access.finding)


def _recover(service: str, authority: str, *, apply: bool, set_aside: Path | None = None) -> Recovery:
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load; only this command needs it

    from pep_runtime.recover import CannotRecover
    from pep_runtime.recover import recover as run

    installation = read_installation()
    dsn = _operator_dsn(installation, service)
    kafka = installation.kafka_bootstrap
    try:
        return under_bar(
            lambda show: run(dsn, kafka, service, authority, apply=apply, set_aside=set_aside, progress=show)
        )
    except CannotRecover as reason:
        _refuse(str(reason), 1)
    except KafkaError as error:
        raise Away(type(error).__name__) from error


def _operator_dsn(installation: Installation, service: str) -> str:
    place = installation.services.get(service)
    if place is None:
        _refuse(f"There is no service {service} in this installation.", 2)
    if place.operator_dsn is None:
        _refuse(f"This installation names no operator_dsn for {service}: recovery needs a superuser's address.", 2)
    return place.operator_dsn


def _refuse(sentence: str, code: int) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def _say(log: str, found: Recovery, keep_topic: Path | None) -> None:
    said = FOUND[found.finding].format(log=log)
    out.print(f"{found.service}, {found.authority}: {said[0].upper()}{said[1:]}", highlight=False)
    out.print(f"  frozen     {found.frozen or 'no'}", highlight=False, markup=False, soft_wrap=True)
    for name, place in ((log, found.journal), ("topic", found.topic)):
        out.print(f"  {name:10} position {place.position}, hash {place.hash.hex()}", highlight=False, soft_wrap=True)
    out.print(f"  same       up to position {found.common}", highlight=False)
    out.print(_what_will_be_done(found, keep_topic), highlight=False, soft_wrap=True)


def _what_will_be_done(found: Recovery, keep_topic: Path | None) -> str:
    own = found.journal.position - found.common
    match found.finding:
        case "journal behind":
            return f"{found.missing} rows come back from the topic, byte for byte; then all is verified and goes on."
        case "apart" if keep_topic is None:
            return "Nothing is done by itself: see docs/runbooks/frozen-authority.md."
        case "apart":
            return f"Its own {own} rows are written to a new file ({keep_topic}) and leave it; the topic's come in."
        case _ if found.frozen is not None:
            return "All is verified; then it goes on, and the relay sends what the topic does not have."
        case _:
            return "There is nothing to do: the relay sends what the topic does not have."


def _end(found: Recovery, as_json: bool) -> None:
    if as_json:
        print(json.dumps({**asdict(found), "goes_on": found.goes_on}, default=bytes.hex))
    elif found.applied and found.goes_on:
        out.print(f"Verified and going on; {found.looked_at_again} announcements are looked at again.", highlight=False)
    for each in (found, found.access):
        if each and each.fault and not as_json:
            err.print(f"It stays frozen: {each.fault}", style="red", highlight=False, soft_wrap=True)
    if not found.goes_on:
        raise typer.Exit(1)
