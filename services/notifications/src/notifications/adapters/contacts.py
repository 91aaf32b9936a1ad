"""Addresses and meeting details, asked of scheduling at the moment of sending and kept nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from notifications.domain.letters import MeetingDetails
from pep_runtime.upstream import Upstream, UpstreamError

NOT_FOUND, REFUSED = 404, 409


class NotKnownThere(Exception):
    """Scheduling knows no such person, meeting or invitee, or does not show it yet."""


class _Answer(BaseModel):
    """What scheduling answers; fields that are not needed here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Contact(_Answer):
    """How somebody is reached."""

    email: str | None = None


class Invitation(Contact):
    """What one invitee must know of a meeting, and how the invitee is reached."""

    meeting_id: str
    at: AwareDatetime
    lasts_minutes: int = 60
    venue: str | None = None
    joining_link: str | None = None
    sequence: int = 0
    cancelled: bool = False
    answers_by_link: bool = False

    def details(self) -> MeetingDetails:
        """The meeting, without the invitee."""
        lasts = timedelta(minutes=self.lasts_minutes)
        return MeetingDetails(self.meeting_id, self.at, lasts, self.venue, self.joining_link, self.sequence)


class ReplyLink(_Answer):
    """What a link opens an answer with. It stands in the letter and nowhere else."""

    token: str = Field(repr=False)


class Contacts:
    """Scheduling's answers about one authority's people. Raises `NotKnownThere`, and what `Upstream.get` raises."""

    def __init__(self, scheduling: Upstream, authority: str) -> None:
        self._scheduling = scheduling
        self._authority = authority

    async def of_person(self, person_ref: str) -> Contact:
        """A member of staff or a carer."""
        return Contact.model_validate(await self._ask(f"/contacts/{quote(person_ref, safe='')}"))

    async def invitation(self, meeting_id: str, invitee_ref: str) -> Invitation:
        """One invitee of a meeting, with an account or without."""
        path = f"/meetings/{quote(meeting_id, safe='')}/invitations/{quote(invitee_ref, safe='')}"
        return Invitation.model_validate(await self._ask(path))

    async def reply_link(self, meeting_id: str, invitee_ref: str, message_id: str) -> ReplyLink | None:
        """The same one for one message, however often it is tried; none if nobody may answer any more."""
        path = f"/meetings/{quote(meeting_id, safe='')}/invitations/{quote(invitee_ref, safe='')}/reply-link"
        try:
            return ReplyLink.model_validate(await self._scheduling.post(path, self._authority, key=message_id))
        except UpstreamError as error:
            if error.status in (NOT_FOUND, REFUSED):
                return None
            raise

    async def _ask(self, path: str) -> Any:
        try:
            return await self._scheduling.get(path, self._authority)
        except UpstreamError as error:
            if error.status == NOT_FOUND:
                raise NotKnownThere from error
            raise
