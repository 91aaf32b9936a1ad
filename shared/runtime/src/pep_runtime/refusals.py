"""With which sentences each request may be refused: what `tools/refusals.py` found in the code, for the API page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from pep_runtime.problems import PROBLEM

Refusals = Mapping[str, Sequence[Mapping[str, Any]]]
"""By request, `POST /meetings`: each `detail` and, where it names any, its `rules`."""


def read_refusals(package: str) -> Refusals:
    """Those of a service, from the file beside its code."""
    found: Refusals = json.loads(resources.files(package).joinpath("refusals.json").read_text("utf-8"))
    return found


def show_refusals(described: dict[str, Any], refusals: Refusals) -> None:
    """Puts them into an OpenAPI description as the examples of 409; who only asks is told of none."""
    for path, methods in described.get("paths", {}).items():
        for method, operation in methods.items():
            answers, known = operation["responses"], refusals.get(f"{method.upper()} {path}")
            if known and "409" in answers:
                content = answers["409"]["content"][PROBLEM]
                answers["409"]["content"][PROBLEM] = {"schema": content["schema"], "examples": _examples(known)}
            elif method == "get":
                answers.pop("409", None)


def _examples(known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    same = {"type": "about:blank", "title": "Refused", "status": 409}
    return {f"{number}": {"summary": each["detail"], "value": {**same, **each}} for number, each in enumerate(known, 1)}
