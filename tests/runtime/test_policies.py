"""The files of the two authorities, read as the services read them."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from pep_kernel.authority_policy import PolicyFileError, SchedulingPolicy
from pep_kernel.authority_policy.pep_record import IfMissing
from pep_kernel.authority_policy.scheduling import Trigger
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
    assert policies.calendar_for("oxfordshire", laestab="3304001") == policies.calendar_for("oxfordshire")


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
        for name in policies.authorities
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


def test_a_wrong_key_stops_the_reading_and_is_named_with_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(FOLDER, folder)
    file = folder / "oxfordshire" / "scheduling.toml"
    file.write_text(file.read_text().replace("days = 10", "dayz = 10", 1))
    with pytest.raises(PolicyFileError, match=r"oxfordshire/scheduling\.toml: obligations\.0\.days"):
        read_policies(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "authorities"
    shutil.copytree(FOLDER, folder)
    (folder / "oxfordshire" / "terms.toml").unlink()
    with pytest.raises(PolicyFileError, match=r"oxfordshire/terms\.toml: the whole file: cannot be read"):
        read_policies(folder)


def test_a_folder_without_authorities_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match="holds no authority"):
        read_policies(tmp_path / "nowhere")
