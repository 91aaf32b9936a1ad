"""Rules line by line, as people read them."""

from __future__ import annotations

from datetime import date, time

import pytest

from pep_kernel.authority_policy import TermsFile, read_policy_file
from pep_kernel.authority_policy.funding import Category, Eligibility
from pep_kernel.authority_policy.lines import Line, lines_of, lines_on
from pep_kernel.authority_policy.pep_record import Section, Sections
from pep_kernel.may import Role

BEGAN = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("notice.days_before", None, "–"),
        ("dual_approvals", (), "–"),
        ("quiet_hours.weekends", True, "yes"),
        ("quiet_hours.weekends", False, "no"),
        ("notice.days_before", 7, "7"),
        ("grant.amount_pence", 263_000, "£2,630.00"),
        ("approval_limits.limits_pence", {Role.VIRTUAL_SCHOOL_OFFICER: 60_000}, "virtual_school_officer £600.00"),
        ("terms.first", date(2026, 9, 2), "02/09/2026"),
        ("quiet_hours.begin", time(19, 0), "19:00"),
        ("sign_off.roles", (Role.DESIGNATED_TEACHER, Role.SOCIAL_WORKER), "designated_teacher, social_worker"),
        ("words.premium", "PP+", "PP+"),
    ],
)
def test_a_value_is_written_as_people_write_it(key: str, value: object, text: str) -> None:
    assert Line(key, value).text == text


def test_an_entry_is_named_by_what_tells_it_from_others_and_brings_its_source() -> None:
    section = Section(key="views", title="Views", contributors=(Role.SOCIAL_WORKER,), required=True, source=("L-46",))
    rule = Sections(effective_from=BEGAN, source=("L-25",), each=(section,))
    assert [(line.key, line.text, line.since, line.source) for line in lines_of(rule)] == [
        ("each.views.title", "Views", None, ("L-46",)),
        ("each.views.contributors", "social_worker", None, ("L-46",)),
        ("each.views.required", "yes", None, ("L-46",)),
        ("each.views.not_shown_to", "–", None, ("L-46",)),
    ]


def test_a_rule_of_several_brings_its_own_day() -> None:
    tuition = Category(
        effective_from=BEGAN, source=("L-93",), category="tuition", eligibility=Eligibility.ASK, reason="Ask us."
    )
    assert tuition.label == "tuition"
    assert [(line.key, line.text) for line in lines_of(tuition)] == [
        ("category", "tuition"),
        ("eligibility", "ask"),
        ("reason", "Ask us."),
    ]


def test_the_second_stretch_of_a_term_is_told_from_the_first() -> None:
    stretch = '{ school_year = 2026, term = "autumn", first = 2026-%s, last = 2026-%s }'
    text = f'authority = "somewhere"\nterms = [{stretch % ("09-02", "10-23")}, {stretch % ("11-02", "12-18")}]'
    file = read_policy_file(TermsFile, text, "terms.toml", "somewhere")
    assert [(line.key, line.text) for line in lines_on(file, BEGAN)] == [
        ("terms.2026/autumn.first", "02/09/2026"),
        ("terms.2026/autumn.last", "23/10/2026"),
        ("terms.2026/autumn (2).first", "02/11/2026"),
        ("terms.2026/autumn (2).last", "18/12/2026"),
        ("inset_days", "–"),
        ("bank_holidays", "–"),
        ("open_all_year", "–"),
        ("last_exam_days", "–"),
    ]
