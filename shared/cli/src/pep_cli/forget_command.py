"""`pep forget` and `pep hold`: letting a child's record go, by two people, and keeping it for a case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from pep_cli.signed_in import Service, Token, check_authority, service
from pep_cli.terminal import AsJson, err, out

Child = Annotated[str, typer.Argument(help="The child's reference.", show_default=False)]
Authority = Annotated[str, typer.Option("--authority", help="Whose child it is.", show_default=False)]
ForReal = Annotated[bool, typer.Option("--yes", help="Do it. Without it you are shown what would be done.")]


class Basis(StrEnum):
    """The lawful basis: the first three for a whole record, the last two for some entries of it."""

    RETENTION_PERIOD_ENDED = "retention_period_ended"
    ERASURE_ASKED_FOR = "erasure_asked_for"
    COURT_ORDER = "court_order"
    RECORDED_FOR_THE_WRONG_CHILD = "recorded_for_the_wrong_child"


class Step(StrEnum):
    """What somebody does about it."""

    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Deed:
    """One request to the service."""

    path: str
    body: dict[str, Any] | None


_ALL = (
    "all keys of the child are destroyed. Names, dates of birth, addresses, plans and minutes cannot be read any more"
    " by anybody, in any service, copy or backup of the journals. References, days and sums stay."
)
_SOME = (
    "these entries are shown to nobody any more. Their key is the child's own: it is destroyed when the child is"
    " forgotten, and until then the entries are hidden, not destroyed."
)


def forget(
    child: Child,
    authority: Authority,
    basis: Annotated[Basis | None, typer.Option(help="Ask for it, on this lawful basis.", show_default=False)] = None,
    entries: Annotated[
        str | None,
        typer.Option(help="Only these entries: STREAM:FIRST-LAST, as `pep journey --json` names them."),
    ] = None,
    step: Annotated[Step | None, typer.Option("--answer", help="Answer what somebody else asked for.")] = None,
    yes: ForReal = False,
    as_json: AsJson = False,
    token: Token = "",
) -> None:
    """Forget a child, or entries that were recorded for the wrong child. One person asks, another approves.

    Without --basis or --answer it shows until when the record must be kept, what holds it and what was asked.
    Ends with 1 if the service says no, 2 for a wrong call.
    """
    deed = _deed(child, basis, entries, step)
    with service("scheduling", token) as scheduling:
        keeping = scheduling.get(f"/children/{child}/keeping")
        check_authority(keeping["authority"], authority)
        means = _means(step, entries or (keeping["standing"] or {}).get("stream"), done=yes)
        if deed is not None and yes:
            scheduling.post(deed.path, deed.body)
            keeping = scheduling.get(f"/children/{child}/keeping")
        _print(keeping, as_json)
    if deed is not None and not as_json:
        out.print(f"{'Done' if yes else 'With --yes'}: {means}", highlight=False, soft_wrap=True)


def _deed(child: str, basis: Basis | None, entries: str | None, step: Step | None) -> Deed | None:
    path = f"/children/{child}/forgetting"
    if step is not None and (basis is not None or entries is not None):
        raise _wrong("--answer answers what was asked: --basis and --entries belong to asking.")
    if entries is not None and basis is None:
        raise _wrong("--entries needs --basis.")
    if step is not None:
        return Deed(f"{path}/{'approval' if step is Step.APPROVE else 'refusal'}", None)
    if basis is None:
        return None
    if entries is None:
        return Deed(path, {"basis": basis})
    return Deed(f"{path}-of-entries", {"basis": basis, **_entries(entries)})


def _means(step: Step | None, some: str | None, *, done: bool) -> str:
    """What comes of it, in words. An approval is carried out afterwards, as soon as the keys can be reached."""
    comes = _SOME if some else _ALL
    match step:
        case Step.APPROVE:
            return f"you approved it. In a moment, {comes}" if done else f"you approve it. Then {comes}"
        case Step.DECLINE:
            return "what was asked is declined; the record is kept."
        case None:
            return f"you {'have asked' if done else 'ask'} for it. When somebody else approves, {comes}"


def _entries(written: str) -> dict[str, Any]:
    """`meeting-5b0f:1-3`: stream, first, last."""
    stream, _, versions = written.partition(":")
    first, _, last = versions.partition("-")
    if not (stream and first.isdecimal() and (last or first).isdecimal()):
        raise _wrong(f"{written!r} names no entries: STREAM:FIRST-LAST, for example meeting-5b0f3c:1-3.")
    return {"stream": stream, "first": int(first), "last": int(last or first)}


def _wrong(sentence: str) -> typer.Exit:
    err.print(sentence, highlight=False)
    return typer.Exit(2)


def hold(
    child: Child,
    authority: Authority,
    case: Annotated[str, typer.Option(help="The case's reference; no words.", show_default=False)],
    lift: Annotated[bool, typer.Option("--lift", help="The case needs the record no more.")] = False,
    as_json: AsJson = False,
    token: Token = "",
) -> None:
    """Keep everything of a child's record for a case, or lift that again: what is held is not forgotten."""
    with service("scheduling", token) as scheduling:
        _check(scheduling, child, authority)
        scheduling.post(f"/children/{child}/legal-holds{'/lifting' if lift else ''}", {"case_ref": case})
        _print(scheduling.get(f"/children/{child}/keeping"), as_json)


def _check(scheduling: Service, child: str, authority: str) -> None:
    check_authority(scheduling.get(f"/children/{child}/keeping")["authority"], authority)


def _print(keeping: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(keeping))
        return
    for line in _told(keeping):
        out.print(line, highlight=False, soft_wrap=True)


def _told(keeping: dict[str, Any]) -> list[str]:
    standing = keeping["standing"]
    if standing and standing["forgotten_on"] and not standing["stream"]:
        return _standing(standing)  # there is nothing left that must be kept, and no date of birth that says until when
    until = keeping["kept_until"]
    kept = f"This record must be kept until {_day(until)}." if until else "Nobody knows until when it must be kept."
    held = [f"Held for case {hold['case_ref']} since {_day(hold['since'])}." for hold in keeping["holds"]]
    return [kept, *held, *_standing(standing)]


def _standing(standing: dict[str, Any] | None) -> list[str]:
    if standing is None:
        return ["Nobody asks that it be forgotten."]
    some = f"Entries {standing['first']} to {standing['last']} of {standing['stream']}"
    what = some if standing["stream"] else "All of it"
    basis = standing["basis"].replace("_", " ")
    told = [f"{what}: asked for on {_day(standing['asked_on'])} by {standing['asked_by']}, because: {basis}."]
    if standing["approved_by"]:
        told.append(f"Approved on {_day(standing['approved_on'])} by {standing['approved_by']}.")
    if standing["forgotten_on"]:
        told.append(f"Forgotten on {_day(standing['forgotten_on'])}.")
    return told


def _day(written: str) -> str:
    return f"{date.fromisoformat(written):%d/%m/%Y}"
