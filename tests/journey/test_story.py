"""A child's story, told in order and in plain words, with nothing sealed in it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from journey.domain.fact import Fact
from journey.domain.plain_words import PlainWords, from_name, in_plain_words
from journey.domain.sentences import SENTENCES
from journey.domain.story import tell
from pep_kernel.message import Person, System

NINE = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 20, 23, 0, tzinfo=UTC)
WORKER = Person("worker-1", "social_worker")


def fact(service: str, position: int, event: str, known_at: datetime = NINE, **payload: Any) -> Fact:
    return Fact(service, position, event, 1, "child-7", known_at, MIDNIGHT, WORKER, "2026-09-01.5f0c9b1e", payload, 2)


def told(service: str, event: str, **payload: Any) -> str:
    (line,) = tell([fact(service, 1, event, **payload)])
    return line.what


def test_a_line_says_what_who_when_known_when_true_under_which_rules_and_where() -> None:
    (line,) = tell([fact("scheduling", 12, "ChildEnteredCare", on="2026-09-21", placement="U4")])
    assert line.what == "The child was in care from 21 September 2026."
    assert line.who == "social worker worker-1"
    assert (line.known_at, line.true_at) == (NINE, MIDNIGHT)
    assert line.policy_version == "2026-09-01.5f0c9b1e"
    assert (line.service, line.position, line.event) == ("scheduling", 12, "ChildEnteredCare")
    assert (line.stream, line.version) == ("child-7", 2)


def test_the_story_goes_by_when_things_became_known_then_by_service_and_position() -> None:
    later = datetime(2026, 9, 21, 8, 1, tzinfo=UTC)
    facts = [
        fact("scheduling", 3, "B"),
        fact("funding", 9, "D", known_at=later),
        fact("scheduling", 2, "A"),
        fact("pep-record", 7, "C"),
    ]
    assert [(line.service, line.position) for line in tell(facts)] == [
        ("pep-record", 7),
        ("scheduling", 2),
        ("scheduling", 3),
        ("funding", 9),
    ]


def test_what_openpep_did_by_itself_names_the_rule_that_acted() -> None:
    acted = Fact(
        "pep-record", 1, "EPEPOpened", 1, "plan-7-1", NINE, NINE, System("open_plan_when_pep_applies"), None, {}, 1
    )
    (line,) = tell([acted])
    assert line.who == "OpenPEP: open plan when pep applies"


@pytest.mark.rule("L-20")
def test_a_review_of_progress_is_told_as_such() -> None:
    sentence = told("scheduling", "MeetingHeld", on="2026-10-06", outcome="PROGRESS_REVIEW")
    assert sentence == "The meeting was held on 6 October 2026; outcome: progress review."
    sentence = told("scheduling", "MeetingHeld", on="2026-10-06", outcome="PEP")
    assert sentence == "The meeting was held on 6 October 2026; outcome: PEP."


def test_money_is_told_in_pounds_and_pence_and_meetings_in_local_time() -> None:
    assert told("funding", "PPPApproved", approved_pence=51_100, line_id="1-1") == "£511.00 was approved for line 1-1."
    arranged = told("scheduling", "MeetingScheduled", at="2026-10-06T13:00:00Z", invitees=["worker-1", "guest-2"])
    assert arranged == "A meeting was arranged for 6 October 2026 at 14:00 (2 invited)."


def test_an_event_without_a_sentence_is_told_by_its_name() -> None:
    assert told("scheduling", "PEPDayMoved") == "PEP day moved."


def test_an_event_that_does_not_fit_its_sentence_is_told_by_its_name() -> None:
    assert told("scheduling", "ChildLeftCare", on="not a day", reason="E11") == "Child left care."


def test_what_is_sealed_stays_sealed_and_what_is_missing_is_said_to_be() -> None:
    token = "1.plan.authority-1.child-7.plan-7-1.2.reason.bm90IHJlYWQ="
    assert told("funding", "PPPDeclined", line_id="1-2", rule=token) == "Line 1-2 was declined ((sealed))."
    assert told("funding", "PPPDeclined", line_id="1-2") == "Line 1-2 was declined (not said)."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PEPReturned", "PEP returned"),
        ("MeetingMustBeRearranged", "Meeting must be rearranged"),
        ("PPPReleaseReversed", "PPP release reversed"),
        ("EPEPOpened", "EPEP opened"),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    assert from_name(name) == words


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=[".".join(key) for key in SENTENCES])
def test_every_sentence_can_be_told_of_an_event_that_says_nothing(sentence: str) -> None:
    fields = [field for _, field, _, _ in PlainWords().parse(sentence) if field]
    missing = in_plain_words(sentence, {})
    assert missing.count("not said") + missing.count("no school") == len(fields)


def test_obligations_are_told_as_what_must_be_done_and_no_school_as_none() -> None:
    assert told("scheduling", "ObligationMet", obligation="hold", on="2026-10-06", by="meeting-1") == (
        "Holding the PEP meeting was done on 6 October 2026, by meeting-1."
    )
    assert told("scheduling", "SchoolMoved", on="2026-10-06", school_urn=None) == (
        "The child was on the roll of no school from 6 October 2026."
    )
    assert told("scheduling", "SchoolMoved", on="2026-10-06", school_urn="100001") == (
        "The child was on the roll of school 100001 from 6 October 2026."
    )


def test_a_corrected_fact_is_told_after_what_was_believed_and_a_story_of_before_ends_before_it() -> None:
    later = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
    due: dict[str, Any] = {"obligation": "available", "trigger_on": "2026-09-21", "due": "2026-10-19"}
    wrong: dict[str, Any] = {"fact": "entered_care", "on": "2026-09-21", "by": "care_record", "right_on": "2026-09-14"}
    story = [
        fact("scheduling", 1, "PEPDueDateSet", **due),
        fact("scheduling", 2, "FactCorrected", later, **wrong),
        fact("scheduling", 3, "PEPDueDateWithdrawn", later, obligation="available", because="fact_corrected"),
        fact("scheduling", 4, "PEPDueDateSet", later, **{**due, "trigger_on": "2026-09-14", "due": "2026-10-12"}),
    ]
    assert [line.what for line in tell(story)] == [
        "Having the PEP ready was due by 19 October 2026, counted from 21 September 2026.",
        "What had been told of the entered care of 21 September 2026 was wrong: care record corrected it.",
        "Having the PEP ready was no longer due: fact corrected.",
        "Having the PEP ready was due by 12 October 2026, counted from 14 September 2026.",
    ]
    assert [line.what for line in tell([each for each in story if each.recorded_at < later])] == [
        "Having the PEP ready was due by 19 October 2026, counted from 21 September 2026."
    ]
