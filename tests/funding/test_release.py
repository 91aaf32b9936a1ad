"""A release run: what leaves, what stays and why, and a file that says it to the penny."""

import csv
import io
from datetime import date
from hashlib import sha256

import pytest
from tests.funding.history import (
    CHILD,
    ELSA,
    ENTERED_ON,
    PLAN,
    RUN_DAY,
    SCHOOL,
    TERM,
    TUITION,
    YEAR,
    History,
    approval,
    completed,
    run_of,
)

from funding.domain.approval import claim_act
from funding.domain.claim.commands import HoldApprovals, StopClaim
from funding.domain.claim.events import PPPReleased
from funding.domain.envelope.events import TermEnvelopeOpened
from funding.domain.known_child import ChildInCareKnown, ChildOutOfCareKnown, SchoolKnown
from funding.domain.ledger import LinesNumbered
from funding.domain.payee import PayeeKnown
from funding.domain.release.commands import StartReleaseRun, TakeFile
from funding.domain.release.events import (
    FinanceFileMade,
    FinanceFileTaken,
    LeftOut,
    LinesLeftOut,
    ReleaseRunStarted,
    ReliedOn,
)
from funding.domain.release.finance_file import COLUMNS, finance_file, finance_files
from funding.domain.release.release import release_act
from funding.domain.release.run import RELEASE
from funding.domain.release.selection import Stays, select
from funding.domain.streams import envelope_stream, known_stream, payee_stream
from pep_kernel.contracts import funding as told
from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario

OTHER_SCHOOL = "900002"


def child_with_money(history: History, child_ref: str = CHILD, school: str | None = SCHOOL) -> str:
    """A child in care, at a school that can be paid, with £511.00 approved for two lines; gives the plan."""
    plan_id = f"plan-{child_ref}-1"
    history.tell(known_stream(child_ref), ChildInCareKnown(child_ref=child_ref, on=ENTERED_ON))
    history.tell(known_stream(child_ref), SchoolKnown(child_ref=child_ref, school_urn=school, on=ENTERED_ON))
    history.do(claim_act(completed(TUITION, ELSA, plan_id=plan_id, child_ref=child_ref), YEAR, TERM))
    history.do(claim_act(approval("maths", "elsa", plan_id=plan_id), YEAR, TERM))
    return plan_id


@pytest.fixture
def history() -> History:
    """An envelope with £10,000.00, two schools that can be paid, and one child with approved money."""
    history = History()
    opened = TermEnvelopeOpened(financial_year=YEAR, term=TERM, amount_pence=1_000_000, on=ENTERED_ON)
    history.tell(envelope_stream(YEAR, TERM), opened)
    history.tell(payee_stream(SCHOOL), PayeeKnown(urn=SCHOOL, ukprn="10090001", laestab="8559901"))
    history.tell(payee_stream(OTHER_SCHOOL), PayeeKnown(urn=OTHER_SCHOOL, ukprn="10090002", laestab="9319902"))
    child_with_money(history)
    return history


def act(run: StartReleaseRun, *children: str) -> Act:
    return release_act(run, children or (CHILD,), (SCHOOL, OTHER_SCHOOL), "2026-04-01.00000000")


def stays(history: History, run: StartReleaseRun, *children: str) -> set[str]:
    """Why the run's lines stay; nothing leaves."""
    selection = select(history.states(act(run, *children).streams), run)
    assert selection.payable == ()
    return {line.reason for line in selection.left_out}


@pytest.mark.rule("L-75")
def test_approved_lines_leave_to_the_childs_school_with_numbers_and_a_file(history: History) -> None:
    other = child_with_money(history, "child-8", OTHER_SCHOOL)
    history.do(act(run_of("run-1", PLAN, other), CHILD, "child-8"))
    assert [
        (line.child_ref, line.line_id, line.released_pence, line.payee_urn, line.payment_route, line.line_number)
        for line in history.of(PPPReleased)
    ] == [
        ("child-7", "elsa", 11100, SCHOOL, "journal", 1),
        ("child-7", "maths", 40000, SCHOOL, "journal", 2),
        ("child-8", "elsa", 11100, OTHER_SCHOOL, "bacs", 3),
        ("child-8", "maths", 40000, OTHER_SCHOOL, "bacs", 4),
    ]
    assert history.of(LinesNumbered) == [LinesNumbered(run_id="run-1", first_number=1, last_number=4)]
    (made,) = history.of(FinanceFileMade)
    assert (made.file_name, made.line_count, made.total_pence) == ("ppp-run-1.csv", 4, 102200)


