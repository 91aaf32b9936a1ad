"""Whenever somebody starts, changes or ends a role, the list of who works here says so."""

from __future__ import annotations

from dataclasses import replace

from notifications.domain.roster import ROSTER_STREAM
from pep_kernel import colleagues
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import RoleEnded, RoleGranted, StaffMemberAdded
from pep_kernel.decider import Act


def note_colleague_when_staff_member_added(said: Said[StaffMemberAdded], rules: object) -> Act:
    return replace(colleagues.note_colleague_when_staff_member_added(said, rules), streams=(ROSTER_STREAM,))


def note_granted_when_role_granted(said: Said[RoleGranted], rules: object) -> Act:
    return replace(colleagues.note_granted_when_role_granted(said, rules), streams=(ROSTER_STREAM,))


def note_colleague_gone_when_role_ended(said: Said[RoleEnded], rules: object) -> Act:
    return replace(colleagues.note_colleague_gone_when_role_ended(said, rules), streams=(ROSTER_STREAM,))
