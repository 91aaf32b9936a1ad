"""What scheduling answers about people and meetings is understood here, as scheduling's API now gives it."""

from datetime import UTC, datetime, timedelta

from notifications.adapters.contacts import Contact, Invitation, ReplyLink
from scheduling.entrypoints.invitation_shapes import ReplyLinkMade
from scheduling.entrypoints.shapes import ContactShown, InvitationShown

AT = datetime(2026, 10, 6, 13, 0, tzinfo=UTC)


def test_a_contact_is_understood() -> None:
    shown = ContactShown(
        person_ref="teacher1", role="designated_teacher", name="A. Teacher", email="teacher@school.example"
    )
    assert Contact.model_validate_json(shown.model_dump_json()) == Contact(email="teacher@school.example")


def test_an_invitation_is_understood_and_lasts_an_hour_unless_it_is_said() -> None:
    shown = InvitationShown(
        meeting_id="meeting-1",
        invitee_ref="guest-2",
        at=AT,
        lasts_minutes=60,
        sequence=0,
        cancelled=False,
        venue="Room 4, Civic Hall",
        joining_link=None,
        email=None,
        language="Polish",
    )
    invitation = Invitation.model_validate_json(shown.model_dump_json())
    assert invitation.email is None
    details = invitation.details()
    assert (details.begins, details.lasts, details.place) == (AT, timedelta(hours=1), "Room 4, Civic Hall")
    assert (details.joining_link, details.sequence) == (None, 0)
    assert not invitation.answers_by_link
    by_link = Invitation.model_validate_json(shown.model_copy(update={"answers_by_link": True}).model_dump_json())
    assert by_link.answers_by_link


def test_a_reply_link_is_understood_and_its_secret_is_not_shown() -> None:
    made = ReplyLinkMade(token="s" * 26, until=AT)
    link = ReplyLink.model_validate_json(made.model_dump_json())
    assert link.token == "s" * 26
    assert link.token not in repr(link)
