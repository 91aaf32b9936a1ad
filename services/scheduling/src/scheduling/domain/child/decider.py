"""A child enters care, lives and learns somewhere, and leaves. By when a PEP is due follows from these facts.

Facts are always accepted: this book refuses only what it cannot understand, never what it does not like.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial, reduce
from typing import Any, assert_never

from msgspec import structs

from pep_kernel.announcement import Announcement
from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts import scheduling as said
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.decider import Decider
from pep_kernel.forgotten import removed
from pep_kernel.refusal import Refusal
from scheduling.domain.access import decider as access
from scheduling.domain.access.commands import AskOfAccess
from scheduling.domain.access.events import OfAccess
from scheduling.domain.child import (
    birthday,
    circumstances,
    clearing,
    consequences,
    correction,
    due_dates,
    emergencies,
    ending,
    facts,
    first_day,
    identity,
    lacking,
    obligations,
    overdue,
    recomputing,
    responsibility,
    set_aside,
    telling,
    termly,
    verdict,
)
from scheduling.domain.child.commands import (
    AcceptResponsibility,
    ChildCommand,
    CorrectFact,
    EndCareAtEighteen,
    EscalateOverdue,
    FlagMissingNotice,
    FlagOverdue,
    JudgeApplicability,
    LetFlagBe,
    MeetObligation,
    NoteMeetingCalledOff,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    OpenTermForChild,
    RecomputeDueDates,
    RecordCareFacts,
    RecordFact,
    RecordLateReason,
    ReopenObligations,
)
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildEvent,
    ChildIdentified,
    ChildLeftCare,
    LastPEPNoted,
    LateReasonRecorded,
    LegalStatusChanged,
    MeetingNoted,
    ObligationMet,
    ObligationReopened,
    PEPApplicable,
    PEPDueDateNotCounted,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
    PEPNotApplicable,
    PEPOverdue,
    PEPOverdueEscalated,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SchoolYearOfBirthCorrected,
    SocialWorkerAllocated,
    TermlyMeetingNotDue,
)
from scheduling.domain.child.fact_events import (
    CareResponsibilityAccepted,
    CareResponsibilityTransferred,
    FactCorrected,
    FactFlagCleared,
    FactFlagged,
    FlagLetBe,
    OfCircumstances,
    ReviewingOfficerAssigned,
)
from scheduling.domain.child.history import inserted, newest, value_on
from scheduling.domain.child.states import (
    Applies,
    Arranged,
    Child,
    DoesNotApply,
    Due,
    Owed,
    SpellInCare,
    Transferred,
    Uncounted,
    Undecided,
    Where,
    ended,
    with_spells,
)
from scheduling.domain.child.told import SchoolTold
from scheduling.domain.concerns import agenda, approvals, reviews
from scheduling.domain.concerns import decider as concerns
from scheduling.domain.concerns.commands import OfOneConcern
from scheduling.domain.concerns.events import OfConcern, PlanBecameAvailable, PlanNoLongerAvailable
from scheduling.domain.keeping import decider as keeping
from scheduling.domain.keeping.commands import AskOfTheRecord
from scheduling.domain.keeping.events import ChildForgotten, OfTheRecord
from scheduling.domain.keeping.states import Forgotten, Keeping


def decide(child: Child, command: ChildCommand) -> Sequence[ChildEvent]:
    """Whatever is due afterwards and was done before is met: in which order we are told changes nothing."""
    return in_turn(child, command, _decided, _met_already)


def _met_already(child: Child, command: ChildCommand) -> Sequence[ChildEvent]:
    return obligations.met_already(child, command.child_ref)


def _decided(child: Child, command: ChildCommand) -> Sequence[ChildEvent]:
    match child, command:
        case _, AskOfTheRecord():
            return keeping.decide(child.keeping, command, in_care=child.running is not None)
        case Child(keeping=Keeping(stage=Forgotten() as gone)), _:
            raise removed(gone.on, gone.reason)
        case _, AcceptResponsibility():
            return in_turn(child, command, responsibility.accepted, *_of_record(child, command))
        case _, RecordCareFacts():
            return in_turn(child, command, *_of_record(child, command))
        case _, MeetObligation():
            return in_turn(child, command, obligations.by_plan, reviews.plan_completed)
        case _, ReopenObligations():
            return in_turn(child, command, obligations.reopened_by_plan, reviews.completion_withdrawn)
        case _, FlagOverdue():
            return overdue.flagged(child, command)
        case _, EscalateOverdue():
            return overdue.escalated(child, command)
        case _, FlagMissingNotice(child_ref=ref, placement_on=placement_on, today=today):
            return lacking.missing_notice(child, ref, placement_on, today)
        case Child(spells=()), _:
            raise Refusal("Nothing is known of this child's care yet.")
        case _, AskOfAccess():
            return access.decide(child.access, command)
        case _, OfOneConcern():
            return concerns.decide(child, command)
        case _, NoteMeetingScheduled():
            return obligations.meeting_scheduled(child, command)
        case _, NoteMeetingCalledOff():
            return obligations.meeting_called_off(child, command)
        case _, NoteMeetingHeld():
            return in_turn(child, command, obligations.meeting_held, agenda.after_meeting)
        case _, RecordFact():
            return in_turn(child, command, telling.fact, *_after_fact(child))
        case _, CorrectFact():
            return _corrected(child, command)
        case _, JudgeApplicability():
            return in_turn(child, command, verdict.judged, partial(verdict.reviewed, child))
        case _, EndCareAtEighteen():
            return in_turn(child, command, _eighteen, left)
        case _, LetFlagBe():
            return clearing.let_be(child, command)
        case _, RecordLateReason():
            return overdue.late_reason(child, command)
        case _, OpenTermForChild():
            return termly.opened(child, command)
        case _, RecomputeDueDates():
            return in_turn(child, command, recomputing.revised, *recomputing.of_each_without_date(child))
        case _:
            assert_never(command)


TERMS_AGAIN = partial(termly.again, states=termly.STANDING_FOR_IT)
"""What stood for a term's meeting may have gone with a wrong fact."""
NOTICES = (emergencies.notified, clearing.by_notice, lacking.late_notices)
"""What a notice to the school meets and ends, and whether it came late."""
JUDGED = (verdict.judged, partial(termly.again, states={termly.WITHDRAWN}))
"""Whether a PEP applies; where it does again, the term that runs is looked at again too."""
AGREED = (approvals.missing, approvals.settled)
"""Which agreements a move lacks, and which of them have come since."""


