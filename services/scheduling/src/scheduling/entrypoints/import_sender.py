"""Sends finished records in batches. A batch's key is made of its content, so sending it twice does nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import httpx
from pydantic import ValidationError

from pep_kernel.contracts.scheduling import Feed
from scheduling.domain.child.care_record import BATCH_SIZE, BatchAnswer, FlaggedRecord, RefusedRecord
from scheduling.ssda903.reading import CARERS_OF_CHILDREN, CHILDREN, PUPIL_ACCOUNTS, SCHOOLS_LISTED, STAFF_MEMBERS
from scheduling.ssda903.staging import Stage

Kinds = tuple[tuple[str, str], ...]
"""Kinds of records, each with the address that takes it."""

IN_ORDER: Kinds = (
    (SCHOOLS_LISTED, "/schools"),
    (STAFF_MEMBERS, "/people"),
    (CHILDREN, "/care-records"),
    (CARERS_OF_CHILDREN, "/people"),
    (PUPIL_ACCOUNTS, "/people"),
)
"""Schools and staff first: children refer to them, carers and accounts to children."""

LONGEST_EXPLANATION = 300
NUMBERS = ("child_id", "child_ref", "upn", "carer_id", "staff_id", "urn")
HOW_TO_SIGN_IN = " Here: `pep sign-in AUTHORITY`."


class SendingFailed(Exception):
    """The service could not be reached or refused a whole batch. What was sent before it is taken in."""


@dataclass(slots=True)
class Sent:
    """What became of the records of one kind; `refused` holds the service's sentences, `flagged` what facts lack."""

    kind: str
    changed: int = 0
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)
    flagged: list[str] = field(default_factory=list)

    def add(self, answer: BatchAnswer, batch: Sequence[str]) -> None:
        """What became of these records. Each sentence begins with the number by which the sender knows the record."""
        self.changed += answer.changed
        self.unchanged += answer.unchanged
        self.refused.extend(_number_of(batch[each.index]) + _refusal(each) for each in answer.refused)
        self.flagged.extend(_number_of(batch[each.index]) + _flag(each) for each in answer.flagged)


def _number_of(record: str) -> str:
    told = json.loads(record)
    return next((f"{told[name]}: " for name in NUMBERS if told.get(name)), "")


def _flag(flagged: FlaggedRecord) -> str:
    words = (flagged.fact.replace("_", " "), flagged.lacks.replace("_", " "))
    return f"{words[0]} of {flagged.on:%d/%m/%Y} lacks {words[1]}"


def _refusal(refused: RefusedRecord) -> str:
    """The sentence, with the children by reference of whom one may be this child."""
    alike = f" It may be: {', '.join(refused.candidates)}." if refused.candidates else ""
    return refused.reason + alike


def tell_of_file(client: httpx.Client, feed: Feed, of: date, rows: int, sha256: str) -> int:
    """Says that the feed's file of this day is here; how many days late it is."""
    body = json.dumps({"feed": feed, "of": of.isoformat(), "rows": rows, "sha256": sha256}).encode()
    answer = _answer(client, "/care-feeds", body)
    return int(answer.json()["days_late"])


def send_kind(stage: Stage, client: httpx.Client, kind: str, path: str, advance: Callable[[int], None]) -> Sent:
    """Sends all records of one kind; `advance` hears the size of each batch. SendingFailed on the first trouble."""
    sent = Sent(kind)
    for batch in stage.batches(kind, BATCH_SIZE):
        answer = _post(client, path, f'{{"records":[{",".join(batch)}]}}'.encode())
        sent.add(answer, batch)
        advance(len(batch))
    return sent


def _post(client: httpx.Client, path: str, body: bytes) -> BatchAnswer:
    response = _answer(client, path, body)
    try:
        return BatchAnswer.model_validate_json(response.content)
    except ValidationError as fault:
        raise SendingFailed(f"{path} gave an answer that is not understood") from fault


def _answer(client: httpx.Client, path: str, body: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Idempotency-Key": batch_key(path, body)}
    try:
        response = client.post(path, content=body, headers=headers)
    except httpx.HTTPError as fault:
        raise SendingFailed(f"{client.base_url} could not be reached: {fault or type(fault).__name__}") from fault
    if not response.is_success:
        how = HOW_TO_SIGN_IN if response.status_code == httpx.codes.UNAUTHORIZED else ""
        raise SendingFailed(f"{path} answered {response.status_code}: {_explanation(response)}{how}")
    return response


def batch_key(path: str, body: bytes) -> str:
    """The same for the same records, whoever sends them and however often."""
    return hashlib.sha256(path.encode() + b"\n" + body).hexdigest()[:40]


def _explanation(response: httpx.Response) -> str:
    """The sentence of a problem document, else the beginning of the answer."""
    try:
        problem = response.json()
    except ValueError:
        return response.text[:LONGEST_EXPLANATION]
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return str(detail or problem)[:LONGEST_EXPLANATION]
