"""A child's record as one page to read and print: no scripts, no pictures, nothing that is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ONLY_IN_THE_FILE = ("child ref", "digest")  # the first is the page's title, the second says nothing to a reader
_STYLE = """
body { font: 1rem/1.5 sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff; }
h1, h2, h3 { line-height: 1.25; }
article { border-top: 1px solid #767676; padding: .5rem 0; break-inside: avoid; }
article h3 { margin: .25rem 0; font-size: 1rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 1fr) 3fr; gap: .1rem 1rem; margin: .25rem 0; }
dt { font-weight: bold; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.held { border-left: .25rem solid #111; padding-left: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #767676; padding: .25rem .5rem .25rem 0; }
@media print { body { max-width: none; margin: 0; } a { color: inherit; } }
"""


def page(pack: dict[str, Any], withheld: list[dict[str, Any]], sent: list[dict[str, Any]]) -> str:
    """The whole page. Everything in it that somebody wrote is escaped."""
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>Record of {escape(pack['child_ref'])}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            *_introduction(pack),
            "<main>",
            *_section("happened", "What happened", map(_event, pack["events"])),
            *_section("withheld", "What is held back", _table(("when", "in", "what", "why"), map(_held, withheld))),
            *_section("sent", "To whom something was sent", _table(("when", "what", "by"), map(_sent, sent))),
            *_section("looked", "Who has looked", _table(("when", "who", "what", "shown"), map(_look, pack["looks"]))),
            "</main>\n</body>\n</html>\n",
        )
    )


def _introduction(pack: dict[str, Any]) -> Iterable[str]:
    places = ", ".join(f"{service} up to {position}" for service, position in pack["rests_on"].items())
    reason = pack["reason"].replace("_", " ")
    yield f"<header>\n<h1>Record of {escape(pack['child_ref'])}</h1>"
    yield (
        f"<p>Kept by {escape(pack['authority'])}. Given out because of: {escape(reason)}, request"
        f" {escape(pack['request'])}. It rests on: {escape(places)}.</p>"
    )
    yield (
        "<p>This is everything that was recorded, in the order in which it became known. What is about other people"
        " is held back; each time the reason stands in its place. Names in capitals or long rows of letters are"
        " references of people and records.</p>"
    )
    yield (
        '<nav aria-label="Parts"><ul><li><a href="#happened">What happened</a></li><li><a href="#withheld">What is held'
        ' back</a></li><li><a href="#sent">To whom something was sent</a></li><li><a href="#looked">Who has looked</a>'
        "</li></ul></nav>\n</header>"
    )


def _section(name: str, heading: str, content: Iterable[str]) -> Iterable[str]:
    yield f'<section id="{name}" aria-labelledby="{name}-heading">\n<h2 id="{name}-heading">{heading}</h2>'
    yield from list(content) or ["<p>Nothing.</p>"]
    yield "</section>"


def _event(event: dict[str, Any]) -> str:
    particulars = "".join(
        f"<dt>{escape(name)}</dt><dd>{_value(value)}</dd>"
        for name, value in event["particulars"].items()
        if name not in ONLY_IN_THE_FILE
    )
    held = "".join(
        f'<p class="held">Held back: {escape(each["what"])}. {escape(each["why"])}</p>' for each in event["held_back"]
    )
    when = f'<time datetime="{escape(event["known_at"])}">{_moment(event["known_at"])}</time>'
    said = f"<h3>{escape(event['what'])}</h3>\n<p>{when}, {escape(event['who'])}</p>"
    return f"<article>\n{said}\n<dl>{particulars}</dl>\n{held}</article>"


def _value(value: Any) -> str:
    match value:
        case dict():
            return "; ".join(f"{escape(name)}: {_value(each)}" for name, each in value.items())
        case list():
            return "<br>".join(_value(each) for each in value) or "none"
        case _:
            return escape(str(value))


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    return [f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>", *lines, "</tbody></table>"] if lines else []


def _held(each: dict[str, Any]) -> tuple[str, ...]:
    return (_moment(each["known_at"]), each["event"], each["what"], each["why"])


def _sent(event: dict[str, Any]) -> tuple[str, ...]:
    return (_moment(event["known_at"]), event["what"], event["who"])


def _look(look: dict[str, Any]) -> tuple[str, ...]:
    who = f"{look['role'].replace('_', ' ')} {look['person_ref']}"
    return (_moment(look["at"]), who, look["action"], "yes" if look["shown"] else f"no: {look['reason']}")


def _moment(written: str) -> str:
    at = datetime.fromisoformat(written).astimezone(LONDON)
    return f"{at.day} {at:%B %Y at %H:%M}"
