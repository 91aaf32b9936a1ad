"""Which decisions about a child wait for whose agreement, and whom somebody must have asked before."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated

DualDecision = Literal["school_change", "term_time_holiday", "placement_change"]
OfficersDecision = Literal["key_stage_4_move", "out_of_area_placement", "placement_at_a_distance"]
Decision = Literal[DualDecision, OfficersDecision]
YearGroup = Annotated[int, Field(ge=0, le=13)]
PlacementCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,2}$")]
OF_SCHOOL = ("school_change", "key_stage_4_move")
OF_AREA = ("out_of_area_placement", "placement_at_a_distance")


class Approver(StrEnum):
    """Whose agreement a decision may need. The names are those of jobs."""

    VIRTUAL_SCHOOL_HEAD = "virtual_school_head"
    CORPORATE_PARENTING_MANAGER = "corporate_parenting_manager"
    NOMINATED_OFFICER = "nominated_officer"
    DIRECTOR_OF_CHILDRENS_SERVICES = "director_of_childrens_services"
    TEAM_MANAGER = "team_manager"
    INDEPENDENT_REVIEWING_OFFICER = "independent_reviewing_officer"


class Consulted(StrEnum):
    """Whom somebody asks before a decision, and whose answer is written down."""

    DESIGNATED_TEACHER = "designated_teacher"
    INDEPENDENT_REVIEWING_OFFICER = "independent_reviewing_officer"
    VIRTUAL_SCHOOL_HEAD = "virtual_school_head"
    AREA_AUTHORITY = "area_authority"
    CHILD = "child"
    CARER = "carer"
    PARENT = "parent"


class Approval(Dated):
    """Base of both kinds: who must agree, after whom was asked."""

    NAMED_BY = ("decision",)

    approvers: tuple[Approver, ...] = Field(min_length=1, description="The jobs that must all agree.")
    decision: Decision
    consulted: tuple[Consulted, ...] = Field((), description="Who must have been asked before anybody agrees.")
    except_phase_transfers_into_year_groups: tuple[YearGroup, ...] = Field(
        (),
        description="The year groups at whose beginning children change school anyway, such as 7 after primary school:"
        " the first change of a September into one of them needs no agreement; none: every change needs it.",
    )

    @model_validator(mode="after")
    def _different_jobs(self) -> Approval:
        if len(set(self.approvers)) < len(self.approvers):
            raise ValueError("the same job twice is one approval")
        return self

    @model_validator(mode="after")
    def _phases_are_of_schools(self) -> Approval:
        if self.except_phase_transfers_into_year_groups and self.decision not in OF_SCHOOL:
            raise ValueError("'except_phase_transfers_into_year_groups' is for a change of school")
        return self


class DualApproval(Approval):
    """A decision that needs the agreement of several people of different jobs, each person once."""

    decision: DualDecision = Field(description="What is decided.")
    approvers: tuple[Approver, ...] = Field(min_length=2, description="The jobs that must all agree.")


class OfficersApproval(Approval):
    """A decision that waits for the nominated officer, who is told who was asked and when (regulations 10 and 11).

    For a placement at a distance, outside the area and that of every neighbour, it is the director of children's
    services (regulation 11 as amended in 2013). An authority that says nothing of it asks as for any outside the area.
    """

    decision: OfficersDecision = Field(description="What is decided.")
    year_groups: tuple[YearGroup, ...] = Field(
        (), description="The year groups in which a change of school needs it; none: no change of school does."
    )
    except_placements: tuple[PlacementCode, ...] = Field(
        (),
        description="The kinds of placement (SSDA903 codes) outside the area that need no agreement: U1 to U3 are those"
        " with relatives and friends, of which regulation 11(4) asks none; none: every kind needs it.",
    )
    except_own_placements: tuple[PlacementCode, ...] = Field(
        (),
        description="The kinds of placement outside the area that need no agreement where the authority provides them"
        " itself (PR1 of the return): U4 to U6 are those with its own foster parents, of which regulation 11(4) asks"
        " none; none: every kind needs it.",
    )

    @model_validator(mode="after")
    def _placements_are_elsewhere(self) -> OfficersApproval:
        for key in ("except_placements", "except_own_placements"):
            if getattr(self, key) and self.decision not in OF_AREA:
                raise ValueError(f"'{key}' is for a placement outside the area")
        return self


class ProfessionalMeeting(Dated):
    """When a placement is to change as planned, professionals meet before these decisions are made (O-89)."""

    before: tuple[Decision, ...] = Field(description="The decisions before which professionals meet.")
