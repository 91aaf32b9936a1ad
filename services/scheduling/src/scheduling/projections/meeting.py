"""`meeting_overview`: when each meeting is, who is invited and comes, whether it will count, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact, PlanText
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDetailsSent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingRescheduled,
    MeetingScheduled,
    ProceedDecided,
    PupilWishRecorded,
)
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InvitationListApproved,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    QuorumAtRisk,
    QuorumSecured,
)
from scheduling.domain.meeting.people import filled
from scheduling.domain.meeting.quorum import coming


@dataclass(frozen=True, slots=True)
class MeetingOverview:
    """One meeting. `state` is scheduled, cancelled or held; `outcome` is PEP or PROGRESS_REVIEW once it was held.

    Each of `invited` is a reference, a capacity and an answer with blanks between: `guest-2 nurse comes`. Of whoever
    was put forward, and waits for somebody to decide, the answer is `awaits_approval`. `vacant` are the capacities in
    which somebody had a job no more and was withdrawn, and nobody has come in their place.
    """

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
    state: str = "scheduled"
    lasts_minutes: int = 60
    convener: str | None = None
    planned_chair: str | None = None
    must_invite: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    details_sent_on: date | None = None
    sequence: int = 0
    notice_waived: bool = False
    times_rescheduled: int = 0
    agreed_at: str | None = None
    proceeds: bool | None = None
    pupil_wish: str | None = None
    at_risk: bool = False
    warned_days: int | None = None
    cancelled_because: str | None = None
    lasted_minutes: int | None = None
    pupil_part: str | None = None
    views_shared: bool | None = None
    warnings: tuple[str, ...] = ()
    adviser_is_worker: bool = False
    vacant: tuple[str, ...] = ()

    def capacities(self, *answers: str) -> frozenset[str]:
        """In which capacities people are invited who gave one of these answers; without any, all of them."""
        each = (entry.split(" ") for entry in self.invited)
        return frozenset(capacity for _, capacity, answer in each if not answers or answer in answers)

    @property
    def expected(self) -> frozenset[Capacity]:
        """In which capacities people come."""
        each = (entry.split(" ") for entry in self.invited)
        invited = [(capacity, answer) for _, capacity, answer in each if answer != "awaits_approval"]
        return coming(invited, self.convener, self.planned_chair)

    @property
    def not_invited(self) -> list[str]:
        """Who should be asked by the authority's rules and is not."""
        asked = filled(self.capacities(), adviser_is_worker=self.adviser_is_worker)
        return [each for each in self.must_invite if each not in asked]


_ABOUT = (
    MeetingScheduled,
    MeetingRescheduled,
    MeetingDetailsSent,
    MeetingCancelled,
    ProceedDecided,
    PupilWishRecorded,
    InvitationListApproved,
    InviteeListed,
    InviteeAdded,
    InviteeWithdrawn,
    AttendanceConfirmed,
    AttendanceDeclined,
    OfficerSent,
    QuorumAtRisk,
    QuorumSecured,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.meeting_id,),) if isinstance(event, _ABOUT) else ()


def _fold(row: MeetingOverview | None, recorded: Recorded, _key: Key) -> MeetingOverview | None:
    match row, recorded.event:
        case _, MeetingScheduled() as event:
            return _arranged(event)
        case MeetingOverview(), MeetingHeld() as event:
            return _held(row, event)
        case MeetingOverview(), MeetingMustBeRearranged():
            return replace(row, must_be_rearranged=True)
        case MeetingOverview(), MeetingOutcomeCorrected(outcome_stands=True, on=on):
            return replace(row, held_on=on, corrected=True)
        case MeetingOverview(), MeetingOutcomeCorrected(outcome=outcome, on=on):
            return replace(row, outcome=outcome, held_on=on, corrected=True, must_be_rearranged=False)
        case MeetingOverview(), MeetingRescheduled() as event:
            return _moved(row, event)
        case MeetingOverview(details_sent_on=before), MeetingDetailsSent() as event:
            return replace(
                row,
                details_sent_on=event.on,
                sequence=event.sequence,
                late_notice=event.late_notice if before is None else row.late_notice,
                notice_waived=row.notice_waived or event.notice_waived_because is not None,
                venue=event.venue or row.venue,
                joining_link=event.joining_link or row.joining_link,
            )
        case MeetingOverview(), MeetingCancelled(because=because):
            return replace(row, state="cancelled", cancelled_because=because, at_risk=False)
        case MeetingOverview(), ProceedDecided(proceeds=proceeds):
            return replace(row, proceeds=proceeds)
        case MeetingOverview(), PupilWishRecorded(wish=wish):
            return replace(row, pupil_wish=wish)
        case MeetingOverview(), _:
            return _with_list(row, recorded)
        case _:
            return row


