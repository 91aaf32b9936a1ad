"""Handing one message to the mail server, and knowing which of three things became of it.

Taken, refused, or nobody knows. Up to the point where the message itself is sent, every failure is a refusal: nothing
was taken. From there on only an answer of the server counts; silence means that nobody knows.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES_OF_MAIL
from email.utils import format_datetime

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from notifications.adapters.calendar_entry import Method
from notifications.domain.letters import Letter
from notifications.settings import MailSettings
from pep_kernel.authority_policy.notifications import Sender

logger = logging.getLogger(__name__)
PERMANENT = 500  # SMTP: 4xx may pass, 5xx will not


@dataclass(frozen=True, slots=True)
class Taken:
    """The mail server answered that it has the message."""

    message_id: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The mail server certainly does not have the message. `reason` is a short code."""

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class NobodyKnows:
    """The message went out and no answer came."""


Outcome = Taken | NotTaken | NobodyKnows


def mail_to(
    recipient: str,
    sender: Sender,
    letter: Letter,
    message_id: str,
    at: datetime,
    calendar_entry: tuple[Method, bytes] | None = None,
) -> EmailMessage:
    """One message to one recipient. The same intent always has the same Message-ID."""
    mail = EmailMessage(policy=LINES_OF_MAIL)
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}@{sender.address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    if calendar_entry is not None:
        method, content = calendar_entry
        mail.add_alternative(
            content,
            maintype="text",
            subtype="calendar",
            cte="base64",
            params={"method": method, "charset": "utf-8"},
        )
    return mail


class MailServer:
    """The authority's way out by SMTP."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def send(self, mail: EmailMessage) -> Outcome:
        """Hand over one message in a connection of its own. Never raises for what a mail server may do."""
        client = aiosmtplib.SMTP(
            hostname=self._settings.host,
            port=self._settings.port,
            username=self._settings.username,
            password=self._settings.password.get_secret_value() if self._settings.password else None,
            start_tls=self._settings.start_tls,
            timeout=self._settings.timeout_seconds,
        )
        try:
            return await _before_the_message(client, mail) or await _the_message(client, mail)
        finally:
            client.close()


async def _before_the_message(client: aiosmtplib.SMTP, mail: EmailMessage) -> NotTaken | None:
    try:
        await client.connect()
        await client.mail(mail["From"].addresses[0].addr_spec)
        await client.rcpt(mail["To"].addresses[0].addr_spec)
    except SMTPResponseException as refusal:
        return _refused(refusal)
    except (SMTPException, OSError) as trouble:
        return NotTaken(f"mail_server_away: {type(trouble).__name__}", permanent=False)
    return None


async def _the_message(client: aiosmtplib.SMTP, mail: EmailMessage) -> Outcome:
    try:
        await client.data(mail.as_bytes())
    except SMTPResponseException as refusal:
        return _refused(refusal)
    except (SMTPException, OSError) as trouble:
        logger.warning("A mail server went silent during a message: %s", type(trouble).__name__)
        return NobodyKnows()
    return Taken(mail["Message-ID"])


def _refused(refusal: SMTPResponseException) -> NotTaken:
    """By its number alone: a server's words may repeat the address."""
    return NotTaken(f"smtp_{refusal.code}", permanent=refusal.code >= PERMANENT)
