"""The term's mail: who must have received what, and nothing besides."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from pep_local.mail import RECIPIENTS, messages
from pep_local.term.desk import LOOK_AGAIN_SECONDS, PATIENCE_SECONDS
from pep_local.term.meetings import NURSE
from pep_local.term.steps import NotAsTold
from pep_local.term.story import Road, Story

Post = Counter[tuple[str, str]]
KINDS = {
    "Invitation": "invitation",
    "A plan is ready": "ready for quality assurance",
    "A plan was returned": "returned",
}


def post_of(story: Story, addresses: Mapping[str, str], officers: tuple[str, ...]) -> Post:
    """(address, kind) → how many the story makes. `officers`: all who are told that a plan awaits quality assurance."""
    return Counter((addresses.get(who, who), kind) for road in story.children for who, kind in _of(road, officers))


def _of(road: Road, officers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for _meeting in range(2 if road.rearranged else 1):
        for who in (road.social_worker, road.teacher, road.carer, NURSE["email"]):
            yield who, "invitation"
    for _version in range(2 if road.returned else 1):
        for officer in officers:
            yield officer, "ready for quality assurance"
    if road.returned:
        yield road.teacher, "returned"
    if road.released_pence:
        yield road.teacher, "released"


def post_in(folder: Path) -> Post:
    """(address, kind) → how many the mail server has."""
    return Counter((str(mail[RECIPIENTS]), kind_of(str(mail["Subject"]))) for mail in messages(folder))


def kind_of(subject: str) -> str:
    return next((kind for start, kind in KINDS.items() if subject.startswith(start)), "released")


async def all_post_is_there(folder: Path, wanted: Post) -> None:
    """Look until the mailbox holds exactly these messages."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := post_in(folder)) != wanted:
        if time.monotonic() > deadline or found - wanted:
            raise NotAsTold(
                f"Missing mails: {dict(wanted - found)}; mails that nobody expected: {dict(found - wanted)}."
            )
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
