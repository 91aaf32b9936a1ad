"""An announcement that is given up: who decided so and why stands in the log."""

from pep_kernel.discarded_announcement import (
    DISCARDED_ANNOUNCEMENTS,
    AnnouncementDiscarded,
    DiscardAnnouncement,
    discard,
)
from pep_kernel.scenario import Scenario

GIVEN_UP = {
    "giver": "pep-record",
    "number": 7,
    "type": "uk.openpep.pep-record.PEPCompleted.v1",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "error": "ValueError",
    "reason": "dealt_with_by_hand",
    "case_ref": "CASE-12",
    "by": "p-operator",
}
ASKED = DiscardAnnouncement.model_validate(GIVEN_UP)
TOLD = AnnouncementDiscarded(**GIVEN_UP)  # type: ignore[arg-type]  # the same fields


def test_the_log_says_what_was_given_up_and_by_whom() -> None:
    Scenario(DISCARDED_ANNOUNCEMENTS).when(ASKED).then(TOLD)
    Scenario(DISCARDED_ANNOUNCEMENTS).given(TOLD).when(ASKED).then(TOLD)


def test_it_belongs_to_the_childs_story_where_it_is_about_a_child() -> None:
    assert discard(ASKED, "a2b4c6d7e3f5g2h4i6j7k3l5m2").child_ref == "a2b4c6d7e3f5g2h4i6j7k3l5m2"
    assert discard(ASKED, "term-2026-autumn").child_ref is None
    assert discard(ASKED, "term-2026-autumn").streams == ("discarded-pep-record",)
