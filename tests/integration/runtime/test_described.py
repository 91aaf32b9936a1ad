"""What each service says of itself in /openapi.json: valid, every operation explained, every no described."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from jsonschema import Draft202012Validator

from pep_runtime.http import make_app
from pep_runtime.service import RunningService
from pep_runtime.settings import AtTheDoor

PACKAGES = ("scheduling", "pep_record", "funding", "notifications", "journey")
NOES = {"401", "403", "404", "409", "413", "422", "429", "503"}
OPEN_TO_ALL = ("/health", "/replies")
BY_SECRET = "/calendar/{secret}.ics"
ACCESS = SimpleNamespace(write=None)  # nobody asks for a record
SETTINGS = SimpleNamespace(environment="production", at_the_door=AtTheDoor())


async def described(package: str) -> dict[str, Any]:
    """The description needs no database: only the service's parts."""
    parts = importlib.import_module(f"{package}.main").PARTS
    app = make_app(cast(RunningService, SimpleNamespace(parts=parts, settings=SETTINGS, access=ACCESS)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get("/openapi.json")
    found: dict[str, Any] = answer.json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (each for key, each in value.items() if key == "$ref")
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_operation_says_what_it_does_and_how_it_may_say_no(package: str) -> None:
    description = await described(package)
    ids = [operation["operationId"] for _, operation in operations(description)]
    assert len(ids) == len(set(ids))
    for name, operation in operations(description):
        assert operation["summary"], name
        assert operation["tags"], name
        if not name.endswith((*OPEN_TO_ALL, BY_SECRET)):
            asks = name.startswith("GET ")
            assert set(operation["responses"]) >= (NOES - {"409"} if asks else NOES), name
            assert operation["security"], name
        for status, answer in operation["responses"].items():
            assert answer["description"], name
            if status >= "400":
                schema = answer["content"]["application/problem+json"]["schema"]
                assert (schema, list(answer["content"])) == (
                    {"$ref": "#/components/schemas/Problem"},
                    ["application/problem+json"],
                ), name


@pytest.mark.parametrize("package", PACKAGES)
async def test_the_description_holds_together(package: str) -> None:
    description = await described(package)
    assert description["openapi"].startswith("3.1")
    schemas = description["components"]["schemas"]
    for reference in references(description):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for name, operation in operations(description):
        in_path = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", name)), name


@pytest.mark.parametrize("package", PACKAGES)
async def test_the_examples_of_bodies_are_taken(package: str) -> None:
    """What a reader copies out of the description works."""
    description = await described(package)
    schemas = description["components"]["schemas"]
    named = {name for _, operation in operations(description) for name in references(operation.get("requestBody", {}))}
    for reference in named:
        schema = schemas[reference.removeprefix("#/components/schemas/")]
        for example in schema.get("examples", ()):
            whole = {"components": {"schemas": schemas}, **schema}
            Draft202012Validator(whole).validate(example)


IN_FULL = ("scheduling",)


@pytest.mark.parametrize("package", IN_FULL)
async def test_every_body_and_every_answer_shows_an_example(package: str) -> None:
    """Of a service that is built in full: what is sent as a whole, what comes back at least in part."""
    description = await described(package)
    schemas = description["components"]["schemas"]
    without = list[str]()
    for name, operation in operations(description):
        sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        without += [f"{name}: the body"] if sent and "examples" not in _resolved(schemas, sent) else []
        for status, answer in operation["responses"].items():
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if schema and not name.endswith(OPEN_TO_ALL) and not _has_example(schemas, schema):
                without.append(f"{name}: the answer {status}")
    assert without == []


def _resolved(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _has_example(schemas: dict[str, Any], schema: Any) -> bool:
    """In it, or in what it is made of."""
    if not isinstance(schema, dict):
        return False
    found = _resolved(schemas, schema)
    parts = [*found.get("properties", {}).values(), found.get("items"), *found.get("anyOf", ())]
    return "examples" in found or any(_has_example(schemas, each) for each in parts)


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_no_is_described_with_an_example_of_its_own(package: str) -> None:
    description = await described(package)
    for name, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status >= "400":
                shown = answer["content"]["application/problem+json"]
                examples = [each["value"] for each in shown.get("examples", {}).values()] or [shown["example"]]
                for example in examples:
                    assert example["status"] == int(status), f"{name}: {status}"
                    assert example["detail"], f"{name}: {status}"


async def test_each_command_shows_the_refusals_of_its_own_rules() -> None:
    description = await described("scheduling")
    record = description["paths"]["/meetings/{meeting_id}/record"]["post"]["responses"]["409"]
    examples = record["content"]["application/problem+json"]["examples"].values()
    said = {each["summary"]: each["value"].get("rules") for each in examples}
    assert said["A meeting is recorded by whoever chaired it, or by the designated teacher."] == ["L-35", "O-21"]


def test_all_services_are_asked() -> None:
    folders = Path(__file__).parents[3].glob("services/*/src/*/main.py")
    assert sorted(file.parent.name for file in folders) == sorted(PACKAGES)
