"""The files of the authorities, read as the services read them."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from pep_kernel.authority_policy import FILES, PolicyFile, PolicyFileError, RulesFile, SchedulingPolicy
from pep_kernel.authority_policy.approvals import Approver, Consulted, Decision
from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.authority_policy.lines import lines_of, lines_on
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.authority_policy.pep_record import IfMissing
from pep_kernel.calendars import DueDate, due_date
from pep_kernel.may import Role
from pep_runtime.policies import Policies, read_policies

FOLDER = Path(__file__).parents[2] / "shared" / "authorities"
ENTERED = date(2026, 9, 21)


@pytest.fixture(scope="module")
def policies() -> Policies:
    return read_policies(FOLDER)


def scheduling(policies: Policies, authority: str) -> SchedulingPolicy:
    return policies.for_authority(authority).scheduling.in_force(ENTERED)


def dates_after(policies: Policies, authority: str, trigger: Trigger, on: date) -> dict[str, date]:
    calendar = policies.calendar_for(authority)
    obligations = scheduling(policies, authority).obligations_after(trigger)
    return {each.duty: due_date(on, each.days, each.unit, calendar, each.roll).due for each in obligations}


@pytest.mark.scenario("T61")
@pytest.mark.rule("O-13", "O-31")
def test_oxfordshire_asks_three_things_after_a_child_enters_care(policies: Policies) -> None:
    assert dates_after(policies, "oxfordshire", Trigger.ENTERED_CARE, ENTERED) == {
        "convene": date(2026, 10, 5),
        "hold": date(2026, 10, 19),
        "available": date(2026, 10, 19),
    }


@pytest.mark.scenario("T61")
def test_scheduling_a_meeting_meets_the_first_of_them_only(policies: Policies) -> None:
    obligations = scheduling(policies, "oxfordshire").obligations_after(Trigger.ENTERED_CARE)
    assert [each.duty for each in obligations if each.met_by == "MeetingScheduled"] == ["convene"]


@pytest.mark.scenario("T01")
def test_leicestershire_asks_what_the_law_asks(policies: Policies) -> None:
    assert dates_after(policies, "leicestershire", Trigger.ENTERED_CARE, ENTERED) == {"available": date(2026, 10, 19)}


@pytest.mark.scenario("T28")
@pytest.mark.rule("L-78")
def test_a_leicestershire_plan_is_complete_ten_calendar_days_after_its_meeting(policies: Policies) -> None:
    held = date(2026, 11, 9)
    assert dates_after(policies, "leicestershire", Trigger.MEETING_HELD, held) == {"complete": date(2026, 11, 19)}


@pytest.mark.scenario("T13")
@pytest.mark.rule("O-13")
def test_a_school_move_in_oxfordshire_starts_a_clock(policies: Policies) -> None:
    after = dates_after(policies, "oxfordshire", Trigger.SCHOOL_MOVED, date(2026, 4, 20))
    assert after["convene"] == date(2026, 5, 5)


@pytest.mark.scenario("T02b")
@pytest.mark.rule("O-31")
def test_a_school_in_the_other_county_keeps_that_countys_half_term(policies: Policies) -> None:
    hold = next(each for each in scheduling(policies, "oxfordshire").obligations if each.duty == "hold")
    calendar = policies.calendar_for("oxfordshire", school_urn="900101", laestab="8554001")
    counted: DueDate = due_date(ENTERED, hold.days, hold.unit, calendar)
    assert counted.due == date(2026, 10, 26)


def test_a_school_in_an_area_without_a_folder_is_counted_by_the_authoritys_own_days(policies: Policies) -> None:
    assert policies.calendar_for("oxfordshire", laestab="3304001").terms == policies.calendar_for("oxfordshire").terms


@pytest.mark.rule("L-13")
def test_notice_is_a_week_in_one_county_and_unsaid_in_the_other(policies: Policies) -> None:
    assert scheduling(policies, "leicestershire").notice.days_before == 7
    assert scheduling(policies, "oxfordshire").notice.days_before is None


@pytest.mark.rule("L-19", "L-20")
@pytest.mark.scenario("T23")
def test_only_one_county_requires_the_authority_at_a_meeting(policies: Policies) -> None:
    assert scheduling(policies, "leicestershire").quorum.authority_must_attend
    assert not scheduling(policies, "oxfordshire").quorum.authority_must_attend


@pytest.mark.rule("L-63")
@pytest.mark.scenario("T32")
def test_a_plan_without_maths_is_refused_in_one_county_and_warned_about_in_the_other(policies: Policies) -> None:
    missing = {
        name: policies.for_authority(name).pep_record.in_force(ENTERED).targets.if_subject_missing
        for name in ("leicestershire", "oxfordshire")
    }
    assert missing == {"leicestershire": IfMissing.REFUSE, "oxfordshire": IfMissing.WARN}


@pytest.mark.rule("L-40", "O-40")
def test_the_social_workers_section_has_another_name_in_each_county(policies: Policies) -> None:
    sections = policies.for_authority("oxfordshire").pep_record.in_force(ENTERED).sections
    social_care = sections.named("social_care")
    assert social_care is not None
    assert social_care.contributors == (Role.SOCIAL_WORKER,)
    assert sections.named("care_situation") is None


def test_every_file_has_rules_for_the_day(policies: Policies) -> None:
    for each in policies.authorities.values():
        for file in (each.scheduling, each.pep_record, each.funding, each.notifications):
            assert file.in_force(ENTERED).version


@pytest.mark.rule("O-92")
@pytest.mark.parametrize("name", list(FILES))
@pytest.mark.parametrize("other", ["leicestershire", "oxfordshire"])
def test_a_third_authority_differs_in_every_key_and_the_code_does_not_know(
    policies: Policies, other: str, name: str
) -> None:
    third, theirs = (said_by_key(policies, authority, name) for authority in ("nonesuch", other))
    assert third.keys() == theirs.keys()
    assert [key for key in third if third[key] == theirs[key]] == []


def said_by_key(policies: Policies, authority: str, name: str) -> dict[str, set[tuple[str, str]]]:
    """Rule → all that it says, without its day and source; what tells entries apart is part of what is said."""
    file: PolicyFile = getattr(policies.for_authority(authority), name.replace("-", "_"))
    rules = file.in_force(ENTERED) if isinstance(file, RulesFile) else file
    said: dict[str, set[tuple[str, str]]] = {key: set() for key in type(rules).model_fields if key != "authority"}
    for line in lines_of(rules):
        said[line.key.partition(".")[0]].add((line.key, line.text))
    return said


@pytest.mark.parametrize("other", ["leicestershire", "oxfordshire"])
def test_a_kind_of_spending_and_an_obligation_that_both_name_are_ruled_differently(
    policies: Policies, other: str
) -> None:
    for name in ("funding", "scheduling"):
        third, theirs = (entries_of(policies, authority, name) for authority in ("nonesuch", other))
        both = third.keys() & theirs.keys()
        assert both
        assert [key for key in both if third[key] == theirs[key]] == []


def entries_of(policies: Policies, authority: str, name: str) -> dict[str, list[str]]:
    """`categories.tuition` → what is said of it."""
    found: dict[str, list[str]] = {}
    for line in lines_on(getattr(policies.for_authority(authority), name), ENTERED):
        if line.key.startswith(("categories.", "obligations.", "dual_approvals.")):
            found.setdefault(line.key.rpartition(".")[0], []).append(line.text)
    return found


@pytest.mark.scenario("T50")
@pytest.mark.rule("O-74")
def test_attendance_is_collected_from_the_fifth_birthday_on_where_an_authority_has_it_collected(
    policies: Policies,
) -> None:
    five, nearly_five = date(2021, 9, 21), date(2021, 9, 22)
    feeds = {name: scheduling(policies, name).attendance_feed for name in policies.authorities}
    assert [feeds["oxfordshire"].covers(born, ENTERED) for born in (five, nearly_five)] == [True, False]
    assert not feeds["leicestershire"].covers(date(2015, 1, 1), ENTERED)


@pytest.mark.rule("L-12", "O-13", "O-20", "O-37")
def test_who_sets_the_date_of_a_meeting_differs_between_the_first_and_the_later_ones(policies: Policies) -> None:
    there, here = (scheduling(policies, name).convener for name in ("leicestershire", "oxfordshire"))
    assert there.first_meeting == there.later_meetings == (Role.PEP_COORDINATOR,)
    assert (here.first_meeting, here.later_meetings) == ((Role.SOCIAL_WORKER,), (Role.DESIGNATED_TEACHER,))


@pytest.mark.rule("L-16", "O-35")
def test_everywhere_a_parent_is_invited_by_a_recorded_decision_of_the_social_worker_alone(policies: Policies) -> None:
    for name in policies.authorities:
        invited = {each.invited: each for each in scheduling(policies, name).invitations.each}
        assert invited[Capacity.FAMILY].by == (Role.SOCIAL_WORKER,)
        assert invited[Capacity.FAMILY].recorded_decision


@pytest.mark.rule("O-80", "O-91")
def test_a_change_of_school_needs_two_jobs_in_one_county_only(policies: Policies) -> None:
    there, here = (scheduling(policies, name).dual_approvals for name in ("leicestershire", "oxfordshire"))
    assert there == ()
    assert {each.decision: each.approvers for each in here} == {
        "school_change": ("virtual_school_head", "corporate_parenting_manager"),
        "term_time_holiday": ("virtual_school_head", "corporate_parenting_manager"),
    }


@pytest.mark.rule("O-91")
def test_into_which_years_children_move_up_without_approval_is_the_authoritys_to_say(policies: Policies) -> None:
    def excepted(name: str, decision: Decision) -> tuple[int, ...] | None:
        approval = scheduling(policies, name).approval_of(decision)
        return approval.except_phase_transfers_into_year_groups if approval else None

    assert excepted("oxfordshire", "school_change") == (3, 7)
    assert excepted("leicestershire", "school_change") is None
    assert excepted("nonesuch", "school_change") == (5, 9)
    assert excepted("leicestershire", "key_stage_4_move") == ()


def test_a_placement_at_a_distance_is_agreed_to_by_the_director_everywhere(policies: Policies) -> None:
    for name in policies.authorities:
        approval = scheduling(policies, name).approval_of("placement_at_a_distance")
        assert approval is not None
        assert Approver.DIRECTOR_OF_CHILDRENS_SERVICES in approval.approvers
        assert Consulted.AREA_AUTHORITY in approval.consulted


@pytest.mark.rule("L-37", "O-52")
def test_what_a_school_may_write_of_a_carers_contact_is_policy(policies: Policies) -> None:
    rules = {name: each.pep_record.in_force(ENTERED).carer_contact for name, each in policies.authorities.items()}
    assert rules["leicestershire"].from_school == "refuse"
    assert rules["oxfordshire"].from_school == "allow_if_necessary"


def test_a_wrong_key_stops_the_reading_and_is_named_with_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(FOLDER, folder)
    file = folder / "oxfordshire" / "scheduling.toml"
    file.write_text(file.read_text().replace("days = 10", "dayz = 10", 1))
    with pytest.raises(PolicyFileError, match=r"oxfordshire/scheduling\.toml: obligations\.0\.days"):
        read_policies(folder)


def test_all_that_is_wrong_is_told_at_once_in_all_files_of_all_authorities(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(FOLDER, folder)
    for authority in ("leicestershire", "oxfordshire"):
        file = folder / authority / "funding.toml"
        text = file.read_text().replace("held_back_percent = ", "held_back_percent = 9")
        file.write_text(text.replace("head_may_override", "head_may_overide"))
    (folder / "oxfordshire" / "fundings.toml").touch()
    with pytest.raises(PolicyFileError) as wrong:
        read_policies(folder)
    told = [(fault.file.removeprefix(f"{folder}/"), fault.key, fault.of) for fault in wrong.value.faults]
    mine = [("grant.0.held_back_percent", "2024-04-01"), ("grant.1.held_back_percent", "2025-04-01")]
    mine += [("envelope.0.head_may_override", "2011-04-01"), ("envelope.0.head_may_overide", "2011-04-01")]
    assert told == [
        *(("leicestershire/funding.toml", *each) for each in mine),
        ("oxfordshire/fundings.toml", "the whole file", None),
        *(("oxfordshire/funding.toml", *each) for each in mine),
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(FOLDER, folder)
    (folder / "oxfordshire" / "terms.toml").unlink()
    with pytest.raises(PolicyFileError, match=r"oxfordshire/terms\.toml: the whole file: cannot be read"):
        read_policies(folder)


def test_a_folder_without_authorities_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match="holds no authority"):
        read_policies(tmp_path / "nowhere")