def in_turn(child: Child, command: Any, *steps: Callable[[Child, Any], Sequence[ChildEvent]]) -> list[ChildEvent]:
    """Each step sees what the steps before it have found."""
    happened: list[ChildEvent] = []
    for step in steps:
        new = step(child, command)
        happened.extend(new)
        child = reduce(evolve, new, child)
    return happened


Step = Callable[[Child, Any], Sequence[ChildEvent]]


def _of_record(child: Child, command: RecordCareFacts) -> tuple[Step, ...]:
    """Every kind of fact, then what follows. A record that says otherwise of a day than before is a correction."""
    of_corrections = (partial(consequences.follow, child), TERMS_AGAIN, clearing.by_correction, approvals.unmoved)
    of_birthday = (birthday.dates, birthday.year_group_agrees, approvals.unmoved)
    follow = (
        *(partial(_if_corrected, child, step) for step in of_corrections),
        *(partial(_if_born_otherwise, child, step) for step in of_birthday),
    )
    of_pep = (partial(correction.said_anew, child), left, *JUDGED, verdict.moved, partial(verdict.reviewed, child))
    return (*facts.every_kind(command), *of_pep, *follow, *AGREED)


def _if_corrected(before: Child, step: Step, child: Child, command: RecordCareFacts) -> Sequence[ChildEvent]:
    return step(child, command) if child.corrections != before.corrections else []


def _if_born_otherwise(before: Child, step: Step, child: Child, command: RecordCareFacts) -> Sequence[ChildEvent]:
    return step(child, command) if birthday.is_another(before, child) else []


def _after_fact(before: Child) -> tuple[Callable[[Child, Any], Sequence[ChildEvent]], ...]:
    """What follows of one fact."""
    late, reviewed = partial(_if_told_late, before), partial(verdict.reviewed, before)
    of_pep = (partial(correction.said_anew, before), left, *JUDGED, _at_new_school, late, reviewed)
    of_placement = (partial(emergencies.started, before), *NOTICES)
    return (*of_pep, *of_placement, *AGREED)


