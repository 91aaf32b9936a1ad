"""Making the mail of one message: the right words, the address as it is today, a calendar entry for an invitation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from typing import assert_never, cast

from notifications.adapters.calendar_entry import Method, calendar_entry
from notifications.adapters.contacts import Contacts, Invitation
from notifications.adapters.mail import mail_to
from notifications.domain.intent import Template
from notifications.domain.letters import (
    Letter,
    MeetingDetails,
    cancellation,
    glass_broken,
    invitation,
    ready_for_quality_assurance,
    released,
    returned,
)
from notifications.projections.messages import Message
from pep_kernel.authority_policy import NotificationsPolicy
from pep_kernel.authority_policy.notifications import Words

NO_ADDRESS = "no_address"
ADDRESS_NOT_USABLE = "address_not_usable"
CALLED_OFF = "meeting_called_off"


class CannotBeAddressed(Exception):
    """No address that a message could go to, or nothing to say any more. The text is a short code, and no address."""


@dataclass(frozen=True, slots=True)
class LinksTo:
    """The addresses to which links in mails lead: our pages, and the page on which people without an account answer."""

    pages: str
    replies: str


class PostRoom:
    """Makes mail for one authority, in its own words, at one moment."""

    def __init__(self, contacts: Contacts, rules: NotificationsPolicy, links: LinksTo, now: datetime) -> None:
        self._contacts = contacts
        self._rules = rules
        self._links = links
        self._now = now

    async def mail_for(self, message: Message) -> EmailMessage:
        """The mail. Raises `CannotBeAddressed`, and what `Contacts` raises."""
        if message.template in ("invitation", "cancellation"):
            return await self._about_meeting(message)
        contact = await self._contacts.of_person(message.recipient)
        letter = _letter(cast("Template", message.template), message.about, self._links.pages, self._rules.words)
        return self._mail(message, contact.email, letter)

    async def _about_meeting(self, message: Message) -> EmailMessage:
        """An invitation that waited while the meeting was called off is not sent any more."""
        found = await self._contacts.invitation(message.about, message.recipient)
        meeting = found.details()
        if message.template == "cancellation":
            called_off = replace(meeting, sequence=meeting.sequence + 1)
            return self._mail(message, found.email, cancellation(meeting), ("CANCEL", called_off))
        if found.cancelled:
            raise CannotBeAddressed(CALLED_OFF)
        letter = invitation(meeting, await self._answer_at(message, found))
        return self._mail(message, found.email, letter, ("REQUEST", meeting))

    async def _answer_at(self, message: Message, found: Invitation) -> str | None:
        """The secret stands behind the `#`: no browser sends that, and no server writes it into a log."""
        if not (found.answers_by_link and found.email):
            return None
        link = await self._contacts.reply_link(message.about, message.recipient, message.message_id)
        return f"{self._links.replies.rstrip('/')}/replies#{link.token}" if link else None

    def _mail(
        self,
        message: Message,
        address: str | None,
        letter: Letter,
        meeting: tuple[Method, MeetingDetails] | None = None,
    ) -> EmailMessage:
        if not address:
            raise CannotBeAddressed(NO_ADDRESS)
        sender = self._rules.sender
        try:
            entry = self._entry(*meeting, address) if meeting else None
            return mail_to(address, sender, letter, message.message_id, self._now, entry)
        except (MessageError, ValueError) as error:
            raise CannotBeAddressed(ADDRESS_NOT_USABLE) from error

    def _entry(self, method: Method, meeting: MeetingDetails, address: str) -> tuple[Method, bytes]:
        return method, calendar_entry(meeting, self._rules.sender, address, self._now, method)


def _letter(template: Template, about: str, base_address: str, words: Words) -> Letter:
    match template:
        case "ready_for_quality_assurance":
            return ready_for_quality_assurance(about, base_address)
        case "returned":
            return returned(about, base_address)
        case "released":
            return released(about, base_address, words)
        case "glass_broken":
            return glass_broken(about, base_address)
        case "invitation" | "cancellation":
            raise ValueError("This is about a meeting, not about a plan.")
        case _:
            assert_never(template)
