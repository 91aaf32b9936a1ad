"""What one service tells all others: a small, versioned statement with no personal data in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Announcement(BaseModel):
    """Base of all contracts. `type` is the CloudEvents type, `uk.openpep.<service>.<EventName>.v<N>`.

    Within a version only optional fields are added, and a reader ignores the fields that it does not know.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: str


Told = TypeVar("Told", bound=Announcement, covariant=True)


@dataclass(frozen=True, slots=True)
class Said(Generic[Told]):
    """An announcement as it was received: by which authority's service, as which number, recorded when."""

    announcement: Told
    authority: str
    service: str
    number: int
    event_id: UUID
    recorded_at: datetime
    correlation: UUID
    trace: str | None = None
