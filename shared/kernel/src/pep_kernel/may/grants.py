"""Which role may do what, and what it must be to the child for that. docs/access.md is made from this table."""

from __future__ import annotations

from collections.abc import Mapping

from pep_kernel.may.people import NOT_STAFF, OFFICERS, VIRTUAL_SCHOOL, Role
from pep_kernel.may.relations import (
    ALLOCATED,
    ALLOCATED_AFTER_16,
    ANYONE,
    CARES_FOR,
    DELEGATED,
    NO_SCHOOL,
    OWN_RECORD,
    THEIR_SCHOOL,
    Relation,
)

Holders = Mapping[Role, Relation]

_VIRTUAL_SCHOOL: Holders = dict.fromkeys(VIRTUAL_SCHOOL, ANYONE)
_ASSURERS: Holders = dict.fromkeys(OFFICERS, ANYONE)
_SOCIAL_CARE: Holders = {Role.SOCIAL_WORKER: ALLOCATED, Role.PERSONAL_ADVISER: ALLOCATED_AFTER_16}
_SCHOOL: Holders = {Role.DESIGNATED_TEACHER: THEIR_SCHOOL, Role.DELEGATE: DELEGATED}
_AROUND_THE_CHILD: Holders = {**_SOCIAL_CARE, **_SCHOOL}
_STANDING_IN: Holders = dict.fromkeys(OFFICERS, NO_SCHOOL)
_AT_HOME: Holders = {Role.CARER: CARES_FOR, Role.PUPIL: OWN_RECORD}
_EVERY_COLLEAGUE: Holders = dict.fromkeys(
    (*_AROUND_THE_CHILD, Role.TEAM_MANAGER, Role.INDEPENDENT_REVIEWING_OFFICER), ANYONE
)
_AUDITOR: Holders = {Role.AUDITOR: ANYONE}
_REVIEWING_OFFICER: Holders = {Role.INDEPENDENT_REVIEWING_OFFICER: ANYONE}
_APPROVERS: Holders = {
    Role.VIRTUAL_SCHOOL_HEAD: ANYONE,
    Role.CORPORATE_PARENTING_MANAGER: ANYONE,
    Role.NOMINATED_OFFICER: ANYONE,
    Role.DIRECTOR_OF_CHILDRENS_SERVICES: ANYONE,
    Role.TEAM_MANAGER: ANYONE,
    **_REVIEWING_OFFICER,
}
_ASKERS: Holders = {**_SOCIAL_CARE, Role.TEAM_MANAGER: ANYONE, Role.PEP_COORDINATOR: ANYONE}

