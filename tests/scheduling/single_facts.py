"""Single facts as somebody tells them, of the child of the worked examples."""

from datetime import date
from typing import Any

from pydantic import TypeAdapter
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, WORKER, judging

from scheduling.domain.child.commands import RecordFact
from scheduling.domain.child.told import Fact
from scheduling.domain.rules import SchedulingRules

BORN = date(2014, 11, 5)
NOVEMBER, LATER = date(2026, 11, 2), date(2026, 12, 1)
FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


def fact(kind: str, on: date = NOVEMBER, rules: SchedulingRules = LEICESTERSHIRE, **more: Any) -> RecordFact:
    """Told in December, unless `today` says when; of a child who was `born` in the worked examples' year."""
    judged = {**judging(rules), "date_of_birth": more.pop("born", BORN), "today": more.pop("today", LATER)}
    judged |= {key: more.pop(key) for key in ("teachers", "predecessors") if key in more}
    return RecordFact(**judged, by=WORKER, fact=FACT.validate_python({"kind": kind, "on": on, **more}))


def school_told(rules: SchedulingRules, on: date, urn: str | None, **more: Any) -> RecordFact:
    """That the child is at this school, told on the day of the move."""
    return fact("school", on, rules, school_urn=urn, **{"today": on, **more})


def worker_told(on: date, worker: str, rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> RecordFact:
    """That this social worker is responsible, told on the first day."""
    return fact("social_worker", on, rules, person_ref=worker, **{"today": on, **more})


def left_care_told(on: date, reason: str = "E4A", rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> RecordFact:
    """That care ended, told on the last day."""
    return fact("left_care", on, rules, reason=reason, **{"today": on, **more})