def _arranged(event: MeetingScheduled) -> MeetingOverview:
    return MeetingOverview(
        meeting_id=event.meeting_id,
        child_ref=event.child_ref,
        at=event.at,
        arranged_on=event.on,
        venue=event.venue,
        joining_link=event.joining_link,
        late_notice=event.late_notice,
        rearranges=event.rearranges,
        lasts_minutes=event.lasts_minutes,
        convener=event.convener,
        planned_chair=event.planned_chair,
        must_invite=event.must_invite,
        adviser_is_worker=event.adviser_is_worker,
        agreed_at=event.agreed_at,
        notice_waived=event.notice_waived_because is not None,
    )


def _moved(row: MeetingOverview, event: MeetingRescheduled) -> MeetingOverview:
    """Time for notice runs anew, and everybody is asked anew (T18)."""
    asked_anew = tuple(_with_answer(each, "not_answered") for each in row.invited if not _awaits(each))
    waiting = tuple(each for each in row.invited if _awaits(each))
    return replace(
        row,
        at=event.at,
        lasts_minutes=event.lasts_minutes,
        venue=event.venue or row.venue,
        joining_link=event.joining_link or row.joining_link,
        late_notice=event.late_notice,
        details_sent_on=None,
        notice_waived=event.notice_waived_because is not None,
        times_rescheduled=row.times_rescheduled + 1,
        invited=(*waiting, *asked_anew),
        proceeds=None,
        at_risk=False,
        warned_days=None,
    )


def _held(row: MeetingOverview, event: MeetingHeld) -> MeetingOverview:
    return replace(
        row,
        state="held",
        at_risk=False,
        held_on=event.on,
        outcome=event.outcome,
        chaired_by=event.chair.capacity,
        no_authority_representative=event.no_authority_representative,
        pupil_attended=event.pupil_attended,
        pupil_part=event.pupil_part,
        views_shared=event.views_shared,
        lasted_minutes=event.lasted_minutes,
        warnings=event.warnings,
        next_on=event.next_on,
        next_lacks=event.next_lacks,
        minutes=event.minutes,
        minutes_not_for_pupil=event.minutes_not_for_pupil,
        minutes_professionals_only=event.minutes_professionals_only,
    )


def _with_list(row: MeetingOverview, recorded: Recorded) -> MeetingOverview:
    match recorded.event:
        case InviteeListed() | InviteeAdded() as event:
            answer = "awaits_approval" if event.awaits_approval else "not_answered"
            filled = replace(row, vacant=_without_one(row.vacant, event.capacity))
            return _entered(filled, event.invitee_ref, event.capacity, answer)
        case InvitationListApproved(invitees=refs):
            return replace(row, invited=tuple(_approved(each, refs) for each in row.invited))
        case InviteeWithdrawn(invitee_ref=ref, capacity=capacity, because=because):
            left = (capacity,) if because == "another_person" else ()
            return replace(row, invited=_others(row, ref), vacant=(*row.vacant, *left))
        case AttendanceConfirmed() | OfficerSent() as event:
            return _entered(row, event.invitee_ref, event.capacity, "comes")
        case AttendanceDeclined() as event:
            return _entered(row, event.invitee_ref, event.capacity, "does_not_come")
        case QuorumAtRisk(working_days_before=days):
            return replace(row, at_risk=True, warned_days=days)
        case QuorumSecured():
            return replace(row, at_risk=False)
        case _:
            return row


def _entered(row: MeetingOverview, ref: str, capacity: str, answer: str) -> MeetingOverview:
    return replace(row, invited=(*_others(row, ref), f"{ref} {capacity} {answer}"))


def _without_one(vacant: tuple[str, ...], capacity: str) -> tuple[str, ...]:
    if capacity not in vacant:
        return vacant
    place = vacant.index(capacity)
    return (*vacant[:place], *vacant[place + 1 :])


def _awaits(entry: str) -> bool:
    return entry.endswith(" awaits_approval")


def _approved(entry: str, refs: tuple[str, ...]) -> str:
    theirs = entry.partition(" ")[0] in refs
    return _with_answer(entry, "not_answered") if theirs and _awaits(entry) else entry


def _with_answer(entry: str, answer: str) -> str:
    return f"{entry.rpartition(' ')[0]} {answer}"


def _others(row: MeetingOverview, ref: str) -> tuple[str, ...]:
    return tuple(entry for entry in row.invited if entry.partition(" ")[0] != ref)


MEETING_OVERVIEWS = ReadModel("meeting_overview", MeetingOverview, ("meeting_id",), _keys, _fold, ("at",))
