"""Bodies that a route's description calls right, put together by chance; what is an id in them is left open.

Only what the descriptions of our services use is understood; a schema that says more makes the generator fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any

ID = re.compile(r"(^|_)(ref|id|ids|refs|urn)$")
MOST_DEEP = 6
FORMATS = {"date": "2026-11-{:02}", "date-time": "2026-11-{:02}T10:00:00+00:00"}


@dataclass(frozen=True)
class Slot:
    """Where an id belongs, by the name of its field."""

    name: str


def slots_in(value: Any) -> list[Slot]:
    """Every place for an id."""
    match value:
        case Slot():
            return [value]
        case dict():
            return [slot for each in value.values() for slot in slots_in(each)]
        case list():
            return [slot for each in value for slot in slots_in(each)]
        case _:
            return []


def filled(value: Any, ids: dict[str, str]) -> Any:
    """The same with ids in the places for them."""
    match value:
        case Slot(name=name):
            return ids[name]
        case dict():
            return {key: filled(each, ids) for key, each in value.items()}
        case list():
            return [filled(each, ids) for each in value]
        case _:
            return value


class Bodies:
    """Makes bodies by the schemas of one description."""

    def __init__(self, description: dict[str, Any], chance: Random) -> None:
        self._schemas = description["components"]["schemas"]
        self._chance = chance

    def body(self, schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:
        """One value that fits."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                count = max(schema.get("minItems", 0), 1 if depth < MOST_DEEP else 0)
                return [self.body(schema["items"], name, depth + 1) for _ in range(count)]
            case "string":
                return self._text(schema, name)
            case "integer" | "number":
                return self._number(schema)
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
            case _:
                return {}

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            return self._resolved(self._schemas[schema["$ref"].rpartition("/")[2]])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._resolved(self._chance.choice(schema[several]))
        return schema

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        fields = schema.get("properties", {}).items()
        wanted = [(key, each) for key, each in fields if key in required or self._takes(key, depth)]
        return {key: self.body(each, key, depth + 1) for key, each in wanted}

    def _takes(self, name: str, depth: int) -> bool:
        return depth < MOST_DEEP and (bool(ID.search(name)) or self._chance.random() < 0.3)

    def _text(self, schema: dict[str, Any], name: str) -> Any:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]].format(self._chance.randint(1, 28))
        if ID.search(name):
            return Slot(name)
        if "pattern" in schema:
            return self._chance.choice(["1", "123456", "2026-27", "A1", "someone@example.org"])
        return "Words."[: schema.get("maxLength", 6)].ljust(schema.get("minLength", 0), ".")

    def _number(self, schema: dict[str, Any]) -> int:
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        return self._chance.randint(int(least), int(least) + 9)
