"""Every no of the API as problem+json: a sentence for the person who asked, and nothing of how we are built."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from pep_kernel.refusal import NotFound, Refusal
from pep_runtime.authority_keys import KeysAway
from pep_runtime.journal import ClockBehind, Frozen, KeyReused, TooLarge, UnknownAuthority, VersionConflict
from pep_runtime.provider_keys import ProviderAway
from pep_runtime.tokens import NotSignedIn

PROBLEM = "application/problem+json"
_FROZEN = "This authority's records take nothing new just now: an operator is looking into them. Nothing was done."
_CANNOT_BE_STORED = "A text holds a character that cannot be stored."
_AGAIN = "Try again in a moment."
_AGAIN_SAFELY = (
    "It is not sure whether anything was done. Try again in a moment with the same Idempotency-Key:"
    " what was done is not done twice."
)


class Forbidden(Exception):
    """The person is known, and may not do this; the sentence says why."""


class NotTakenIn(Exception):
    """What another service has said was not taken in here in time."""


class Problem(BaseModel):
    """Why something was not done."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Refused"])
    status: int = Field(examples=[409])
    detail: str = Field(description="A sentence for the person who asked.", examples=["No PEP meeting was held."])
    reference: str | None = Field(None, description="500: what it is called in our log.")
    rules: list[str] | None = Field(None, description="409: the rules that say no.", examples=[["L-19"]])
    errors: list[dict[str, str]] | None = Field(None, description="422: each wrong `field` and the `reason`.")


# What is not in the table keeps its own sentence; None: the exception's.
_SIMPLE: dict[type[Exception], tuple[int, str, str | None]] = {
    NotSignedIn: (401, "Not signed in", None),
    Forbidden: (403, "Not allowed", None),
    NotFound: (404, "Not found", None),
    UnknownAuthority: (404, "Not found", None),
    VersionConflict: (409, "Somebody else was quicker", None),
    TooLarge: (413, "Too large", None),
    KeyReused: (422, "Idempotency-Key used before", None),
    asyncpg.CharacterNotInRepertoireError: (422, "Not understood", _CANNOT_BE_STORED),
    ProviderAway: (503, "The sign-in provider cannot be reached", None),
    Frozen: (503, "Nothing is taken just now", _FROZEN),
    ClockBehind: (503, "Try again", None),
    NotTakenIn: (503, "Try again", None),
}
_CANNOT_BE_REACHED = "The database cannot be reached"
_AWAY: dict[type[Exception], str] = {
    asyncpg.PostgresConnectionError: _CANNOT_BE_REACHED,
    asyncpg.InterfaceError: _CANNOT_BE_REACHED,
    asyncpg.InternalClientError: _CANNOT_BE_REACHED,  # the connection ended between two steps of one query
    asyncpg.InvalidCatalogNameError: _CANNOT_BE_REACHED,  # it is being restored
    asyncpg.OperatorInterventionError: "The database is starting or stopping",
    asyncpg.InsufficientResourcesError: "The database has no more room or connections",
    asyncpg.DiskFullError: "The database's disk is full",
    asyncpg.TooManyConnectionsError: "The database takes no more connections",
    asyncpg.PostgresSystemError: "The database's disk cannot be read or written",
    asyncpg.ReadOnlySQLTransactionError: "The database takes nothing new",
    asyncpg.LockNotAvailableError: "The database is busy",
    KeysAway: "The key service cannot be reached",
    OSError: _CANNOT_BE_REACHED,
    TimeoutError: "The database gives no answer",
}
_HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    503: {"Retry-After": "1"},
}
_OF_HTTP = {
    400: "The body cannot be read.",
    404: "There is nothing at this address.",
    405: "This cannot be done at this address.",
}
_DOCUMENTED: dict[int, tuple[str, str, str, dict[str, Any]]] = {
    401: ("Not signed in", "Not signed in", "Sign in first: send an access token as a bearer token.", {}),
    403: ("Not allowed, and why", "Not allowed", "A carer may not list due dates.", {}),
    404: ("Not found here", "Not found", "There is no such child here.", {}),
    409: ("Refused by the rules, and why", "Somebody else was quicker", "Look at it again.", {}),
    413: ("Too large", "Content Too Large", f"A body may have {2_000_000:,} bytes.", {}),
    422: (
        "Not understood, and which field",
        "Not understood",
        "on: Input should be a valid date",
        {"errors": [{"field": "on", "reason": "Input should be a valid date"}]},
    ),
    429: ("Asked too often: wait as long as it says", "Too many requests", "You ask too often. Wait a moment.", {}),
    503: ("A server that is needed is away: ask again", _CANNOT_BE_REACHED, _AGAIN, {}),
}