def test_a_run_writes_down_what_it_relied_on(history: History) -> None:
    history.do(act(run_of("run-1", PLAN)))
    relied_on = (ReliedOn("pep-record", 17), ReliedOn("scheduling", 41))
    assert history.of(ReleaseRunStarted) == [ReleaseRunStarted(run_id="run-1", on=RUN_DAY, relied_on=relied_on)]
    assert history.of(LinesLeftOut) == []


@pytest.mark.scenario("T40")
def test_neither_a_run_nor_a_line_is_repeated(history: History) -> None:
    history.do(act(run_of("run-1", PLAN)))
    with pytest.raises(Refusal, match="run-1 has been made before"):
        history.do(act(run_of("run-1", PLAN)))
    with pytest.raises(Refusal, match=r"No approved line can be released today\.$"):
        history.do(act(run_of("run-2", PLAN)))
    assert len(history.of(PPPReleased)) == 2


def test_a_later_run_goes_on_numbering_and_says_who_stayed(history: History) -> None:
    history.do(act(run_of("run-1", PLAN)))
    other = child_with_money(history, "child-8")
    homeless = child_with_money(history, "child-9", None)
    history.do(act(run_of("run-2", other, homeless), "child-8", "child-9"))
    assert [line.line_number for line in history.of(PPPReleased)] == [1, 2, 3, 4]
    (left_out,) = history.of(LinesLeftOut)
    assert left_out.lines == (LeftOut(homeless, "elsa", Stays.NO_SCHOOL), LeftOut(homeless, "maths", Stays.NO_SCHOOL))


@pytest.mark.scenario("T39")
def test_a_plan_that_was_never_completed_has_nothing_to_release(history: History) -> None:
    with pytest.raises(Refusal, match=r"No approved line can be released today\.$"):
        history.do(act(run_of("run-1", "plan-child-8-1"), "child-8"))


def test_held_money_stays(history: History) -> None:
    history.do(claim_act(HoldApprovals(plan_id=PLAN, child_ref=CHILD, plan_version=1), YEAR, TERM))
    assert stays(history, run_of("run-1", PLAN)) == {Stays.HELD}
    with pytest.raises(Refusal, match=r"released today\. The plan's completion was withdrawn"):
        history.do(act(run_of("run-1", PLAN)))


@pytest.mark.scenario("T62")
def test_a_superseded_plans_money_never_leaves(history: History) -> None:
    stop = StopClaim(plan_id=PLAN, child_ref=CHILD, by_plan_id="plan-child-7-2")
    history.do(claim_act(stop, YEAR, TERM))
    assert stays(history, run_of("run-1", PLAN)) == set()


def test_a_child_with_something_parked_stays(history: History) -> None:
    assert stays(history, run_of("run-1", PLAN, parked=frozenset({CHILD}))) == {Stays.PARKED}


def test_last_years_pot_is_closed_on_the_first_of_april(history: History) -> None:
    assert stays(history, run_of("run-1", PLAN, on=date(2027, 4, 1))) == {Stays.OTHER_YEAR}
    assert history.do(act(run_of("run-1", PLAN, on=date(2027, 3, 31))))


def test_a_child_who_left_care_stays(history: History) -> None:
    history.tell(known_stream(CHILD), ChildOutOfCareKnown(child_ref=CHILD, on=RUN_DAY))
    assert stays(history, run_of("run-1", PLAN)) == {Stays.NOT_IN_CARE}


@pytest.mark.parametrize("on", [date(2026, 11, 7), RUN_DAY, date(2026, 11, 30)])
def test_a_school_move_stops_unreleased_lines_also_when_it_is_still_to_come(history: History, on: date) -> None:
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=OTHER_SCHOOL, on=on))
    assert stays(history, run_of("run-1", PLAN)) == {Stays.MOVED}


