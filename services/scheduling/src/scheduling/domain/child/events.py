"""What happens to a child in care, as far as scheduling knows it. Who the child is stays sealed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Event
from pep_kernel.sealed import Identity, PlanText
from scheduling.domain.access.events import AccessEvent
from scheduling.domain.child.fact_events import Area, FactEvent, Provider
from scheduling.domain.child.particulars import MayBeTakenBack
from scheduling.domain.concerns.events import ConcernEvent
from scheduling.domain.keeping.events import KeepingEvent

Withdrawn = Literal[
    "left_care", "no_longer_applicable", "meeting_outcome_corrected", "fact_corrected", "cause_withdrawn"
]
Covered = Literal["no_meeting_this_term", "pep_held", "first_pep_due", "needed_since_the_last_days"]
LateBecause = Literal[
    "school_holiday",
    "school_not_ready",
    "social_worker_not_available",
    "child_not_available",
    "placement_moved",
    "no_school",
    "recorded_late",
    "other",
]


class ChildIdentified(Event):
    """Who the child is, as far as it is new: what is none was not said and stays as it was known, unless `taken_back`.

    `digests` are keyed hashes, by name, of what is said, so that a second import sees whether anything is new. Those of
    the pupil number, and of name with date of birth, are the same in two records of one child.
    """

    schema_version: ClassVar[int] = 2

    child_ref: str
    digests: tuple[tuple[str, str], ...]
    date_of_birth: Identity | None = None
    sex: Identity | None = None
    given_name: Identity | None = None
    family_name: Identity | None = None
    preferred_name: Identity | None = None
    language: Identity | None = None
    upn: Identity | None = None
    unaccompanied: Identity | None = None
    taken_back: tuple[MayBeTakenBack, ...] = ()


class SchoolYearOfBirthCorrected(Event):
    """The child was born in another school year than was believed, and belongs to another year group."""

    child_ref: str
    on: date
    born_in_school_year: int


class ChildEnteredCare(Event):
    """A spell in care began, or `began_earlier`. `born_in_school_year` is the birth cohort's first calendar year."""

    child_ref: str
    on: date
    born_in_school_year: int
    legal_status: str
    placement: str
    began_earlier: bool = False
    school_urn: str | None = None


class PlacementChanged(Event):
    """The child lives in a placement of this kind from this day. `area` and the rest where somebody said so.

    `restated`: nothing began on this day. What holds on it is said anew, since a fact of this day was corrected.
    `same_carers`: the kind is another one, and whoever looks after the child is not.
    """

    child_ref: str
    on: date
    placement: str
    area: Area | None = None
    changes_school: bool = False
    provider: Provider | None = None
    restated: bool = False
    same_carers: bool = False


class LegalStatusChanged(Event):
    """The child is in care under this legal status from this day. `restated`: as of a placement."""

    child_ref: str
    on: date
    legal_status: str
    restated: bool = False


class SchoolMoved(Event):
    """The child is on the roll of this school from this day; none: of no school.

    `renumbered`: the school has a new number from this day, and the child did not move. `restated`: as of a placement.
    """

    child_ref: str
    on: date
    school_urn: str | None = None
    year_group: int | None = None
    special_educational_needs: str = "none"
    renumbered: bool = False
    restated: bool = False


class SocialWorkerAllocated(Event):
    """This social worker is responsible for the child from this day. `restated`: as of a placement."""

    child_ref: str
    on: date
    social_worker_ref: str
    restated: bool = False


class ReviewHeld(Event):
    """The child's care was reviewed."""

    child_ref: str
    on: date


class LastPEPNoted(Event):
    """What had been agreed before OpenPEP was used: the last PEP meeting and the next dates."""

    child_ref: str
    on: date
    next_agreed: date | None = None
    next_review: date | None = None


class ChildLeftCare(Event):
    """The spell in care ended, for a reason of the return, or because the child turned eighteen.

    `earlier`: that of a spell before the newest that is known, which was told late. From `closes_on` those who were
    around the child see the record no more; where it is not said, from `on`.
    """

    child_ref: str
    on: date
    reason: str
    earlier: bool = False
    closes_on: date | None = None


class PEPApplicable(Event):
    """The child must have a PEP, from this day on.

    `policy_version` is that of this day's rules: the envelope names those of the day on which we were told. `resumed`:
    it had applied all the time, since a fact to the contrary was wrong; nobody else need do anything.
    """

    child_ref: str
    on: date
    because: Literal["entered_care", "already_in_care", "school_moved"]
    policy_version: str | None = None
    resumed: bool = False


