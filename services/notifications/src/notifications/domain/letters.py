"""The words of each message. No child's name, no school, nothing of a record: a reference and a link.

An invitation works for people without an account: it says when, where and how to join, and asks nobody to sign in.
Its words say nothing of care or of whose meeting it is, so that a letter left open tells nobody anything (L-34).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pep_kernel.authority_policy.notifications import Words

LONDON = ZoneInfo("Europe/London")
MEETING_SUMMARY = "Meeting"
SIGN_IN = "The link asks you to sign in. Please do not forward this message."


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MeetingDetails:
    """When and where people meet, as scheduling knows it when the invitation is sent. Each change raises `sequence`."""

    meeting_id: str
    begins: datetime
    lasts: timedelta
    place: str | None
    joining_link: str | None
    sequence: int = 0


def invitation(meeting: MeetingDetails, answer_at: str | None = None) -> Letter:
    """The invitation as text; the same stands in its calendar entry, but not where to answer: entries are passed on."""
    begins, ends = meeting.begins.astimezone(LONDON), (meeting.begins + meeting.lasts).astimezone(LONDON)
    day = f"{begins:%A} {begins.day} {begins:%B %Y}"
    details = (
        f"Date: {day}",
        f"Time: {begins:%H:%M} to {ends:%H:%M}",
        f"Place: {meeting.place}" if meeting.place else "",
        f"Join online: {meeting.joining_link}" if meeting.joining_link else "",
    )
    return Letter(
        f"Invitation: meeting on {day} at {begins:%H:%M}",
        _paragraphs(
            "You are invited to a meeting.",
            "\n".join(line for line in details if line),
            f"Say once, until the meeting is over, whether you come: {answer_at}" if answer_at else "",
            "You do not need an account. The attached entry puts the meeting into your calendar.",
            _keep_to_yourself(meeting.joining_link, answer_at),
        ),
    )


def _keep_to_yourself(joining_link: str | None, answer_at: str | None) -> str:
    links = [name for name, link in (("the joining link", joining_link), ("the link to answer", answer_at)) if link]
    return f"Please keep {' and '.join(links)} to yourself." if links else ""


def cancellation(meeting: MeetingDetails) -> Letter:
    """That the meeting does not take place; why is nobody's business here."""
    begins = meeting.begins.astimezone(LONDON)
    when = f"{begins:%A} {begins.day} {begins:%B %Y} at {begins:%H:%M}"
    return Letter(
        f"Called off: meeting on {when}",
        _paragraphs(f"The meeting on {when} does not take place.", "The attached entry takes it out of your calendar."),
    )


def ready_for_quality_assurance(plan_id: str, base_address: str) -> Letter:
    """L-79: pressing "complete" alerts the Virtual School that the plan is ready."""
    return Letter(
        "A plan is ready for quality assurance",
        _paragraphs("A plan was marked complete and awaits quality assurance.", _plan(plan_id, base_address)),
    )


def returned(plan_id: str, base_address: str) -> Letter:
    """L-81: the reason stands in the plan, where only those may read it who may read the plan."""
    return Letter(
        "A plan was returned to you",
        _paragraphs(
            "Quality assurance returned a plan that you marked complete. The reason stands in the plan.",
            _plan(plan_id, base_address),
        ),
    )


def released(plan_id: str, base_address: str, words: Words) -> Letter:
    """Told in the authority's own word for the premium."""
    return Letter(
        f"{words.premium} released",
        _paragraphs(f"{words.premium} was released to your school for a plan.", _plan(plan_id, base_address)),
    )


def glass_broken(child_ref: str, base_address: str) -> Letter:
    """Who looked and why stands behind the link, where only those may read it who may see the list."""
    return Letter(
        "A record was opened in an emergency",
        _paragraphs(
            "Somebody who is not around the child opened a record that concerns you, and gave a reason for it.",
            f"Reference: {child_ref}\nOpen it here: {base_address.rstrip('/')}/children/{child_ref}\n\n{SIGN_IN}",
        ),
    )


def _plan(plan_id: str, base_address: str) -> str:
    return f"Reference: {plan_id}\nOpen it here: {base_address.rstrip('/')}/plans/{plan_id}\n\n{SIGN_IN}"


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"
