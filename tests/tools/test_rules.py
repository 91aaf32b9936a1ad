"""`make rules` finds the rules of a service built in full that have neither a test nor a reason."""

from tools.rules import neither

ROWS = [
    ("L-01", "scheduling", "A child has a meeting every term."),
    ("L-02", "guidance", "The meeting is about education."),
    ("L-03", "scheduling, access", "Somebody attends."),
    ("L-22", "pep-record", "The PEP is one document."),
    ("T01", "", "Twenty working days."),
]


def test_a_rule_without_a_test_or_a_reason_is_named() -> None:
    assert neither(ROWS, {}, {}) == ["L-01: A child has a meeting every term.", "L-03: Somebody attends."]


def test_a_test_or_a_reason_is_enough() -> None:
    assert neither(ROWS, {"L-01": {"a test"}}, {"L-03": "It is a habit, and nothing is recorded of it."}) == []