class PEPNotApplicable(Event):
    """No PEP is due for this child, from this day on."""

    child_ref: str
    on: date
    reason: str


class PEPDueDateSet(Event):
    """One obligation has a date: `days` of `unit` after `trigger_on`. Replay cannot move it.

    `passed_over` are the days that did not count; `note` says in words what a person should know about the date.
    `correction` marks a date that follows from a fact that was corrected.
    """

    child_ref: str
    obligation: Obligation
    trigger: str
    trigger_on: date
    due: date
    unit: str
    source: tuple[str, ...]
    policy_version: str
    days: int | None = None
    passed_over: tuple[date, ...] = ()
    note: str | None = None
    started_by: str | None = None
    correction: bool = False


class PEPDueDateNotCounted(Event):
    """One obligation has no date, because no calendar or no rule reaches its days."""

    child_ref: str
    obligation: Obligation
    trigger: str
    trigger_on: date
    reason: str
    policy_version: str | None = None
    started_by: str | None = None


class PEPDueDateWithdrawn(Event):
    """The obligation is no more: the child left care, or what had started it was not so."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    because: Withdrawn


class PEPDueDateRestored(Event):
    """The obligation is due after all, as it was: that care, or the PEP, had ended was not so.

    `overdue` and `escalated` are what had been said of it before it was withdrawn.
    """

    child_ref: str
    obligation: Obligation
    trigger: str
    trigger_on: date
    due: date
    overdue: bool = False
    escalated: int = 0


class ObligationMet(Event):
    """What was due has been done, by this meeting, plan or written notice.

    `marked_complete_on` is when the plan that is now available came into the quality queue.
    """

    child_ref: str
    obligation: Obligation
    trigger_on: date
    on: date
    by: str
    marked_complete_on: date | None = None


class ObligationReopened(Event):
    """What had counted as done does not count any more."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    by: str


class PEPOverdue(Event):
    """The date has passed and the obligation is not met. Said once."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    due: date


class PEPDueDateRevised(Event):
    """An open obligation has another date: it was counted again, by rules and term dates that came later.

    `note` says in words what a person should know about the new date.
    """

    child_ref: str
    obligation: Obligation
    trigger: str
    trigger_on: date
    due: date
    was: date
    unit: str
    source: tuple[str, ...]
    policy_version: str
    days: int | None = None
    passed_over: tuple[date, ...] = ()
    note: str | None = None


class TermlyMeetingNotDue(Event):
    """The child owes no meeting in this term: another PEP stands for it, or policy asks for none."""

    child_ref: str
    school_year: int
    term: str
    opened_on: date
    because: Covered
    policy_version: str


class PEPOverdueEscalated(Event):
    """What is overdue is still not done: the next person of the authority's ladder is to know. Said once a step."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    due: date
    step: int
    role: str


class LateReasonRecorded(Event):
    """Why something was late. It stays late; a later reason takes the place of an earlier one."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    because: LateBecause
    details: PlanText | None = None


class MeetingNoted(Event):
    """What became of a meeting on this day, as far as what is due rests on it; `for_day` is the one it is arranged for.

    A duty may be told after what meets it was done, so both are remembered.
    """

    child_ref: str
    meeting_id: str
    became: Literal["arranged", "called_off", "held_as_pep", "held_as_progress_review"]
    on: date
    for_day: date | None = None


class PEPMarkedCompleteKnown(Event):
    """The designated teacher marked this plan complete: from this day it waits for quality assurance."""

    child_ref: str
    plan_id: str
    on: date


ChildEvent = (
    ChildIdentified
    | SchoolYearOfBirthCorrected
    | ChildEnteredCare
    | PlacementChanged
    | LegalStatusChanged
    | SchoolMoved
    | SocialWorkerAllocated
    | ReviewHeld
    | LastPEPNoted
    | ChildLeftCare
    | PEPApplicable
    | PEPNotApplicable
    | PEPDueDateSet
    | PEPDueDateNotCounted
    | PEPDueDateWithdrawn
    | PEPDueDateRestored
    | ObligationMet
    | ObligationReopened
    | PEPOverdue
    | FactEvent
    | PEPDueDateRevised
    | TermlyMeetingNotDue
    | PEPOverdueEscalated
    | LateReasonRecorded
    | MeetingNoted
    | PEPMarkedCompleteKnown
    | KeepingEvent
    | AccessEvent
    | ConcernEvent
)
