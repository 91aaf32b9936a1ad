"""The list of messages, for those who look after it: what was to be told to whom, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from notifications.domain.intent import Template
from notifications.projections.messages import MESSAGES, Message
from pep_runtime.http import Caller

router = APIRouter(prefix="/messages", tags=["messages"])
State = Literal["waiting", "underway", "sent", "failed", "suppressed"]


class MessageAnswer(BaseModel):
    """One message to one person. People, children, plans and meetings are references."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "message_id": "intent-5b0f3c1d9a7e4f62b8c0d1e2f3a4b5c6",
                    "template": "ready_for_quality_assurance",
                    "recipient": "x3kq5m7nvd2ra4ty6bhw8jc1pe",
                    "child_ref": "a2b4c6d7e3f5g2h4i6j7k3l5m2",
                    "about": "plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-1",
                    "state": "failed",
                    "requested_at": "2026-10-09T10:15:00+01:00",
                    "changed_at": "2026-10-09T10:17:02+01:00",
                    "attempts": 1,
                    "reason": "outcome_unknown",
                }
            ]
        },
    )

    message_id: str
    template: Template
    recipient: str
    child_ref: str
    about: str
    state: State
    requested_at: datetime
    changed_at: datetime
    attempts: int
    reason: str | None


class MessagePage(BaseModel):
    """Some messages; `next` is what to send as `after` for those that follow, none at the end."""

    items: list[MessageAnswer]
    next: str | None


@router.get("", summary="Messages and what became of them")
async def list_messages(
    caller: Caller,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    child_ref: Annotated[str | None, Query(description="Only those about this child.")] = None,
    about: Annotated[str | None, Query(description="Only those about this meeting or plan.")] = None,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessagePage:
    caller.permit("read messages")
    asked = {"state": state, "child_ref": child_ref, "about": about}
    where = {column: value for column, value in asked.items() if value is not None}
    page = await caller.rows(MESSAGES, where, after=after, limit=limit)
    return MessagePage(items=[_shown(message) for message in page.items], next=page.next)


@router.get("/{message_id}", summary="One message and what became of it")
async def show_message(message_id: str, caller: Caller) -> MessageAnswer:
    caller.permit("read messages")
    return _shown(await caller.row(MESSAGES, message_id))


def _shown(message: Message) -> MessageAnswer:
    return MessageAnswer.model_validate(message)
