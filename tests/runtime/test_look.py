"""What one request leaves in the access log: what was handed out, why, and nothing that somebody typed."""

import pytest

from pep_kernel.may import Decision, Role, Signed
from pep_kernel.message import Person
from pep_runtime.look import EMPTY, FORBIDDEN, Look

CHILD, SIBLING = "a2b3c4d5e6f7g2h3i4j5k6l7m2", "b2b3c4d5e6f7g2h3i4j5k6l7m2"
OFFICER = Signed("anytown", "officer-1", Role.VIRTUAL_SCHOOL_OFFICER)
YES = Decision(True, "A virtual school officer may read child.", Role.VIRTUAL_SCHOOL_OFFICER, OFFICER)


@pytest.fixture
def look() -> Look:
    return Look("borsetshire", Person("p-1", "unknown"), "GET /children/{child_ref}")


def test_a_record_is_told_once_with_the_classes_that_were_opened_and_the_role(look: Look) -> None:
    look.judged("read child", YES)
    for data_class in ("identity", "contact", "identity"):
        look.saw(CHILD, data_class)
    look.saw(SIBLING)
    look.saw(None)
    entry = look.entry(200)
    assert entry is not None
    assert (entry.about, entry.classes, entry.shown) == ((CHILD, SIBLING), ("contact", "identity"), True)
    assert (entry.action, entry.reason, look.person.role) == ("read child", YES.reason, "virtual_school_officer")


def test_what_is_taken_out_later_is_told_by_itself(look: Look) -> None:
    look.saw(CHILD, "plan")
    assert look.entry(200) is not None
    assert look.entry(200) is None
    look.saw(SIBLING)
    later = look.entry(200)
    assert later is not None
    assert (later.about, later.classes) == ((SIBLING,), ())


def test_who_is_refused_was_shown_nothing(look: Look) -> None:
    look.saw(CHILD, "identity")
    entry = look.entry(FORBIDDEN)
    assert entry is not None
    assert (entry.about, entry.classes, entry.shown) == ((CHILD,), (), False)


@pytest.mark.parametrize("status", sorted(EMPTY))
def test_an_answer_that_says_nothing_of_a_record_is_not_told(look: Look, status: int) -> None:
    look.saw(CHILD)
    assert look.entry(status) is None


@pytest.mark.parametrize("typed", ["Zebedee", "zebedee-quillfeather-of-here", CHILD.upper(), f"{CHILD}x", "", None])
def test_an_address_is_told_only_where_it_is_a_reference(look: Look, typed: str | None) -> None:
    look.named(typed)
    assert look.entry(FORBIDDEN) is None
    look.named(CHILD)
    entry = look.entry(FORBIDDEN)
    assert entry is not None
    assert entry.about == (CHILD,)
