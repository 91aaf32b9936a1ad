"""Writes docs/catalogue.md: every announcement that services make to each other, and every event in their journals."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_kernel.message import Event

CATALOGUE = Path(__file__).parents[1] / "docs" / "catalogue.md"
SERVICES = ("scheduling", "pep_record", "funding", "notifications", "journey")
OPENING = """\
# Catalogue of events

Written by `make catalogue` from the code; do not edit.

*Announcements* are what services tell each other: few, versioned, without personal data, on the topic
`pep.<authority>.<service>.events.v1`; journey's, which are seals, on `pep.<authority>.seals.v1`. *Events* are what a
service's own journal keeps.
"""


def page() -> str:
    announcements = (section for service in SERVICES if (section := _announcements(service)))
    events = (_events(service) for service in SERVICES)
    return "\n".join((OPENING, "## Announcements\n", *announcements, "## Events\n", *events))


def _announcements(service: str) -> str:
    source = f"uk.openpep.{service.replace('_', '-')}."
    kinds = {name: kind for name, kind in ANNOUNCEMENTS.items() if name.startswith(source)}
    rows = (_row(name.removeprefix(source), kind, _fields(kind)) for name, kind in sorted(kinds.items()))
    return _table(service, rows) if kinds else ""


def _events(service: str) -> str:
    kinds = sorted(_kinds(f"{service}.domain"), key=lambda kind: kind.__name__)
    return _table(service, (_row(f"{kind.__name__}.v{kind.schema_version}", kind, _annotated(kind)) for kind in kinds))


def _kinds(package: str) -> Iterator[type[Event]]:
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Event) and kind.__module__ == found.name:
                yield kind


def _fields(kind: type[Announcement]) -> Mapping[str, object]:
    return {name: field.annotation for name, field in kind.model_fields.items() if name != "type"}


def _annotated(kind: type) -> Mapping[str, object]:
    return {name: hint for name, hint in inspect.get_annotations(kind).items() if not str(hint).startswith("ClassVar")}


def _row(name: str, kind: type, fields: Mapping[str, object]) -> str:
    meaning = " ".join((kind.__doc__ or "").split())
    said = "<br>".join(f"`{field}` {_named(hint)}" for field, hint in fields.items())
    return f"| {name} | {meaning} | {said} |"


def _named(hint: object) -> str:
    text = hint.__name__ if isinstance(hint, type) else str(hint)
    return text.replace("typing.", "").replace("datetime.", "").replace("|", "or")


def _table(service: str, rows: Iterable[str]) -> str:
    return "\n".join((f"### {service}\n", "| name | meaning | fields |", "|---|---|---|", *rows, ""))


if __name__ == "__main__":
    CATALOGUE.write_text(page())
    print(f"Written: {CATALOGUE}")
