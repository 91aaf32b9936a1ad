"""The child's first term in all services: a plan that comes back once, money that is paid, declined and left, mails.

A word of its own stands in every text. Of a second child, with words too, the authority goes live on a day after the
last term that its dates know: pep-record cannot open a plan for it, and what it heard lies parked.
"""

from __future__ import annotations

from typing import Any

import httpx
from tests.integration.installed import until
from tests.integration.runtime.test_sealed_everywhere import HELD, MEETING, RECORD, SCHOOL, Installation, word

LEAD = {"kind": "staff", "staff_id": word("lead"), "name": word("lead-name"), "role": "virtual_school_head"}
FINANCE = {"kind": "staff", "staff_id": word("finance"), "name": word("finance-name"), "role": "authority_finance"}
OFFICER = {"kind": "staff", "staff_id": word("other"), "name": word("other-name"), "role": "virtual_school_officer"}
LINES = (("tuition", 10, 4_000), ("mentoring", 6, 1_850), ("equipment", 1, 28_000))
SECOND: dict[str, Any] = {
    **RECORD,
    "child_id": word("second-child"),
    "upn": word("upn2"),
    "is_another_child": True,
    "cut_over": "2027-09-06",
}


async def play(made: Installation, child: str) -> None:
    """All of it, in the order in which it would happen."""
    for person in (LEAD, FINANCE, OFFICER):
        record = {**person, "email": f"{person['role']}@{word('staff')}.example"}
        await made.done("admin", "scheduling", "POST", "/people", {"records": [record]})
    await made.done("admin", "scheduling", "POST", "/schools", {"records": [{**SCHOOL, "ukprn": "10090101"}]})
    await made.done("admin", "scheduling", "POST", "/care-records", {"records": [SECOND]})
    await a_pep_meeting(made, child)
    await completed(made, f"plan-{child}-1")
    await paid(made, f"plan-{child}-1")


async def a_pep_meeting(made: Installation, child: str) -> None:
    meeting = await made.done("officer", "scheduling", "POST", "/meetings", {**MEETING, "child_ref": child})
    path = f"/meetings/{meeting['meeting_id']}"
    held = await made.done("teacher", "scheduling", "POST", f"{path}/record", HELD)
    assert held is None or held.get("outcome", "PEP") == "PEP", held


async def completed(made: Installation, plan: str) -> None:
    """Costed, marked complete, returned with a reason, marked complete again, signed off, approved."""
    done, path = made.done, f"/plans/{plan}"
    actions = [
        {"text": word(f"{category}-action"), "owner": "designated_teacher"}
        | {"line": {"category": category, "quantity": n, "unit_pence": each, "line_pence": n * each}}
        for category, n, each in LINES
    ]
    target = {"subject": "english", "text": word("costed"), "actions": actions}
    await done("teacher", "pep-record", "POST", f"{path}/targets", target)
    await until(lambda: accepted(made, "teacher", f"{path}/completion"))
    back = {"decision": "return", "plan_version": 1, "reason": word("returned-because")}
    await until(lambda: accepted(made, "lead", f"{path}/quality-assurance", back))
    await done("teacher", "pep-record", "POST", f"{path}/completion")
    await done("worker", "pep-record", "POST", f"{path}/sign-off")
    good = {"decision": "complete", "plan_version": 2}
    await done("lead", "pep-record", "POST", f"{path}/quality-assurance", good)


async def accepted(made: Installation, who: str, path: str, body: Any = None) -> bool:
    """Once pep-record has heard of the meeting, and of who asks."""
    return (await made.ask(who, "pep-record", "POST", path, body)).status_code == 204


async def paid(made: Installation, plan: str) -> None:
    """One line is declined in somebody's words, one is released, and one is approved when the run has been made."""
    done, path = made.done, f"/claims/{plan}"

    async def claimed() -> dict[str, str] | None:
        answer = await made.ask("lead", "funding", "GET", path)
        found = answer.json()["lines"] if answer.status_code == 200 else []
        return {line["category"]: line["line_id"] for line in found}

    lines = await until(claimed)
    envelope = {"financial_year": "2026-27", "term": "autumn", "children": 3}
    await done("lead", "funding", "POST", "/envelopes", envelope)
    because = {"rule": "O-65", "reason": word("declined-because")}
    await done(
        "lead", "funding", "POST", f"{path}/decline", {"plan_version": 2, "line_id": lines["equipment"], **because}
    )
    await done("lead", "funding", "POST", f"{path}/approval", {"plan_version": 2, "line_ids": [lines["tuition"]]})
    await until(lambda: released(made))
    await done("lead", "funding", "POST", f"{path}/approval", {"plan_version": 2, "line_ids": [lines["mentoring"]]})


async def released(made: Installation) -> bool:
    """Once funding has heard of the person, the school and all that scheduling and pep-record have said."""
    answer = await made.ask("finance", "funding", "POST", "/release-runs")
    return answer.status_code == httpx.codes.CREATED


async def finance_files(made: Installation) -> dict[str, bytes]:
    """The files as finance takes them, by name."""
    runs = (await made.done("finance", "funding", "GET", "/release-runs"))["items"]
    return {run["file_name"]: await _file(made, run["run_id"]) for run in runs}


async def _file(made: Installation, run_id: str) -> bytes:
    answer = await made.ask("finance", "funding", "GET", f"/release-runs/{run_id}/file")
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.content