def _if_told_late(before: Child, child: Child, command: RecordFact) -> Sequence[ChildEvent]:
    """A status or school of before the newest known one may be where something started, as after a correction."""
    histories = [(before.legal_statuses, child.legal_statuses), (before.schools, child.schools)]
    is_late = any(was != now and now[-1][0] > command.fact.on for was, now in histories)
    if not is_late:
        return []
    return in_turn(child, command, partial(consequences.follow, before), partial(first_day.moved, before))


def _corrected(child: Child, command: CorrectFact) -> list[ChildEvent]:
    def follow(now: Child, _command: CorrectFact) -> list[ChildEvent]:
        return consequences.follow(child, now, command, resumed=command.correction.fact == "left_care")

    if not correction.wrong(child, command):
        return []
    right, missing_still = partial(correction.right, child), partial(approvals.missing_still, child)
    facts_first = (correction.wrong, clearing.by_person, right, partial(correction.said_anew, child))
    of_pep = (follow, partial(first_day.moved, child), TERMS_AGAIN)
    return in_turn(child, command, *facts_first, *of_pep, *NOTICES, missing_still, approvals.unmoved, *AGREED)


def _at_new_school(child: Child, command: RecordFact) -> list[ChildEvent]:
    if not isinstance(command.fact, SchoolTold):
        return []
    return verdict.at_new_school(child, command, command.fact.on, command.fact.school_urn)


def _eighteen(child: Child, command: EndCareAtEighteen) -> list[ChildEvent]:
    """From the eighteenth birthday nobody is a child in care, by law; the care system may say so later."""
    spell = child.running
    if spell is None or spell.began > command.birthday:
        return []
    return [ending.left_care(command, command.birthday, ending.TURNED_EIGHTEEN)]


def left(child: Child, command: Any) -> list[ChildEvent]:
    """Nothing is due for a child who is not in care any more."""
    if child.running is not None:
        return []
    return [*due_dates.withdrawn(command.child_ref, child.owed, "left_care")]


