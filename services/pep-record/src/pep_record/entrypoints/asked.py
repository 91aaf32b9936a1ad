"""What people send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pep_record.domain.plan.commands import MAX_ACTIONS, PlannedAction, Subject

MOST_CHARACTERS = 20_000


class Asked(BaseModel):
    """Fields that are not known are refused, so that a slip of the pen is not lost."""

    model_config = ConfigDict(extra="forbid")


class SectionBody(Asked):
    """A section's words; they replace what it said before."""

    text: Annotated[
        str, Field(min_length=1, max_length=MOST_CHARACTERS, examples=["Reads with a partner and enjoys it."])
    ]


class ViewsBody(Asked):
    """Somebody's own words; they replace what the same person said before."""

    text: Annotated[
        str, Field(min_length=1, max_length=MOST_CHARACTERS, examples=["I like science. I want a quiet place to read."])
    ]


class TargetBody(Asked):
    """A target, what will be done for it by whom, and which of that the premium is to pay."""

    subject: Annotated[Subject, Field(examples=["maths"])]
    text: Annotated[
        str,
        Field(min_length=1, max_length=MOST_CHARACTERS, examples=["Knows the times tables to 12 by the end of term."]),
    ]
    actions: Annotated[
        list[PlannedAction],  # of a tuple, a fault in one item is also told as a fault in its length
        Field(
            min_length=1,
            max_length=MAX_ACTIONS,
            examples=[
                [
                    {
                        "text": "One to one tuition each week.",
                        "owner": "designated_teacher",
                        "line": {"category": "tuition", "quantity": 10, "unit_pence": 4000, "line_pence": 40000},
                    }
                ]
            ],
        ),
    ]


class CompleteBody(Asked):
    """This version is good."""

    decision: Literal["complete"]
    plan_version: Annotated[int, Field(ge=1, description="The version that was read.", examples=[1])]


class ReturnBody(Asked):
    """More is wanted; the reason goes to the one who marked the plan complete."""

    decision: Literal["return"]
    plan_version: Annotated[int, Field(ge=1, description="The version that was read.", examples=[1])]
    reason: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, examples=["The costings are missing."])]


QualityAssuranceBody = Annotated[CompleteBody | ReturnBody, Field(discriminator="decision")]
