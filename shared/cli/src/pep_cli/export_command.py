"""`pep export`: a child's record for who has asked for it, as files. It is written first who takes it, and why."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pep_cli.export_page import page
from pep_cli.progress import progress_bar
from pep_cli.signed_in import Service, Token, check_authority, service
from pep_cli.terminal import AsJson, err, out

LINES_A_PAGE = 100


class Reason(StrEnum):
    """Why a record is given out."""

    SUBJECT_ACCESS_REQUEST = "subject_access_request"
    COURT_ORDER = "court_order"
    COMPLAINT = "complaint"
    HANDED_OVER_TO_ANOTHER_AUTHORITY = "handed_over_to_another_authority"


def export(
    child: Annotated[str, typer.Argument(help="The child's reference.", show_default=False)],
    authority: Annotated[str, typer.Option("--authority", help="Whose child it is.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", help="The folder to make; it must not be there.", show_default=False)],
    reason: Annotated[Reason, typer.Option(help="Why it is given out.", show_default=False)],
    request: Annotated[str, typer.Option(help="The reference of the request; no words.", show_default=False)],
    as_json: AsJson = False,
    token: Token = "",
) -> None:
    """Write a child's whole record into a folder: record.html to read, record.json, withheld.json, disclosures.json.

    What is about other people is held back, each time with the reason. It is recorded that you took it. Ends with 1
    if the service says no, for example because the record was removed, 2 for a wrong call or a folder that is there.
    """
    if to.exists():
        err.print(f"{to} is there already: name a folder that is not.", highlight=False, soft_wrap=True)
        raise typer.Exit(2)
    with service("journey", token) as journey:
        begun = journey.post(f"/children/{child}/exports", {"reason": reason, "request_ref": request})
        check_authority(begun["authority"], authority)
        pack = _pack(journey, child, begun["export_id"])
    pack = {"authority": authority, "child_ref": child, "reason": reason, "request": request, **pack}
    _write(to, pack)
    summary = _summary(to, pack)
    print(json.dumps(summary)) if as_json else _say(summary)


def _pack(journey: Service, child: str, export_id: str) -> dict[str, Any]:
    pages = list(_pages(journey, f"/children/{child}/exports/{export_id}", "Events", "events"))
    events = [event for each in pages for event in each["events"]]
    looks = [look for each in _pages(journey, f"/children/{child}/looks", "Looks", "items") for look in each["items"]]
    return {"rests_on": pages[-1]["rests_on"], "events": events, "looks": looks}


def _pages(journey: Service, path: str, what: str, items: str) -> Iterator[dict[str, Any]]:
    following = None
    with progress_bar() as progress:
        task = progress.add_task(what, total=None)
        while True:
            found = journey.get(path, limit=LINES_A_PAGE, after=following)
            progress.advance(task, len(found[items]))
            yield found
            following = found["next"]
            if following is None:
                return


def _write(to: Path, pack: dict[str, Any]) -> None:
    """All files, readable by their owner only; the folder appears when it is whole, or not at all."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}.", dir=to.parent) as beside:
        whole = Path(beside, "whole")
        whole.mkdir(mode=0o700)
        for name, content in _files(pack).items():
            handle = os.open(whole / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
        whole.rename(to)


def _files(pack: dict[str, Any]) -> dict[str, str]:
    about = {name: pack[name] for name in ("authority", "child_ref", "reason", "request", "rests_on")}
    return {
        "record.json": _text({**about, "events": pack["events"]}),
        "withheld.json": _text({**about, "withheld": withheld(pack["events"])}),
        "disclosures.json": _text({**about, "sent": sent(pack["events"]), "looked": pack["looks"]}),
        "record.html": page(pack, withheld(pack["events"]), sent(pack["events"])),
    }


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def withheld(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every value that is held back: in which event, and why."""
    return [
        {"event": event["what"], "known_at": event["known_at"], "service": event["service"], **each}
        for event in events
        for each in event["held_back"]
    ]


def sent(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What messages about the child went out, and to whom the record was given."""
    given = ("Notification sent", "Record exported")
    return [event for event in events if event["event"] in given]


def _summary(to: Path, pack: dict[str, Any]) -> dict[str, Any]:
    events = pack["events"]
    counts = {"events": len(events), "withheld": len(withheld(events)), "looks": len(pack["looks"])}
    return {"folder": str(to), **counts, "rests_on": pack["rests_on"]}


def _say(summary: dict[str, Any]) -> None:
    counts = f"{summary['events']} events, {summary['withheld']} values held back, {summary['looks']} looks"
    out.print(f"{summary['folder']} holds the record: {counts}.", highlight=False, soft_wrap=True)
    out.print(
        "Free text may name other people: somebody reads record.html before it is handed over.",
        highlight=False,
        soft_wrap=True,
    )
