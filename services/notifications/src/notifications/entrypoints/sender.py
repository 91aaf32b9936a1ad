"""The sender: looks for messages that wait, writes an attempt, hands the mail over, writes what became of it.

Several senders may run. Whoever writes the attempt sends; the others find it written. A sender that dies between
attempt and outcome leaves a message underway: after longer than any send can last, another one gives it up as unknown.
"""

from __future__ import annotations

import asyncio
import logging
from email.message import EmailMessage
from uuid import UUID

from pydantic import ValidationError

from notifications.adapters.contacts import Contacts, NotKnownThere
from notifications.adapters.mail import MailServer, NobodyKnows, NotTaken, Outcome, Taken
from notifications.adapters.open_messages import OpenMessages
from notifications.adapters.post_room import CannotBeAddressed, LinksTo, PostRoom
from notifications.domain.holding_back import BeginAttemptAbout, beginning
from notifications.domain.intent import (
    IntentCommand,
    NotificationAttempted,
    RecordAccepted,
    RecordOutcomeUnknown,
    RecordRefused,
    SuppressNotification,
)
from notifications.entrypoints.patience import PutOff, SeenSince
from notifications.projections.messages import Message
from notifications.settings import SenderSettings
from pep_kernel.authority_policy import NotificationsPolicy
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_kernel.refusal import Refusal
from pep_runtime.handler import ByPolicy, Done
from pep_runtime.service import RunningService
from pep_runtime.tasks import PASSING, keep_trying
from pep_runtime.upstream import UpstreamError

PURPOSE = "send_messages"
NOT_KNOWN = "not_known"

log = logging.getLogger("notifications.sender")


class Sender:
    """Sends what waits, of all authorities, a few at a time."""

    def __init__(self, service: RunningService, server: MailServer, settings: SenderSettings) -> None:
        self._service = service
        self._server = server
        self._settings = settings
        self._open = OpenMessages(service)
        self._put_off = PutOff(settings.longest_wait_seconds)
        self._underway = SeenSince()
        self._not_known = SeenSince()

    async def run(self) -> None:
        """Until cancelled; PostgreSQL, scheduling or the mail server being away is waited for."""
        await keep_trying("sender", self._run)

    async def _run(self) -> None:
        while True:
            await self.turn()
            await self._service.bell.wait(self._settings.pause_seconds)

    async def turn(self) -> int:
        """Look once: try what waits, give up what is long underway. How many messages were looked at."""
        await self._give_up_what_nobody_finishes()
        quiet = [authority for authority in await self._service.authorities() if self._is_quiet(authority)]
        waiting = await self._open.waiting(self._put_off.now(), quiet, self._settings.batch)
        await asyncio.gather(*(self._guarded(authority, message) for authority, message in waiting))
        return len(waiting)

    def _is_quiet(self, authority: str) -> bool:
        return self._rules(authority).quiet_hours.is_quiet(self._service.clock.now())

    def _rules(self, authority: str) -> NotificationsPolicy:
        rules: NotificationsPolicy = self._service.rules(authority).in_force(self._service.clock.today())
        return rules

    async def _guarded(self, authority: str, message: Message) -> None:
        """One message's trouble is not another's: what passes puts this one off."""
        try:
            passed = await self._send(authority, message)
        except (*PASSING, UpstreamError, ValidationError, NotKnownThere) as trouble:
            log.warning("%s is put off: %s", message.message_id, type(trouble).__name__)
            passed = False
        if passed:
            self._put_off.forget(message.message_id)
            self._not_known.forget(message.message_id)
        else:
            self._put_off.put_off(message.message_id)

    async def _send(self, authority: str, message: Message) -> bool:
        """False if the message is to be tried again."""
        mail = await self._mail(authority, message)
        if mail is None:
            return True
        begun = await self._begin(authority, message)
        if begun is None or not any(isinstance(event, NotificationAttempted) for event in begun.events):
            return True  # another sender has it, we cannot know that it was we who wrote it, or it is held back
        outcome = await self._server.send(mail)
        await self._write_down(authority, message, outcome)
        return not isinstance(outcome, NotTaken)

    async def _write_down(self, authority: str, message: Message, outcome: Outcome) -> None:
        """The outcome is known to this process alone: it keeps at it until it is written."""
        while True:
            try:
                await self._do(authority, message, _told(outcome), f"outcome {message.attempts + 1}")
                return
            except PASSING as trouble:
                log.warning("%s: its outcome waits to be written: %s", message.message_id, type(trouble).__name__)
                await asyncio.sleep(self._settings.pause_seconds)

    async def _mail(self, authority: str, message: Message) -> EmailMessage | None:
        """The mail, or None if it cannot be made: then the message is held back. Raises what `Contacts` raises."""
        contacts = Contacts(self._service.upstream("scheduling"), authority)
        links = LinksTo(self._settings.base_address, self._settings.reply_address or self._settings.base_address)
        room = PostRoom(contacts, self._rules(authority), links, self._service.clock.now())
        try:
            return await room.mail_for(message)
        except NotKnownThere:
            # Scheduling announced somebody before its own read model shows them: ask again for a while.
            if self._not_known.seconds(message.message_id) < self._settings.patience_seconds:
                raise
            reason = NOT_KNOWN
        except CannotBeAddressed as why:
            reason = str(why)
        await self._do(authority, message, SuppressNotification(reason=reason), "suppress")
        return None

    async def _give_up_what_nobody_finishes(self) -> None:
        """An attempt that this process saw underway for too long is given up: nobody knows, so it is not sent again."""
        underway = await self._open.underway()
        self._underway.forget_all_but((message.message_id, message.attempts) for _, message in underway)
        for authority, message in underway:
            if self._underway.seconds((message.message_id, message.attempts)) >= self._settings.unknown_after_seconds:
                await self._do(authority, message, RecordOutcomeUnknown(), f"given up {message.attempts}")

    async def _begin(self, authority: str, message: Message) -> Done | None:
        command = BeginAttemptAbout(message_id=message.message_id, child_ref=message.child_ref)
        act = beginning(command, self._rules(authority).version)
        return await self._handle(authority, message, act, f"attempt {message.attempts + 1}")

    async def _do(self, authority: str, message: Message, command: IntentCommand, what: str) -> Done | None:
        act = Act(command, (message.message_id,), child_ref=message.child_ref)
        return await self._handle(authority, message, act, what)

    async def _handle(self, authority: str, message: Message, act: Act, what: str) -> Done | None:
        """None if the message is not where we thought: somebody else was quicker."""
        cause = timer_cause(PURPOSE, authority, message.message_id, what)
        try:
            return await self._service.handler.handle(
                authority, act, ByPolicy(PURPOSE, cause, UUID(message.correlation))
            )
        except Refusal:
            return None


def _told(outcome: Outcome) -> IntentCommand:
    match outcome:
        case Taken(message_id=message_id):
            return RecordAccepted(message_id=message_id)
        case NotTaken(reason=reason, permanent=permanent):
            return RecordRefused(reason=reason, permanent=permanent)
        case NobodyKnows():
            return RecordOutcomeUnknown()
