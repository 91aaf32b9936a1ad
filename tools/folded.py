"""Writes what each service's read models make of all golden samples, one after another, every version ever written.

A test compares: a fold that reads an old event in another way than before is noticed. Where that is meant, the files
are written anew, and what is different in them is looked at.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from tools.samples import CHILD, PLAN, SAMPLES, SERVICES, parts_of

from pep_kernel.message import Envelope, Event, Recorded, System
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import encode_sealed
from pep_runtime.service import ServiceParts

FOLDED = Path(__file__).parents[1] / "tests" / "contracts" / "folded"
STREAMS = {"pep-record": PLAN, "funding": "envelope-2026-27-autumn", "notifications": f"intent-{CHILD}"}
AT = datetime.fromisoformat("2026-09-14T10:00:00+01:00")
Rows = dict[tuple[str, Key], Any]


def history(parts: ServiceParts, samples: Path = SAMPLES) -> Iterator[tuple[str, Recorded]]:
    """Every sample of a service as if it stood in a journal: in the order of its events, the oldest version first."""
    event_types = parts.event_types()
    for name, kind in event_types.events.items():
        for version in range(1, kind.schema_version + 1):
            sample = samples / parts.name / f"{name}.v{version}.json"
            if sample.exists():
                event = event_types.decode(name, version, sample.read_bytes())
                yield sample.stem, _recorded(parts.name, event, name, version)


def _recorded(service: str, event: Event, name: str, version: int) -> Recorded:
    envelope = Envelope(
        event_id=UUID(int=1),
        type=name,
        schema_version=version,
        authority="anytown",
        stream=STREAMS.get(service, f"sample-{CHILD}"),
        version=1,
        occurred_at=AT,
        actor=System("samples"),
        correlation=UUID(int=1),
        child_ref=CHILD,
    )
    return Recorded(event, envelope, 1, AT)


def folded(parts: ServiceParts, samples: Path = SAMPLES) -> bytes:
    """The rows that each sample concerns, as they are after it, in JSON that people can compare."""
    rows: Rows = {}
    told = {
        name: {model.table: _fold(model, recorded, rows) for model in parts.read_models if list(model.keys(recorded))}
        for name, recorded in history(parts, samples)
    }
    return msgspec.json.format(msgspec.json.encode(told, enc_hook=encode_sealed), indent=1) + b"\n"


def _fold(model: ReadModel[Any], recorded: Recorded, rows: Rows) -> list[Any]:
    for key in model.keys(recorded):
        rows[model.table, key] = model.fold(rows.get((model.table, key)), recorded, key)
    return [rows[model.table, key] for key in model.keys(recorded)]


if __name__ == "__main__":
    FOLDED.mkdir(exist_ok=True)
    for service in map(parts_of, SERVICES):
        (FOLDED / f"{service.name}.json").write_bytes(folded(service))
    print(f"Written: {FOLDED}")
