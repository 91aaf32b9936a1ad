"""What people read: when and where, a reference and a link, and nothing about a child."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

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
from pep_kernel.authority_policy.notifications import Words

PLAN = "plan-child7-1"
BASE = "https://plans.example/"
MEETING = MeetingDetails(
    meeting_id="meeting-1",
    begins=datetime(2026, 10, 6, 13, 0, tzinfo=UTC),
    lasts=timedelta(minutes=90),
    place="Room 4, Civic Hall",
    joining_link="https://meet.example/abc",
)
WORDS = Words(
    effective_from=date(2026, 9, 1),
    source=("our choice",),
    premium="PP+",
)


@pytest.mark.rule("L-13", "L-34")
def test_an_invitation_says_when_where_and_how_in_local_time() -> None:
    assert invitation(MEETING) == Letter(
        "Invitation: meeting on Tuesday 6 October 2026 at 14:00",
        "You are invited to a meeting.\n\n"
        "Date: Tuesday 6 October 2026\nTime: 14:00 to 15:30\nPlace: Room 4, Civic Hall\n"
        "Join online: https://meet.example/abc\n\n"
        "You do not need an account. The attached entry puts the meeting into your calendar.\n\n"
        "Please keep the joining link to yourself.\n",
    )


def test_whoever_has_no_account_finds_in_it_where_to_answer_and_is_asked_to_keep_that() -> None:
    with_link = invitation(MEETING, "https://plans.example/replies#secret").body
    assert "Say once, until the meeting is over, whether you come: https://plans.example/replies#secret\n" in with_link
    assert with_link.endswith("Please keep the joining link and the link to answer to yourself.\n")
    in_person = replace(MEETING, joining_link=None)
    assert "to yourself" not in invitation(in_person).body
    assert invitation(in_person, "x").body.endswith("Please keep the link to answer to yourself.\n")


def test_an_invitation_to_a_meeting_in_winter_is_in_winter_time() -> None:
    winter = MeetingDetails("meeting-2", datetime(2026, 11, 10, 13, 0, tzinfo=UTC), timedelta(hours=1), None, None)
    assert "Time: 13:00 to 14:00\n\nYou do not need" in invitation(winter).body


@pytest.mark.rule("L-34")
@pytest.mark.parametrize(
    "letter",
    [
        invitation(MEETING),
        cancellation(MEETING),
        ready_for_quality_assurance(PLAN, BASE),
        returned(PLAN, BASE),
        released(PLAN, BASE, WORDS),
    ],
)
def test_no_subject_speaks_of_children_or_of_care(letter: Letter) -> None:
    assert not {"child", "children", "care", "pupil", "school"} & set(letter.subject.lower().split())


@pytest.mark.rule("L-79", "L-81")
@pytest.mark.parametrize(
    "letter", [ready_for_quality_assurance(PLAN, BASE), returned(PLAN, BASE), released(PLAN, BASE, WORDS)]
)
def test_every_other_message_is_a_reference_and_a_link(letter: Letter) -> None:
    assert f"Reference: {PLAN}\nOpen it here: https://plans.example/plans/{PLAN}\n" in letter.body


def test_released_money_is_told_in_the_authoritys_own_word() -> None:
    assert released(PLAN, BASE, WORDS).subject == "PP+ released"


def test_an_alert_of_broken_glass_is_a_reference_and_a_link() -> None:
    assert glass_broken("child7", BASE) == Letter(
        "A record was opened in an emergency",
        "Somebody who is not around the child opened a record that concerns you, and gave a reason for it.\n\n"
        "Reference: child7\nOpen it here: https://plans.example/children/child7\n\n"
        "The link asks you to sign in. Please do not forward this message.\n",
    )