@pytest.mark.parametrize(
    ("on", "number"), [(date(2026, 11, 7), OTHER_SCHOOL), (RUN_DAY, OTHER_SCHOOL), (date(2026, 11, 30), SCHOOL)]
)
def test_a_school_with_a_new_number_is_paid_under_the_number_of_the_day(
    history: History, on: date, number: str
) -> None:
    told = SchoolKnown(child_ref=CHILD, school_urn=OTHER_SCHOOL, on=on, renumbered=True)
    history.tell(known_stream(CHILD), told)
    history.do(act(run_of("run-1", PLAN)))
    assert {line.payee_urn for line in history.of(PPPReleased)} == {number}


def test_a_move_before_the_plan_was_completed_pays_the_new_school(history: History) -> None:
    history.tell(known_stream(CHILD), SchoolKnown(child_ref=CHILD, school_urn=OTHER_SCHOOL, on=date(2026, 10, 5)))
    history.do(act(run_of("run-1", PLAN)))
    assert {line.payee_urn for line in history.of(PPPReleased)} == {OTHER_SCHOOL}


def test_a_school_without_a_number_for_payments_is_not_paid(history: History) -> None:
    history.tell(payee_stream(SCHOOL), PayeeKnown(urn=SCHOOL, laestab="8559901"))
    assert stays(history, run_of("run-1", PLAN)) == {Stays.NO_PAYEE}


def test_a_school_that_the_run_does_not_guard_is_not_paid(history: History) -> None:
    run = run_of("run-1", PLAN)
    guarded = release_act(run, (CHILD,), (), "2026-04-01.00000000")
    selection = select(history.states(guarded.streams), run)
    assert {line.reason for line in selection.left_out} == {Stays.NO_PAYEE}


def test_a_selection_says_its_sum(history: History) -> None:
    run = run_of("run-1", PLAN)
    assert select(history.states(act(run).streams), run).total_pence() == 51100


def test_the_file_says_every_line_its_count_its_sum_and_no_name(history: History) -> None:
    history.do(act(run_of("run-1", PLAN)))
    rows = list(csv.DictReader(io.StringIO(finance_file(history.of(PPPReleased)).decode(), newline="")))
    assert rows[0] == {
        "record": "line",
        "journal_id": "run-1",
        "line_number": "1",
        "effective_date": "2026-11-16",
        "financial_year_of_delivery": "2026-27",
        "financial_year_of_payment": "2026-27",
        "term": "autumn",
        "payee_urn": "900001",
        "payee_ukprn": "10090001",
        "payment_route": "journal",
        "child_reference": "child-7",
        "plan": PLAN,
        "plan_line": "elsa",
        "amount_pence": "11100",
        "currency": "GBP",
        "reference": "PPP-0000001",
    }
    control = rows[-1]
    assert (control["record"], control["line_number"], control["amount_pence"]) == ("control", "2", "51100")
    assert tuple(rows[0]) == COLUMNS


def test_the_files_bytes_are_those_whose_hash_is_told(history: History) -> None:
    run = act(run_of("run-1", PLAN))
    decided = [event for _, event in history.do(run)]
    assert run.files is not None
    (content,) = run.files(decided).values()
    (made,) = history.of(FinanceFileMade)
    assert sha256(content).hexdigest() == made.sha256
    assert content == finance_file(history.of(PPPReleased))
    assert finance_files([]) == {}


def test_who_takes_a_file_is_kept_once_there_is_one() -> None:
    run = Scenario(RELEASE)
    run.when(TakeFile(run_id="run-1")).then_refused("run-1 has not been made")
    made = FinanceFileMade(run_id="run-1", file_name="ppp-run-1.csv", line_count=2, total_pence=51100, sha256="ab")
    run.given(made).when(TakeFile(run_id="run-1")).then(FinanceFileTaken(run_id="run-1"))


def test_a_made_run_is_refused_by_itself_and_its_file_is_announced() -> None:
    run = run_of("run-1", PLAN)
    made = FinanceFileMade(run_id="run-1", file_name="ppp-run-1.csv", line_count=2, total_pence=51100, sha256="ab")
    started = Scenario(RELEASE).when(run)
    started.then_announced()
    Scenario(RELEASE).given(made).when(run).then_refused("has been made before")
    assert RELEASE.announce(RELEASE.fold([made]), made) == told.FinanceFileMade(
        run_id="run-1", file_name="ppp-run-1.csv", line_count=2, total_pence=51100, sha256="ab"
    )