def evolve(child: Child, event: ChildEvent) -> Child:
    match event:
        case ChildIdentified():
            return replace(child, digests=identity.known_after(child.digests, event))
        case SchoolYearOfBirthCorrected(born_in_school_year=born):
            return replace(child, born_in_school_year=born)
        case ChildEnteredCare():
            return _entered(child, event)
        case ChildLeftCare(on=on, reason=reason):
            child = with_spells(child, ended(child.spells, on, reason))
            if child.spells[-1].ended is None:
                return child
            return replace(child, verdict=Undecided(), arranged=_before(child.arranged, on))
        case (
            PlacementChanged(restated=True)
            | LegalStatusChanged(restated=True)
            | SchoolMoved(restated=True)
            | SocialWorkerAllocated(restated=True)
            | ReviewingOfficerAssigned(restated=True)
        ):
            return child
        case PlacementChanged(on=on, placement=placement):
            where = {**child.where, (on, placement): Where(event.area, event.provider, event.changes_school)}
            return replace(child, placements=inserted(child.placements, on, placement), where=where)
        case LegalStatusChanged(on=on, legal_status=status):
            return replace(child, legal_statuses=inserted(child.legal_statuses, on, status))
        case SchoolMoved(on=on, school_urn=urn, renumbered=renumbered):
            known = child.renumbered | {(on, urn)} if renumbered else child.renumbered
            return replace(child, schools=inserted(child.schools, on, urn), renumbered=known)
        case SocialWorkerAllocated(on=on, social_worker_ref=worker):
            return replace(child, social_workers=inserted(child.social_workers, on, worker))
        case ReviewHeld(on=on):
            return replace(child, reviews=child.reviews | {on})
        case LastPEPNoted(on=on):
            return replace(child, last_pep=on)
        case PEPApplicable(on=on, because=because, resumed=resumed):
            live_from = on if because == "already_in_care" else child.live_from
            told = child.concerns if resumed or _goes_on(child, on) else child.concerns.begun_anew()
            verdict = Applies(on, _first(child, event))
            return replace(child, verdict=verdict, live_from=live_from, concerns=told.with_moves_from(on, because))
        case PEPNotApplicable(on=on, reason=reason):
            arranged = _before(child.arranged, on) if isinstance(child.verdict, Applies) else child.arranged
            return replace(child, verdict=DoesNotApply(reason, on), arranged=arranged)
        case PEPDueDateSet():
            dues, others = (*_without(child, event), _due(child, event)), _others_uncounted(child, event)
            return replace(child, dues=dues, uncounted=others, terms=termly.after(child, event))
        case PEPDueDateNotCounted(trigger=trigger, trigger_on=on):
            without_date = Uncounted(event.obligation, on, trigger, event.started_by, over=_over(child, event))
            uncounted = (*_others_uncounted(child, event), without_date)
            return replace(child, uncounted=uncounted, terms=termly.after(child, event))
        case TermlyMeetingNotDue():
            return replace(child, terms=termly.after(child, event))
        case PEPDueDateWithdrawn():
            before = replace(child, set_aside=set_aside.kept(child, event), uncounted=_others_uncounted(child, event))
            return replace(before, dues=_without(child, event), terms=termly.after(child, event))
        case PEPDueDateRestored():
            return replace(set_aside.restore(child, event), terms=termly.after(child, event))
        case PEPDueDateRevised(due=due, unit=unit):
            return _with_due(child, event, due=due, unit=unit, overdue=False, escalated=0)
        case ObligationMet(by=by, on=on):
            met = _with_met(child, event, by, on)
            return replace(met, available={**child.available, by: on}) if event.obligation == "available" else met
        case ObligationReopened(by=by):
            again = _with_met(child, event, None, None)
            return replace(again, marked=_but(by, child.marked), available=_but(by, child.available))
        case MeetingNoted():
            return _meeting(child, event)
        case PEPOverdue():
            return replace(_with_due(child, event, overdue=True), said_overdue=_said(child, event, 0))
        case PEPOverdueEscalated(step=step):
            return replace(_with_due(child, event, escalated=step), said_overdue=_said(child, event, step))
        case LateReasonRecorded():
            return child
        case PEPMarkedCompleteKnown(plan_id=plan, on=on):
            return replace(child, marked={**child.marked, plan: on})
        case FactCorrected():
            return correction.evolve(child, event)
        case CareResponsibilityTransferred(on=on, to_authority=to):
            return replace(child, transferred=Transferred(on, to))
        case CareResponsibilityAccepted():
            return replace(child, transferred=None)
        case FactFlagCleared(lacks="approval", on=on, decision=decision, because=because):
            return replace(child, concerns=child.concerns.with_flag_ended(on, decision, because))
        case FlagLetBe(lacks="approval", on=on, decision=decision):
            return replace(child, concerns=child.concerns.with_flag_ended(on, decision, "let_be"))
        case OfCircumstances():
            return replace(child, circumstances=circumstances.evolve(child.circumstances, event))
        case OfAccess():
            return replace(child, access=access.evolve(child.access, event))
        case OfConcern():
            return _plan(replace(child, concerns=concerns.evolve(child.concerns, event)), event)
        case OfTheRecord():
            return replace(child, keeping=keeping.evolve(child.keeping, event))


def _entered(child: Child, event: ChildEnteredCare) -> Child:
    """A spell that is told again, after a correction of its first day, is the same spell.

    A child who is in care here again is no other authority's.
    """
    known = any(spell.began == event.on for spell in child.spells)
    spells = child.spells if known else tuple(sorted((*child.spells, SpellInCare(event.on)), key=_began))
    gone = child.transferred
    return replace(
        child,
        spells=spells,
        transferred=gone if gone and event.on < gone.on else None,
        born_in_school_year=event.born_in_school_year,
        placements=inserted(child.placements, event.on, event.placement),
        legal_statuses=inserted(child.legal_statuses, event.on, event.legal_status),
        verdict=Undecided() if not known and spells[-1].began == event.on else child.verdict,
    )


def _began(spell: SpellInCare) -> date:
    return spell.began


OfOneDue = (
    PEPDueDateSet
    | PEPDueDateRevised
    | PEPDueDateWithdrawn
    | ObligationMet
    | ObligationReopened
    | PEPOverdue
    | PEPOverdueEscalated
)


def _due(child: Child, event: PEPDueDateSet) -> Due:
    return Due(
        obligation=event.obligation,
        trigger_on=event.trigger_on,
        due=event.due,
        started_by=event.started_by,
        trigger=event.trigger,
        unit=event.unit,
        in_place_of=_in_place_of(child, event),
        over=_over(child, event),
        overdue=_named(event) in child.said_overdue,
        escalated=child.said_overdue.get(_named(event), 0),
    )


