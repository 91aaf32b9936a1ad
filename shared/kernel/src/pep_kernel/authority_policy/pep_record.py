"""pep-record's rules: what a plan must hold, who writes which part, who signs, and who assures its quality."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy.dated import Dated, InForce, PolicyModel, RulesFile, Versions, in_force
from pep_kernel.may import Role


class IfMissing(StrEnum):
    """What happens to a plan that lacks something when it is marked complete."""

    REFUSE = "refuse"
    WARN = "warn"
    ALLOW = "allow"


class Section(PolicyModel):
    """One section of the plan: its key, its title as people see it, who may write it, and where it comes from."""

    key: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    title: str
    contributors: Annotated[tuple[Role, ...], Field(min_length=1)]
    required: bool
    source: Annotated[tuple[str, ...], Field(min_length=1)]


class Sections(Dated):
    """The sections of the authority's plan, in order."""

    each: Annotated[tuple[Section, ...], Field(min_length=1)]

    def named(self, key: str) -> Section | None:
        return next((section for section in self.each if section.key == key), None)


class SignOff(Dated):
    """Who must say that the plan is complete before its quality is assured, beside the one who marks it."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class Targets(Dated):
    """What a plan without certain targets meets with (L-63, L-67, L-68)."""

    subjects: tuple[str, ...]
    if_subject_missing: IfMissing
    if_post_16_missing_in_year_11: IfMissing
    if_transition_missing: IfMissing


class QualityAssurance(Dated):
    """Who may assure the quality of a plan; never its author (O-24)."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class PepRecordPolicy(InForce):
    """pep-record's rules of one authority on one day."""

    sections: Sections
    sign_off: SignOff
    targets: Targets
    quality_assurance: QualityAssurance


class PepRecordFile(RulesFile):
    """`pep-record.toml`: every version of every rule."""

    sections: Versions[Sections]
    sign_off: Versions[SignOff]
    targets: Versions[Targets]
    quality_assurance: Versions[QualityAssurance]

    def in_force(self, on: date) -> PepRecordPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return PepRecordPolicy(
            sections=in_force("sections", self.sections, on),
            sign_off=in_force("sign_off", self.sign_off, on),
            targets=in_force("targets", self.targets, on),
            quality_assurance=in_force("quality_assurance", self.quality_assurance, on),
        )
