"""`meeting_overview` and `meeting_invitee`: when and where each meeting is, who is invited, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from scheduling.domain.meeting.events import (
    InviteeAdded,
    InviteeListed,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingScheduled,
)


@dataclass(frozen=True, slots=True)
class MeetingOverview:
    """One meeting. `outcome` is PEP or PROGRESS_REVIEW once it was held."""

    meeting_id: str
    child_ref: str
    at: datetime
    arranged_on: date
    venue: Contact | None = None
    joining_link: Contact | None = None
    late_notice: bool = False
    rearranges: str | None = None
    held_on: date | None = None
    outcome: str | None = None
    chaired_by: str | None = None
    no_authority_representative: bool = False
    pupil_attended: bool | None = None
    must_be_rearranged: bool = False
    corrected: bool = False
    next_on: date | None = None
    next_lacks: tuple[str, ...] = ()
    minutes: PlanText | None = None
    minutes_not_for_pupil: PlanText | None = None
    minutes_professionals_only: PlanText | None = None


_ABOUT = (MeetingScheduled, MeetingHeld, MeetingMustBeRearranged, MeetingOutcomeCorrected)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.meeting_id,),) if isinstance(event, _ABOUT) else ()


def _fold(row: MeetingOverview | None, recorded: Recorded, _key: Key) -> MeetingOverview | None:
    match row, recorded.event:
        case _, MeetingScheduled() as event:
            return MeetingOverview(
                meeting_id=event.meeting_id,
                child_ref=event.child_ref,
                at=event.at,
                arranged_on=event.on,
                venue=event.venue,
                joining_link=event.joining_link,
                late_notice=event.late_notice,
                rearranges=event.rearranges,
            )
        case MeetingOverview(), MeetingHeld() as event:
            return replace(
                row,
                held_on=event.on,
                outcome=event.outcome,
                chaired_by=event.chair.capacity,
                no_authority_representative=event.no_authority_representative,
                pupil_attended=event.pupil_attended,
                next_on=event.next_on,
                next_lacks=event.next_lacks,
                minutes=event.minutes,
                minutes_not_for_pupil=event.minutes_not_for_pupil,
                minutes_professionals_only=event.minutes_professionals_only,
            )
        case MeetingOverview(), MeetingMustBeRearranged():
            return replace(row, must_be_rearranged=True)
        case MeetingOverview(), MeetingOutcomeCorrected(outcome=outcome):
            return replace(row, outcome=outcome, corrected=True, must_be_rearranged=False)
        case _:
            return row


MEETING_OVERVIEWS = ReadModel("meeting_overview", MeetingOverview, ("meeting_id",), _keys, _fold, ("at",))


@dataclass(frozen=True, slots=True)
class MeetingInvitee:
    """One person invited to one meeting: a known one by reference, a guest by name and address."""

    meeting_id: str
    invitee_ref: str
    capacity: str
    person_ref: str | None
    name: ThirdParty | None
    email: Contact | None
    language: ThirdParty | None
    decided_by: str | None


def _invitee_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case InviteeListed() | InviteeAdded() as event:
            return ((event.meeting_id, event.invitee_ref),)
        case _:
            return ()


def _invitee(row: MeetingInvitee | None, recorded: Recorded, _key: Key) -> MeetingInvitee | None:
    match recorded.event:
        case InviteeListed() | InviteeAdded() as event:
            return MeetingInvitee(
                event.meeting_id,
                event.invitee_ref,
                event.capacity,
                event.person_ref,
                event.name,
                event.email,
                event.language,
                event.decided_by,
            )
        case _:
            return row


MEETING_INVITEES = ReadModel("meeting_invitee", MeetingInvitee, ("meeting_id", "invitee_ref"), _invitee_keys, _invitee)
