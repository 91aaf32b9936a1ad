"""The sender on real servers: every message ends, and none is taken twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.integration.notifications.conftest import AUTHORITY, SATURDAY, PostBox

from notifications.adapters.mail import MailServer
from notifications.domain.audience import Named
from notifications.domain.holding_back import holding_back
from notifications.domain.known_child import NoteLeftCare, known_stream
from notifications.domain.notify import Notify, act_to_notify
from notifications.entrypoints.sender import Sender
from notifications.projections.messages import MESSAGES, Message
from notifications.settings import SenderSettings
from pep_kernel.decider import Act
from pep_kernel.forgotten import NoteForgotten
from pep_runtime.handler import ByPolicy
from pep_runtime.projector import Projector
from pep_runtime.service import RunningService

ADDRESS = "teacher-with-a-name@school.example"
Scheduling = tuple[str, dict[str, dict[str, Any]]]


@pytest.fixture
async def folded(service: RunningService) -> AsyncIterator[asyncio.Task[None]]:
    """The read models follow the journal while the test runs, or until it cancels this."""
    work = asyncio.create_task(Projector(service.worker, [MESSAGES], service.types, service.bell).run())
    yield work
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


@pytest.fixture
async def message(service: RunningService, scheduling: Scheduling, folded: asyncio.Task[None]) -> Message:
    """A plan was returned to a teacher, whose address scheduling knows; the message waits."""
    scheduling[1]["/contacts/teacher1"] = {"person_ref": "teacher1", "email": ADDRESS}
    notify = Notify(
        template="returned",
        audience=Named(people=("teacher1",)),
        child_ref="child7",
        about="plan-child7-1",
        occasion="1",
    )
    await service.handler.handle(AUTHORITY, act_to_notify(notify), ByPolicy("test", UUID(int=1), UUID(int=2)))
    return await in_state(service, "waiting")


async def messages(service: RunningService) -> list[Message]:
    rows = await service.worker.fetch("select * from message where authority = $1", AUTHORITY)
    return [service.tables["message"].row(dict(row)) for row in rows]


async def in_state(service: RunningService, state: str) -> Message:
    """The only message, once it is in this state."""
    async with asyncio.timeout(60):
        while True:
            for found in await messages(service):
                if found.state == state:
                    return found
            await service.bell.wait(0.02)


def sender(service: RunningService, box: PostBox, unknown_after_seconds: float = 60) -> Sender:
    settings = SenderSettings(base_address="https://plans.example", unknown_after_seconds=unknown_after_seconds)
    return Sender(service, MailServer(box.settings()), settings)


async def test_a_waiting_message_is_sent_once(service: RunningService, post_box: PostBox, message: Message) -> None:
    ours = sender(service, post_box)
    await ours.turn()
    sent = await in_state(service, "sent")
    await ours.turn()

    (arrived,) = post_box.taken
    assert (post_box.to, sent.attempts) == ([ADDRESS], 1)
    assert arrived["Subject"] == "A plan was returned to you"
    assert "https://plans.example/plans/plan-child7-1" in arrived.get_content()


async def test_no_address_is_written_anywhere(service: RunningService, post_box: PostBox, message: Message) -> None:
    await sender(service, post_box).turn()
    await in_state(service, "sent")
    written = await service.worker.fetch(
        "select j::text as text from journal j union all select m::text from message m"
    )
    as_bytes = "".join(row["text"] for row in written)
    assert post_box.to == [ADDRESS]
    assert ADDRESS not in as_bytes
    assert ADDRESS.encode().hex() not in as_bytes


async def test_two_senders_at_once_send_one_mail(service: RunningService, post_box: PostBox, message: Message) -> None:
    await asyncio.gather(*(sender(service, post_box).turn() for _ in range(4)))
    await in_state(service, "sent")
    assert len(post_box.taken) == 1


async def test_a_sender_that_sees_an_old_list_does_not_repeat_an_attempt(
    service: RunningService, post_box: PostBox, message: Message, folded: asyncio.Task[None]
) -> None:
    folded.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await folded
    post_box.answers_to_recipient.append("451 Try later")
    await sender(service, post_box).turn()
    await sender(service, post_box).turn()
    assert (post_box.answers_to_recipient, post_box.taken) == ([], [])


async def test_a_sender_that_dies_after_the_mail_was_taken_leaves_nothing_to_send_again(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    """At most one accepted send an intent (R10): the second sender gives the message up and does not send."""
    post_box.silent = True
    dying = asyncio.create_task(sender(service, post_box).turn())
    assert await asyncio.to_thread(post_box.has_message.wait, 10)
    dying.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await dying
    await in_state(service, "underway")

    post_box.silent = False
    successor = sender(service, post_box, unknown_after_seconds=0.05)
    await successor.turn()
    assert (await messages(service))[0].state == "underway"
    async with asyncio.timeout(60):
        while (await messages(service))[0].state == "underway":
            await successor.turn()
            await service.bell.wait(0.02)
    given_up = await in_state(service, "failed")
    assert (given_up.reason, len(post_box.taken)) == ("outcome_unknown", 1)


async def test_a_mail_server_that_takes_and_goes_silent_is_not_asked_again(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    post_box.silent = True
    ours = sender(service, post_box)
    await ours.turn()
    failed = await in_state(service, "failed")
    await ours.turn()
    assert (failed.reason, len(post_box.taken)) == ("outcome_unknown", 1)


async def test_an_outcome_that_cannot_be_written_at_once_is_written_later(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    post_box.silent = True
    sending = asyncio.create_task(sender(service, post_box).turn())
    assert await asyncio.to_thread(post_box.has_message.wait, 10)
    relay = await asyncpg.connect(service.settings.postgres_relay_dsn)
    await relay.execute("select freeze_authority($1, 'test')", AUTHORITY)
    post_box.silent = False
    done, _ = await asyncio.wait([sending], timeout=0.3)
    assert not done
    await relay.execute("select thaw_authority($1, 'test')", AUTHORITY)
    await relay.close()
    await sending
    assert (await in_state(service, "sent")).attempts == 1


async def test_a_message_refused_for_now_is_tried_again(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    post_box.answers_to_recipient.append("451 Try later")
    await sender(service, post_box).turn()
    refused = await in_state(service, "waiting")
    async with asyncio.timeout(60):
        while refused.reason is None:
            await service.bell.wait(0.02)
            refused = await in_state(service, "waiting")
    await sender(service, post_box).turn()
    sent = await in_state(service, "sent")
    assert (refused.reason, sent.attempts, len(post_box.taken)) == ("smtp_451", 2, 1)


async def test_a_message_to_somebody_without_an_address_is_held_back(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, message: Message
) -> None:
    scheduling[1]["/contacts/teacher1"] = {"person_ref": "teacher1", "email": None}
    await sender(service, post_box).turn()
    assert (await in_state(service, "suppressed")).reason == "no_address"
    assert post_box.taken == []


async def test_somebody_whom_scheduling_does_not_show_yet_is_asked_for_again(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, message: Message
) -> None:
    known = scheduling[1].pop("/contacts/teacher1")
    ours = sender(service, post_box)
    await ours.turn()
    assert (await messages(service))[0].state == "waiting"
    scheduling[1]["/contacts/teacher1"] = known
    async with asyncio.timeout(60):
        while not post_box.taken:
            await ours.turn()
            await service.bell.wait(0.05)
    await in_state(service, "sent")


async def test_somebody_whom_scheduling_never_knew_is_given_up_in_the_end(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, message: Message
) -> None:
    scheduling[1].clear()
    settings = SenderSettings(base_address="https://plans.example", patience_seconds=0)
    await Sender(service, MailServer(post_box.settings()), settings).turn()
    assert (await in_state(service, "suppressed")).reason == "not_known"


async def test_an_invitation_reaches_a_guest_without_an_account(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, folded: asyncio.Task[None]
) -> None:
    scheduling[1]["/meetings/meeting1/invitations/guest-2"] = {
        "meeting_id": "meeting1",
        "invitee_ref": "guest-2",
        "at": "2026-10-20T13:00:00+00:00",
        "venue": "Room 4, Civic Hall",
        "joining_link": "https://meet.example/abc",
        "email": ADDRESS,
        "language": None,
    }
    people = Named(people=("guest-2",))
    at = "2026-10-20T13:00:00+00:00"
    notify = Notify(template="invitation", audience=people, child_ref="child7", about="meeting1", occasion=at)
    await service.handler.handle(AUTHORITY, act_to_notify(notify), ByPolicy("test", UUID(int=1), UUID(int=2)))
    await in_state(service, "waiting")
    await sender(service, post_box).turn()
    await in_state(service, "sent")
    assert (post_box.to, [part.get_content_type() for part in post_box.taken[0].walk()][-1]) == (
        [ADDRESS],
        "text/calendar",
    )


GUEST = "/meetings/meeting1/invitations/guest-2"


async def invited_guest(service: RunningService, scheduling: Scheduling, **more: Any) -> str:
    """Somebody without an account is invited; the message waits. Its id."""
    scheduling[1][GUEST] = {
        "meeting_id": "meeting1",
        "at": "2026-10-20T13:00:00+00:00",
        "venue": "Room 4, Civic Hall",
        "email": ADDRESS,
        "answers_by_link": True,
        **more,
    }
    people = Named(people=("guest-2",))
    notify = Notify(template="invitation", audience=people, child_ref="child7", about="meeting1", occasion="1")
    await service.handler.handle(AUTHORITY, act_to_notify(notify), ByPolicy("test", UUID(int=1), UUID(int=2)))
    return (await in_state(service, "waiting")).message_id


async def test_a_guest_finds_where_to_answer_in_the_mail_and_the_secret_stands_nowhere_else(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, folded: asyncio.Task[None]
) -> None:
    """A mail that has to be tried again holds the same link."""
    message_id = await invited_guest(service, scheduling)
    scheduling[1][f"POST {GUEST}/reply-link"] = {"token": "a-secret", "until": "2026-10-20T14:00:00+00:00"}
    post_box.answers_to_message.append("451 Later")
    await sender(service, post_box).turn()
    async with asyncio.timeout(60):
        while (await in_state(service, "waiting")).attempts == 0:
            await service.bell.wait(0.02)
    await sender(service, post_box).turn()
    await in_state(service, "sent")
    (mail,) = post_box.taken
    secret = f"a-secret-{message_id}"
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"whether you come: https://plans.example/replies#{secret}\r\n" in body.get_content()
    (entry,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert secret not in entry.get_content(), "an entry is passed on"
    written = await service.worker.fetch(
        "select j::text as text from journal j union all select m::text from message m"
    )
    as_bytes = "".join(row["text"] for row in written)
    assert secret not in as_bytes
    assert secret.encode().hex() not in as_bytes


async def test_a_guest_who_cannot_answer_any_more_is_invited_without_a_link(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, folded: asyncio.Task[None]
) -> None:
    await invited_guest(service, scheduling)
    await sender(service, post_box).turn()
    await in_state(service, "sent")
    body = post_box.taken[0].get_body(("plain",))
    assert body is not None
    assert "replies#" not in body.get_content()


async def test_an_address_that_is_none_is_held_back(
    service: RunningService, post_box: PostBox, scheduling: Scheduling, message: Message
) -> None:
    scheduling[1]["/contacts/teacher1"] = {"person_ref": "teacher1", "email": "no address\r\nBcc: x@y.example"}
    await sender(service, post_box).turn()
    assert (await in_state(service, "suppressed")).reason == "address_not_usable"
    assert post_box.taken == []


async def test_on_a_saturday_people_are_left_in_peace(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    service.clock.set(datetime.fromisoformat(SATURDAY))
    assert await sender(service, post_box).turn() == 0
    assert post_box.taken == []


async def forget(service: RunningService, known_only: bool = False) -> None:
    """The child of the message is forgotten; `known_only`: as if the message had been asked for at that very moment."""
    note = NoteForgotten(child_ref="child7", on=service.clock.today(), reason="retention_period_ended")
    act = Act(note, (known_stream("child7"),), child_ref="child7") if known_only else holding_back(note)
    cause = UUID(int=7)
    await service.handler.handle(AUTHORITY, act, ByPolicy("test", cause, cause))


async def test_a_message_about_a_child_who_is_forgotten_meanwhile_is_held_back(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    await forget(service)
    held_back = await in_state(service, "suppressed")
    assert held_back.reason == "child_forgotten"
    await sender(service, post_box).turn()
    assert post_box.taken == []


async def test_a_message_that_was_asked_for_while_its_child_was_forgotten_is_held_back_by_who_would_send_it(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    await forget(service, known_only=True)
    await sender(service, post_box).turn()
    held_back = await in_state(service, "suppressed")
    assert (held_back.reason, held_back.attempts) == ("child_forgotten", 0)
    assert post_box.taken == []


async def test_a_message_about_a_child_who_died_is_held_back_at_once(
    service: RunningService, post_box: PostBox, message: Message
) -> None:
    died = NoteLeftCare(child_ref="child7", on=service.clock.today(), ended="died")
    cause = UUID(int=7)
    await service.handler.handle(AUTHORITY, holding_back(died), ByPolicy("test", cause, cause))
    held_back = await in_state(service, "suppressed")
    assert (held_back.reason, held_back.attempts) == ("child_died", 0)
    await sender(service, post_box).turn()
    assert post_box.taken == []
