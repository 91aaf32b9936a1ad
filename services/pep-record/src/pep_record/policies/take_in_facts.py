"""Facts that only become known. They are told as they came; what they mean is decided when somebody asks."""

from __future__ import annotations

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    CarerLinked,
    CarerUnlinked,
    ChildEnteredCare,
    ChildLeftCare,
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    MeetingHeld,
    PEPNotApplicable,
    RecordRestricted,
    RecordUnrestricted,
    SchoolMoved,
    SocialWorkerAllocated,
)
from pep_kernel.decider import Act
from pep_record.domain.known.commands import (
    NoteCarer,
    NoteDelegate,
    NoteEnteredCare,
    NoteFact,
    NoteGlassBroken,
    NoteLeftCare,
    NoteMeetingHeld,
    NoteNoPlanNeeded,
    NoteRestriction,
    NoteSchool,
    NoteSocialWorker,
)
from pep_record.domain.names import known_of


def note_child_entered_care(said: Said[ChildEnteredCare], _rules: object) -> Act:
    told = said.announcement
    return _note(
        NoteEnteredCare(
            child_ref=told.child_ref,
            on=told.on,
            born_in_school_year=told.born_in_school_year,
            school_urn=told.school_urn,
        )
    )


def note_child_left_care(said: Said[ChildLeftCare], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteLeftCare(child_ref=told.child_ref, on=told.on, closes_on=told.closes_on or told.on))


def note_responsibility_transferred(said: Said[CareResponsibilityTransferred], _rules: object) -> Act:
    """Here the child's care ended, on the day on which it began at another authority."""
    told = said.announcement
    return _note(NoteLeftCare(child_ref=told.child_ref, on=told.on, closes_on=told.on))


def note_school(said: Said[SchoolMoved], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteSchool(child_ref=told.child_ref, on=told.on, school_urn=told.school_urn))


def note_social_worker(said: Said[SocialWorkerAllocated], _rules: object) -> Act:
    told = said.announcement
    worker = told.social_worker_ref
    return _note(NoteSocialWorker(child_ref=told.child_ref, on=told.on, social_worker_ref=worker))


def note_delegate_named(said: Said[DelegateNamed], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteDelegate(child_ref=told.child_ref, on=told.on, person_ref=told.person_ref, named=True))


def note_delegate_ended(said: Said[DelegateEnded], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteDelegate(child_ref=told.child_ref, on=told.on, person_ref=told.person_ref, named=False))


def note_carer_linked(said: Said[CarerLinked], _rules: object) -> Act:
    return _note_carer(said, linked=True)


def note_carer_unlinked(said: Said[CarerUnlinked], _rules: object) -> Act:
    return _note_carer(said, linked=False)


def _note_carer(said: Said[CarerLinked] | Said[CarerUnlinked], *, linked: bool) -> Act:
    told, on = said.announcement, said.recorded_at.date()
    return _note(NoteCarer(child_ref=told.child_ref, on=on, person_ref=told.person_ref, linked=linked))


def note_record_restricted(said: Said[RecordRestricted], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteRestriction(child_ref=told.child_ref, on=told.on, restricted=True))


def note_record_unrestricted(said: Said[RecordUnrestricted], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteRestriction(child_ref=told.child_ref, on=told.on, restricted=False))


def note_glass_broken(said: Said[GlassBroken], _rules: object) -> Act:
    told = said.announcement
    broken = NoteGlassBroken(
        child_ref=told.child_ref, on=said.recorded_at.date(), person_ref=told.person_ref, until=told.until
    )
    return _note(broken)


def note_no_plan_needed(said: Said[PEPNotApplicable], _rules: object) -> Act:
    told = said.announcement
    return _note(NoteNoPlanNeeded(child_ref=told.child_ref, on=told.on, reason=told.reason))


def note_meeting_held(said: Said[MeetingHeld], _rules: object) -> Act:
    told = said.announcement
    return _note(
        NoteMeetingHeld(child_ref=told.child_ref, on=told.on, meeting_id=told.meeting_id, outcome=told.outcome)
    )


def _note(command: NoteFact) -> Act:
    return Act(command, (known_of(command.child_ref),), child_ref=command.child_ref)
