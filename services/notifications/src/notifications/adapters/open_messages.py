"""Finding the messages that are not at their end, of all authorities at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from notifications.projections.messages import MESSAGES, UNDERWAY, WAITING, Message
from pep_runtime.service import RunningService

Found = Sequence[tuple[str, Message]]
"""Messages with their authorities, the oldest first."""


class OpenMessages:
    """Reads as the worker, which sees every authority's messages."""

    def __init__(self, service: RunningService) -> None:
        self._worker = service.worker
        self._table = service.tables[MESSAGES.table]

    async def waiting(self, put_off: Sequence[str], quiet: Sequence[str], limit: int) -> Found:
        """What may be sent now: without these messages and these authorities."""
        return await self._read(
            "select * from message where state = $1 and not message_id = any($2) and not authority = any($3)"
            " order by requested_at limit $4",
            WAITING,
            put_off,
            quiet,
            limit,
        )

    async def underway(self) -> Found:
        """Attempts whose outcome is not written."""
        return await self._read("select * from message where state = $1 order by requested_at", UNDERWAY)

    async def _read(self, query: str, *arguments: Any) -> Found:
        records = await self._worker.fetch(query, *arguments)
        return [(record["authority"], self._table.row(dict(record))) for record in records]
