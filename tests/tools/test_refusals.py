"""Which sentences a request may be refused with is read out of the code, and the files that say it are the newest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tools.refusals import PACKAGES, file_of, page

from pep_runtime.refusals import show_refusals


def sentences(package: str, request: str) -> set[str]:
    return {each["detail"] for each in json.loads(page(package)).get(request, [])}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_file_of_each_service_says_what_its_code_says(package: str) -> None:
    assert file_of(package).read_text() == page(package), "Write it anew: `make catalogue`."


def test_a_request_knows_the_refusals_of_its_own_command_alone() -> None:
    put_off = sentences("scheduling", "POST /meetings/{meeting_id}/reschedule")
    assert "A meeting cannot be put off to a day that has passed." in put_off
    assert "A meeting cannot be arranged for a day that has passed." not in put_off


def test_what_the_child_says_to_a_meeting_is_a_refusal_of_the_meeting() -> None:
    due = "The meeting is due by {due}. Choose an earlier day, or say why it must be later."
    assert due in sentences("scheduling", "POST /meetings")
    assert due not in sentences("scheduling", "POST /children/{child_ref}/facts")


def test_a_refusal_names_its_rules_and_stands_with_the_route_that_says_it_itself() -> None:
    delegates = json.loads(page("scheduling"))["POST /children/{child_ref}/delegates"]
    said = {each["detail"]: each.get("rules") for each in delegates}
    assert said["A delegate is somebody of the child's school whom the staff list names as one."] == ["O-21"]


def test_who_only_asks_is_refused_by_no_rule() -> None:
    assert sentences("scheduling", "GET /caseload") == set()
    assert sentences("pep_record", "POST /plans/{plan_id}/completion") > {
        "The designated teacher marks a plan complete."
    }


def described() -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": {}}}
    return {
        "paths": {"/meetings": {m: {"responses": {"409": {"content": dict(problem)}}} for m in ("get", "post", "put")}}
    }


def test_the_api_page_shows_each_refusal_of_a_request_as_an_example() -> None:
    found = described()
    show_refusals(found, {"POST /meetings": [{"detail": "It has passed.", "rules": ["L-13"]}]})
    operations = found["paths"]["/meetings"]
    (shown,) = operations["post"]["responses"]["409"]["content"]["application/problem+json"]["examples"].values()
    assert shown["summary"] == shown["value"]["detail"] == "It has passed."
    assert (shown["value"]["status"], shown["value"]["rules"]) == (409, ["L-13"])
    assert "409" not in operations["get"]["responses"], "a question is refused by no rule"
    assert "example" in operations["put"]["responses"]["409"]["content"]["application/problem+json"]
