"""R12: after a child is forgotten, nothing that was said about it can be read anywhere; and the log is whole."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage

import pytest
from tests.integration.forgetting.conftest import SUBJECTS, Left, opened
from tests.integration.runtime.test_sealed_everywhere import BORN, WORD, found_in, word

from pep_local.mail import RECIPIENTS

pytestmark = pytest.mark.timeout(600)  # the first of them waits for the whole course
REMOVED = "[removed: retention period ended, 05/11/2089]"


def test_before_it_everything_about_the_child_is_sealed_and_opens_with_its_keys(left: Left) -> None:
    tokens = left.of_the_child(left.before)
    words = opened(tokens, left.keys_before)
    assert len(words) == len(tokens) > 30
    assert {word("given"), word("minutes"), word("aside"), word("guest"), word("target"), BORN} <= set(words)
    inside = {place: content for place, content in left.before.items() if place != "mails"}
    assert {place: found_in(content) for place, content in inside.items() if found_in(content)} == {}


def test_after_it_the_ciphertexts_are_there_still_and_no_key_opens_one(left: Left) -> None:
    tokens = left.of_the_child(left.after)
    assert left.of_the_child(left.before) <= tokens
    assert opened(tokens, left.keys_after) == []
    assert left.keys_after, "others' keys are not destroyed"


def test_no_word_about_the_child_is_readable_in_any_table_topic_log_or_span(left: Left) -> None:
    assert {"tables", "topics", "log of notifications", "spans of funding"} <= left.after.keys()
    inside = {place: content for place, content in left.after.items() if place != "mails"}
    assert {place: found_in(content) for place, content in inside.items() if found_in(content)} == {}


def test_neither_stored_answers_nor_parked_rows_hold_a_word(left: Left) -> None:
    """They are in the tables too: here it is seen that there were some. Answers are kept for seven days."""
    assert b"PEPApplicable" in left.before["parked rows of pep-record"]
    assert left.before["parked rows of pep-record"] == left.after["parked rows of pep-record"]
    answering = ("scheduling", "pep-record", "funding", "journey")
    assert [name for name in answering if not left.before[f"answers of {name}"]] == []
    assert left.after["answers of scheduling"]
    stored = [place for place in left.after if place.startswith(("answers", "parked"))]
    assert [place for place in stored if found_in(left.before[place]) or found_in(left.after[place])] == []


def test_a_finance_file_is_the_same_afterwards_and_never_held_a_word(left: Left) -> None:
    before, after = left.answers["finance files before"], left.answers["finance files"]
    assert before == after
    (content,) = after.values()
    assert left.child.encode() in content
    assert found_in(content) == []


def test_mails_that_were_sent_hold_when_and_where_to_meet_and_no_other_word(left: Left) -> None:
    """A mail is outside: it must never have held what forgetting could not take back."""
    assert left.before["mails"] == left.after["mails"]
    assert {str(mail["Subject"]).partition(":")[0] for mail in left.mails} == {*SUBJECTS}
    for mail in left.mails:
        said = words_in(mail)
        assert said <= ({word("venue"), word("link")} if str(mail["Subject"]).startswith("Invitation") else set())
        assert BORN not in in_words(mail)


def test_a_message_that_waited_is_held_back_and_nobody_is_told_any_more(left: Left) -> None:
    messages = left.answers["messages"]
    assert messages["waiting"] == []
    assert ("glass_broken", "child_forgotten") in {
        (each["template"], each["reason"]) for each in messages["suppressed"]
    }


def test_every_service_refuses_also_what_needs_no_word(left: Left) -> None:
    sentence = "This child's record was removed on 05/11/2089: retention period ended."
    worker, *others = [(answer.status_code, answer.json()["detail"]) for answer in left.answers["asked again"]]
    assert worker[0] == 403, "since the adoption the record is closed to the social worker"
    assert others == [(409, sentence)] * 3


def test_plan_and_claim_are_shown_as_forgotten_and_no_money_of_theirs_would_leave(left: Left) -> None:
    claim = left.answers["claim"]
    assert left.answers["plan"]["state"] == claim["standing"] == "forgotten"
    lines = {line["category"]: line["standing"] for line in claim["lines"]}
    assert lines == {"tuition": "released", "mentoring": "forgotten", "equipment": "declined"}
    assert {line["reason"] for line in claim["lines"] if line["standing"] == "declined"} == {REMOVED}
    assert left.answers["preview"] == {"total_pence": 0, "payable": [], "left_out": []}


def in_words(mail: EmailMessage) -> str:
    """All that a mail says, without whom it goes to."""
    headers = [str(value) for name, value in mail.items() if name not in ("To", RECIPIENTS)]
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*headers, *parts]).replace("\r\n ", "").replace("\n ", "")  # long lines of a calendar are folded


def words_in(mail: EmailMessage) -> set[str]:
    """Which of our words; the addressee stands in a calendar entry too."""
    said = in_words(mail)
    for address in (str(mail["To"]), str(mail[RECIPIENTS])):
        said = said.replace(address, "")
    return set(re.findall(rf"{WORD}-[a-z-]+", said))


def test_no_word_about_the_child_lies_in_the_files_of_the_databases(left: Left) -> None:
    assert len(left.raw_files) == 7
    databases = {name: found_in(content) for name, content in left.raw_files.items() if name != "log"}
    assert {name: found for name, found in databases.items() if found} == {}
    assert word("given").encode() not in left.raw_files["log"]  # it is the log of other tests' databases too
    assert any(b"ChildForgotten" in content for content in left.raw_files.values())


def test_the_destroyed_keys_lie_in_no_table_file_any_more_once_it_is_vacuumed(left: Left) -> None:
    (keys,) = [content for name, content in left.raw_files.items() if name.startswith("keys")]
    gone = [wrapped for wrapped in left.wrapped_before if wrapped not in keys]
    assert len(gone) == len(left.keys_before) - len(left.keys_after) == 4


def test_who_asks_is_told_what_was_removed_why_and_when(left: Left) -> None:
    child, plan = left.answers["child"], left.answers["plan"]
    assert (child["given_name"], child["date_of_birth"]) == (REMOVED, REMOVED)
    texts = {section["text"] for section in plan["sections"] if section["text"] is not None}
    assert texts == {REMOVED} == {target["text"] for target in plan["targets"]}
    assert WORD not in json.dumps(left.answers["story"])
    told = {line["event"]: (line["what"], line["who"]) for line in left.answers["story"]["lines"]}
    assert told["ChildForgotten"][0] == (
        "The personal data of the record was removed on 5 November 2089: retention period ended."
    )
    assert told["ForgettingRequested"][1].startswith("administrator ")
    assert told["ForgettingApproved"][1].startswith("virtual school head ")


def test_a_forgotten_child_is_not_taken_in_again(left: Left) -> None:
    ((refused,), changed) = left.answers["import"]["refused"], left.answers["import"]["changed"]
    assert changed == 0
    assert refused["reason"] == "This child's record was removed on 05/11/2089: retention period ended."


def test_the_log_is_whole_and_folds_to_the_same_as_before(left: Left) -> None:
    for name in ("verify", "rebuild from journal", "rebuild from kafka"):
        assert left.commands[name].exit_code == 0, (name, left.commands[name].output)


def test_the_command_says_when_it_is_allowed_and_wants_two_people(left: Left) -> None:
    said = {name: (result.exit_code, " ".join(result.output.split())) for name, result in left.commands.items()}
    assert said["shown"][0] == 0
    assert "This record must be kept until 05/11/2089. Nobody asks that it be forgotten." in said["shown"][1]
    assert said["too early"] == (1, "This record must be kept until 05/11/2089.")
    assert said["dry"][0] == 0
    assert "With --yes: you ask for it. When somebody else approves, all keys of the child" in said["dry"][1]
    assert said["asked"][0] == 0
    assert "All of it: asked for on 05/11/2089" in said["asked"][1]
    assert said["alone"] == (
        1,
        "Nobody approves what they asked for themselves: a second person decides.",
    )
    assert (said["approved"][0], "Done: you approved it. In a moment, all keys" in said["approved"][1]) == (0, True)
    assert "Forgotten on 05/11/2089." in said["forgotten"][1]
    assert "must be kept" not in said["forgotten"][1]


def test_a_forgotten_child_is_given_out_to_nobody(left: Left) -> None:
    again = left.commands["export again"]
    assert again.exit_code == 1
    assert "This child's record was removed on 05/11/2089: retention period ended." in again.output
    assert not left.pack.with_name("second").exists()
