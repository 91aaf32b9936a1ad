"""What the routes about access show and take, with fictional examples."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from pep_kernel.may import Grantable, Permission
from scheduling.domain.days import Day
from scheduling.entrypoints.shapes import CHILD_REF, PERSON_REF, Ref, example

Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class GrantBody(BaseModel):
    """A further role or a permission, to this day where it ends."""

    model_config = example(what=Permission.RESTRICTED_RECORDS, until="2026-12-31")

    what: Grantable
    until: Day | None = None


class DelegateBody(BaseModel):
    """Somebody of the same school who writes and attends for the designated teacher."""

    model_config = example(person_ref=PERSON_REF)

    person_ref: Ref


class ReasonBody(BaseModel):
    """Why. It is sealed, and shown to those who look over what was done."""

    model_config = example(reason="The worker on duty must know at which school the child is.")

    reason: Reason


class GlassShown(BaseModel):
    """Until when the record may be looked at."""

    until: AwareDatetime = Field(examples=["2026-11-23T15:00:00+00:00"])


class BrokenGlassShown(BaseModel):
    """One time that somebody opened a record in an emergency."""

    broken_at: AwareDatetime
    until: AwareDatetime
    child_ref: str = Field(examples=[CHILD_REF])
    person_ref: str = Field(examples=[PERSON_REF])
    role: str = Field(examples=["social_worker"])
    reason: str | None


class BrokenGlassPage(BaseModel):
    """Some of them, the oldest first; `next` is what to send as `after` for those that follow."""

    authority: str
    items: list[BrokenGlassShown]
    next: str | None