Dated = PEPDueDateSet | PEPOverdue | PEPOverdueEscalated


def _named(event: Dated) -> tuple[Obligation, date, date]:
    return (event.obligation, event.trigger_on, event.due)


def _said(child: Child, event: Dated, step: int) -> Mapping[tuple[Obligation, date, date], int]:
    return {**child.said_overdue, _named(event): step}


def _over(child: Child, event: PEPDueDateSet | PEPDueDateNotCounted) -> frozenset[str]:
    """An urgent PEP may be asked for after a meeting of the same day."""
    held = (*child.peps.items(), *child.progress_reviews.items())
    asked = event.trigger == Trigger.URGENT_PEP_REQUESTED
    return frozenset(meeting for meeting, day in held if asked and day == event.trigger_on)


def _in_place_of(child: Child, event: PEPDueDateSet) -> Trigger | None:
    before = (due.trigger for due in child.dues if _is_of(due, event) and due.trigger != event.trigger)
    return next((Trigger(trigger) for trigger in before if trigger in set(Trigger)), None)


def _goes_on(child: Child, on: date) -> bool:
    """A PEP applied already, or applies from before the day on which it was believed to end."""
    match child.verdict:
        case Applies():
            return True
        case DoesNotApply(on=ended):
            return on <= ended
        case Undecided():
            return False


def _first(child: Child, event: PEPApplicable) -> date:
    """A new school asks for a PEP again; it had applied before."""
    match child.verdict, event.because:
        case Applies(first=first), "school_moved":
            return first
        case _:
            return event.on


def _meeting(child: Child, event: MeetingNoted) -> Child:
    """A meeting that was corrected to the other outcome has that one."""
    meeting, on = event.meeting_id, event.on
    match event.became:
        case "arranged":
            return replace(child, arranged=(*child.arranged, Arranged(meeting, on, event.for_day or on)))
        case "called_off":
            return replace(child, arranged=tuple(each for each in child.arranged if each.meeting_id != meeting))
        case "held_as_pep":
            reviews = _but(meeting, child.progress_reviews)
            return replace(child, peps={**child.peps, meeting: on}, progress_reviews=reviews)
        case "held_as_progress_review":
            reviews = {**child.progress_reviews, meeting: on}
            return replace(child, peps=_but(meeting, child.peps), progress_reviews=reviews)


def _plan(child: Child, event: OfConcern) -> Child:
    match event:
        case PlanBecameAvailable(plan_id=plan, on=on):
            return replace(child, available={**child.available, plan: on})
        case PlanNoLongerAvailable(plan_id=plan):
            return replace(child, marked=_but(plan, child.marked), available=_but(plan, child.available))
        case _:
            return child


def _before(arranged: tuple[Arranged, ...], on: date) -> tuple[Arranged, ...]:
    """What was to come is called off with the end of care, or of the PEP."""
    return tuple(each for each in arranged if each.for_day < on)


def _but(gone: str, days: Mapping[str, date]) -> Mapping[str, date]:
    return {by: day for by, day in days.items() if by != gone}


def _is_of(due: Owed, event: OfOneDue | PEPDueDateNotCounted) -> bool:
    return (due.obligation, due.trigger_on) == (event.obligation, event.trigger_on)


def _without(child: Child, event: OfOneDue) -> tuple[Due, ...]:
    return tuple(due for due in child.dues if not _is_of(due, event))


def _others_uncounted(child: Child, event: OfOneDue | PEPDueDateNotCounted) -> tuple[Uncounted, ...]:
    return tuple(each for each in child.uncounted if not _is_of(each, event))


def _with_met(child: Child, event: OfOneDue, by: str | None, on: date | None) -> Child:
    uncounted = (replace(each, met_by=by, met_on=on) if _is_of(each, event) else each for each in child.uncounted)
    return replace(_with_due(child, event, met_by=by, met_on=on), uncounted=tuple(uncounted))


def _with_due(child: Child, event: OfOneDue, **changes: Any) -> Child:
    return replace(child, dues=tuple(replace(due, **changes) if _is_of(due, event) else due for due in child.dues))


