"""What people and policies ask of a plan. The authority's rules that judge a request come inside it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pep_kernel.authority_policy import PepRecordPolicy
from pep_kernel.calendars import Term, cohort_year_group
from pep_kernel.forgotten import NoteForgotten
from pep_kernel.may import Role, acts_as
from pep_kernel.message import Command
from pep_kernel.money import Pence

MAX_ACTIONS = 10


class Subject(StrEnum):
    """What a target is about."""

    ENGLISH = "english"
    MATHS = "maths"
    SEMH = "semh"
    POST_16 = "post_16"
    TRANSITION = "transition"
    OTHER = "other"


class Owner(StrEnum):
    """Who sees that an action is done (L-76)."""

    DESIGNATED_TEACHER = "designated_teacher"
    CARER = "carer"
    SOCIAL_WORKER = "social_worker"
    VIRTUAL_SCHOOL = "virtual_school"


class CostedLine(BaseModel):
    """What an action costs, where the premium is to pay for it (L-71, L-73). `category` is a word of the policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", examples=["tuition"])]
    quantity: Annotated[int, Field(ge=1, le=10_000, examples=[10])]
    unit_pence: Annotated[Pence, Field(examples=[4000])]
    line_pence: Annotated[Pence, Field(examples=[40000])]


class PlannedAction(BaseModel):
    """What a professional will do for the child, who sees to it, and the line that the premium pays, if it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=4000, examples=["One to one tuition each week."])]
    owner: Owner
    line: CostedLine | None = None


class OpenPlan(Command):
    """A PEP applies to the child from this day. Whether that opens a new plan depends on the plans that there are."""

    child_ref: str
    on: date
    because: str
    school_year: int
    term: Term


class OpenNumberedPlan(Command):
    """Open this plan, the child's n-th, perhaps in the place of another."""

    plan_id: str
    number: int
    supersedes: str | None
    opening: OpenPlan


class SetTarget(Command):
    """Set a target with its actions, in the place of the one that has this id, if there is one."""

    target_id: str
    subject: Subject
    text: str
    actions: Annotated[tuple[PlannedAction, ...], Field(min_length=1, max_length=MAX_ACTIONS)]
    by: str
    role: Role
    on: date


class FactsOfChild(BaseModel):
    """What is known of the child when somebody asks; `pep_meetings` are those held for this plan, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    has_school: bool = False
    born_in_school_year: int | None = None
    pep_meetings: tuple[str, ...] = ()


class RestsOnFacts(Command):
    """A request whose answer also depends on the child; `resting_on_facts` adds the facts before the plan judges."""

    plan_id: str
    by: str
    role: Role
    on: date
    rules: PepRecordPolicy
    child: FactsOfChild = FactsOfChild()

    def acts_as(self) -> frozenset[Role]:
        """The own role, and whose work somebody does in it (O-12, O-15, O-21)."""
        born = self.child.born_in_school_year
        year_group = None if born is None else cohort_year_group(born, self.on)
        return acts_as(self.role, has_school=self.child.has_school, year_group=year_group)


class ContributeSection(RestsOnFacts):
    """Write a section, or write it anew."""

    section: str
    text: str


class GiveViews(Command):
    """What a carer or the child thinks, in their own words, in the place of what the same person said before."""

    by: str
    role: Role
    text: str
    on: date


class ApproveDelegatesWork(RestsOnFacts):
    """The designated teacher has read what a delegate wrote, and answers for it (O-22)."""


class MarkComplete(RestsOnFacts):
    """The plan is ready for quality assurance (L-79)."""


class SignOff(Command):
    """The social worker agrees with the plan that was marked complete (O-42)."""

    by: str
    on: date


class ApprovePlan(RestsOnFacts):
    """Quality assurance finds this version good (L-80)."""

    plan_version: int


class ReturnPlan(Command):
    """Quality assurance wants more (L-81)."""

    plan_version: int
    reason: str
    by: str
    role: Role
    on: date
    rules: PepRecordPolicy


class Supersede(Command):
    """Another plan takes this one's place."""

    by_plan_id: str
    on: date


class WithdrawCompletion(Command):
    """This meeting was no PEP meeting after all: what rests on it does not stand."""

    meeting_id: str
    on: date


PlanCommand = (
    OpenNumberedPlan
    | ContributeSection
    | SetTarget
    | GiveViews
    | ApproveDelegatesWork
    | MarkComplete
    | SignOff
    | ApprovePlan
    | ReturnPlan
    | Supersede
    | WithdrawCompletion
    | NoteForgotten
)
