"""Policy is data: what a file may say, what makes it wrong, and which of its rules hold on a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pep_kernel.authority_policy import (
    FundingFile,
    NotificationsFile,
    NotInForce,
    PolicyFault,
    PolicyFileError,
    TermsFile,
    read_policy_file,
)
from pep_kernel.authority_policy.approvals import DualApproval, OfficersApproval
from pep_kernel.authority_policy.concerns import PersistentAbsence
from pep_kernel.authority_policy.due_dates import Cadence
from pep_kernel.authority_policy.funding import Eligibility, Grant
from pep_kernel.authority_policy.meetings import Capacity, Quorum
from pep_kernel.authority_policy.scheduling import Applicability
from pep_kernel.calendars import Term, Unit
from pep_kernel.may import Role

SENDER = """
[[sender]]
effective_from = 2020-04-01
name = "Somewhere Virtual School"
address = "virtual-school@somewhere.example"
source = ["our choice"]
"""
OTHERS = """
[[words]]
effective_from = 2020-04-01
premium = "PP+"
source = ["our choice"]
[[quiet_hours]]
effective_from = 2020-04-01
begin = 19:00:00
end = 07:00:00
weekends = true
source = ["our choice"]
"""


def notifications(*senders: str, authority: str = "somewhere") -> NotificationsFile:
    text = f'authority = "{authority}"\n' + "".join(senders) + OTHERS
    return read_policy_file(NotificationsFile, text, "somewhere/notifications.toml", "somewhere")


def sender(effective_from: str, more: str = "") -> str:
    return SENDER.replace("2020-04-01", effective_from) + more


def fault_of(*senders: str, authority: str = "somewhere") -> PolicyFault:
    """The only thing that is wrong."""
    with pytest.raises(PolicyFileError) as wrong:
        notifications(*senders, authority=authority)
    (fault,) = wrong.value.faults
    return fault


def test_a_rule_holds_until_its_successor_begins() -> None:
    file = notifications(SENDER, sender("2026-09-01").replace("Somewhere", "Elsewhere"))
    assert file.in_force(date(2026, 8, 31)).sender.name == "Somewhere Virtual School"
    assert file.in_force(date(2026, 9, 1)).sender.name == "Elsewhere Virtual School"


def test_the_version_names_the_newest_rule_and_what_all_of_them_say() -> None:
    before = notifications(SENDER)
    after = notifications(SENDER, sender("2026-09-01"))
    assert before.in_force(date(2026, 9, 1)).version.startswith("2020-04-01.")
    assert after.in_force(date(2026, 9, 1)).version.startswith("2026-09-01.")


def test_a_successor_leaves_the_version_of_the_past_as_it_was() -> None:
    before, after = notifications(SENDER), notifications(SENDER, sender("2026-09-01"))
    assert before.in_force(date(2026, 8, 31)).version == after.in_force(date(2026, 8, 31)).version


def test_the_first_day_of_a_file_is_the_first_day_with_rules() -> None:
    with pytest.raises(NotInForce, match="no rule for 'sender' is in force on 31/03/2020"):
        notifications(SENDER).in_force(date(2020, 3, 31))


def test_a_file_tells_the_days_on_which_its_rules_change() -> None:
    assert notifications(SENDER).days() == (date(2020, 4, 1),)
    assert notifications(SENDER, sender("2026-09-01")).days() == (date(2020, 4, 1), date(2026, 9, 1))


def test_an_unknown_key_is_an_error_that_names_file_and_key() -> None:
    fault = fault_of(sender("2020-04-01", "colour = 'red'\n"))
    assert (fault.file, fault.key) == ("somewhere/notifications.toml", "sender.0.colour")


def test_a_missing_key_is_named() -> None:
    assert fault_of().key == "sender"


def test_a_rule_needs_a_source() -> None:
    assert fault_of(SENDER.replace('["our choice"]', "[]")).key == "sender.0.source"


def test_two_rules_from_the_same_day_are_an_error() -> None:
    assert "two rules begin on 01/04/2020" in fault_of(SENDER, SENDER).reason


def test_rules_that_overlap_are_an_error() -> None:
    fault = fault_of(sender("2020-04-01", "effective_until = 2026-09-30\n"), sender("2026-09-01"))
    assert (fault.key, fault.of) == ("sender.1", "2026-09-01")
    assert fault.reason == "overlap: the rule before it ends on 30/09/2026 only"


def test_a_gap_between_rules_is_an_error() -> None:
    fault = fault_of(sender("2020-04-01", "effective_until = 2026-07-31\n"), sender("2026-09-01"))
    assert "gap: nothing is in force on the day after 31/07/2026" in fault.reason


def test_a_last_rule_that_ends_is_a_gap() -> None:
    assert "gap" in fault_of(sender("2020-04-01", "effective_until = 2026-07-31\n")).reason


def test_a_rule_that_says_its_end_rightly_is_fine() -> None:
    file = notifications(sender("2020-04-01", "effective_until = 2026-08-31\n"), sender("2026-09-01"))
    assert file.in_force(date(2026, 8, 31)).sender.effective_until == date(2026, 8, 31)


def test_a_file_in_the_folder_of_another_authority_is_an_error() -> None:
    assert fault_of(SENDER, authority="elsewhere").key == "authority"


def test_a_file_that_is_not_toml_is_an_error() -> None:
    assert "is not TOML" in fault_of("sender = [").reason


def test_quiet_hours_are_evenings_nights_and_weekends() -> None:
    quiet = notifications(SENDER).in_force(date(2026, 9, 21)).quiet_hours
    london = ZoneInfo("Europe/London")
    assert quiet.is_quiet(datetime(2026, 9, 21, 19, 0, tzinfo=london))
    assert quiet.is_quiet(datetime(2026, 9, 21, 6, 59, tzinfo=london))
    assert quiet.is_quiet(datetime(2026, 9, 20, 12, 0, tzinfo=london))
    assert not quiet.is_quiet(datetime(2026, 9, 21, 12, 0, tzinfo=london))


DATED = {"effective_from": date(2011, 4, 1), "source": ("our choice",)}
APPLICABILITY = Applicability.model_validate(
    {
        **DATED,
        "legal_statuses_without": ("V3", "V4"),
        "from_age_years": 2,
        "until_age_years": 18,
        "early_years_needs_setting": True,
    }
)


@pytest.mark.scenario("T54")
def test_a_child_on_a_short_break_has_no_pep() -> None:
    assert APPLICABILITY.why_not("V4", date(2015, 1, 5), date(2026, 9, 21), in_setting=True) == "short_break"


@pytest.mark.parametrize(
    ("born", "in_setting", "reason"),
    [
        (date(2025, 3, 1), True, "too_young"),
        (date(2008, 9, 21), True, "grown_up"),
        (date(2024, 3, 1), False, "no_early_years_setting"),
        (date(2024, 3, 1), True, None),
        (date(2015, 3, 1), False, None),
    ],
)
def test_age_and_setting_decide_whether_a_pep_applies(born: date, in_setting: bool, reason: str | None) -> None:
    assert APPLICABILITY.why_not("C2", born, date(2026, 9, 21), in_setting=in_setting) == reason


QUORUM = Quorum.model_validate(
    {
        **DATED,
        "authority_must_attend": True,
        "represents_authority": ("social_worker", "virtual_school_officer"),
        "represents_authority_from_year_12": ("personal_adviser",),
    }
)


@pytest.mark.rule("L-19")
def test_a_social_worker_or_an_officer_speaks_for_the_authority() -> None:
    assert QUORUM.is_represented(frozenset({Capacity.SOCIAL_WORKER, Capacity.CARER}), 7)
    assert QUORUM.is_represented(frozenset({Capacity.VIRTUAL_SCHOOL_OFFICER}), 7)
    assert not QUORUM.is_represented(frozenset({Capacity.FOSTERING_SOCIAL_WORKER, Capacity.DESIGNATED_TEACHER}), 7)


@pytest.mark.rule("O-12")
def test_a_personal_adviser_speaks_for_the_authority_from_year_twelve() -> None:
    assert not QUORUM.is_represented(frozenset({Capacity.PERSONAL_ADVISER}), 11)
    assert QUORUM.is_represented(frozenset({Capacity.PERSONAL_ADVISER}), 12)


@pytest.mark.rule("L-01", "L-07")
def test_the_terms_with_a_meeting_depend_on_the_year_group() -> None:
    terms = {"early_years_terms": ("autumn", "summer"), "school_age_terms": ("autumn", "spring", "summer")}
    cadence = Cadence.model_validate({**DATED, **terms, "post_16_terms": ("autumn",), "first_pep_covers": True})
    assert cadence.terms_of(-1) == {Term.AUTUMN, Term.SUMMER}
    assert cadence.terms_of(0) == cadence.terms_of(11) == frozenset(Term)
    assert cadence.terms_of(12) == {Term.AUTUMN}


@pytest.mark.rule("L-93", "L-101")
def test_money_is_shared_over_the_terms_of_a_financial_year_to_the_penny() -> None:
    grant = Grant.model_validate({**DATED, "amount_pence": 263000, "held_back_percent": 20})
    assert [grant.term_pence(term) for term in (Term.SUMMER, Term.AUTUMN, Term.SPRING)] == [70134, 70133, 70133]


FUNDING = """
authority = "somewhere"
[[categories]]
effective_from = 2020-04-01
category = "uniform"
eligibility = "decline"
reason = "From the carer's allowance."
source = ["L-101"]
[[approval_limits]]
effective_from = 2020-04-01
limits_pence = { virtual_school_officer = 30000 }
without_limit = ["virtual_school_head"]
source = ["our choice"]
[[grant]]
effective_from = 2020-04-01
amount_pence = 263000
held_back_percent = 20
source = ["our choice"]
[[envelope]]
effective_from = 2020-04-01
head_may_override = true
source = ["our choice"]
[[payment_routes]]
effective_from = 2020-04-01
own_area = "journal"
other_area = "bacs"
source = ["our choice"]
[[best_value]]
effective_from = 2020-04-01
impact_reviewed = "premium_only"
source = ["our choice"]
"""


def funding(text: str = FUNDING) -> FundingFile:
    return read_policy_file(FundingFile, text, "somewhere/funding.toml", "somewhere")


@pytest.mark.rule("L-101")
def test_a_category_says_what_policy_thinks_of_it_and_silence_is_none() -> None:
    policy = funding().in_force(date(2026, 9, 21))
    uniform = policy.category("uniform")
    assert uniform is not None
    assert uniform.eligibility is Eligibility.DECLINE
    assert policy.category("telescope") is None


def test_a_role_approves_up_to_its_limit() -> None:
    limits = funding().in_force(date(2026, 9, 21)).approval_limits
    assert limits.limit_pence(Role.VIRTUAL_SCHOOL_OFFICER) == 30000
    assert limits.limit_pence(Role.VIRTUAL_SCHOOL_HEAD) is None
    assert limits.limit_pence(Role.DESIGNATED_TEACHER) == 0


def test_a_category_that_is_ruled_twice_at_a_time_is_an_error_that_names_it() -> None:
    twice = FUNDING + FUNDING[FUNDING.index("[[categories]]") : FUNDING.index("[[approval_limits]]")]
    with pytest.raises(PolicyFileError, match=r"categories.*'uniform': two rules begin"):
        funding(twice)


def test_a_journal_cannot_pay_a_school_in_another_area() -> None:
    with pytest.raises(PolicyFileError, match=r"payment_routes\.0.*cannot pay a school in another area"):
        funding(FUNDING.replace('"bacs"', '"journal"'))


def terms(text: str) -> TermsFile:
    return read_policy_file(TermsFile, f'authority = "somewhere"\n{text}', "somewhere/terms.toml", "somewhere")


AUTUMN = '{ school_year = 2026, term = "autumn", first = 2026-09-02, last = 2026-10-23 }'


@pytest.mark.scenario("T10")
def test_an_inset_day_closes_its_own_school_only() -> None:
    file = terms(
        f'terms = [{AUTUMN}]\ninset_days = [{{ on = 2026-09-03, school_urn = "900001" }}, {{ on = 2026-09-04 }}]'
    )
    assert file.calendar("900001").inset_days == {date(2026, 9, 3), date(2026, 9, 4)}
    assert file.calendar("900002").inset_days == {date(2026, 9, 4)}
    assert file.calendar().why_not_counted(date(2026, 9, 3), Unit.SCHOOL) is None


def test_a_proclaimed_bank_holiday_can_be_written_down() -> None:
    calendar = terms(f'terms = [{AUTUMN}]\nbank_holidays = [{{ on = 2026-09-15, name = "A coronation" }}]').calendar()
    assert calendar.bank_holiday(date(2026, 9, 15)) == "A coronation"


@pytest.mark.parametrize(
    ("stretches", "reason"),
    [
        (AUTUMN.replace("2026-10-23", "2026-08-23"), "ends before it begins"),
        (f"{AUTUMN}, {AUTUMN}", "begins before the one before it ends"),
    ],
)
def test_term_dates_out_of_order_are_an_error(stretches: str, reason: str) -> None:
    with pytest.raises(PolicyFileError, match=reason):
        terms(f"terms = [{stretches}]")


def test_the_same_job_twice_is_one_approval() -> None:
    twice = {**DATED, "decision": "school_change", "approvers": ("team_manager", "team_manager")}
    with pytest.raises(ValueError, match="the same job twice is one approval"):
        DualApproval.model_validate(twice)


def test_only_a_change_of_school_can_be_a_phase_transfer() -> None:
    jobs = ("virtual_school_head", "team_manager")
    holiday = {
        **DATED,
        "decision": "term_time_holiday",
        "approvers": jobs,
        "except_phase_transfers_into_year_groups": (7,),
    }
    with pytest.raises(ValueError, match="is for a change of school"):
        DualApproval.model_validate(holiday)


@pytest.mark.parametrize("key", ["except_placements", "except_own_placements"])
def test_only_a_placement_outside_the_area_can_be_of_an_excepted_kind(key: str) -> None:
    move = {**DATED, "decision": "key_stage_4_move", "approvers": ("nominated_officer",), key: ("U1",)}
    with pytest.raises(ValueError, match=f"'{key}' is for a placement outside the area"):
        OfficersApproval.model_validate(move)


def test_absence_is_over_before_it_can_rise_again() -> None:
    rising = {**DATED, "threshold_percent": 10, "rearm_below_percent": 11, "fewest_sessions": 40}
    with pytest.raises(ValueError, match="'rearm_below_percent' must not be more"):
        PersistentAbsence.model_validate(rising)
