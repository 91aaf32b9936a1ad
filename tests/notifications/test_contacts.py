"""What scheduling answers about people and meetings is understood here, as scheduling's API now gives it."""

from datetime import UTC, datetime, timedelta

from notifications.adapters.contacts import Contact, Invitation
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