def _documented(status: int) -> dict[str, Any]:
    words, title, detail, more = _DOCUMENTED[status]
    example = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": words, "content": {PROBLEM: content}}


DOCUMENTED: dict[int | str, dict[str, Any]] = {status: _documented(status) for status in _DOCUMENTED}
"""What every operation may answer besides what was asked for."""


def not_understood(where: str, field: str, reason: str) -> RequestValidationError:
    """What a field that only the code can judge is answered with: 422, as for a wrong shape."""
    return RequestValidationError([{"loc": (where, field), "msg": reason, "type": "value_error"}])


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """The answer."""
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(said, status, _HEADERS.get(status), media_type=PROBLEM)


def away(title: str, method: str) -> JSONResponse:
    """What is needed does not answer. Whether an append came through is not known when its answer is missing."""
    return problem(503, title, _AGAIN if method in ("GET", "HEAD") else _AGAIN_SAFELY)


def answer_problems(app: FastAPI) -> None:
    """Every exception that a route is meant to end with becomes an answer; the doorway answers the rest."""
    for kind, (status, title, sentence) in _SIMPLE.items():
        app.exception_handler(kind)(_simple(status, title, sentence))
    for kind, title in _AWAY.items():
        app.exception_handler(kind)(_away(title))
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(RequestValidationError)(_malformed)
    app.exception_handler(HTTPException)(_of_http)


def _simple(status: int, title: str, sentence: str | None) -> Any:
    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return problem(status, title, sentence or str(error))

    return answer


def _away(title: str) -> Any:
    async def answer(request: Request, _error: Exception) -> JSONResponse:
        return away(title, request.method)

    return answer


async def _refused(_request: Request, refusal: Refusal) -> JSONResponse:
    return problem(409, "Refused", refusal.sentence, rules=list(refusal.rules))


def _fault(found: Any) -> dict[str, str]:
    """The field and what is wrong with it. Of several shapes the field that tells them apart is at fault."""
    path, reason, about = found["loc"], found["msg"].removeprefix("Value error, "), found.get("ctx", {})
    if found["type"] in ("union_tag_not_found", "union_tag_invalid"):
        path = (*path, about["discriminator"].strip("'"))
        reason = f"Input should be {about['expected_tags']}" if "tag" in about else "Field required"
    return {"field": ".".join(map(str, path[1:])) or str(path[0]), "reason": reason}


def _only_follows(fault: Any, found: Sequence[Any]) -> bool:
    """A list in which everything is at fault is said to be too short as well."""
    path = fault["loc"]
    inside = (each["loc"] for each in found if len(each["loc"]) > len(path))
    return fault["type"] == "too_short" and any(each[: len(path)] == path for each in inside)


async def _malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
    found = error.errors()
    faults = [_fault(fault) for fault in found if not _only_follows(fault, found)]
    detail = "; ".join(f"{fault['field']}: {fault['reason']}" for fault in faults)
    return problem(422, "Not understood", detail, errors=faults)


async def _of_http(_request: Request, error: HTTPException) -> JSONResponse:
    answer = problem(
        error.status_code, HTTPStatus(error.status_code).phrase, _OF_HTTP.get(error.status_code, error.detail)
    )
    answer.headers.update(error.headers or {})
    return answer
