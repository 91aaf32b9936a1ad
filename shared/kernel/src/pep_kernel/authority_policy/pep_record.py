"""pep-record's rules: what a plan must hold, who writes and signs it, who assures its quality, and who then gets it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, InForce, PolicyModel, RulesFile, Source
from pep_kernel.authority_policy.succession import Entries, Versions
from pep_kernel.may import Role

Recipient = Literal["social_worker", "designated_teacher", "carer", "family", "professionals"]


class IfMissing(StrEnum):
    """What happens to a plan that lacks something when it is marked complete."""

    REFUSE = "refuse"
    WARN = "warn"
    ALLOW = "allow"


class Section(PolicyModel):
    """One section of the plan: its key, its title as people see it, who may write it, and where it comes from."""

    NAMED_BY = ("key",)

    key: str = Field(pattern=r"^[a-z_]+$", description="Its name in data.")
    title: str = Field(min_length=1, description="Its name as people see it.")
    contributors: tuple[Role, ...] = Field(min_length=1, description="Who may write it.")
    required: bool = Field(description="Whether a plan cannot be marked complete without it.")
    not_shown_to: tuple[Role, ...] = Field((), description="Who, of those who may read the plan, is not shown it.")
    source: Source


class Sections(Dated):
    """The sections of the authority's plan, in order."""

    each: Entries[Section] = Field(min_length=1, description="The sections, in the order in which people see them.")

    def named(self, key: str) -> Section | None:
        return next((section for section in self.each if section.key == key), None)


class SocialWorkPages(Dated):
    """When the pages that only the social worker writes are due, and when they are where the social worker is absent.

    Pages that come after quality assurance are an addendum: a new version of the plan, never a silent edit.
    """

    due: Literal["before_meeting", "at_meeting"] = Field(description="When they are to be written.")
    if_absent: Literal["before_meeting", "after_meeting", "after_quality_assurance"] = Field(
        description="When they are written if the social worker could not come to the meeting."
    )


class SignOff(Dated):
    """Who must say that the plan is complete before its quality is assured, beside the one who marks it."""

    roles: tuple[Role, ...] = Field(min_length=1, description="Who must agree that it is complete.")
    teacher_approves_delegate: bool = Field(
        description="Whether a plan that a delegate wrote needs the designated teacher's approval first."
    )


class Targets(Dated):
    """How targets are written, and what a plan without certain targets meets with."""

    written_as: Literal["what_professionals_do", "outcomes_for_the_pupil", "outcomes_with_actions"] = Field(
        description="What a target says: what adults will do; what the pupil will reach, with provision kept apart; "
        "or what the pupil will reach and what adults do for it, in one."
    )
    subjects: tuple[str, ...] = Field(description="Subjects for which a target is asked.")
    if_subject_missing: IfMissing = Field(description="A plan without a target for one of these subjects.")
    if_post_16_missing_in_year_11: IfMissing = Field(description="A plan in Year 11 without a target for after it.")
    if_transition_missing: IfMissing = Field(description="A plan of a child about to move, without a target for it.")


class QualityAssurance(Dated):
    """Who may assure the quality of a plan; never its author. Whether it is assured at all is no rule: it always is."""

    roles: tuple[Role, ...] = Field(min_length=1, description="Who may assure a plan's quality.")


class Handing(PolicyModel):
    """One step on a completed plan's way to people."""

    NAMED_BY = ("sender",)

    sender: Role = Field(description="Who sends it.")
    recipients: tuple[Recipient, ...] = Field(min_length=1, description="Who gets it.")
    if_appropriate: tuple[Recipient, ...] = Field((), description="Who gets it only if the sender finds it right.")
    source: Source


class Distribution(Dated):
    """Who gets the completed plan from whom, step by step, after quality assurance."""

    steps: Entries[Handing] = Field(min_length=1, description="The steps, in order.")


class DocumentStore(Dated):
    """Where the authority keeps its documents of a child, beside OpenPEP, and who sees to it that the plan is filed."""

    name: str | None = Field(None, description="What the store is called; left out, nothing is filed elsewhere.")
    filed_by: Role | None = Field(None, description="Who sees to it that the completed plan is filed there.")

    @model_validator(mode="after")
    def _somebody_files(self) -> DocumentStore:
        if (self.name is None) != (self.filed_by is None):
            raise ValueError("'name' and 'filed_by' go together")
        return self


class CarerContact(Dated):
    """Whether staff of a school may write down a carer's contact details. Whoever may write them, schools never read
    what the social worker recorded.
    """

    from_school: Literal["refuse", "allow_if_necessary", "allow_with_consent"] = Field(
        description="Refuse them; take them where they are necessary for the meeting; or take them with the social "
        "worker's recorded consent."
    )


class PepRecordPolicy(InForce):
    """pep-record's rules of one authority on one day."""

    sections: Sections
    social_work_pages: SocialWorkPages
    sign_off: SignOff
    targets: Targets
    quality_assurance: QualityAssurance
    distribution: Distribution
    document_store: DocumentStore
    carer_contact: CarerContact


class PepRecordFile(RulesFile):
    """What a plan holds, who signs it, who assures its quality, who gets it."""

    sections: Versions[Sections]
    social_work_pages: Versions[SocialWorkPages]
    sign_off: Versions[SignOff]
    targets: Versions[Targets]
    quality_assurance: Versions[QualityAssurance]
    distribution: Versions[Distribution]
    document_store: Versions[DocumentStore]
    carer_contact: Versions[CarerContact]

    def in_force(self, on: date) -> PepRecordPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return self._in_force(PepRecordPolicy, on)
