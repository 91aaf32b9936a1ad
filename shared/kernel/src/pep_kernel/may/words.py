"""Jobs and acts in the words of a sentence: a social worker may not decide about this request."""

from __future__ import annotations

from collections.abc import Mapping

from pep_kernel.may.people import Role

ACTS: Mapping[str, str] = {
    "grant role": "grant a role",
    "let flag be": "let it be that a fact lacks something",
    "read progress of services": "read the progress of services",
    "read child": "read a child's record",
    "use calendar feed": "use a calendar feed",
    "read timeliness": "read the figures of timeliness",
    "read due rules": "read the rules about due dates",
    "recompute due dates": "have due dates counted again",
    "record late reason": "record why something was late",
    "schedule meeting": "arrange a meeting",
    "answer invitation": "answer an invitation",
    "answer for invitee": "answer for somebody who is invited",
    "decide proceeding": "decide whether a meeting takes place",
    "send officer": "send an officer to a meeting",
    "give reply link": "give out a link for an answer",
    "record meeting": "record a meeting",
    "read minutes": "read the minutes",
    "correct meeting": "correct the outcome of a meeting",
    "record school move": "record a change of school",
    "record care facts": "record facts about a child's care",
    "keep teacher register": "keep the register of designated teachers",
    "ask for approval": "ask for an approval",
    "record consultation": "record who was asked",
    "decide request": "decide about this request",
    "read request": "read this request",
    "ask for urgent PEP": "ask for an urgent PEP",
    "raise concern": "raise a concern",
    "read raised concerns": "read the concerns that were raised",
    "notify exclusion": "record a suspension or an exclusion",
    "read concerns": "read what concerns a child",
    "record review dates": "record when a child's care is reviewed",
    "read readiness": "see the reviews that come and what is missing for them",
    "name delegate": "name a delegate",
    "restrict record": "restrict a record",
    "break glass": "break the glass",
    "read broken glass": "read who broke the glass",
    "contribute to plan": "contribute to a plan",
    "read plan": "read a plan",
    "read completed plan": "read a completed plan",
    "approve delegate's work": "approve a delegate's work",
    "mark plan complete": "mark a plan complete",
    "sign off plan": "sign off a plan",
    "quality assure plan": "quality assure a plan",
    "decide premium": "decide about the premium",
    "decide held approval": "decide about an approval that is held",
    "open term envelope": "open a term's envelope",
    "release premium": "release the premium",
    "read finance": "read what is paid",
    "read record keeping": "read how long records are kept",
    "hold record": "hold a record",
    "forget record": "have a record removed",
    "export record": "export a record",
    "read journey": "read a child's journey",
}
"""Those that are no good words as they stand, such as "list children" is."""


def act_in_words(action: str) -> str:
    """What completes "they may not …"."""
    return ACTS.get(action, action)


def job_in_words(job: str) -> str:
    """`virtual school head`, `director of children's services`."""
    return job.replace("childrens", "children's").replace("_", " ")


def spoken(role: Role) -> str:
    """`an auditor`, `a social worker`."""
    return f"{'an' if role[0] in 'aeiou' else 'a'} {job_in_words(role)}"
