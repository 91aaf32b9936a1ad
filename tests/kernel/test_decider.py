"""What every rule book is made of, told by a jar of marbles."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from pep_kernel.announcement import Announcement
from pep_kernel.decider import Act, Decider, States, category, is_asked_for
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario, assert_storable
from pep_kernel.sealed import PlanText


class Put(Command):
    """Put marbles in."""

    marbles: int
    note: str | None = None


class MarblesPut(Event):
    """Marbles were put in."""

    marbles: int
    note: PlanText | None = None


class JarFilled(Announcement):
    """The jar is full."""

    type: str = "uk.openpep.example.JarFilled.v1"
    marbles: int


@dataclass(frozen=True)
class Empty:
    """No marbles."""


@dataclass(frozen=True)
class Some:
    """A number of marbles."""

    marbles: int


Jar = Empty | Some


def decide(jar: Jar, command: Put) -> Sequence[MarblesPut]:
    inside = jar.marbles if isinstance(jar, Some) else 0
    if inside + command.marbles > 10:
        raise Refusal("A jar holds ten marbles.", "L-19", "L-20")
    return [MarblesPut(marbles=command.marbles, note=PlanText.optional(command.note))] if command.marbles else []


def evolve(jar: Jar, event: MarblesPut) -> Jar:
    return Some(event.marbles + (jar.marbles if isinstance(jar, Some) else 0))


def announce(jar: Jar, _event: MarblesPut) -> JarFilled | None:
    return JarFilled(marbles=10) if jar == Some(10) else None


JAR: Decider[Jar, Put, MarblesPut] = Decider(Empty(), decide, evolve, announce)
jar = Scenario(JAR)
four = MarblesPut(marbles=4)


def test_history_is_folded_from_the_beginning() -> None:
    assert JAR.fold([]) == Empty()
    assert JAR.fold([four, MarblesPut(marbles=3)]) == Some(7)


def test_a_rule_book_that_says_nothing_is_silent() -> None:
    quiet: Decider[Jar, Put, MarblesPut] = Decider(Empty(), decide, evolve)
    assert quiet.announce(Some(10), four) is None


def test_several_streams_are_looked_at_by_name() -> None:
    states = States({"jar": JAR, "lid": JAR}, {"jar-2": Some(4), "jar-1": Some(1), "lid-1": Some(1)})
    assert states.of("jar-1", Some) == Some(1)
    assert states.of("jar-9", Empty) == Empty(), "a stream without events is as it is at first"
    assert states.of("jar-9", (Empty, Some)) == Empty()
    assert states.streams("jar") == ("jar-1", "jar-2")


def test_a_state_of_another_kind_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="jar-1 is Some"):
        States({"jar": JAR}, {"jar-1": Some(1)}).of("jar-1", Empty)


@pytest.mark.parametrize(("stream", "kind"), [("plan-x3k-2", "plan"), ("claim-plan-x3k-2", "claim"), ("jar", "jar")])
def test_a_stream_is_of_the_kind_before_its_first_dash(stream: str, kind: str) -> None:
    assert category(stream) == kind


def test_of_a_whole_child_only_some_kinds_of_streams_may_be_wanted() -> None:
    act = Act(Put(marbles=1), ("jar-1",), whole_child=True, child_streams=("plan",))
    asked = {stream: is_asked_for(act, stream) for stream in ("jar-1", "jar-2", "plan-x")}
    assert asked == {"jar-1": True, "jar-2": False, "plan-x": True}
    assert is_asked_for(Act(Put(marbles=1), ("jar-1",), whole_child=True), "jar-2")


def test_an_act_is_one_command_and_what_it_rests_on() -> None:
    act = Act(Put(marbles=1), ("jar-1",))
    assert (act.together, act.child_ref, act.whole_child, act.policy_version, act.files) == (
        None,
        None,
        False,
        None,
        None,
    )


def test_a_scenario_goes_on_from_what_happened() -> None:
    full = jar.given(four).when(Put(marbles=6)).then(MarblesPut(marbles=6))
    full.when(Put(marbles=1)).then_refused("ten marbles", "L-20")
    full.when(Put(marbles=0)).then_nothing()


def test_a_scenario_hears_what_others_hear() -> None:
    jar.given(four).when(Put(marbles=6)).then_announced(JarFilled(marbles=10))
    jar.given(four).when(Put(marbles=5)).then_announced()


def test_a_scenario_gives_the_events_of_the_kinds_that_were_expected() -> None:
    assert jar.when(Put(marbles=4)).then_some(MarblesPut) == (four,)


def test_a_scenario_fails_when_something_else_happened() -> None:
    with pytest.raises(AssertionError, match="happened"):
        jar.when(Put(marbles=4)).then(MarblesPut(marbles=5))
    with pytest.raises(AssertionError, match="happened"):
        jar.when(Put(marbles=4)).then_some(MarblesPut, MarblesPut)
    with pytest.raises(AssertionError, match="happened"):
        jar.when(Put(marbles=4)).then_nothing()
    with pytest.raises(AssertionError):
        jar.when(Put(marbles=10)).then_announced()


def test_a_scenario_fails_when_the_answer_is_not_the_expected_one() -> None:
    with pytest.raises(AssertionError, match="refused: A jar holds ten"):
        jar.when(Put(marbles=11)).then()
    with pytest.raises(AssertionError, match="refused"):
        jar.when(Put(marbles=11)).then_some(MarblesPut)
    with pytest.raises(AssertionError, match="refused"):
        jar.when(Put(marbles=11)).then_announced()
    with pytest.raises(AssertionError, match="not refused"):
        jar.when(Put(marbles=1)).then_refused("ten")
    with pytest.raises(AssertionError):
        jar.when(Put(marbles=11)).then_refused("eleven")
    with pytest.raises(AssertionError):
        jar.when(Put(marbles=11)).then_refused("ten", "L-21")


def test_an_event_that_could_not_be_stored_fails_where_it_is_made() -> None:
    assert_storable(MarblesPut(marbles=4, note=PlanText.of("the green ones")))
    assert_storable(MarblesPut(marbles=4, note=PlanText(token="1.plan.example.token")))
    with pytest.raises(AssertionError, match="object cannot be stored"):
        assert_storable(MarblesPut(marbles=object()))  # type: ignore[arg-type]