def announce(child: Child, event: ChildEvent) -> Announcement | None:
    match event:
        case ChildEnteredCare(on=on) if any(spell.began > on for spell in child.spells):
            return None  # a spell of long ago, told late: others know the newest
        case ChildLeftCare(earlier=True):
            return None
        case ChildEnteredCare(child_ref=ref, on=on, born_in_school_year=born, school_urn=urn):
            return said.ChildEnteredCare(child_ref=ref, on=on, born_in_school_year=born, school_urn=urn)
        case SchoolYearOfBirthCorrected(child_ref=ref, born_in_school_year=born):
            return _entry_told_anew(child, ref, born)
        case ChildLeftCare(child_ref=ref, on=on, reason=reason, closes_on=closes_on):
            ended = ending.kind_of_end(reason)
            return said.ChildLeftCare(child_ref=ref, on=on, ended=ended, closes_on=closes_on or on)
        case SchoolMoved(child_ref=ref, on=on, school_urn=urn, renumbered=renumbered):
            return said.SchoolMoved(child_ref=ref, on=on, school_urn=urn, renumbered=renumbered)
        case SocialWorkerAllocated(child_ref=ref, on=on, social_worker_ref=worker):
            return said.SocialWorkerAllocated(child_ref=ref, on=on, social_worker_ref=worker)
        case PEPApplicable(resumed=True):
            return None
        case PEPApplicable(child_ref=ref, on=on, because=because):
            return said.PEPApplicable(child_ref=ref, on=on, because=because)
        case PEPNotApplicable(child_ref=ref, on=on, reason=reason):
            return said.PEPNotApplicable(child_ref=ref, on=on, reason=reason)
        case PEPDueDateSet(child_ref=ref, obligation=obligation, due=due, source=source):
            return said.PEPDueDateSet(child_ref=ref, obligation=obligation, due=due, source=", ".join(source))
        case FactCorrected():
            return correction.announced(child, event)
        case FactFlagged(child_ref=ref, on=on, fact=fact, lacks=lacks):
            return said.FactFlagged(child_ref=ref, on=on, fact=fact, lacks=lacks)
        case FactFlagCleared():
            return said.FactFlagCleared(**structs.asdict(event))
        case FlagLetBe(child_ref=ref, fact=fact, on=on, lacks=lacks, decision=decision, let_be_on=day):
            return said.FactFlagCleared(
                child_ref=ref, fact=fact, on=on, lacks=lacks, because="let_be", cleared_on=day, decision=decision
            )
        case CareResponsibilityTransferred(child_ref=ref, on=on):
            return said.CareResponsibilityTransferred(child_ref=ref, on=on)
        case ChildForgotten(child_ref=ref, on=on, reason=reason):
            return said.ChildForgotten(child_ref=ref, on=on, reason=reason)
        case OfAccess():
            return access.announce(event, _worker(child))
        case OfConcern():
            return concerns.announce(event, _worker(child))
        case PEPOverdue(child_ref=ref, obligation=obligation, due=due):
            return said.PEPOverdue(child_ref=ref, obligation=obligation, due=due)
        case PEPDueDateRevised(child_ref=ref, obligation=obligation, due=due, was=was, source=source):
            by_rule = ", ".join(source)
            return said.PEPDueDateRevised(child_ref=ref, obligation=obligation, due=due, was=was, source=by_rule)
        case PEPOverdueEscalated(child_ref=ref, obligation=obligation, due=due, step=step, role=role):
            return said.PEPOverdueEscalated(child_ref=ref, obligation=obligation, due=due, step=step, role=role)
        case ObligationMet(child_ref=ref, obligation=obligation, on=on):
            late = [due.due for due in child.dues if _is_of(due, event) and due.overdue]
            return said.PEPOverdueCleared(child_ref=ref, obligation=obligation, due=late[0], on=on) if late else None
        case _:
            return None


def _entry_told_anew(child: Child, ref: str, born: int) -> Announcement | None:
    """Others know the school year of birth from the entry into care."""
    if child.running is None:
        return None
    on = child.running.began
    return said.ChildEnteredCare(child_ref=ref, on=on, born_in_school_year=born, school_urn=value_on(child.schools, on))


def _worker(child: Child) -> str | None:
    return newest(child.social_workers)


CHILD: Decider[Child, ChildCommand, ChildEvent] = Decider(Child(), decide, evolve, announce)