GRANTS: Mapping[str, Holders] = {
    "import care records": {Role.ADMINISTRATOR: ANYONE},
    "grant role": {Role.ADMINISTRATOR: ANYONE},
    "ask for contacts": {Role.SERVICE: ANYONE},
    "read progress of services": {Role.SERVICE: ANYONE, Role.AUDITOR: ANYONE, Role.ADMINISTRATOR: ANYONE},
    "read child": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, **_AT_HOME, **_AUDITOR},
    "list children": {**dict.fromkeys((*_AROUND_THE_CHILD, *_AT_HOME), ANYONE), **_VIRTUAL_SCHOOL, **_AUDITOR},
    "list due dates": {**dict.fromkeys(_AROUND_THE_CHILD, ANYONE), **_VIRTUAL_SCHOOL, **_AUDITOR},
    "list flags": {
        **dict.fromkeys((*_SOCIAL_CARE, Role.DESIGNATED_TEACHER), ANYONE),
        **_VIRTUAL_SCHOOL,
        **_REVIEWING_OFFICER,
        **_AUDITOR,
    },
    "let flag be": {Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "list feeds": {**_VIRTUAL_SCHOOL, **_AUDITOR, Role.ADMINISTRATOR: ANYONE},
    "use calendar feed": {role: ANYONE for role in Role if role not in (Role.SERVICE, Role.AUDITOR, Role.PUPIL)},
    "read timeliness": {**_VIRTUAL_SCHOOL, Role.TEAM_MANAGER: ANYONE, **_AUDITOR},
    "read due rules": dict.fromkeys((role for role in Role if role not in NOT_STAFF), ANYONE),
    "recompute due dates": {Role.ADMINISTRATOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "record late reason": {**_VIRTUAL_SCHOOL, **_AROUND_THE_CHILD},
    "list meetings": {**dict.fromkeys((*_AROUND_THE_CHILD, Role.CARER), ANYONE), **_VIRTUAL_SCHOOL, **_AUDITOR},
    "schedule meeting": {**_VIRTUAL_SCHOOL, **_SOCIAL_CARE, Role.DESIGNATED_TEACHER: THEIR_SCHOOL},
    "answer invitation": {**_VIRTUAL_SCHOOL, **_EVERY_COLLEAGUE, Role.CARER: ANYONE},
    "answer for invitee": {**_VIRTUAL_SCHOOL, **_SOCIAL_CARE, Role.DESIGNATED_TEACHER: THEIR_SCHOOL},
    "decide proceeding": {**_SOCIAL_CARE, Role.TEAM_MANAGER: ANYONE},
    "send officer": _VIRTUAL_SCHOOL,
    "give reply link": {**_VIRTUAL_SCHOOL, **_SOCIAL_CARE, Role.DESIGNATED_TEACHER: THEIR_SCHOOL},
    "record meeting": {**_VIRTUAL_SCHOOL, **_AROUND_THE_CHILD},
    "read minutes": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, **_AT_HOME},
    "correct meeting": {Role.PEP_COORDINATOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "record school move": {Role.PEP_COORDINATOR: ANYONE, Role.ADMINISTRATOR: ANYONE, **_SOCIAL_CARE},
    "record care facts": {Role.ADMINISTRATOR: ANYONE, Role.SOCIAL_WORKER: ALLOCATED, Role.TEAM_MANAGER: ANYONE},
    "keep teacher register": {**_VIRTUAL_SCHOOL, Role.ADMINISTRATOR: ANYONE},
    "ask for approval": _ASKERS,
    "record consultation": {**_ASKERS, **_VIRTUAL_SCHOOL},
    "decide request": _APPROVERS,
    "read request": {**_ASKERS, **_VIRTUAL_SCHOOL, **_APPROVERS, **_AUDITOR},
    "list requests": {
        **dict.fromkeys(_ASKERS, ANYONE),
        **_VIRTUAL_SCHOOL,
        **_APPROVERS,
        **_AUDITOR,
    },
    "ask for urgent PEP": {**_SOCIAL_CARE, Role.DESIGNATED_TEACHER: THEIR_SCHOOL, **_VIRTUAL_SCHOOL},
    "raise concern": {**_SCHOOL, Role.CARER: CARES_FOR, **_VIRTUAL_SCHOOL, **_SOCIAL_CARE},
    "read raised concerns": {**_SOCIAL_CARE, Role.TEAM_MANAGER: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "notify exclusion": {
        **_SOCIAL_CARE,
        Role.DESIGNATED_TEACHER: THEIR_SCHOOL,
        Role.PEP_COORDINATOR: ANYONE,
    },
    "import attendance": {Role.ADMINISTRATOR: ANYONE},
    "read concerns": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, **_REVIEWING_OFFICER, **_AUDITOR},
    "record review dates": {**_SOCIAL_CARE, **_REVIEWING_OFFICER, Role.ADMINISTRATOR: ANYONE},
    "list reviews": {
        **dict.fromkeys(_SOCIAL_CARE, ANYONE),
        **_VIRTUAL_SCHOOL,
        **_REVIEWING_OFFICER,
        **_AUDITOR,
    },
    "read readiness": {**_VIRTUAL_SCHOOL, **_SOCIAL_CARE, **_REVIEWING_OFFICER, **_AUDITOR},
    "name delegate": {Role.DESIGNATED_TEACHER: THEIR_SCHOOL},
    "restrict record": {Role.TEAM_MANAGER: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "break glass": dict.fromkeys(
        (
            Role.SOCIAL_WORKER,
            Role.PERSONAL_ADVISER,
            Role.TEAM_MANAGER,
            Role.INDEPENDENT_REVIEWING_OFFICER,
        ),
        ANYONE,
    ),
    "read broken glass": {
        Role.TEAM_MANAGER: ANYONE,
        Role.VIRTUAL_SCHOOL_HEAD: ANYONE,
        Role.AUDITOR: ANYONE,
    },
    "contribute to plan": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL},
    "read plan": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, **_AUDITOR},
    "read completed plan": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, **_AT_HOME, **_AUDITOR},
    "give views": _AT_HOME,
    "approve delegate's work": {Role.DESIGNATED_TEACHER: THEIR_SCHOOL, **_STANDING_IN},
    "mark plan complete": {Role.DESIGNATED_TEACHER: THEIR_SCHOOL, **_STANDING_IN},
    "sign off plan": _SOCIAL_CARE,
    "quality assure plan": _ASSURERS,
    "decide premium": _ASSURERS,
    "decide held approval": {Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "open term envelope": {Role.VIRTUAL_SCHOOL_HEAD: ANYONE, Role.AUTHORITY_FINANCE: ANYONE},
    "release premium": {Role.AUTHORITY_FINANCE: ANYONE, Role.SERVICE: ANYONE},
    "read finance": {Role.AUTHORITY_FINANCE: ANYONE, **_ASSURERS, **_AUDITOR},
    "read messages": {Role.ADMINISTRATOR: ANYONE, Role.PEP_COORDINATOR: ANYONE, Role.AUDITOR: ANYONE},
    "read record keeping": {Role.ADMINISTRATOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE, **_AUDITOR},
    "hold record": {Role.ADMINISTRATOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "forget record": {Role.ADMINISTRATOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "export record": {Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
    "read journey": {Role.AUDITOR: ANYONE, Role.VIRTUAL_SCHOOL_HEAD: ANYONE},
}

LOOKING = frozenset({"read child", "read minutes", "read plan", "read completed plan"})
"""What broken glass lets somebody do: look, never write."""
